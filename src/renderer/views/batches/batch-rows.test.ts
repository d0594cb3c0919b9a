import { describe, expect, it } from 'vitest'
import type { RunBatch } from '../../../shared/contract/batches'
import { measureValues, stepBatch, targetsOf, valuesOf } from './batch-rows'

const row = { clipId: 'a', example: 0, startSeconds: 0, endSeconds: 1, drawn: [], changed: [] }
const batch: RunBatch = {
  ...{ frames: 2, bands: 2, channels: 1, frameSeconds: 0.01, bandHz: new Float32Array(0), notes: [], clips: {} },
  values: Float32Array.of(1, 2, 3, 4, -1, -2, -3, -4),
  targets: Float32Array.of(0.25, 0.75, 0, 0, 0, 1),
  classes: ['dog', 'rain', 'sea'].map((name) => ({ id: name, name })),
  examples: [row, { ...row, clipId: 'b' }],
}

describe('the examples of a batch', () => {
  it('have each their own part of the tensors', () => {
    expect(valuesOf(batch, 0)).toEqual(Float32Array.of(1, 2, 3, 4))
    expect(valuesOf(batch, 1)).toEqual(Float32Array.of(-1, -2, -3, -4))
    expect(targetsOf(batch, 0)).toEqual([
      { name: 'rain', share: 0.75 },
      { name: 'dog', share: 0.25 },
    ])
    expect(targetsOf(batch, 1)).toEqual([{ name: 'sea', share: 1 }])
  })

  it('say the range, mean and deviation of their values', () => {
    expect(measureValues(Float32Array.of(1, 2, 3, 4))).toEqual({
      ...{ lowest: 1, highest: 4, mean: 2.5 },
      deviation: Math.sqrt(1.25),
    })
    expect(measureValues(Float32Array.of(7))).toEqual({ lowest: 7, highest: 7, mean: 7, deviation: 0 })
    expect(() => measureValues(new Float32Array(0))).toThrow('no values')
  })
})

describe('steps from batch to batch', () => {
  const of = { epochs: 3, batchesPerEpoch: 4 }
  it.each([
    [1, 1, 1, 1, 2],
    [1, 4, 1, 2, 1],
    [2, 1, -1, 1, 4],
    [1, 1, -1, 1, 1],
    [3, 4, 1, 3, 4],
    [1, 2, 4, 2, 2],
    [1, 2, -4, 1, 1],
  ])('from epoch %i, batch %i by %i: epoch %i, batch %i', (epoch, number, by, nextEpoch, nextBatch) => {
    expect(stepBatch({ epoch, batch: number }, by, of)).toEqual({ epoch: nextEpoch, batch: nextBatch })
  })
})
