/** Which clips an item of interactions is heard in: those whose recording is called as the item, or whose metadata names it. */
import type { InteractionSummary } from '../../../shared/contract/interactions'
import type { Database } from './database'
import type { Recorder } from './recorder'

/** Names of metadata whose value may be the id of an item, in lower case. */
const idNames = [
  ...['id', 'item', 'item_id', 'external_id', 'song', 'song_id', 'track', 'track_id'],
  ...['msd_id', 'msd_song_id', 'msd_track_id', 'echonest_id'],
]

/** What each clip may be called by others: the name of its recording without folders and extension, and ids in its metadata. */
export function* externalIds(database: Database): Generator<{ id: string; clipKey: number }> {
  const recordings = database.iterate<{ path: string; clipKey: number }>(
    'SELECT r.path, c.key AS clipKey FROM recordings r JOIN clips c ON c.recording_key = r.key',
  )
  for (const { path, clipKey } of recordings) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const dot = name.lastIndexOf('.')
    yield { id: dot > 0 ? name.slice(0, dot) : name, clipKey }
  }
  const names = database.pluck<number>(
    `SELECT key FROM metadata_names WHERE lower(name) IN (${idNames.map(() => '?').join(', ')})`,
    ...idNames,
  )
  for (const name of names)
    for (const { value, clipKey } of database.iterate<{ value: string; clipKey: number }>(
      'SELECT value, clip_key AS clipKey FROM clip_metadata WHERE name_key = ?',
      name,
    ))
      yield { id: value, clipKey }
}

/**
 * Links every item with the clips that it is heard in, where that is not done.
 * @param aliases items by what they are called besides
 * @returns how many items have got their first clip
 */
export function linkItems(database: Database, recorder: Recorder, aliases: ReadonlyMap<string, string>): number {
  const found: [number, number][] = []
  for (const { id, clipKey } of externalIds(database)) {
    const item = database.get<{ key: number }>(
      'SELECT key FROM interaction_items WHERE name = ?',
      aliases.get(id) ?? id,
    )
    if (item) found.push([item.key, clipKey])
  }
  const linked = new Set<number>()
  const seen = new Set<string>()
  const fresh = found.filter(([item, clip]) => {
    const pair = `${item} ${clip}`
    if (seen.has(pair)) return false
    seen.add(pair)
    const own = database.all<{ clip_key: number }>('SELECT clip_key FROM interaction_clips WHERE item_key = ?', item)
    if (own.length === 0) linked.add(item)
    return !own.some(({ clip_key }) => clip_key === clip)
  })
  recorder.addAll('interaction_clips', {}, ['item_key', 'clip_key'], fresh)
  return linked.size
}

/** Reads every row once: half a second for each million. @param top how many items to list */
export function summarizeInteractions(database: Database, top: number): InteractionSummary {
  const counts = database.get<{ users: number; items: number; matchedItems: number; lastItem: number }>(
    `SELECT (SELECT count(*) FROM interaction_users) AS users, (SELECT count(*) FROM interaction_items) AS items,
       (SELECT count(DISTINCT l.item_key) FROM interaction_clips l JOIN clips c ON c.key = l.clip_key) AS matchedItems,
       (SELECT coalesce(max(key), 0) FROM interaction_items) AS lastItem`,
  )!
  const users = new Uint32Array(counts.lastItem + 1)
  const totals = new Float64Array(counts.lastItem + 1)
  let [pairs, total] = [0, 0]
  // Grouping tens of millions of rows in the database would sort them.
  for (const { item, count } of database.iterate<{ item: number; count: number }>(
    'SELECT item_key AS item, count FROM interactions',
  )) {
    users[item]!++
    totals[item]! += count
    pairs++
    total += count
  }
  const most = [...totals.keys()]
    .filter((key) => totals[key]! > 0)
    .sort((a, b) => totals[b]! - totals[a]! || a - b)
    .slice(0, top)
  return {
    ...{ users: counts.users, items: counts.items, matchedItems: counts.matchedItems, pairs, total },
    top: most.map((key) => ({ ...readItem(database, key), users: users[key]!, total: totals[key]! })),
  }
}

function readItem(database: Database, key: number): { item: string; recordingPath: string | null } {
  return database.get<{ item: string; recordingPath: string | null }>(
    `SELECT name AS item, (SELECT min(r.path) FROM interaction_clips l JOIN clips c ON c.key = l.clip_key
         JOIN recordings r ON r.key = c.recording_key WHERE l.item_key = i.key) AS recordingPath
       FROM interaction_items i WHERE key = ?`,
    key,
  )!
}
