import type { OntologyClass } from '../../../shared/contract/ontology'
import { AppError } from '../../../shared/errors'
import { placeClass, refuseCircles } from './class-places'
import type { Database } from './database'
import { findClass } from './ontology'
import type { Recorder } from './recorder'

export type ClassFacts = Pick<OntologyClass, 'description' | 'synonyms' | 'colour' | 'quickCode' | 'parentIds'>

/** Changes what is given of a class. @throws AppError 'not-found', 'conflict' for a taken quick code or a circle */
export function updateClass(
  database: Database,
  recorder: Recorder,
  id: string,
  facts: { [Name in keyof ClassFacts]?: ClassFacts[Name] | undefined },
): { title: string } {
  const { key, name } = findClass(database, id)
  const { description, synonyms, colour, quickCode, parentIds } = facts
  if (quickCode != null) refuseTakenCode(database, key, quickCode)
  recorder.update('ontology_classes', [key], {
    ...(description === undefined ? {} : { description: description === '' ? null : description }),
    ...(synonyms === undefined ? {} : { synonyms: synonyms.length === 0 ? null : JSON.stringify(synonyms) }),
    ...(colour === undefined ? {} : { colour }),
    ...(quickCode === undefined ? {} : { quick_code: quickCode }),
  })
  if (parentIds !== undefined) {
    placeClass(
      database,
      recorder,
      key,
      parentIds.map((parentId) => findClass(database, parentId).key),
    )
    refuseCircles(database)
  }
  return { title: `Change class “${name}”` }
}

function refuseTakenCode(database: Database, key: number, code: string): void {
  const owner = database.get<{ name: string }>(
    'SELECT name FROM ontology_classes WHERE quick_code = ? COLLATE NOCASE AND key <> ?',
    code,
    key,
  )
  if (owner)
    throw new AppError('conflict', `The quick code ${code} already labels “${owner.name}”.`, {
      hint: 'Choose another code.',
    })
}
