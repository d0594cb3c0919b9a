import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { StftPlan } from '../../../dsp/stft'
import { makeWindow } from '../../../dsp/window'
import { loadWasm } from '../backends/load-wasm'
import { fourierKernels, spectrum, toDecibels } from './spectrum'

const [n, hop, rate] = [512, 256, 16000]
const sound = Float32Array.from(
  { length: 4 * n },
  (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / rate) + 0.25 * Math.sin((2 * Math.PI * 3000 * i) / rate),
)

beforeAll(async () => {
  await loadWasm()
})

describe('the spectrum inside a network', () => {
  it('is that of the signal room', () => {
    const { real, imaginary, bins } = fourierKernels(makeWindow({ window: 'hann' }, n))
    const actual = tf.tidy(() =>
      spectrum(
        tf.tensor2d(sound, [1, sound.length]),
        tf.tensor3d(real, [n, 1, bins]),
        tf.tensor3d(imaginary, [n, 1, bins]),
        { hop, padding: 'valid', power: 2 },
      ),
    )
    const plan = new StftPlan({
      fftSamples: n,
      windowSamples: n,
      window: 'hann',
      hopSamples: hop,
      center: false,
      padMode: 'constant',
    })
    const expected: number[] = []
    plan.forEachFrame(sound, (power) => expected.push(...power))
    expect(actual.shape).toEqual([1, 7, bins])
    const values = actual.dataSync()
    const largest = Math.max(...expected)
    for (const [index, value] of expected.entries()) {
      expect(Math.abs(values[index]! - value)).toBeLessThan(1e-5 * largest)
    }
    actual.dispose()
  })

  it('has ceil(samples / hop) frames with padding', () => {
    const { real, imaginary, bins } = fourierKernels(makeWindow({ window: 'hann' }, n))
    const kernels = [tf.tensor3d(real, [n, 1, bins]), tf.tensor3d(imaginary, [n, 1, bins])] as const
    const result = spectrum(tf.zeros([2, 1000]), ...kernels, { hop, padding: 'same', power: 1 })
    expect(result.shape).toEqual([2, 4, bins])
  })

  it('refuses a transform of odd length', () => {
    expect(() => fourierKernels(makeWindow({ window: 'hann' }, 5))).toThrow('an even length, not 5')
  })
})

describe('decibels', () => {
  it('are 0 for the loudest of each example and never under the range', () => {
    const energies = tf.tensor3d([1, 0.1, 1e-9, 100, 10, 0], [2, 1, 3])
    const levels = [...toDecibels(energies, { least: 1e-5, rangeDb: 80 }).dataSync()]
    for (const [index, wanted] of [0, -10, -50, 0, -10, -70].entries()) expect(levels[index]).toBeCloseTo(wanted, 4)
    const cut = [...toDecibels(energies, { least: 1e-5, rangeDb: 30 }).dataSync()]
    for (const [index, wanted] of [0, -10, -30, 0, -10, -30].entries()) expect(cut[index]).toBeCloseTo(wanted, 4)
  })
})
