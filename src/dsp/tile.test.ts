import { describe, expect, it } from 'vitest'
import type { WindowName } from './front-end'
import { computePcen } from './pcen'
import reference from './reference/tile.json'
import { StftPlan } from './stft'
import {
  computeTile,
  countColumns,
  fittingWindow,
  framesPerColumn,
  type ReadSamples,
  sketchWindows,
  type Tile,
  tileColumns,
  tilePcen,
  type TileSettings,
  tileStep,
  warmUpColumns,
} from './tile'
import { makeWindow } from './window'

const rate = reference.sampleRateHz

/** What scripts/make-tile-reference.py makes. */
const signal = Float32Array.from({ length: reference.samples }, (_, n) => {
  const click = n === 30_000 ? 0.5 : 0
  return (
    0.4 * Math.sin((2 * Math.PI * (300 + 0.1 * n) * n) / rate) +
    0.01 * Math.sin((2 * Math.PI * 9000 * n) / rate) +
    click
  )
})

const readFrom =
  (samples: Float32Array): ReadSamples =>
  async (from, to) => {
    const read = new Float32Array(to - from)
    for (let i = Math.max(0, from); i < Math.min(samples.length, to); i++) read[i - from] = samples[i]!
    return read
  }

async function allTiles(samples: Float32Array, settings: TileSettings): Promise<Tile[]> {
  const count = Math.ceil(countColumns(samples.length, settings) / tileColumns)
  return Promise.all(
    Array.from({ length: count }, (_, index) => computeTile(readFrom(samples), samples.length, rate, settings, index)),
  )
}

const valueAt = (tiles: Tile[], column: number, bin: number): number => {
  const tile = tiles[Math.floor(column / tileColumns)]!
  return tile.values[(column % tileColumns) * tile.bins + bin]!
}

