import { describe, expect, it } from 'vitest'
import { tileColumns } from '../../../dsp/tile'
import { LoudestCells } from './loudest-cells'
import { TileCache } from './tile-cache'
import type { TilePlan } from './tile-plan'

const settings = { columnLog2: 8, windowLog2: 9, window: 'hann', level: 'decibel', channel: 'mean' } as const
const bins = 3
const plan: TilePlan = { settings, columnSamples: 256, first: 0, last: 1 }
/** A clip of the columns 10 to 300 of a recording of 512. */
const clip = { id: 'a', startSeconds: 10 / 100, endSeconds: 300 / 100, sampleRateHz: 25_600 }

async function cacheWith(loud: { tile: number; column: number; steps: number }[]): Promise<TileCache> {
  const cache = new TileCache({
    fetch: async ({ index }) => {
      const values = new Int16Array(tileColumns * bins).fill(-8000)
      for (const { tile, column, steps } of loud) if (tile === index) values[column * bins + 1] = steps
      return { columns: tileColumns, bins, values, isExact: true }
    },
    onChange: () => undefined,
  })
  cache.want([0, 1].map((index) => ({ clipId: 'a', settings, index })))
  await new Promise((done) => setTimeout(done))
  return cache
}

describe('the loudest cell of a clip', () => {
  it('is the loudest of its own columns, in any tile', async () => {
    const cells = new LoudestCells(
      await cacheWith([
        { tile: 0, column: 9, steps: -100 },
        { tile: 0, column: 10, steps: -3000 },
        { tile: 1, column: 300 - tileColumns, steps: -2000 },
        { tile: 1, column: 301 - tileColumns, steps: -50 },
      ]),
    )
    expect(cells.of(clip, plan)).toBe(-2000)
  })

  it('is kept for the clips that are named, and unknown before there are tiles', async () => {
    const cells = new LoudestCells(await cacheWith([{ tile: 0, column: 20, steps: -700 }]))
    expect(cells.of(clip, null)).toBe(-Infinity)
    expect(cells.of(clip, plan)).toBe(-700)
    cells.keep(['a'])
    expect(cells.of(clip, null)).toBe(-700)
    cells.keep([])
    expect(cells.of(clip, null)).toBe(-Infinity)
  })
})
