import { v7 as createId } from 'uuid'
import type { OntologyClass } from '../../../shared/contract/ontology'
import { AppError } from '../../../shared/errors'
import type { ClassDraft } from '../../../shared/job/worker-event'
import { type Database, listParameter } from './database'
import { type CertainClasses, countUnderBySql, readCertainClasses } from './class-counts'
import type { Recorder } from './recorder'

const facts = `k.id, k.name, k.code, k.mid, coalesce(k.description, '') AS description,
  coalesce(k.synonyms, '[]') AS synonyms, k.colour, k.quick_code AS quickCode, k.is_abstract IS NOT NULL AS isAbstract,
  k.is_blacklisted IS NOT NULL AS isBlacklisted,
  (SELECT json_group_array(p.id) FROM class_parents e JOIN ontology_classes p ON p.key = e.parent_key
    WHERE e.child_key = k.key) AS parentIds`
const columns = `${facts},
  (SELECT count(*) FROM clip_labels l WHERE l.class_key = k.key AND l.state = 1) AS clipCount`

interface StoredClass extends Omit<
  OntologyClass,
  'synonyms' | 'parentIds' | 'isAbstract' | 'isBlacklisted' | 'clipCountUnder'
> {
  synonyms: string
  parentIds: string
  isAbstract: number
  isBlacklisted: number
}

function readStored(row: StoredClass): OntologyClass {
  return {
    ...row,
    synonyms: JSON.parse(row.synonyms) as string[],
    parentIds: JSON.parse(row.parentIds) as string[],
    isAbstract: row.isAbstract === 1,
    isBlacklisted: row.isBlacklisted === 1,
    clipCountUnder: null,
  }
}

/**
 * Every class, those with a number of their own first.
 * @param isCountedUnder whether clips of the classes below each are counted: a second for a million labels
 */
export function listClasses(database: Database, isCountedUnder = true): OntologyClass[] {
  const under = isCountedUnder ? countUnderBySql(database, readCertainClasses(database)) : null
  return database
    .all<StoredClass & { key: number }>(
      `SELECT ${columns}, k.key FROM ontology_classes k ORDER BY k.code NULLS LAST, k.name`,
    )
    .map(({ key, ...stored }) => ({
      ...readStored(stored),
      clipCountUnder: under && (under.get(key) ?? stored.clipCount),
    }))
}

/** Clips by class key. */
export interface ClassCounts {
  present: ReadonlyMap<number, number>
  under: ReadonlyMap<number, number>
}

/** The same where it is known on how many clips each class is present. */
export function listCountedClasses(
  database: Database,
  count: (certain: CertainClasses) => ClassCounts,
): OntologyClass[] {
  const counts = count(readCertainClasses(database))
  return database
    .all<StoredClass & { key: number }>(
      `SELECT ${facts}, 0 AS clipCount, k.key FROM ontology_classes k ORDER BY k.code NULLS LAST, k.name`,
    )
    .map(({ key, ...stored }) => ({
      ...readStored(stored),
      clipCount: counts.present.get(key) ?? 0,
      clipCountUnder: counts.under.get(key) ?? 0,
    }))
}

/** @throws AppError 'not-found' */
export function readClass(database: Database, id: string): OntologyClass {
  const row = database.get<StoredClass>(`SELECT ${columns} FROM ontology_classes k WHERE k.id = ?`, id)
  if (!row) throw new AppError('not-found', `There is no class with the id ${id}.`)
  return readStored(row)
}

/** The key of a class in this catalog, and its name. @throws AppError 'not-found' */
export function findClass(database: Database, id: string): { key: number; name: string } {
  const row = database.get<{ key: number; name: string }>('SELECT key, name FROM ontology_classes WHERE id = ?', id)
  if (!row) throw new AppError('not-found', `There is no class with the id ${id}.`)
  return row
}

