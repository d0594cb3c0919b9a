import { expect, test } from 'vitest'
import { openDatabase } from './database'
import { runCommand, undo } from './journal'
import { addClass, renameClass } from './ontology'
import { currentOntologyVersion, readOntologyVersion } from './ontology-versions'

test('each state of the ontology has one number and one hash, also after an undo', () => {
  const database = openDatabase(':memory:', { create: true })
  const empty = currentOntologyVersion(database)
  const { result } = runCommand(database, 'ontology.add', 'anna', (recorder) => addClass(database, recorder, 'dog'))
  const withDog = currentOntologyVersion(database)
  expect(withDog.number).toBe(empty.number + 1)
  expect(withDog.contentHash).not.toBe(empty.contentHash)
  expect(currentOntologyVersion(database)).toEqual(withDog)
  runCommand(database, 'ontology.rename', 'anna', (recorder) => renameClass(database, recorder, result.id, 'hound'))
  expect(currentOntologyVersion(database).number).toBe(withDog.number + 1)
  undo(database)
  expect(currentOntologyVersion(database)).toEqual(withDog)
  expect(readOntologyVersion(database, withDog.number).map(({ name }) => name)).toEqual(['dog'])
  expect(() => readOntologyVersion(database, 99)).toThrow(/no version 99/)
  database.close()
})
