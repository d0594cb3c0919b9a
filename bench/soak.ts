/**
 * Whether a long training grows: memory of the process, of V8 and of tfjs every 500 steps of `logmel-cnn` (its recipe's
 * batch and crop), with the state saved every ten steps.
 *
 *     npm run bench -- soak [steps] [tensorflow | wasm]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as tf from '@tensorflow/tfjs-core'
import { Random } from '../src/dsp/random'
import type { LogmelCnnModel } from '../src/dsp/recipe'
import { loadTensorflow } from '../src/main/worker/backends/load-tensorflow'
import { loadWasm } from '../src/main/worker/backends/load-wasm'
import { BatchMaker, hearPictures } from '../src/main/worker/learning/batches'
import { buildModel } from '../src/main/worker/learning/build-model'
import { countCropFrames } from '../src/main/worker/learning/crops'
import { fitNetwork } from '../src/main/worker/learning/fit'
import { FoldState } from '../src/main/worker/learning/state-keeper'
import { describeLogmelCnn } from '../src/zoo/logmel-cnn'
import { recipes } from '../src/zoo/recipes'

const [classCount, bands, batchesPerEpoch] = [10, 64, 10]

export async function main(args: string[] = []): Promise<void> {
  const steps = Number(args[0] ?? 3000)
  process.env.TF_NUM_INTRAOP_THREADS ??= '1'
  process.env.TF_NUM_INTEROP_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  process.env.EARMARK_WASM_THREADS ??= process.env.TF_NUM_INTRAOP_THREADS
  console.log(args[1] === 'wasm' ? await loadWasm() : await loadTensorflow())
  const { frontEnd, training: full, model } = recipes['logmel-cnn']
  const settings = model as LogmelCnnModel
  const cropFrames = countCropFrames(settings.cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
  const random = Random.recorded(1, 'soak')
  const network = buildModel(
    describeLogmelCnn(settings, { frames: cropFrames, bands }, classCount),
    random.stream('network'),
  )
  const training = { ...full, maxEpochs: steps / batchesPerEpoch, patienceEpochs: 0 }
  const pictures = Array.from({ length: batchesPerEpoch * full.batchClips }, () => ({
    frames: cropFrames,
    bands,
    values: Float32Array.from({ length: cropFrames * bands }, () => random.normal()),
  }))
  const classIndexes = pictures.map((_, index) => index % classCount)
  const classNames = Array.from({ length: classCount }, (_, index) => `class ${index}`)
  const decibel = new Float32Array(bands).fill(1)
  const source = { ...hearPictures(pictures), classIndexes, classNames, cropFrames, seed: 1, decibel }
  const folder = await mkdtemp(join(tmpdir(), 'earmark-soak-'))
  const keeper = await FoldState.open({ file: join(folder, 'soak.state'), identity: 'soak', random, share: 1 })
  // A full collection, so that only what is held counts.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const report = (done: number): void => {
    const own = process.memoryUsage.rss()
    collect()
    const { rss, heapUsed, external } = process.memoryUsage()
    const { numTensors, numBytes } = tf.memory()
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
    console.log(
      `${done} steps: ${megabytes(own)} MB resident, ${megabytes(rss)} after collecting; V8 ${megabytes(heapUsed)} MB ` +
        `and ${megabytes(external)} outside; ${numTensors} tensors of ${megabytes(numBytes)} MB`,
    )
  }
  try {
    await fitNetwork(network, {
      training,
      batches: new BatchMaker({ ...source, training }, random.stream('batches')),
      validation: null,
      cropFrames,
      bands,
      classCount,
      onEpoch: ({ epoch }) => {
        if (epoch === 1 || (epoch * batchesPerEpoch) % 500 === 0) report(epoch * batchesPerEpoch)
      },
      keeper,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}
