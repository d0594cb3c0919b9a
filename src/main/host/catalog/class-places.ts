import { AppError } from '../../../shared/errors'
import { sortClasses } from '../../../shared/ontology/class-graph'
import type { Database } from './database'
import type { Recorder } from './recorder'

/** Puts a class under others, in the place of those it stood under. @throws AppError 'conflict' for a circle */
export function placeClass(database: Database, recorder: Recorder, key: number, parentKeys: readonly number[]): void {
  const before = new Set(
    database.pluck<number>('SELECT parent_key FROM class_parents WHERE child_key = ? ORDER BY parent_key', key),
  )
  const wanted = new Set(parentKeys)
  if (wanted.has(key))
    throw new AppError('conflict', 'A class cannot stand under itself.', { hint: 'Choose another class.' })
  for (const parent of before) if (!wanted.has(parent)) recorder.remove('class_parents', [key, parent])
  for (const parent of wanted)
    if (!before.has(parent)) recorder.insert('class_parents', { child_key: key, parent_key: parent })
}

/** @throws AppError 'conflict' that names the classes of a circle */
export function refuseCircles(database: Database): void {
  const nodes = database.all<{ id: string; name: string; parents: string }>(
    `SELECT CAST(k.key AS TEXT) AS id, k.name, (SELECT json_group_array(CAST(parent_key AS TEXT)) FROM class_parents
       WHERE child_key = k.key) AS parents FROM ontology_classes k`,
  )
  sortClasses(
    nodes.map((node) => ({ ...node, parentIds: JSON.parse(node.parents) as string[] })),
    (node) => `“${node.name}”`,
  )
}

/**
 * The circle that there would be if one class were put under another, in words: each class and what it would stand
 * under. Null where there is none.
 */
export function findCircle(database: Database, childKey: number, parentKey: number): string | null {
  const aboveOf = new Map<number, number>([[childKey, childKey]])
  const found = [childKey]
  for (const key of found)
    for (const child of database.pluck<number>('SELECT child_key FROM class_parents WHERE parent_key = ?', key))
      if (!aboveOf.has(child)) {
        aboveOf.set(child, key)
        found.push(child)
      }
  if (!aboveOf.has(parentKey)) return null
  const nameOf = (key: number): string =>
    `“${database.get<{ name: string }>('SELECT name FROM ontology_classes WHERE key = ?', key)!.name}”`
  const names = [nameOf(childKey), nameOf(parentKey)]
  for (let key = parentKey; key !== childKey; names.push(nameOf(key))) key = aboveOf.get(key)!
  return names.join(' → ')
}

/** The class itself and every class below it. */
export function listBelow(database: Database, key: number): Set<number> {
  return new Set(
    database.pluck<number>(
      `WITH RECURSIVE below (key) AS (
         SELECT ? UNION SELECT child_key FROM class_parents JOIN below ON parent_key = below.key)
       SELECT key FROM below`,
      key,
    ),
  )
}
