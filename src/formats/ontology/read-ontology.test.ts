import { expect, test } from 'vitest'
import { readOntology } from './read-ontology'

const entry = (id: string, name: string, children: string[] = [], restrictions: string[] = []): unknown => ({
  id,
  name,
  description: '',
  child_ids: children,
  restrictions,
})
const read = (...entries: unknown[]): unknown => readOntology('o.json', JSON.stringify(entries))

test('reads a graph: parents, restrictions, and several names in one', () => {
  const drafts = readOntology(
    'o.json',
    JSON.stringify([
      entry('/a', 'Animal', ['/b'], ['abstract']),
      entry('/b', 'Dog, hound (big, small)', [], ['blacklist']),
    ]),
  )
  expect(drafts[0]).toMatchObject({ isAbstract: true, isBlacklisted: false, mid: '/a', synonyms: [] })
  expect(drafts[1]).toMatchObject({ isBlacklisted: true, parentIds: ['/a'], synonyms: ['Dog', 'hound (big, small)'] })
})

test('names the class of a fault', () => {
  expect(() => read(entry('/a', 'A', ['/b']), entry('/b', 'B', ['/a']))).toThrow(/circle: “[AB]” \(\/[ab]\) →/)
  expect(() => read(entry('/a', 'A', ['/a']))).toThrow(/circle: “A”/)
  expect(() => read(entry('/a', 'A', ['/z']))).toThrow(/“A” \(\/a\) has the child \/z, which is not there/)
  expect(() => read(entry('/a', 'A'), entry('/a', 'B'))).toThrow(/id “\/a” is there twice \(“A”, “B”\)/)
  expect(() => read(entry('/a', 'A'), entry('/b', 'a'))).toThrow(/name “a” is there twice/)
  expect(() => read(entry('', 'A'))).toThrow(/entry 1 has no id/)
  expect(() => read(7)).toThrow(/entry 1 is not an object/)
  expect(() => read({ id: '/a', name: 'A', child_ids: 'x' })).toThrow(/child_ids of \/a is not a list/)
  expect(() => readOntology('o.json', '[')).toThrow(/o.json cannot be read: no JSON: /)
  expect(() => readOntology('o.txt', '')).toThrow(/names no class/)
})

test('reads a list of classes', () => {
  expect(readOntology('c.csv', '\ufeffname,code,mid\r\ndog,3,/m/1\r\n"rain, heavy"\r\n')).toMatchObject([
    { name: 'dog', code: 3, mid: '/m/1' },
    { name: 'rain, heavy', code: null, mid: null },
  ])
  expect(() => readOntology('c.csv', 'dog,x')).toThrow(/line 1: the code “x” of “dog”/)
})
