import { expect, test } from 'vitest'
import type { OntologyClass } from '../../shared/contract/ontology'
import { colourOf, findClasses, pathOf } from './find-classes'

const entry = (id: string, more: Partial<OntologyClass> = {}): OntologyClass => ({
  id,
  name: id,
  code: null,
  mid: null,
  description: '',
  synonyms: [],
  colour: null,
  quickCode: null,
  isAbstract: false,
  isBlacklisted: false,
  parentIds: [],
  clipCount: 0,
  ...more,
})
const classes = [
  entry('Animal'),
  entry('Dog', { mid: '/m/0bt9lr', synonyms: ['hound'], quickCode: 'x', parentIds: ['Animal'] }),
  entry('Xylophone'),
]
const find = (typed: string): string[] => findClasses(typed, classes).map(({ id }) => id)

test('finds by quick code, MID, synonym and name', () => {
  expect(find('X')).toEqual(['Dog', 'Xylophone'])
  expect(find('/m/0bt9lr')).toEqual(['Dog'])
  expect(find('houn')).toEqual(['Dog'])
  expect(find('anim')).toEqual(['Animal'])
  expect(find('')).toHaveLength(3)
})

test('says where a class stands, and gives it one colour', () => {
  expect(pathOf(classes[1]!, new Map(classes.map((one) => [one.id, one])))).toBe('Animal')
  expect(colourOf(classes[1]!)).toBe(colourOf({ ...classes[1]!, name: 'other' }))
  expect(colourOf(entry('a', { colour: '#123456' }))).toBe('#123456')
})