/** As `findClass`, of a class that labels may name. @throws AppError 'invalid-argument' for a heading or a vague one */
export function requireTarget(database: Database, id: string): { key: number; name: string } {
  const { key, name } = findClass(database, id)
  const { isAbstract, isBlacklisted } = database.get<{ isAbstract: 1 | null; isBlacklisted: 1 | null }>(
    'SELECT is_abstract AS isAbstract, is_blacklisted AS isBlacklisted FROM ontology_classes WHERE key = ?',
    key,
  )!
  if (isAbstract === null && isBlacklisted === null) return { key, name }
  const why = isAbstract === null ? 'is blacklisted in its ontology' : 'is abstract, a heading of the tree'
  throw new AppError('invalid-argument', `“${name}” cannot be a label: it ${why}.`, {
    hint: 'Choose a class below it.',
  })
}

/** A class by its name in any case of letters, its MID, quick code or a synonym, in this order; several: the first. */
export function findNamedClass(database: Database, text: string): { id: string; key: number; name: string } | null {
  const name = text.trim()
  return (
    database.get<{ id: string; key: number; name: string }>(
      `SELECT k.id, k.key, k.name FROM (SELECT ? AS text) wanted, ontology_classes k
         WHERE k.name = text COLLATE NOCASE OR k.mid = text OR k.quick_code = text COLLATE NOCASE
           OR EXISTS (SELECT 1 FROM json_each(k.synonyms) WHERE value = text COLLATE NOCASE)
         ORDER BY k.name = text DESC, k.name = text COLLATE NOCASE DESC, k.mid IS text DESC,
           k.quick_code IS text COLLATE NOCASE DESC, k.key LIMIT 1`,
      name,
    ) ?? null
  )
}

/** @throws AppError 'conflict' when a class has this name, in any case of letters */
export function addClass(database: Database, recorder: Recorder, name: string): { title: string; id: string } {
  refuseTwin(database, name, null)
  const id = createId()
  recorder.insert('ontology_classes', { id, name, code: null, mid: null })
  return { title: `Add class “${name}”`, id }
}

/** @throws AppError 'not-found', 'conflict' */
export function renameClass(database: Database, recorder: Recorder, id: string, name: string): { title: string } {
  const before = findClass(database, id)
  refuseTwin(database, name, id)
  recorder.update('ontology_classes', [before.key], { name })
  return { title: `Rename class “${before.name}” to “${name}”` }
}

/** @throws AppError 'conflict' when another class has this name, in any case of letters */
export function refuseTwin(database: Database, name: string, ownId: string | null): void {
  const twin = database.get<{ name: string }>(
    'SELECT name FROM ontology_classes WHERE name = ? COLLATE NOCASE AND id IS NOT ?',
    name,
    ownId,
  )
  if (twin)
    throw new AppError('conflict', `There is a class “${twin.name}” already.`, {
      hint: 'Use that one, or choose another name.',
    })
}

/** The keys of classes by their exact names; a class that the catalog lacks is made. */
export function findClassKeys(database: Database, recorder: Recorder, names: Iterable<string>): Map<string, number> {
  const wanted = [...names]
  const find = (some: string[]): [string, number][] =>
    database
      .all<{ name: string; key: number }>(
        'SELECT name, key FROM ontology_classes WHERE name IN (SELECT value FROM json_each(?))',
        listParameter(some),
      )
      .map(({ name, key }) => [name, key])
  const keys = new Map(find(wanted))
  const unknown = wanted.filter((name) => !keys.has(name))
  if (unknown.length === 0) return keys
  ensureClasses(
    database,
    recorder,
    unknown.map((name) => ({ name, code: null, mid: null })),
  )
  return new Map([...keys, ...find(unknown)])
}

/** Finds or makes the classes of an import; a number or MID the catalog lacks is filled in. */
export function ensureClasses(database: Database, recorder: Recorder, drafts: ClassDraft[]): void {
  for (const draft of drafts) {
    const own = database.get<ClassDraft & { key: number }>(
      'SELECT key, name, code, mid FROM ontology_classes WHERE name = ?',
      draft.name,
    )
    if (own) recorder.update('ontology_classes', [own.key], { code: own.code ?? draft.code, mid: own.mid ?? draft.mid })
    else recorder.insert('ontology_classes', { id: createId(), ...draft })
  }
}
