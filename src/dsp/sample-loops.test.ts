import { afterEach, describe, expect, it, vi } from 'vitest'
import * as plain from './plain-sample-loops'
import { Random } from './random'
import * as loops from './sample-loops'
import { instantiateSampleLoops } from './sample-loops-code'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** Around the least length with vectors, a block's end and a vector's; the last three are of several blocks. */
const lengths = [0, 1, 255, 256, 257, 8191, 8192, 8193, 20_001, 20_002, 20_003]

/** Of all sizes, with zeros of both signs. */
function draw(length: number, seed: number): Float32Array {
  const random = new Random(seed)
  return Float32Array.from({ length }, (_, n) =>
    n % 97 === 0 ? 0 : n % 101 === 0 ? -0 : random.normal() * 10 ** random.uniform(-8, 1),
  )
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Int32Array => new Int32Array(buffer, byteOffset, length)

/** The first of the two is what is tested, the other what it is held to. */
function expectSame(
  length: number,
  does: (own: typeof loops, x: Float32Array, y: Float32Array) => unknown,
  wanted: (x: Float32Array, y: Float32Array, out: Float32Array) => unknown,
  own = loops,
): void {
  const [x, y] = [draw(length, 1), draw(length, 2)]
  const [given, expected] = [
    does(own, x.slice(), y.slice()),
    wanted(x.slice(), y.slice(), new Float32Array(length)),
  ] as const
  if (given instanceof Float32Array) expect(bitsOf(given)).toEqual(bitsOf(expected as Float32Array))
  else expect(given).toBe(expected)
}

const cases: [string, Parameters<typeof expectSame>[1], Parameters<typeof expectSame>[2]][] = [
  ['scaleSamples', (own, x) => own.scaleSamples(x, 0.7123), (x, _, out) => plain.scaleSamples(x, 0.7123, out)],
  ['scaleSamples in place', (own, x) => own.scaleSamples(x, -3.1, x), (x, _, out) => plain.scaleSamples(x, -3.1, out)],
  ['mixSamples', (own, x, y) => own.mixSamples(x, 0.8, y, 0.3), (x, y, out) => plain.mixSamples(x, 0.8, y, 0.3, out)],
  [
    'mixSamples in place',
    (own, x, y) => own.mixSamples(x, 0.8, y, 0.3, y),
    (x, y, out) => plain.mixSamples(x, 0.8, y, 0.3, out),
  ],
  ['sumSamples', (own, x, y) => own.sumSamples(x, y, 0.9), (x, y, out) => plain.sumSamples(x, y, 0.9, out)],
  ['negateSamples', (own, x) => own.negateSamples(x), (x, _, out) => plain.negateSamples(x, out)],
  ['roundSamples', (own, x) => own.roundSamples(x, 128), (x, _, out) => plain.roundSamples(x, 128, out)],
  ['sumSquares', (own, x) => own.sumSquares(x), (x) => plain.sumSquares(x)],
  ['largestMagnitude', (own, x) => own.largestMagnitude(x), (x) => plain.largestMagnitude(x)],
  ['largestOfSum', (own, x, y) => own.largestOfSum(x, y), (x, y) => plain.largestOfSum(x, y)],
]

describe('loops over samples', () => {
  it('are by vectors here', () => {
    expect(() => instantiateSampleLoops()).not.toThrow()
  })

  it.each(cases)('%s: by vectors the same to the last bit', (_, does, wanted) => {
    for (const length of lengths) expectSame(length, does, wanted)
  })

  it.each([1, 2, 3, 4, 6, 64, 130, 1025])('a row of %i is added to each row', (columns) => {
    const row = Float64Array.from(draw(columns, 3), (value) => value * 1.1)
    const x = draw(columns * Math.ceil(20_000 / columns), 1)
    const expected = x.slice()
    loops.addToRows(x, row)
    plain.addToRows(expected, row)
    expect(bitsOf(x)).toEqual(bitsOf(expected))
  })

  it.each([NaN, Infinity, -Infinity])('finds %d wherever it is', (bad) => {
    for (const length of lengths.slice(1))
      for (const at of new Set([0, Math.floor(length / 2), length - 1])) {
        const x = draw(length, 1)
        expect(loops.areFinite(x)).toBe(true)
        x[at] = bad
        expect(loops.areFinite(x)).toBe(false)
        expect(plain.areFinite(x)).toBe(false)
      }
  })

  it('gives the same where WebAssembly is forbidden', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    vi.resetModules()
    const own = await import('./sample-loops')
    for (const [, does, wanted] of cases) expectSame(1000, does, wanted, own)
    expect(own.areFinite(Float32Array.of(1, NaN))).toBe(false)
  })
})
