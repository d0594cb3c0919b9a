import { createHash } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'

/** A state of the ontology: equal states have one number and one hash, also when an undo has brought one back. */
export interface OntologyVersion {
  number: number
  /** SHA-256 of the canonical JSON, in hexadecimal digits. */
  contentHash: string
}

/**
 * A class as a version keeps it: what its labels mean. Colours and quick codes are tools of the people who label, and
 * no part of it. Parents are ids.
 */
export interface VersionedClass {
  id: string
  name: string
  code: number | null
  mid: string | null
  description: string
  synonyms: string[]
  isAbstract: boolean
  isBlacklisted: boolean
  parentIds: string[]
}

/** The version of the ontology as it is now; a state that was never seen before gets the next number. */
export function currentOntologyVersion(database: Database): OntologyVersion {
  const classes = readState(database)
  const json = JSON.stringify(classes)
  const contentHash = createHash('sha256').update(json).digest('hex')
  const find = (): OntologyVersion | undefined =>
    database.get(
      'SELECT number, content_hash AS contentHash FROM ontology_versions WHERE content_hash = ?',
      contentHash,
    )
  const known = find()
  if (known) return known
  database.run(
    'INSERT INTO ontology_versions (content_hash, state, class_count, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    contentHash,
    deflateSync(json),
    classes.length,
    new Date().toISOString(),
  )
  return find()!
}

/** The classes of a version, ordered by id. @throws AppError 'not-found' */
export function readOntologyVersion(database: Database, number: number): VersionedClass[] {
  const row = database.get<{ state: Uint8Array }>('SELECT state FROM ontology_versions WHERE number = ?', number)
  if (!row) throw new AppError('not-found', `There is no version ${number} of the ontology.`)
  return JSON.parse(inflateSync(row.state).toString('utf8')) as VersionedClass[]
}

interface StateRow extends Omit<VersionedClass, 'synonyms' | 'isAbstract' | 'isBlacklisted' | 'parentIds'> {
  synonyms: string
  isAbstract: number
  isBlacklisted: number
  parentIds: string
}

/** Canonical: members and rows always in one order, so that equal states are equal text. */
function readState(database: Database): VersionedClass[] {
  const rows = database.all<StateRow>(
    `SELECT k.id, k.name, k.code, k.mid, coalesce(k.description, '') AS description,
       coalesce(k.synonyms, '[]') AS synonyms, k.is_abstract IS NOT NULL AS isAbstract,
       k.is_blacklisted IS NOT NULL AS isBlacklisted,
       (SELECT json_group_array(id) FROM (SELECT p.id FROM class_parents e JOIN ontology_classes p ON p.key = e.parent_key
          WHERE e.child_key = k.key ORDER BY p.id)) AS parentIds
     FROM ontology_classes k ORDER BY k.id`,
  )
  return rows.map((row) => ({
    ...row,
    synonyms: JSON.parse(row.synonyms) as string[],
    isAbstract: row.isAbstract === 1,
    isBlacklisted: row.isBlacklisted === 1,
    parentIds: JSON.parse(row.parentIds) as string[],
  }))
}
