/**
 * Time of one training step of `logmel-cnn` (its recipe's batch and crop), on TensorFlow's native library (where it is
 * set up; on as many threads as WASM: one), on WASM with the composed gradient kernels and on tfjs's plain-JavaScript
 * backend, in one process and on the same values; how far their gradients are apart; and the single kernels that were
 * composed, against what WASM has of its own. With filters given, plain JavaScript is left out.
 *
 *     npm run bench -- train-step [steps] [filters of each block, as 32,64,128,256]
 *     TF_NUM_INTRAOP_THREADS=8 npm run bench -- train-step [steps]
 */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { Random } from '../src/dsp/random'
import type { LogmelCnnModel } from '../src/dsp/recipe'
import { buildModel } from '../src/main/worker/learning/build-model'
import { NetworkTrainer } from '../src/main/worker/learning/network-trainer'
import { optimizerDefaults } from '../src/main/worker/learning/optimizers/settings'
import { countCropFrames } from '../src/main/worker/learning/crops'
import { loadTensorflow } from '../src/main/worker/backends/load-tensorflow'
import { loadWasm } from '../src/main/worker/backends/load-wasm'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { countParameters, type ModelSpec } from '../src/zoo/model-spec'
import { recipes } from '../src/zoo/recipes'

const classCount = 10
const turns = 6

export async function main(args: string[] = []): Promise<void> {
  const steps = Number(args[0] ?? 10)
  const { frontEnd, training } = recipes['logmel-cnn']
  const baseline = recipes['logmel-cnn'].model as LogmelCnnModel
  const filters = args[1]?.split(',').map(Number)
  const model: LogmelCnnModel = { ...baseline, filters: filters ?? baseline.filters }
  const frames = countCropFrames(model.cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
  const spec = describeLogmelCnn(model, { frames, bands: 64 }, classCount)
  console.log(`${training.batchClips} crops of ${frames} × 64, ${countParameters(spec)} parameters`)

  const makeStep = (clips = training.batchClips): TrainingStep => makeTrainingStep(spec, frames, clips)
  // WASM has one thread; before the library is loaded, so that it counts.
  process.env.TF_NUM_INTRAOP_THREADS ??= '1'
  process.env.TF_NUM_INTEROP_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  process.env.EARMARK_WASM_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  const native = await loadTensorflow().catch((error: Error) => {
    console.log(`tensorflow is not measured: ${error.message}`)
    return null
  })
  const gradients: Record<string, Float32Array[]> = {}
  const loops: { name: string; step: TrainingStep; best: Usage }[] = []
  for (const name of native === null ? ['wasm'] : ['tensorflow', 'wasm']) {
    console.log(name === 'wasm' ? await loadWasm() : native)
    const step = makeStep()
    loops.push({ name, step, best: { wall: Infinity, processor: Infinity } })
    measureOnce(step.run) // warms up
    countTensors(step.run)
    gradients[name] = makeStep(4).differentiate()
  }
  // In turns, so that all are measured beside the same other programs; the quietest turn counts.
  for (let turn = 0; turn < turns; turn++)
    for (const { name, step, best } of loops) {
      await tf.setBackend(name)
      const { wall, processor } = measureOnce(() => {
        for (let time = 0; time < steps; time++) step.run()
      })
      best.wall = Math.min(best.wall, wall / steps)
      best.processor = Math.min(best.processor, processor / steps)
    }
  measureKernels(frames, training.batchClips)
  const plain: { name: string; best: Usage }[] = []
  if (filters === undefined) {
    await tf.setBackend('cpu')
    gradients['plain JavaScript'] = makeStep(4).differentiate()
    // Once, without warming up: it takes half a minute or more.
    plain.push({ name: 'plain JavaScript', best: measureOnce(makeStep().run) })
  }
  const wasm = loops.at(-1)!.best
  for (const { name, best } of [...loops, ...plain])
    console.log(
      `one training step on ${name}: ${best.wall.toFixed(1)} ms, ${(best.wall / wasm.wall).toFixed(2)} × wasm’s; ` +
        `${best.processor.toFixed(1)} ms of processor time, ${(best.processor / wasm.processor).toFixed(2)} ×`,
    )
  for (const [one, other] of Object.keys(gradients).flatMap((one, index, all) =>
    all.slice(index + 1).map((other) => [one, other] as const),
  ))
    console.log(
      `gradients of ${gradients[one]!.length} weights, ${one} against ${other}: at most ${largestDifference(gradients[one]!, gradients[other]!).toExponential(1)} of the largest value`,
    )
}

interface TrainingStep {
  /** One step as training takes it: Adam, running statistics, moving average; returns the loss. */
  run: () => number
  /** The gradients of every weight, in training: dropout draws the same masks on every backend. */
  differentiate: () => Float32Array[]
}

function makeTrainingStep(spec: ModelSpec, frames: number, clips: number): TrainingStep {
  const network = buildModel(spec, new Random(1))
  const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const trainer = new NetworkTrainer(network, optimizerDefaults.adam)
  const random = new Random(2)
  const values = Float32Array.from({ length: clips * frames * 64 }, () => random.normal())
  const pictures = tf.tensor4d(values, [clips, frames, 64, 1])
  const labels = tf.tensor1d(
    Array.from({ length: clips }, (_, row) => row % classCount),
    'int32',
  )
  const targets = tf.oneHot(labels, classCount)
  const shares = Float32Array.from(targets.dataSync())
  const grade = (): { value: tf.Scalar; grads: tf.NamedTensorMap } =>
    tf.variableGrads(
      () =>
        tf.losses.softmaxCrossEntropy(targets, network.apply(pictures, { training: true }) as tf.Tensor) as tf.Scalar,
      variables,
    )
  return {
    run: () => {
      const { loss, logits } = trainer.step({ pictures: values, shape: [clips, frames, 64, 1], targets: shares }, 0.001)
      const value = loss.dataSync()[0]!
      tf.dispose([loss, logits])
      return value
    },
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

/** Milliseconds on the clock, and those that the process really computed, in all threads. */
interface Usage {
  wall: number
  processor: number
}

function measureOnce(run: () => unknown): Usage {
  const started = performance.now()
  const used = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(used)
  return { wall: performance.now() - started, processor: (user + system) / 1000 }
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
