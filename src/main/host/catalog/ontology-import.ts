import { v7 as createId } from 'uuid'
import type { OntologyDraft } from '../../../formats/ontology/read-ontology'
import { AppError } from '../../../shared/errors'
import { refuseCircles } from './class-places'
import type { Database } from './database'
import type { Recorder } from './recorder'

export interface ImportCount {
  classes: number
  added: number
  changed: number
  /** Classes that no label may name. */
  restricted: number
}

/**
 * Brings an ontology into the catalog: classes are found again by MID, then by name in any case of letters. What people
 * have renamed, described or placed stays; what is missing is filled in, places and restrictions are added. Importing
 * the same again changes nothing.
 * @throws AppError 'conflict' for a MID, number or place that stands against the catalog's own; nothing is kept then
 */
export function importOntology(database: Database, recorder: Recorder, drafts: readonly OntologyDraft[]): ImportCount {
  const keys = new Map<string, number>()
  const count = { classes: drafts.length, added: 0, changed: 0, restricted: 0 }
  for (const draft of drafts) {
    if (draft.isAbstract || draft.isBlacklisted) count.restricted++
    const own = findOwn(database, draft)
    if (own === null) {
      const key = recorder.insert('ontology_classes', {
        id: createId(),
        name: draft.name,
        code: draft.code,
        mid: draft.mid,
        description: draft.description || null,
        synonyms: writeList(draft.synonyms),
        colour: null,
        quick_code: null,
        is_abstract: draft.isAbstract ? 1 : null,
        is_blacklisted: draft.isBlacklisted ? 1 : null,
      })
      keys.set(draft.id, key)
      count.added++
      continue
    }
    keys.set(draft.id, own.key)
    const synonyms = JSON.parse(own.synonyms ?? '[]') as string[]
    const isChanged = recorder.update('ontology_classes', [own.key], {
      code: own.code ?? draft.code,
      mid: own.mid ?? draft.mid,
      description: own.description ?? (draft.description || null),
      synonyms: own.synonyms === null ? writeList(draft.synonyms) : writeList(synonyms),
      is_abstract: draft.isAbstract ? 1 : own.is_abstract,
      is_blacklisted: draft.isBlacklisted ? 1 : own.is_blacklisted,
    })
    if (isChanged) count.changed++
  }
  for (const draft of drafts)
    for (const parentId of draft.parentIds) {
      const place = { child_key: keys.get(draft.id)!, parent_key: keys.get(parentId)! }
      const isThere = database.get(
        'SELECT 1 FROM class_parents WHERE child_key = ? AND parent_key = ?',
        place.child_key,
        place.parent_key,
      )
      if (!isThere) recorder.insert('class_parents', place)
    }
  refuseCircles(database)
  return count
}

const writeList = (names: readonly string[]): string | null => (names.length === 0 ? null : JSON.stringify(names))

interface OwnClass {
  key: number
  name: string
  code: number | null
  mid: string | null
  description: string | null
  synonyms: string | null
  is_abstract: number | null
  is_blacklisted: number | null
}

function findOwn(database: Database, draft: OntologyDraft): OwnClass | null {
  const columns = 'key, name, code, mid, description, synonyms, is_abstract, is_blacklisted'
  const byMid =
    draft.mid !== null && database.get<OwnClass>(`SELECT ${columns} FROM ontology_classes WHERE mid = ?`, draft.mid)
  if (byMid) return byMid
  const own = database.get<OwnClass>(
    `SELECT ${columns} FROM ontology_classes WHERE name = ? COLLATE NOCASE ORDER BY name = ? DESC LIMIT 1`,
    draft.name,
    draft.name,
  )
  if (!own) return null
  if (own.mid !== null && draft.mid !== null && own.mid !== draft.mid)
    throw new AppError('conflict', `“${draft.name}” is ${draft.mid} in the file and ${own.mid} in the catalog.`, {
      hint: 'Rename the class of the catalog, or correct the file; nothing was imported.',
    })
  return own
}
