/** A long training with many states saved: nothing may pile up. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import type { LogmelCnnModel } from '../../../dsp/recipe'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { recipes } from '../../../zoo/recipes'
import { loadTensorflow } from '../backends/load-tensorflow'
import { loadWasm } from '../backends/load-wasm'
import { BatchMaker, hearPictures } from './batches'
import { buildModel } from './build-model'
import { fitNetwork } from './fit'
import { FoldState } from './state-keeper'
import { loadTrainingState } from './training-state'

const [bands, cropFrames, classCount] = [32, 24, 4]
const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

describe.each([
  { backend: 'wasm', load: loadWasm, reason: '' },
  { backend: 'tensorflow', load: loadTensorflow, reason: missing },
])('500 steps of the baseline on $backend $reason', ({ load, reason }) => {
  it.skipIf(reason !== '')('with 50 saved states leave no tensor behind', { timeout: 120_000 }, async () => {
    await load()
    const folder = await mkdtemp(join(tmpdir(), 'earmark-soak-'))
    const empty = tf.memory()
    const random = Random.recorded(1, 'soak')
    const { model, training: full } = recipes['logmel-cnn']
    const training = { ...full, maxEpochs: 50, batchClips: 4, patienceEpochs: 0 }
    const network = buildModel(
      describeLogmelCnn(model as LogmelCnnModel, { frames: cropFrames, bands }, classCount),
      random.stream('network'),
    )
    const pictures = Array.from({ length: 40 }, () => ({
      frames: cropFrames,
      bands,
      values: Float32Array.from({ length: cropFrames * bands }, () => random.normal()),
    }))
    const classIndexes = pictures.map((_, index) => index % classCount)
    const classNames = Array.from({ length: classCount }, (_, index) => `class ${index}`)
    const decibel = new Float32Array(bands).fill(1)
    const source = { ...hearPictures(pictures), classIndexes, classNames, seed: 1, cropFrames, decibel }
    const batches = new BatchMaker({ ...source, training }, random.stream('batches'))
    expect(batches.batchesPerEpoch).toBe(10)
    const file = join(folder, 'soak.state')
    const keeper = await FoldState.open({ file, identity: 'soak', random, share: 1 })
    const counts: string[] = []
    await fitNetwork(network, {
      training,
      batches,
      validation: null,
      cropFrames,
      bands,
      classCount,
      onEpoch: () => {
        const { numTensors, numDataBuffers, numBytes } = tf.memory()
        counts.push(`${numTensors} tensors, ${numDataBuffers} buffers, ${numBytes} bytes`)
      },
      keeper,
    })
    expect((await loadTrainingState(file, 'soak')).state).toMatchObject({ epoch: 50, steps: 500 })
    expect(counts).toEqual(new Array(50).fill(counts[0]))
    network.dispose()
    const { numTensors, numBytes } = tf.memory()
    expect({ numTensors, numBytes }).toEqual({ numTensors: empty.numTensors, numBytes: empty.numBytes })
    await rm(folder, { recursive: true })
  })
})
