import { expect, test } from 'vitest'
import { ontologyClass } from '../testing/ontology-class'
import { assignDigits, colourOf, findClasses, pathOf } from './find-classes'

const classes = [
  ontologyClass('Animal'),
  ontologyClass('Dog', { mid: '/m/0bt9lr', synonyms: ['hound'], quickCode: 'x', parentIds: ['Animal'] }),
  ontologyClass('Xylophone'),
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
  expect(colourOf(ontologyClass('a', { colour: '#123456' }))).toBe('#123456')
})

test('gives digits to classes that ask for them, then to the first that can be labels', () => {
  const many = [
    ontologyClass('heading', { isAbstract: true }),
    ...'abcdefghij'.split('').map((id) => ontologyClass(id, id === 'j' ? { quickCode: '2' } : { quickCode: `${id}2` })),
  ]
  expect([...assignDigits(many)].sort(([, a], [, b]) => a - b).map(([id]) => id)).toEqual([...'ajbcdefgh'])
  expect(assignDigits([ontologyClass('a', { quickCode: '10' })])).toEqual(new Map([['a', 1]]))
})
