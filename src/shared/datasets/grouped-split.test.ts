import { describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import { splitByGroups, type SplitItem, type SplitWish } from './grouped-split'

/** Groups of 1 to 6 clips of one class each; some classes are rare. */
function makeItems(seed: number, classCount = 8): SplitItem[] {
  const random = new Random(seed, 'items')
  return Array.from({ length: classCount }, (_, index) =>
    Array.from({ length: 8 + random.integer(40) }, (_group, group) =>
      Array.from({ length: 1 + random.integer(6) }, () => ({ group: `${index}-${group}`, classes: [index] })),
    ).flat(),
  ).flat()
}

/** Groups whose clips have any of the classes, several or none. */
function makeMultiLabel(seed: number): SplitItem[] {
  const random = new Random(seed, 'multi')
  return Array.from({ length: 120 }, (_, group) =>
    Array.from({ length: 1 + random.integer(8) }, () => ({
      group: `site ${group}`,
      classes: Array.from({ length: 10 }, (_class, index) => index).filter(
        (index) => random.uniform() < 0.5 / (index + 1),
      ),
    })),
  ).flat()
}

const wishes: SplitWish[] = [
  { shares: [0.8, 0.1, 0.1], seed: 1 },
  { shares: [60, 20, 20], seed: 2, keepsSingles: true },
  { shares: [1, 1, 1, 1, 1], seed: 3 },
  { shares: [0.5, 0, 0.5], seed: 4 },
]

const countOf = (items: readonly SplitItem[], parts: Int32Array, part: number, index: number): number =>
  items.filter((item, position) => parts[position] === part && item.classes.includes(index)).length

function partsByGroup(items: readonly SplitItem[], parts: Int32Array): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>()
  items.forEach(({ group }, position) => found.set(group, (found.get(group) ?? new Set()).add(parts[position]!)))
  return found
}

