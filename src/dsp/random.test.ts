import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Random } from './random'

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uniform())

describe('Random', () => {
  it('repeats itself for a seed and a name, and differs for another', () => {
    expect(draw(new Random(7, 'shuffle'), 20)).toEqual(draw(new Random(7, 'shuffle'), 20))
    expect(draw(new Random(7), 5)).not.toEqual(draw(new Random(8), 5))
    expect(draw(new Random(7, 'a'), 5)).not.toEqual(draw(new Random(7, 'b'), 5))
  })

  it('gives sub-streams that do not depend on what was drawn before', () => {
    const parent = new Random(1)
    const before = draw(parent.stream('crops'), 5)
    draw(parent, 100)
    expect(draw(parent.stream('crops'), 5)).toEqual(before)
    expect(draw(parent.stream('mixup'), 5)).not.toEqual(before)
  })

  it('is uniform: mean, spread and no link between neighbours, for many seeds', () => {
    const values = Array.from({ length: 200 }, (_, seed) => draw(new Random(seed), 100)).flat()
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / values.length
    const link = values.reduce((sum, value, i) => sum + (value - 0.5) * (values[i + 1] ?? 0.5) - (value - 0.5) / 2, 0)
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.01)
    expect(Math.abs(spread - 1 / 12)).toBeLessThan(0.003)
    expect(Math.abs(link / values.length)).toBeLessThan(0.003)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
  })

  it('draws normal numbers with the mean and deviation asked for', () => {
    const random = new Random(3)
    const values = Array.from({ length: 20000 }, () => random.normal(5, 2))
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    const withinOne = values.filter((value) => Math.abs(value - 5) < 2).length / values.length
    expect(mean).toBeCloseTo(5, 1)
    expect(deviation).toBeCloseTo(2, 1)
    expect(withinOne).toBeCloseTo(0.6827, 1)
  })

  it('shuffles into every order about equally often, and leaves its argument alone', () => {
    const random = new Random(11)
    const items = ['a', 'b', 'c']
    const counts = new Map<string, number>()
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(items).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150)
    expect(items).toEqual(['a', 'b', 'c'])
  })

  it('draws masks from its own bits: the rate, no pattern, the same again', () => {
    const random = new Random(5)
    const bits = new Random(5)
    const mask = random.mask(100_001, 0.3, 2)
    // Half of 32 bits for each value, the upper half first.
    for (let index = 0; index < 100_001; index += 2) {
      const drawn = bits.nextUint32()
      const halves = [Math.floor(drawn / 2 ** 16), drawn % 2 ** 16]
      for (const [at, half] of halves.entries())
        if (index + at < mask.length) expect(mask[index + at]).toBe(half < Math.round(0.3 * 2 ** 16) ? 0 : 2)
    }
    expect(random.nextUint32()).toBe(bits.nextUint32())
    const dropped = mask.reduce((count, value) => count + (value === 0 ? 1 : 0), 0)
    // Six standard deviations.
    expect(Math.abs(dropped - 30_000.3)).toBeLessThan(6 * Math.sqrt(100_001 * 0.21))
    const pairs = mask.reduce((count, value, at) => count + (value === 0 && mask[at - 1] === 0 ? 1 : 0), 0)
    expect(Math.abs(pairs - 9000)).toBeLessThan(6 * Math.sqrt(9000))
    expect(new Random(1).mask(1000, 0, 1).every((value) => value === 1)).toBe(true)
  })

  it('goes on where it stood, with all streams under it', () => {
    const make = (): { root: Random; mask: Random; first: Random; second: Random } => {
      const root = Random.recorded(4, 'fold')
      return { root, mask: root.stream('net').stream('mask'), first: root.stream('same'), second: root.stream('same') }
    }
    const one = make()
    one.mask.normal()
    one.first.uniform()
    one.root.integer(9)
    const saved: unknown = JSON.parse(JSON.stringify(one.root.savePositions()))
    const draw = ({ root, mask, first, second }: ReturnType<typeof make>): number[] => [
      mask.normal(),
      mask.normal(),
      first.uniform(),
      second.uniform(),
      root.uniform(),
      root.stream('new').uniform(),
    ]
    const wanted = draw(one)
    const two = make()
    two.root.restorePositions(saved as ReturnType<Random['savePositions']>)
    expect(draw(two)).toEqual(wanted)
    expect(draw(make())).not.toEqual(wanted)
    expect(() => Random.recorded(4, 'fold').restorePositions(one.root.savePositions())).toThrow(/not those under fold/)
    expect(() => new Random(4).savePositions()).toThrow(/not recorded/)
  })

  it('refuses what makes no sense', () => {
    expect(() => new Random(1.5)).toThrow(/1.5/)
    expect(() => new Random(1).integer(0)).toThrow(RangeError)
  })

  it('fills arrays with normal values: moments, shares and tails as the curve has them, no two linked', () => {
    const values = new Float32Array(400_000)
    new Random(5, 'x').fillNormal(values)
    const mean = (of: (value: number, index: number) => number): number =>
      values.reduce((sum, value, index) => sum + of(value, index), 0) / values.length
    expect(Math.abs(mean((value) => value))).toBeLessThan(0.006)
    expect(Math.abs(mean((value) => value ** 2) - 1)).toBeLessThan(0.01)
    expect(Math.abs(mean((value) => value ** 3))).toBeLessThan(0.03)
    expect(Math.abs(mean((value) => value ** 4) - 3)).toBeLessThan(0.08)
    for (const lag of [1, 2, 3])
      expect(Math.abs(mean((value, n) => value * (values[n - lag] ?? 0)))).toBeLessThan(0.006)
    // Of scipy.stats.norm.cdf; the last two lie in the tail and beside it. Five deviations of a count are allowed.
    const shares: [below: number, share: number][] = [
      [-3.6, 0.00015910859],
      [-3.4426, 0.00028806],
      [-2, 0.0227501319],
      [-1, 0.1586552539],
      [-0.25, 0.4012936743],
      [0, 0.5],
      [0.5, 0.6914624613],
      [1.5, 0.9331927987],
      [3, 0.998650102],
      [3.6, 0.9998408914],
    ]
    for (const [below, share] of shares) {
      const counted = mean((value) => (value < below ? 1 : 0))
      expect(Math.abs(counted - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / values.length))
    }
  })

  it('fills the same in one go or in parts, on every machine', () => {
    const [one, many] = [new Random(5, 'x'), new Random(5, 'x')]
    const whole = new Float32Array(3000)
    one.fillNormal(whole)
    const parts = [0, 1, 2, 997, 2000].map((length) => {
      const part = new Float32Array(length)
      many.fillNormal(part)
      return [...part]
    })
    expect(parts.flat()).toEqual([...whole])
    expect(many.nextUint32()).toBe(one.nextUint32())
    expect(createHash('sha256').update(new Uint8Array(whole.buffer)).digest('hex').slice(0, 16)).toBe(
      'ff14fb58b8ede4bc',
    )
  })

  it('goes on in a copy as it will itself', () => {
    const random = Random.recorded(2, 'order')
    random.normal()
    const copy = random.copy()
    const ahead = [copy.normal(), copy.uniform(), copy.integer(9)]
    expect([random.normal(), random.uniform(), random.integer(9)]).toEqual(ahead)
    expect(Object.keys(random.savePositions())).toEqual(['order'])
  })
})
