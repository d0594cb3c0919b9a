/** The numeric suite as tests, one for each case, for the backend that a test file selects. */
import { describe, expect, it } from 'vitest'
import { layerOperations } from '../layers/numeric-operations'
import { forwardTolerance, gradientTolerance, loadCases, runCase } from '../layers/numeric-suite'

/** The files in layers/reference/ that hold cases. */
const files = [
  'activations.keras',
  'convolution.keras',
  'convolution.torch',
  'normalization.keras',
  'normalization.torch',
  'pooling.keras',
  'pooling.torch',
]

/**
 * Registers a test for every case. The backend must be selected before (in beforeAll).
 *
 * @param backend how the tests call it
 * @param missing why the backend cannot run on this machine, or ''
 */
export function describeNumericSuite(backend: string, missing: string): void {
  describe.skipIf(missing !== '')(`numeric suite on ${backend}${missing === '' ? '' : ` (${missing})`}`, () => {
    describe.each(files)('%s', (file) => {
      it.each(loadCases(file))('$name', async (item) => {
        const operation = layerOperations[item.operation]
        if (!operation) throw new Error(`no operation is called ${item.operation}`)
        const { forward, worstOutput, gradient, worstGradient } = await runCase(item, operation)
        expect(forward, `largest relative error of ${worstOutput}`).toBeLessThanOrEqual(forwardTolerance)
        expect(gradient, `largest relative error of the gradient to ${worstGradient}`).toBeLessThanOrEqual(
          gradientTolerance,
        )
      })
    })
  })
}
