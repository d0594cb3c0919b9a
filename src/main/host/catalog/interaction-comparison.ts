import type { ImportDryRun, PreviewRow } from '../../../shared/contract/recordings'
import { readAliases, type InteractionRows } from '../../../shared/job/interaction-rows'
import type { Database } from './database'
import { describeConflict, findOwnerKeys, findPairs } from './ingest-interactions'
import { externalIds } from './interaction-clips'

type Note = (verdict: PreviewRow['verdict'], file: string, row: number | null, detail: string, count?: number) => void

/** Users or items of a list: whether each is in the catalog. */
class Owners {
  /** By name, null where the catalog does not have it. */
  private readonly keys = new Map<string, number | null>()
  new = 0

  constructor(
    private readonly database: Database,
    private readonly table: 'interaction_users' | 'interaction_items',
  ) {}

  get known(): number {
    return this.keys.size - this.new
  }

  has(name: string): boolean {
    return this.keys.has(name)
  }

  names(): Iterable<string> {
    return this.keys.keys()
  }

  /** @returns the keys by place, undefined where the catalog does not have them */
  find(names: readonly string[]): (number | undefined)[] {
    const unseen = names.filter((name) => !this.keys.has(name))
    const found = findOwnerKeys(this.database, this.table, unseen)
    for (const name of unseen) {
      const key = found.get(name) ?? null
      if (key === null) this.new++
      this.keys.set(name, key)
    }
    return names.map((name) => this.keys.get(name) ?? undefined)
  }
}

/** Most items without a clip that are listed one by one. */
const mostListed = 500

/**
 * Holds a list of users, items and counts against the catalog, by the rules that its import goes by; only reads. A pair
 * that stands twice is seen within a batch only: the import sees them all.
 */
export class InteractionComparison {
  private readonly users: Owners
  private readonly items: Owners
  private readonly pairs = { new: 0, known: 0, conflicting: 0 }
  private readonly aliases = new Map<string, string>()
  private readonly placeOfItem = new Map<string, { file: string; row: number }>()

  constructor(
    private readonly database: Database,
    private readonly note: Note,
  ) {
    this.users = new Owners(database, 'interaction_users')
    this.items = new Owners(database, 'interaction_items')
  }

  add(rows: InteractionRows): void {
    for (const [alias, item] of readAliases(rows)) this.aliases.set(alias, item)
    if (rows.counts.length === 0) return
    const users = rows.users.split('\n')
    const items = rows.items.split('\n')
    for (const [row, place] of rows.itemPlaces.entries()) {
      if (this.placeOfItem.size >= mostListed) break
      const name = items[place]!
      if (!this.placeOfItem.has(name)) this.placeOfItem.set(name, { file: rows.file, row: rows.lines[row]! })
    }
    const pairs = findPairs(this.database, rows, this.users.find(users), this.items.find(items))
    let known = 0
    for (const [row, pair] of pairs) {
      const count = rows.counts[row]!
      if (pair.count === count) {
        known++
        continue
      }
      const [user, item] = [users[rows.userPlaces[row]!]!, items[rows.itemPlaces[row]!]!]
      this.note('conflicting', rows.file, rows.lines[row]!, describeConflict(user, item, count, pair.count).reason)
      this.pairs.conflicting++
    }
    const fresh = rows.counts.length - pairs.size
    const firstFresh = rows.lines[rows.counts.findIndex((_count, row) => !pairs.has(row))] ?? null
    if (fresh > 0) this.note('new', rows.file, firstFresh, `${fresh} counts from here on`, fresh)
    if (known > 0) this.note('known', rows.file, null, `${known} counts: nothing changes`, known)
    this.pairs.new += fresh
    this.pairs.known += known
  }

  /** Notes the items that no clip is heard of. @returns null where there was no list */
  finish(): ImportDryRun['interactions'] | null {
    if (this.pairs.new + this.pairs.known + this.pairs.conflicting === 0) return null
    const matched = new Set<string>()
    for (const { id } of externalIds(this.database)) {
      const item = this.aliases.get(id) ?? id
      if (this.items.has(item)) matched.add(item)
    }
    let listed = 0
    for (const [name, { file, row }] of this.placeOfItem) {
      if (matched.has(name)) continue
      listed++
      this.note('unmatched', file, row, `${name} is the id of no clip here; its counts are kept`)
    }
    const items = this.items.new + this.items.known
    const more = items - matched.size - listed
    if (more > 0) this.note('unmatched', '', null, `${more} more items are the ids of no clip here`, more)
    return {
      users: { new: this.users.new, known: this.users.known },
      items: { new: this.items.new, known: this.items.known, matched: matched.size },
      pairs: this.pairs,
    }
  }
}
