/**
 * Time of one training step of `logmel-cnn` (its recipe's batch and crop), on WASM with the composed gradient kernels
 * and on tfjs's plain-JavaScript backend, in one process and on the same values; and of the single kernels that
 * were composed, against what WASM has of its own.
 *
 *     npm run bench -- train-step [steps]
 */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { Random } from '../src/dsp/random'
import type { LogmelCnnModel } from '../src/dsp/recipe'
import { buildModel } from '../src/main/worker/learning/build-model'
import { countCropFrames } from '../src/main/worker/learning/crops'
import { loadWasm } from '../src/main/worker/learning/load-wasm'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { countParameters } from '../src/zoo/model-spec'
import { recipes } from '../src/zoo/recipes'

const classCount = 10

export async function main(args: string[] = []): Promise<void> {
  const steps = Number(args[0] ?? 10)
  const { frontEnd, training, model } = recipes['logmel-cnn']
  const frames = countCropFrames((model as LogmelCnnModel).cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
  const spec = describeLogmelCnn(model as LogmelCnnModel, { frames, bands: 64 }, classCount)
  console.log(`${training.batchClips} crops of ${frames} × 64, ${countParameters(spec)} parameters`)

  const makeStep = (): (() => number) => {
    const network = buildModel(spec, new Random(1))
    const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable)
    const optimizer = tf.train.adam(0.001)
    const random = new Random(2)
    const values = Float32Array.from({ length: training.batchClips * frames * 64 }, () => random.normal())
    const pictures = tf.tensor4d(values, [training.batchClips, frames, 64, 1])
    const labels = tf.tensor1d(
      Array.from({ length: training.batchClips }, (_, row) => row % classCount),
      'int32',
    )
    const targets = tf.oneHot(labels, classCount)
    return () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () =>
            tf.losses.softmaxCrossEntropy(
              targets,
              network.apply(pictures, { training: true }) as tf.Tensor,
            ) as tf.Scalar,
          variables,
        )
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
        return value.dataSync()[0]!
      })
  }

  console.log(await loadWasm())
  const wasm = measure(makeStep(), steps)
  measureKernels(frames, training.batchClips)
  await tf.setBackend('cpu')
  // Once, without warming up: it takes half a minute or more.
  const plainStep = makeStep()
  const plainStarted = performance.now()
  plainStep()
  const plain = performance.now() - plainStarted
  console.log(
    `one training step   wasm ${wasm.toFixed(0)} ms   plain JavaScript ${plain.toFixed(0)} ms   ratio ${(plain / wasm).toFixed(1)}`,
  )
}

/** Mean milliseconds of a call, after one that warms up. */
function measure(run: () => unknown, times: number): number {
  run()
  const started = performance.now()
  for (let time = 0; time < times; time++) run()
  return (performance.now() - started) / times
}

/** The second block's convolution, its gradients as registered, and WASM's own kernel where there is one. */
function measureKernels(frames: number, batch: number): void {
  const [height, width, inputs, outputs] = [Math.floor(frames / 2), 32, 16, 32]
  const x = tf.randomNormal([batch, height, width, inputs]) as tf.Tensor4D
  const filter = tf.randomNormal([3, 3, inputs, outputs]) as tf.Tensor4D
  const dy = tf.randomNormal([batch, height, width, outputs]) as tf.Tensor4D
  const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC' }
  const forward = measure(() => tf.dispose(tf.conv2d(x, filter, 1, 'same')), 5)
  const toFilter = measure(() => {
    tf.dispose(tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape: filter.shape }))
  }, 5)
  const toInput = measure(() => {
    tf.dispose(tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape: x.shape }))
  }, 5)
  const describe = (milliseconds: number): string =>
    `${milliseconds.toFixed(0)} ms (${(milliseconds / forward).toFixed(1)}×)`
  console.log(
    `one 3×3 convolution ${inputs}→${outputs} at ${height} × ${width}: forward ${forward.toFixed(0)} ms, to the filter ${describe(toFilter)}, to the input ${describe(toInput)}`,
  )
  tf.dispose([x, filter, dy])
}
