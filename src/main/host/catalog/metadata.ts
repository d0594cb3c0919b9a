import type { Database } from './database'
import { countNoun } from './labels'
import type { Recorder } from './recorder'

/** The key of a metadata name, kept once per catalog. */
export function ensureMetadataName(database: Database, name: string): number {
  const own = database.get<{ key: number }>('SELECT key FROM metadata_names WHERE name = ?', name)
  return own?.key ?? database.insert('INSERT INTO metadata_names (name) VALUES (?)', name)
}

/** The keys of some metadata names. */
export function ensureMetadataNames(database: Database, names: Iterable<string>): Map<string, number> {
  return new Map([...names].map((name) => [name, ensureMetadataName(database, name)]))
}

/** Sets one value of a clip, or takes it away. */
export function setMetadata(
  database: Database,
  recorder: Recorder,
  clipKey: number,
  name: string,
  value: string | null,
): void {
  const nameKey = ensureMetadataName(database, name)
  const own = database.get<{ value: string }>(
    'SELECT value FROM clip_metadata WHERE clip_key = ? AND name_key = ?',
    clipKey,
    nameKey,
  )
  if (value === null) {
    if (own) recorder.remove('clip_metadata', [clipKey, nameKey])
  } else if (own) recorder.update('clip_metadata', [clipKey, nameKey], { value })
  else recorder.add('clip_metadata', { clip_key: clipKey, name_key: nameKey, value })
}

/** The title of an edit that sets one value of clips, or takes it away. */
export const sayMetadata = (name: string, value: string | null, clips: number): string =>
  value === null
    ? `Remove ${name} of ${countNoun(clips, 'clip')}`
    : `Set ${name} of ${countNoun(clips, 'clip')}: ${value}`

/** Values by name, of clips by id; names in the order in which the catalog came to know them. @param ids JSON array */
export function readMetadata(database: Database, ids: string): Map<string, Record<string, string>> {
  const rows = database.all<{ id: string; name: string; value: string }>(
    `SELECT c.id, n.name, m.value FROM clips c JOIN clip_metadata m ON m.clip_key = c.key
         JOIN metadata_names n ON n.key = m.name_key
       WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY m.name_key`,
    ids,
  )
  const byClip = new Map<string, Record<string, string>>()
  for (const { id, name, value } of rows) {
    const values = byClip.get(id)
    if (values) values[name] = value
    else byClip.set(id, { [name]: value })
  }
  return byClip
}
