import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { buildModel } from './build-model'
import { loadWasm } from '../backends/load-wasm'
import { FlatVariables } from './optimizers/flat-variables'
import { WeightAverage } from './weight-average'

beforeAll(async () => {
  await loadWasm()
})

describe('the average of weights', () => {
  it('forgets where it began, follows slowly, and changes places with the weights', () => {
    const before = tf.memory().numTensors
    const model = buildModel(
      { name: 'x', input: { frames: 1, bands: 1 }, layers: [{ kind: 'batch-normalization' }] },
      new Random(1),
    )
    const scale = model.weights[0]!
    const flat = new FlatVariables(model.trainableWeights.map((weight) => weight.read() as tf.Variable))
    const setScale = (value: number): void => flat.replace(tf.tensor1d([value, 0]))
    const readScale = (): number => scale.read().dataSync()[0]!
    const average = new WeightAverage([flat])
    setScale(3)
    average.update()
    average.exchange()
    // The decay of step 1 is 1/10, and a scale begins at 1.
    expect(readScale()).toBeCloseTo(0.1 * 1 + 0.9 * 3, 5)
    average.exchange()
    expect(readScale()).toBe(3)
    expect(average.steps).toBe(1)
    for (let step = 0; step < 400; step++) average.update()
    setScale(4)
    average.update()
    average.exchange()
    expect(readScale()).toBeCloseTo(0.97 * 3 + 0.03 * 4, 4)
    average.dispose()
    flat.dispose()
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