describe('spectrogram tiles', () => {
  it.each(reference.cases)(
    'are scipy’s decibels within 0.1 dB: $window $windowSamples/$columnSamples',
    async (given) => {
      const { windowSamples, columnSamples } = given
      const settings = { windowSamples, columnSamples, window: given.window as WindowName, level: 'decibel' } as const
      const tiles = await allTiles(signal, settings)
      expect(given.columns.length).toBeGreaterThan(3)
      for (const [row, column] of given.columns.entries())
        for (const [place, bin] of given.bins.entries()) {
          const ours = valueAt(tiles, column, bin) * tileStep.decibel
          // Below −120 dB float32 samples and double ones part; nobody sees it.
          const theirs = Math.max(-120, given.decibels[row]![place]!)
          expect(Math.abs(Math.max(-120, ours) - theirs), `column ${column}, bin ${bin}`).toBeLessThan(0.1)
        }
    },
  )

  it('have no seam: every column is that of one STFT of the whole', async () => {
    const settings = { windowSamples: 512, columnSamples: 128, window: 'hann', level: 'decibel' } as const
    const tiles = await allTiles(signal, settings)
    expect(tiles.length).toBe(2)
    const padded = new Float32Array(signal.length + 1024)
    padded.set(signal, 256)
    const plan = new StftPlan({
      fftSamples: 512,
      windowSamples: 512,
      window: 'hann',
      hopSamples: 128,
      center: false,
      padMode: 'constant',
    })
    const sum = makeWindow({ window: 'hann' }, 512).reduce((total, weight) => total + weight, 0)
    let compared = 0
    plan.forEachFrame(padded, (power, column) => {
      if (column >= countColumns(signal.length, settings)) return
      for (let bin = 0; bin < plan.bins; bin++) {
        const whole = 10 * Math.log10(Math.max(1e-16, power[bin]! * (2 / sum) ** 2))
        if (Math.abs(valueAt(tiles, column, bin) * tileStep.decibel - whole) > 0.0051)
          throw new Error(`column ${column}, bin ${bin}`)
        compared++
      }
    })
    expect(compared).toBe(countColumns(signal.length, settings) * 257)
  })

  it('of many frames a column show the loudest: a click is seen at every zoom', async () => {
    const click = new Float32Array(2 ** 20)
    click[700_001] = 1
    for (const columnSamples of [256, 1024, 4096, 65_536]) {
      const settings = { windowSamples: 1024, columnSamples, window: 'hann', level: 'decibel' } as const
      expect(framesPerColumn(settings)).toBe(Math.max(1, (2 * columnSamples) / 1024))
      const tiles = await allTiles(click, settings)
      const middle = Math.round(700_001 / columnSamples)
      const around = [middle - 1, middle, middle + 1].map((column) => valueAt(tiles, column, 100) * tileStep.decibel)
      // At least half the window's weight: 2·0.5 of 512.
      expect(Math.max(...around)).toBeGreaterThan(20 * Math.log10(1 / 512) - 0.1)
      expect(valueAt(tiles, middle - 9, 100) * tileStep.decibel).toBe(-160)
    }
  })

  it('show a faint call of 20 ms in two hours in the farthest picture, where a sketch misses it', async () => {
    const rateHz = 8000
    const frames = 7200 * rateHz
    // A column is eight seconds; the call is 60 dB below full scale, and the noise some 50 dB below it.
    const settings = { windowSamples: 512, columnSamples: 2 ** 16, window: 'hann', level: 'decibel' } as const
    const callAt = 4321.3 * rateHz
    const noise = new Float32Array(2 ** 19)
    for (let i = 0, state = 1; i < noise.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      noise[i] = 5e-5 * (state / 2 ** 32 - 0.5)
    }
    const read: ReadSamples = async (from, to) => {
      const samples = new Float32Array(to - from)
      for (let i = Math.max(0, from); i < Math.min(frames, to); i++) {
        samples[i - from] = noise[i % noise.length]!
        const since = (i - callAt) / rateHz
        if (since >= 0 && since < 0.02) samples[i - from]! += 0.001 * Math.sin(2 * Math.PI * 2500 * since)
      }
      return samples
    }
    const column = Math.round(callAt / settings.columnSamples)
    const index = Math.floor(column / tileColumns)
    const bin = Math.round((2500 / rateHz) * 512)
    const contrast = async (mostWindows?: number): Promise<number> => {
      const tile = await computeTile(read, frames, rateHz, settings, index, mostWindows)
      const levels = Array.from(
        { length: tile.columns },
        (_, at) => tile.values[at * tile.bins + bin]! * tileStep.decibel,
      )
      const call = levels.splice(column % tileColumns, 1)[0]!
      return call - Math.max(...levels)
    }
    expect(await contrast()).toBeGreaterThan(20)
    expect(await contrast(sketchWindows)).toBeLessThan(3)
  })

  it('as sketches look at eight windows a column and no more', async () => {
    const settings = { windowSamples: 1024, columnSamples: 65_536, window: 'hann', level: 'decibel' } as const
    let asked = 0
    const tone = Float32Array.from({ length: 2 ** 20 }, (_, n) => Math.sin((2 * Math.PI * 100 * n) / 1024))
    const read = readFrom(tone)
    const tile = await computeTile(
      async (from, to) => {
        asked += to - from
        return read(from, to)
      },
      tone.length,
      rate,
      settings,
      0,
      sketchWindows,
    )
    expect(tile.columns).toBe(17)
    expect(asked).toBe(17 * 8 * 1024)
    // A sine of full scale is 0 dB.
    expect(tile.values[5 * tile.bins + 100]! * tileStep.decibel).toBeCloseTo(0, 1)
  })

  it('far out read no more than a block at once, and are the same whatever its borders', async () => {
    const long = new Float32Array(2 ** 21)
    for (let i = 0; i < long.length; i++) long[i] = signal[i % signal.length]! * (i > 1_500_000 ? 1 : 0.05)
    const settings = { windowSamples: 1024, columnSamples: 2 ** 19, window: 'hann', level: 'decibel' } as const
    let most = 0
    const read = readFrom(long)
    const tile = await computeTile(
      async (from, to) => {
        most = Math.max(most, to - from)
        return read(from, to)
      },
      long.length,
      rate,
      settings,
      0,
    )
    expect(most).toBeLessThan(2 ** 18 + 1024)
    // Each column is the loudest of the same frames in columns of one frame each.
    const fine = await allTiles(long, { ...settings, columnSamples: 512 })
    const column = 3
    let loudest = -Infinity
    // Its frames begin 511.5 hops before its middle; those of the fine columns have their middles 256 samples later.
    for (let frame = 0; frame < 1024; frame++) {
      const at = column * 1024 - 512 + frame
      if (at * 512 < long.length) loudest = Math.max(loudest, valueAt(fine, at, 300))
    }
    expect(Math.abs(tile.values[column * tile.bins + 300]! - loudest) * tileStep.decibel).toBeLessThan(0.5)
  })

  it('of PCEN are those of the whole recording within a hundredth, wherever they begin', async () => {
    const settings = { windowSamples: 512, columnSamples: 512, window: 'hann', level: 'pcen' } as const
    const long = new Float32Array(2 ** 19)
    for (let i = 0; i < long.length; i++) long[i] = signal[i % signal.length]! * (i > 300_000 ? 1 : 0.05)
    const tiles = await allTiles(long, settings)
    const columns = countColumns(long.length, settings)
    expect(columns - warmUpColumns(settings, rate)).toBeGreaterThan(2 * tileColumns)
    const padded = new Float32Array(long.length + 1024)
    padded.set(long, 512)
    // Two frames a column, 256 samples apart, around the column's middle.
    const plan = new StftPlan({ ...settings, fftSamples: 512, hopSamples: 256, center: false, padMode: 'constant' })
    const magnitudes = new Float64Array(columns * plan.bins)
    plan.forEachFrame(padded.subarray(128), (power, frame) => {
      const row = Math.floor(frame / 2) * plan.bins
      for (let bin = 0; bin < plan.bins && row + bin < magnitudes.length; bin++)
        magnitudes[row + bin] = Math.max(magnitudes[row + bin]!, Math.sqrt(power[bin]!))
    })
    const whole = computePcen(magnitudes, plan.bins, 512 / rate, tilePcen)
    let furthest = 0
    for (let column = 0; column < columns; column++)
      for (let bin = 0; bin < plan.bins; bin++)
        furthest = Math.max(
          furthest,
          Math.abs(valueAt(tiles, column, bin) * tileStep.pcen - whole[column * plan.bins + bin]!),
        )
    expect(furthest).toBeLessThan(0.01)
    expect(
      Math.max(...tiles.map(({ values }) => values.reduce((most, value) => Math.max(most, value)))),
    ).toBeGreaterThan(1000)
  })

  it('refuse what there is not', async () => {
    const settings = { windowSamples: 512, columnSamples: 128, window: 'hann', level: 'decibel' } as const
    for (const index of [-1, 0.5, 2])
      await expect(computeTile(readFrom(signal), signal.length, rate, settings, index)).rejects.toThrow('no tile')
  })

  it('have a window that fits the zoom: short near by, long far out', () => {
    expect([16, 64, 256, 1024, 65_536].map((columns) => fittingWindow(columns, 48_000))).toEqual([
      256, 256, 1024, 4096, 4096,
    ])
    expect(fittingWindow(16, 4000)).toBe(64)
    expect(fittingWindow(2 ** 20, 384_000)).toBe(32_768)
  })
})
