/** The training loop itself on WebGPU, step for step beside WebAssembly. */
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { recipes } from '../../../zoo/recipes'
import { BatchMaker, hearPictures } from '../learning/batches'
import { buildModel } from '../learning/build-model'
import { readWeights } from '../learning/classifier'
import type { Picture } from '../learning/features'
import { fitNetwork, type EpochReport } from '../learning/fit'
import { loadWasm } from './load-wasm'
import { loadWebgpu } from './load-webgpu'
import { useSoftwareVulkan } from './testing/software-vulkan'

const bands = 8
const cropFrames = 12
const classCount = 3
const batchClips = 4
const clips = 20

/** Noise with a louder third of the bands, a different third for each class. */
function makePictures(count: number, seed: number): { pictures: Picture[]; classIndexes: number[] } {
  const random = new Random(seed)
  const classIndexes = Array.from({ length: count }, (_, index) => index % classCount)
  const pictures = classIndexes.map((label) => ({
    frames: cropFrames,
    bands,
    values: Float32Array.from({ length: cropFrames * bands }, (_, index) => {
      const isLoud = Math.floor(((index % bands) * classCount) / bands) === label
      return random.normal() + (isLoud ? 2 : 0)
    }),
  }))
  return { pictures, classIndexes }
}

async function train(maxEpochs: number) {
  const training = {
    ...recipes['logmel-cnn'].training,
    ...{ maxEpochs, batchClips, learningRate: 0.01, patienceEpochs: 0 },
    chain: { steps: [] },
  }
  const random = new Random(1)
  const settings = { kind: 'logmel-cnn' as const, cropSeconds: 1, filters: [3], dropout: 0.2 }
  const model = buildModel(describeLogmelCnn(settings, { frames: cropFrames, bands }, classCount), random)
  const { pictures, classIndexes } = makePictures(clips, 1)
  const batches = new BatchMaker(
    {
      ...hearPictures(pictures),
      classIndexes,
      classNames: Array.from({ length: classCount }, (_, index) => `class ${index}`),
      cropFrames,
      decibel: new Float32Array(bands).fill(1),
      training,
      seed: 1,
    },
    random.stream('batches'),
  )
  const reports: EpochReport[] = []
  const held: { tensors: number; gpuBytes: number; gpuBytesKept: number }[] = []
  await fitNetwork(model, {
    training,
    batches,
    validation: makePictures(9, 2),
    cropFrames,
    bands,
    classCount,
    onEpoch: (report) => {
      reports.push(report)
      held.push({ tensors: tf.memory().numTensors, ...readGpuMemory() })
    },
  })
  const weights = (await readWeights(model)).flatMap(({ values }) => [...values])
  model.dispose()
  return { reports, held, weights }
}

/** tfjs counts the bytes of the buffers in use, and those of all that it keeps for the next step. */
function readGpuMemory(): { gpuBytes: number; gpuBytesKept: number } {
  const memory = tf.memory() as { numBytesInGPU?: number; numBytesAllocatedInGPU?: number }
  return { gpuBytes: memory.numBytesInGPU ?? 0, gpuBytesKept: memory.numBytesAllocatedInGPU ?? 0 }
}

describe.skipIf(useSoftwareVulkan() === null)('fitNetwork on WebGPU', () => {
  it('follows WebAssembly for fifty steps and holds no more memory at the end', async () => {
    const epochs = (50 * batchClips) / clips
    await loadWasm()
    const wasm = await train(epochs)
    await loadWebgpu()
    const before = tf.memory().numTensors
    const webgpu = await train(epochs)

    expect(webgpu.reports).toHaveLength(epochs)
    for (const [index, report] of webgpu.reports.entries()) {
      const expected = wasm.reports[index]!
      expect(Math.abs(report.loss - expected.loss), `loss of epoch ${index + 1}`).toBeLessThan(1e-3)
      expect(Math.abs(report.validationLoss! - expected.validationLoss!)).toBeLessThan(1e-3)
      expect(report.accuracy).toBeCloseTo(expected.accuracy, 6)
    }
    expect(webgpu.reports.at(-1)!.loss).toBeLessThan(webgpu.reports[0]!.loss)
    const largest = Math.max(...webgpu.weights.map((weight, index) => Math.abs(weight - wasm.weights[index]!)))
    expect(largest).toBeLessThan(1e-3)
    // Two processors rarely round all alike: equal to the last bit, it was the same one twice.
    expect(largest).toBeGreaterThan(0)

    // The first epoch makes the optimiser's variables and the best weights.
    const [, second, ...later] = webgpu.held
    for (const { tensors, gpuBytesKept } of later) {
      expect({ tensors, gpuBytesKept }).toEqual({ tensors: second!.tensors, gpuBytesKept: second!.gpuBytesKept })
    }
    // What is in use goes up and down with what waits for the next submission.
    const inUse = webgpu.held.map(({ gpuBytes }) => gpuBytes)
    expect(Math.max(...inUse.slice(-5))).toBeLessThanOrEqual(Math.max(...inUse.slice(0, 5)))
    expect(Math.min(...inUse)).toBeGreaterThan(0)
    expect(tf.memory().numTensors).toBe(before)
  }, 120_000)
})