describe('a split by groups', () => {
  it('never has a group in two parts, deals every clip, and nothing to a part without a share', () => {
    for (let seed = 1; seed <= 15; seed++)
      for (const items of [makeItems(seed), makeMultiLabel(seed)])
        for (const wish of wishes) {
          const parts = splitByGroups(items, wish)
          for (const own of partsByGroup(items, parts).values()) expect(own.size).toBe(1)
          expect(parts.every((part) => wish.shares[part]! > 0)).toBe(true)
        }
  })

  it('is the same from the same seed, whatever the order of the clips, and another from another seed', () => {
    for (const items of [makeItems(1), makeMultiLabel(1)])
      for (const wish of wishes) {
        const parts = splitByGroups(items, wish)
        expect(splitByGroups(items, wish)).toEqual(parts)
        expect(splitByGroups(items.toReversed(), wish)).toEqual(parts.toReversed())
        expect(splitByGroups(items, { ...wish, seed: 99 })).not.toEqual(parts)
      }
  })

  it('gives each part its share of each class, within the class’s largest group', () => {
    for (let seed = 1; seed <= 30; seed++)
      for (const wish of wishes) {
        const items = makeItems(seed)
        const parts = splitByGroups(items, { ...wish, seed })
        const sum = wish.shares.reduce((total, share) => total + share, 0)
        for (let index = 0; index < 8; index++) {
          const total = items.filter((item) => item.classes.includes(index)).length
          wish.shares.forEach((share, part) => {
            if (share === 0) return
            const count = countOf(items, parts, part, index)
            expect(Math.abs(count - (share / sum) * total)).toBeLessThanOrEqual(6)
            expect(count).toBeGreaterThan(0)
          })
        }
      }
  })

  it('keeps classes together that come together: every share within 4 % of the class and three clips', () => {
    for (let seed = 1; seed <= 15; seed++) {
      const items = makeMultiLabel(seed)
      const parts = splitByGroups(items, { shares: [0.7, 0.15, 0.15], seed })
      for (let index = 0; index < 10; index++) {
        const total = items.filter((item) => item.classes.includes(index)).length
        for (const [part, share] of [0.7, 0.15, 0.15].entries()) {
          const miss = Math.abs(countOf(items, parts, part, index) - share * total)
          expect(miss).toBeLessThanOrEqual(3 + 0.04 * total)
        }
      }
      // A random deal by groups is off by more.
      const random = new Random(seed, 'deal')
      const dealt = new Map<string, number>()
      for (const { group } of items)
        if (!dealt.has(group)) dealt.set(group, random.uniform() < 0.7 ? 0 : 1 + random.integer(2))
      const rough = Int32Array.from(items, ({ group }) => dealt.get(group)!)
      const error = (deal: Int32Array): number =>
        Array.from({ length: 10 }, (_, index) =>
          Math.abs(
            countOf(items, deal, 0, index) / Math.max(1, items.filter((item) => item.classes.includes(index)).length) -
              0.7,
          ),
        ).reduce((a, b) => a + b)
      expect(error(parts)).toBeLessThan(error(rough))
    }
  })

  it('leaves what is fixed where it is, lets the rest of its group join it, and deals around it', () => {
    const items = makeItems(5)
    const first = splitByGroups(items, { shares: [0.6, 0.2, 0.2], seed: 1 })
    // Half of the test clips are known; a part without a share takes nothing more.
    const fixed = items.map((_item, position) => (first[position] === 2 && position % 2 === 0 ? 2 : null))
    const locked = new Set(items.flatMap(({ group }, position) => (fixed[position] === 2 ? [group] : [])))
    const joined = splitByGroups(items, { shares: [0.6, 0.2, 0.2], seed: 7, fixed })
    const closed = splitByGroups(items, { shares: [0.8, 0.2, 0], seed: 7, fixed })
    items.forEach(({ group }, position) => {
      if (fixed[position] === 2) expect([joined[position], closed[position]]).toEqual([2, 2])
      else if (locked.has(group)) expect([joined[position], closed[position]]).toEqual([2, -1])
      else expect(closed[position]).toBeLessThan(2)
    })
    for (let index = 0; index < 8; index++) {
      const total = items.filter((item) => item.classes.includes(index)).length
      expect(Math.abs(countOf(items, joined, 2, index) - 0.2 * total)).toBeLessThanOrEqual(6)
    }
  })

  it('leaves out what belongs to a group that is fixed in two parts', () => {
    const items = ['a', 'a', 'a', 'b'].map((group) => ({ group, classes: [0] }))
    expect([...splitByGroups(items, { shares: [1, 1], seed: 1, fixed: [0, 1, null, null] })].slice(0, 3)).toEqual([
      0, 1, -1,
    ])
  })

  it('gives a class of one group to the first part where that is asked for, and spreads such classes else', () => {
    const items = Array.from({ length: 40 }, (_, index) => ({ group: `g${index}`, classes: [index] }))
    const kept = splitByGroups(items, { shares: [0.1, 0.9], seed: 1, keepsSingles: true })
    expect(kept.every((part) => part === 0)).toBe(true)
    const dealt = splitByGroups(items, { shares: [1, 1, 1, 1], seed: 1 })
    for (let part = 0; part < 4; part++) expect(dealt.filter((own) => own === part)).toHaveLength(10)
    const unlabeled = items.map(({ group }) => ({ group, classes: [] }))
    const spread = splitByGroups(unlabeled, { shares: [1, 1, 1, 1], seed: 1 })
    for (let part = 0; part < 4; part++) expect(spread.filter((own) => own === part)).toHaveLength(10)
  })

  it('refuses shares that are none', () => {
    expect(() => splitByGroups([], { shares: [0, 0], seed: 1 })).toThrow(RangeError)
    expect(() => splitByGroups([], { shares: [1, Number.NaN], seed: 1 })).toThrow(RangeError)
  })
})
