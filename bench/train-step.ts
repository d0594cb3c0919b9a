/**
 * Time of one training step of `logmel-cnn` (its recipe's batch and crop), on TensorFlow's native library (where it is
 * set up; on as many threads as WASM: one), on WASM with the composed gradient kernels and on tfjs's plain-JavaScript
 * backend, in one process and on the same values; how far their gradients are apart; and the single kernels that were
 * composed, against what WASM has of its own.
 *
 *     npm run bench -- train-step [steps]
 *     TF_NUM_INTRAOP_THREADS=8 npm run bench -- train-step [steps]
 */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { Random } from '../src/dsp/random'
import type { LogmelCnnModel } from '../src/dsp/recipe'
import { buildModel } from '../src/main/worker/learning/build-model'
import { countCropFrames } from '../src/main/worker/learning/crops'
import { loadTensorflow } from '../src/main/worker/learning/load-tensorflow'
import { loadWasm } from '../src/main/worker/learning/load-wasm'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { countParameters, type ModelSpec } from '../src/zoo/model-spec'
import { recipes } from '../src/zoo/recipes'

const classCount = 10

export async function main(args: string[] = []): Promise<void> {
  const steps = Number(args[0] ?? 10)
  const { frontEnd, training, model } = recipes['logmel-cnn']
  const frames = countCropFrames((model as LogmelCnnModel).cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
  const spec = describeLogmelCnn(model as LogmelCnnModel, { frames, bands: 64 }, classCount)
  console.log(`${training.batchClips} crops of ${frames} × 64, ${countParameters(spec)} parameters`)

  const makeStep = (clips = training.batchClips): TrainingStep => makeTrainingStep(spec, frames, clips)
  // WASM has one thread; before the library is loaded, so that it counts.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1'
  process.env.TF_NUM_INTEROP_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  const native = await loadTensorflow().catch((error: Error) => {
    console.log(`tensorflow is not measured: ${error.message}`)
    return null
  })
  const gradients: Record<string, Float32Array[]> = {}
  const times: Record<string, { wall: number; processor: number }> = {}
  if (native !== null) {
    console.log(native)
    const step = makeStep()
    times.tensorflow = measureBoth(step.run, steps)
    countTensors(step.run)
    gradients.tensorflow = makeStep(4).differentiate()
  }
  console.log(await loadWasm())
  times.wasm = measureBoth(makeStep().run, steps)
  gradients.wasm = makeStep(4).differentiate()
  measureKernels(frames, training.batchClips)
  await tf.setBackend('cpu')
  gradients['plain JavaScript'] = makeStep(4).differentiate()
  // Once, without warming up: it takes half a minute or more.
  const plainStep = makeStep()
  times['plain JavaScript'] = measureOnce(plainStep.run)
  for (const [name, { wall, processor }] of Object.entries(times))
    console.log(
      `one training step on ${name}: ${wall.toFixed(1)} ms; ${processor.toFixed(1)} ms of processor time, ${(processor / times.wasm.processor).toFixed(2)} × wasm’s`,
    )
  for (const [one, other] of Object.keys(gradients).flatMap((one, index, all) =>
    all.slice(index + 1).map((other) => [one, other] as const),
  ))
    console.log(
      `gradients of ${gradients[one]!.length} weights, ${one} against ${other}: at most ${largestDifference(gradients[one]!, gradients[other]!).toExponential(1)} of the largest value`,
    )
}

interface TrainingStep {
  /** One step of Adam; returns the loss. */
  run: () => number
  /** The gradients of every weight, in training: dropout draws the same masks on every backend. */
  differentiate: () => Float32Array[]
}

function makeTrainingStep(spec: ModelSpec, frames: number, clips: number): TrainingStep {
  const network = buildModel(spec, new Random(1))
  const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const optimizer = tf.train.adam(0.001)
  const random = new Random(2)
  const values = Float32Array.from({ length: clips * frames * 64 }, () => random.normal())
  const pictures = tf.tensor4d(values, [clips, frames, 64, 1])
  const labels = tf.tensor1d(
    Array.from({ length: clips }, (_, row) => row % classCount),
    'int32',
  )
  const targets = tf.oneHot(labels, classCount)
  const grade = (): { value: tf.Scalar; grads: tf.NamedTensorMap } =>
    tf.variableGrads(
      () =>
        tf.losses.softmaxCrossEntropy(targets, network.apply(pictures, { training: true }) as tf.Tensor) as tf.Scalar,
      variables,
    )
  return {
    run: () =>
      tf.tidy(() => {
        const { value, grads } = grade()
        optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
        return value.dataSync()[0]!
      }),
    differentiate: () =>
      tf.tidy(() => {
        const { grads } = grade()
        return variables.map((variable) => grads[variable.name]!.dataSync() as Float32Array)
      }),
  }
}

/** The largest difference of any weight's gradients, each relative to the largest value of its gradient. */
function largestDifference(one: Float32Array[], other: Float32Array[]): number {
  return Math.max(
    ...one.map((values, weight) => {
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12)
      return values.reduce((most, value, at) => Math.max(most, Math.abs(value - other[weight]![at]!)), 0) / scale
    }),
  )
}

/** Steps must leave no tensor behind, and the process must not grow with them. */
function countTensors(run: () => number): void {
  const [tensors, megabytes] = [tf.memory().numTensors, process.memoryUsage.rss() / 1e6]
  for (let step = 0; step < 50; step++) run()
  const grown = process.memoryUsage.rss() / 1e6 - megabytes
  console.log(`50 steps: ${tf.memory().numTensors - tensors} tensors more, ${grown.toFixed(0)} MB more`)
}

/** Mean milliseconds of a call, after one that warms up. */
function measure(run: () => unknown, times: number): number {
  return measureBoth(run, times).wall
}

/** Beside the time on the clock, the processor's: with one thread the same whatever else the machine does. */
function measureBoth(run: () => unknown, times: number): { wall: number; processor: number } {
  run()
  const total = measureOnce(() => {
    for (let time = 0; time < times; time++) run()
  })
  return { wall: total.wall / times, processor: total.processor / times }
}

function measureOnce(run: () => unknown): { wall: number; processor: number } {
  const started = performance.now()
  const used = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(used)
  return { wall: performance.now() - started, processor: (user + system) / 1000 }
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
