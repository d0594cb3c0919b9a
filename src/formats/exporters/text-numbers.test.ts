import { describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import { TextNumbers } from './text-numbers'

describe('numbers of texts', () => {
  it('are those of a map, for 100,000 texts that are much alike', () => {
    const random = new Random(1, 'texts')
    const numbers = new TextNumbers()
    const map = new Map<string, number>()
    for (let n = 0; n < 100_000; n++) {
      const text =
        random.integer(2) === 0 ? `audio/${random.integer(200_000)}.wav` : `ab${'é日'[n % 2]}${n.toString(2)}`
      expect(numbers.get(text)).toBe(map.get(text))
      numbers.set(text, n)
      map.set(text, n)
    }
    expect(numbers.size).toBe(map.size)
    for (const [text, number] of map) if (numbers.get(text) !== number) throw new Error(text)
    expect(numbers.get('not there')).toBeUndefined()
  })

  it('knows the empty text, and texts of one length that differ in one sign', () => {
    const numbers = new TextNumbers()
    expect(numbers.get('')).toBeUndefined()
    numbers.set('', 7)
    expect(numbers.get('')).toBe(7)
    for (let sign = 0; sign < 65_536; sign++) numbers.set(`a${String.fromCharCode(sign)}b`, sign)
    expect(numbers.size).toBe(65_537)
  })
})
