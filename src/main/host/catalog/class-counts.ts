/** On how many clips a class, or one that proves it, is present: what `under:` finds, for every class at once. */
import { findCertainAncestors } from '../../../shared/ontology/class-graph'
import { type ClipColumns, LabelCursor } from './clip-columns'
import type { Database } from './database'

/** Keys of the classes that certainly hold where the class of this key does, itself included. */
export type CertainClasses = ReadonlyMap<number, readonly number[]>

export function readCertainClasses(database: Database): CertainClasses {
  const rows = database.all<{ key: number; parents: string }>(
    `SELECT k.key, (SELECT json_group_array(parent_key) FROM class_parents WHERE child_key = k.key) AS parents
       FROM ontology_classes k`,
  )
  const nodes = rows.map(({ key, parents }) => ({
    id: String(key),
    parentIds: (JSON.parse(parents) as number[]).map(String),
  }))
  return new Map([...findCertainAncestors(nodes)].map(([id, above]) => [Number(id), [...above].map(Number)]))
}

/** Clips by class key, each clip once: one walk over the labels in memory, and then kept up with every edit. */
export class UnderCounts {
  private readonly counts: Uint32Array
  /** Marks the classes for which the present clip has counted. */
  private readonly turns: Uint32Array
  private turn = 0
  private readonly above: (readonly number[])[]
  private readonly cursor: LabelCursor

  constructor(
    columns: ClipColumns,
    readonly certain: CertainClasses,
  ) {
    const size = Math.max(0, ...certain.keys()) + 1
    this.counts = new Uint32Array(size)
    this.turns = new Uint32Array(size)
    this.above = Array.from({ length: size }, (_, key) => certain.get(key) ?? [])
    this.cursor = new LabelCursor(columns)
    for (let position = 0; position < columns.keys.length; position++) this.count(position, 1)
  }

  /** Takes a clip in (1) as its labels are now, or out (−1). */
  count(position: number, by: 1 | -1): void {
    const { codes, start, end } = this.cursor.seek(position)
    this.turn++
    for (let at = start; at < end; at++) {
      const code = codes[at]!
      if ((code & 1) === 0) continue
      for (const key of this.above[code >>> 1]!) {
        if (this.turns[key] === this.turn) continue
        this.turns[key] = this.turn
        this.counts[key]! += by
      }
    }
  }

  toMap(): Map<number, number> {
    return new Map([...this.certain.keys()].map((key) => [key, this.counts[key]!]))
  }
}

/** The same of the classes that others prove, by SQL: for catalogs without columns in memory. */
export function countUnderBySql(database: Database, certain: CertainClasses): Map<number, number> {
  const proving = new Map<number, number[]>()
  for (const [key, above] of certain)
    for (const other of above) {
      const own = proving.get(other)
      if (own) own.push(key)
      else proving.set(other, [key])
    }
  const pairs = [...proving].filter(([, keys]) => keys.length > 1)
  const rows = database.all<{ key: number; count: number }>(
    `SELECT own.value ->> 0 AS key, count(DISTINCT l.clip_key) AS count
       FROM json_each(?) own CROSS JOIN json_each(own.value ->> 1) proof
       CROSS JOIN clip_labels l ON l.class_key = proof.value AND l.state = 1
     GROUP BY own.value ->> 0`,
    JSON.stringify(pairs),
  )
  const found = new Map(rows.map(({ key, count }) => [key, count]))
  return new Map(pairs.map(([key]) => [key, found.get(key) ?? 0]))
}
