/** The numeric suite as tests, one for each case, for the backend that a test file selects. */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { layerOperations } from '../layers/numeric-operations'
import { forwardTolerance, gradientTolerance, loadCases, runCase, type Operation } from '../layers/numeric-suite'
import { baselineOperation, followKeras, stepTolerance } from './follow-baseline'
import { followOptimizer, optimizerCases } from './follow-optimizers'
import { lossOperations } from './losses/loss-operations'
import { NetworkTrainer } from './network-trainer'

const operations: Record<string, Operation> = { ...layerOperations, ...lossOperations, baseline: baselineOperation }

/** The files in layers/reference/ that hold cases. */
const files = [
  'activations.keras',
  'baseline.keras',
  'convolution.keras',
  'convolution.torch',
  'losses.keras',
  'losses.torch',
  'normalization.keras',
  'normalization.torch',
  'pooling.keras',
  'pooling.torch',
  'recurrent.keras',
  'recurrent.torch',
  'spectrum.torch',
]

/** Largest relative error of a loss or weight in ten steps of an optimiser by itself. */
const optimizerTolerance = 1e-4

/**
 * Registers a test for every case. The backend must be selected before (in beforeAll).
 *
 * @param backend how the tests call it
 * @param missing why the backend cannot run on this machine, or ''
 */
export function describeNumericSuite(backend: string, missing: string): void {
  describe.skipIf(missing !== '')(`numeric suite on ${backend}${missing === '' ? '' : ` (${missing})`}`, () => {
    it('computes on this backend', () => {
      expect(tf.getBackend()).toBe(backend)
    })

    it('follows Keras for ten optimiser steps of the baseline', async () => {
      const { loss, weight, worstWeight } = await followKeras((model, settings) => new NetworkTrainer(model, settings))
      expect(loss, 'largest relative error of a loss').toBeLessThanOrEqual(stepTolerance)
      expect(weight, `largest relative error of ${worstWeight}`).toBeLessThanOrEqual(stepTolerance)
    })

    it.each(optimizerCases)('ten steps of $source: $name', async (item) => {
      expect(await followOptimizer(item)).toBeLessThanOrEqual(optimizerTolerance)
    })

    describe.each(files)('%s', (file) => {
      it.each(loadCases(file))('$name', async (item) => {
        const operation = operations[item.operation]
        if (!operation) throw new Error(`no operation is called ${item.operation}`)
        const before = tf.memory().numTensors
        const { forward, worstOutput, gradient, worstGradient } = await runCase(item, operation)
        expect(tf.memory().numTensors, 'tensors left behind').toBe(before)
        expect(forward, `largest relative error of ${worstOutput}`).toBeLessThanOrEqual(forwardTolerance)
        expect(gradient, `largest relative error of the gradient to ${worstGradient}`).toBeLessThanOrEqual(
          gradientTolerance,
        )
      })
    })
  })
}
