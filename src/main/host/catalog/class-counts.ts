/** On how many clips a class, or one that proves it, is present: what `under:` finds, for every class at once. */
import { findCertainAncestors } from '../../../shared/ontology/class-graph'
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

/** Clips by class key, each clip once, of the classes that others prove, by SQL: for catalogs without columns in memory. */
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
