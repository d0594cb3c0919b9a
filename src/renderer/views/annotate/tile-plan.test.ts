import { describe, expect, it } from 'vitest'
import { tileColumns } from '../../../dsp/tile'
import { type PictureSettings, planTiles, type TileView } from './tile-plan'

const picture: PictureSettings = { window: 'hann', windowSamples: 0, overlap: 0.75, level: 'decibel', channel: 'mean' }
const twoHours: TileView = {
  sampleRateHz: 48_000,
  clipStartSeconds: 0,
  clipSeconds: 7200,
  startSeconds: 0,
  endSeconds: 7200,
  pixelsPerSecond: 1000 / 7200,
}

describe('the tiles of a view', () => {
  it('are a handful, whatever the zoom', () => {
    for (let seconds = 7200; seconds > 0.05; seconds /= 2) {
      const view = { ...twoHours, startSeconds: 3000, endSeconds: 3000 + seconds, pixelsPerSecond: 1000 / seconds }
      const { first, last, columnSamples } = planTiles(view, picture)
      expect(last - first + 1).toBeLessThanOrEqual(7)
      const columns = (seconds * 48_000) / columnSamples
      // As fine as the shortest window allows, then about one a pixel.
      if (columnSamples > 64) expect(columns).toBeGreaterThan(700)
      expect(columns).toBeLessThan(1500)
    }
  })

  it('cover what is shown: from the column of the first moment to that of the last', () => {
    const view = { ...twoHours, startSeconds: 1234.5, endSeconds: 1244.5, pixelsPerSecond: 100 }
    const { first, last, columnSamples } = planTiles(view, picture)
    const left = (first * tileColumns - 0.5) * columnSamples
    const right = ((last + 1) * tileColumns - 0.5) * columnSamples
    expect(left).toBeLessThanOrEqual(1234.5 * 48_000)
    expect(right).toBeGreaterThanOrEqual(1244.5 * 48_000 - 1)
  })

  it('take a window that fits the zoom, or the one that was chosen', () => {
    const near = { ...twoHours, endSeconds: 1, pixelsPerSecond: 1000 }
    expect(planTiles(near, picture).settings).toMatchObject({ columnLog2: 6, windowLog2: 8 })
    expect(planTiles(twoHours, picture).settings).toMatchObject({ windowLog2: 12 })
    const chosen = planTiles(near, { ...picture, windowSamples: 2048, overlap: 0.5 })
    expect(chosen.settings).toMatchObject({ columnLog2: 10, windowLog2: 11 })
  })

  it('count from the beginning of the recording, so that its clips share them', () => {
    const clip = { ...twoHours, clipStartSeconds: 3600, clipSeconds: 10, endSeconds: 10, pixelsPerSecond: 100 }
    const whole = { ...twoHours, startSeconds: 3600, endSeconds: 3610, pixelsPerSecond: 100 }
    expect(planTiles(clip, picture)).toEqual(planTiles(whole, picture))
  })
})
