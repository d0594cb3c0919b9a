/** Takes who used what how often into the catalog: lists of tens of millions, a batch at a time. */
import type { ImportCounts } from '../../../shared/contract/jobs'
import { describeTwice, type InteractionRows } from '../../../shared/job/interaction-rows'
import type { ImportIssue } from '../../../shared/job/worker-event'
import { nothingCounted } from './bulk-ingest'
import { type Database, listParameter } from './database'
import type { Recorder } from './recorder'

/** A pair of user and item that the catalog has: how often, and its key. */
interface KnownPair {
  key: number
  count: number
}

const nothingAdded = { users: 0, items: 0, matchedItems: 0, pairs: 0, known: 0 }

type Owners = 'interaction_users' | 'interaction_items'

/** The keys of the names that a table has. */
export function findOwnerKeys(database: Database, table: Owners, names: readonly string[]): Map<string, number> {
  const rows = database.all<{ name: string; key: number }>(
    `SELECT name, key FROM ${table} WHERE name IN (SELECT value FROM json_each(?))`,
    listParameter(names),
  )
  return new Map(rows.map(({ name, key }) => [name, key]))
}

/**
 * What the catalog has of some rows.
 * @param userKeys of the batch's users by their place, undefined where it does not have them; `itemKeys` likewise
 * @returns by the row's index
 */
export function findPairs(
  database: Database,
  rows: InteractionRows,
  userKeys: readonly (number | undefined)[],
  itemKeys: readonly (number | undefined)[],
): Map<number, KnownPair> {
  const asked: number[][] = []
  rows.userPlaces.forEach((place, row) => {
    const user = userKeys[place]
    const item = itemKeys[rows.itemPlaces[row]!]
    if (user !== undefined && item !== undefined) asked.push([row, user, item])
  })
  if (asked.length === 0) return new Map()
  const found = database.all<KnownPair & { row: number }>(
    `SELECT asked.value ->> 0 AS row, i.key, i.count FROM json_each(?) asked
       JOIN interactions i ON i.user_key = asked.value ->> 1 AND i.item_key = asked.value ->> 2`,
    JSON.stringify(asked),
  )
  return new Map(found.map(({ row, key, count }) => [row, { key, count }]))
}

/**
 * Adds what the catalog does not have. Of a pair that it has, its count stays: said is where the two differ, and where
 * this import told the pair before.
 * @param firstKey the key of the first interaction that this import added, or will add
 */
export function ingestInteractions(
  database: Database,
  recorder: Recorder,
  rows: InteractionRows,
  firstKey: number,
): { counts: ImportCounts; issues: ImportIssue[] } {
  if (rows.counts.length === 0) return { counts: { ...nothingCounted, interactions: nothingAdded }, issues: [] }
  const users = rows.users.split('\n')
  const items = rows.items.split('\n')
  const known = findOwnerKeys(database, 'interaction_users', users)
  const userKeys = users.map((name) => known.get(name))
  const addedUsers = addOwners(recorder, 'interaction_users', users, userKeys)
  const ownItems = findOwnerKeys(database, 'interaction_items', items)
  const itemKeys = items.map((name) => ownItems.get(name))
  // Only users who were here before can have a pair.
  const pairs = findPairs(
    database,
    rows,
    users.map((name) => known.get(name)),
    itemKeys,
  )
  const addedItems = addOwners(recorder, 'interaction_items', items, itemKeys)
  const fresh: number[][] = []
  const issues: ImportIssue[] = []
  let here = 0
  rows.counts.forEach((count, row) => {
    const userPlace = rows.userPlaces[row]!
    const itemPlace = rows.itemPlaces[row]!
    const pair = pairs.get(row)
    if (!pair) {
      fresh.push([userKeys[userPlace]!, itemKeys[itemPlace]!, count])
      return
    }
    const head = { file: rows.file, row: rows.lines[row]! }
    if (pair.key >= firstKey)
      issues.push({ ...head, ...describeTwice(users[userPlace]!, items[itemPlace]!, count, pair) })
    else if (pair.count === count) here++
    else issues.push({ ...head, ...describeConflict(users[userPlace]!, items[itemPlace]!, count, pair.count) })
  })
  recorder.addAll('interactions', {}, ['user_key', 'item_key', 'count'], fresh)
  const added = { users: addedUsers, items: addedItems, matchedItems: 0, pairs: fresh.length, known: here }
  return { counts: { ...nothingCounted, interactions: added }, issues }
}

/** Adds those of the names that have no key yet, and puts their keys in place. @returns how many */
function addOwners(recorder: Recorder, table: Owners, names: readonly string[], keys: (number | undefined)[]): number {
  const fresh = names.filter((_name, place) => keys[place] === undefined)
  let next = recorder.addAll(
    table,
    {},
    ['name'],
    fresh.map((name) => [name]),
  )
  for (const [place, key] of keys.entries()) if (key === undefined) keys[place] = next++
  return fresh.length
}

/** What is said of a pair whose count is another in the catalog. */
export function describeConflict(
  user: string,
  item: string,
  said: number,
  own: number,
): { reason: string; kind: 'conflicting' } {
  return {
    reason: `${user} and ${item} have the count ${own} here and ${said} in the dataset: ${own} is kept`,
    kind: 'conflicting',
  }
}
