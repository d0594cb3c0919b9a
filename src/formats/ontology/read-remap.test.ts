import { expect, test } from 'vitest'
import { readRemap } from './read-remap'

const pair = { from: 'rooster', to: 'Crowing, cock-a-doodle-doo' }

test('reads pairs with commas, semicolons or tabs, with a heading or without', () => {
  const texts = [
    'rooster,"Crowing, cock-a-doodle-doo"\n',
    '\uFEFFold,new\r\nrooster,"Crowing, cock-a-doodle-doo"\r\n\r\n',
    'From;To;\nrooster; Crowing, cock-a-doodle-doo ;\n',
    'old\tnew\nrooster\tCrowing, cock-a-doodle-doo',
  ]
  for (const text of texts) expect(readRemap('pairs.csv', text)).toEqual([pair])
})

test('names the line that is wrong', () => {
  const wrong: [string, RegExp][] = [
    ['old,new\ndog,\n', /pairs.csv, line 2: an old and a new class are wanted/],
    ['dog,Dog\nrooster,Crowing, cock-a-doodle-doo\n', /line 2: there are 3 columns/],
    ['dog,Dog\nc"at,Cat\n', /line 2/],
    ['old,new\n', /no pair of classes/],
    ['', /no pair of classes/],
  ]
  for (const [text, message] of wrong) expect(() => readRemap('pairs.csv', text)).toThrow(message)
})
