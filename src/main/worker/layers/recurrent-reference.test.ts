/** Recurrent layers held against Keras and PyTorch. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { loadTensorflow } from '../backends/load-tensorflow'
import { loadWasm } from '../backends/load-wasm'
import { forwardTolerance, gradientTolerance, loadCases, runCase, type Prepared, type Tensors } from './numeric-suite'
import { Bidirectional } from './recurrent-bidirectional'
import { GatedRecurrent, type GatedRecurrentOptions } from './recurrent-gru'
import { LongShortTerm } from './recurrent-lstm'

type Settings = GatedRecurrentOptions & { bidirectional: boolean }

/** A layer with the case's weights in place of its own. */
function prepare(operation: string, inputs: Tensors, settings: Settings): Prepared {
  const make = (goBackwards: boolean): GatedRecurrent | LongShortTerm => {
    const options = { ...settings, goBackwards, random: new Random(1), name: 'layer' }
    return operation === 'gru' ? new GatedRecurrent(options) : new LongShortTerm(options)
  }
  const layer = settings.bidirectional
    ? new Bidirectional(make(false), make(true), 'both')
    : make(settings.goBackwards!)
  layer.build(inputs.x!.shape)
  const names = Object.keys(inputs).filter((name) => name !== 'x')
  const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const parameters: Tensors = { x: inputs.x! }
  for (const [index, name] of names.entries()) {
    variables[index]!.assign(inputs[name]!)
    parameters[name] = variables[index]!
  }
  return { parameters, compute: () => ({ y: layer.call(inputs.x!) }), dispose: () => tf.dispose(variables) }
}

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)
const backends: { backend: string; load: () => Promise<string> }[] = [
  { backend: 'wasm', load: loadWasm },
  ...(missing === '' ? [{ backend: 'tensorflow', load: loadTensorflow }] : []),
]
if (missing !== '') it.skip(`recurrent layers on TensorFlow's native library (${missing})`, () => undefined)

describe.each(backends)('recurrent layers on $backend', ({ load }) => {
  beforeAll(async () => {
    await load()
  })

  it.each([...loadCases('recurrent.keras'), ...loadCases('recurrent.torch')])('$name', async (item) => {
    const before = tf.memory().numTensors
    const result = await runCase(item, (inputs, settings) =>
      prepare(item.operation, inputs, settings as unknown as Settings),
    )
    expect(result.forward, result.worstOutput).toBeLessThan(forwardTolerance)
    expect(result.gradient, result.worstGradient).toBeLessThan(gradientTolerance)
    expect(tf.memory().numTensors).toBe(before)
  })
})
