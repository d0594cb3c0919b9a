import { describe, expect, it } from 'vitest'
import { GroupUnion } from './unite-groups'

describe('groups of what has something in common', () => {
  it('are found through others, and named alike in whatever order they are found', () => {
    const names = ['d', 'b', 'e', 'a', 'c']
    const pairs = [
      ['b', 'c'],
      ['a', 'b'],
      ['d', 'e'],
    ] as const
    for (const order of [pairs, pairs.toReversed()]) {
      const union = new GroupUnion()
      const marks = new Map(names.map((name) => [name, union.add(name)]))
      for (const [one, other] of order) union.unite(marks.get(one)!, marks.get(other)!)
      expect(names.map((name) => union.nameOf(marks.get(name)!))).toEqual(['d', 'a', 'd', 'a', 'a'])
      expect(union.find(marks.get('c')!)).toBe(union.find(marks.get('a')!))
      expect(union.size).toBe(5)
    }
  })

  it('of a long chain are one', () => {
    const union = new GroupUnion()
    const marks = Array.from({ length: 100_000 }, (_, at) => union.add(`mark ${String(at).padStart(6, '0')}`))
    for (let at = marks.length - 1; at > 0; at--) union.unite(marks[at]!, marks[at - 1]!)
    expect(new Set(marks.map((mark) => union.nameOf(mark)))).toEqual(new Set(['mark 000000']))
  })
})
