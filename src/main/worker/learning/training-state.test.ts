import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import type { TrainManifest } from '../../../shared/job/manifest'
import { recipes } from '../../../zoo/recipes'
import type { FitState } from './fit'
import { FoldState } from './state-keeper'
import {
  hashPicture,
  identifyTraining,
  loadTrainingState,
  saveTrainingState,
  stateFile,
  type TrainingState,
} from './training-state'

const state: TrainingState = {
  epoch: 7,
  bestEpoch: 5,
  bestLoss: 0.1 + 0.2,
  steps: 70,
  averagedSteps: 70,
  batches: { turn: 3, rounds: [[4, 1], []] },
  vectors: { 'slot-0': Float32Array.of(1.5, -0, 1e-38, NaN), 'part-0': Float32Array.of(7) },
  streams: { 'fold/1': [{ state: [1, 2, 3, 4294967295], spareNormal: -0.3 }] },
  seconds: 12.5,
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-state-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('the state of a training', () => {
  it('comes back as it was saved, whole or not at all', async () => {
    const file = stateFile(folder, '../1')
    expect(await loadTrainingState(file, 'a')).toEqual({ state: null, reason: null })
    await saveTrainingState(file, 'a', { ...state, epoch: 6 })
    // What a process that was killed while it wrote leaves.
    await writeFile(`${file}.unfinished`, 'half')
    expect((await loadTrainingState(file, 'a')).state!.epoch).toBe(6)
    await saveTrainingState(file, 'a', state)
    expect(await loadTrainingState(file, 'a')).toEqual({ state, reason: null })
    expect(await readdir(folder)).toEqual(['training-..%2F1.state'])
  })

  it('is not used for another training, nor when a bit of it fell over', async () => {
    const file = stateFile(folder, '2')
    await saveTrainingState(file, 'a', state)
    expect((await loadTrainingState(file, 'b')).reason).toMatch(/other clips/)
    const bytes = await readFile(file)
    for (const at of [0, 40, bytes.length - 1]) {
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 1
      await writeFile(file, damaged)
      expect(await loadTrainingState(file, 'a')).toEqual({ state: null, reason: 'it is damaged' })
    }
    await writeFile(file, bytes.subarray(0, 20))
    expect((await loadTrainingState(file, 'a')).reason).toBe('it is damaged')
  })

  it('names the file that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    const file = join(folder, 'file', 'training-1.state')
    await expect(saveTrainingState(file, 'a', state)).rejects.toThrow(`could not be written to ${file}`)
  })

  it('belongs to a recipe, clips by content, a fold and a backend, wherever the files lie', () => {
    const clip = { id: 'c', startSeconds: 0, endSeconds: 5, fold: '1', group: 'g', classIndex: 0 }
    const fold = { name: '1', train: [0], test: [] }
    const manifest: TrainManifest = {
      kind: 'train',
      runId: 'r',
      folder: '/somewhere',
      recipe: recipes['logmel-cnn'],
      backend: 'auto',
      classes: [{ id: 'a', name: 'dog' }],
      clips: [{ ...clip, path: '/a.wav', contentHash: 'x' }],
      folds: [fold],
    }
    const hashOf = (...values: number[]): string =>
      hashPicture({ frames: 1, bands: values.length, values: Float32Array.from(values) })
    const heard = [hashOf(1, 2), hashOf(3, 4)]
    const identity = identifyTraining(manifest, fold, 'wasm', heard)
    const moved = { ...manifest, folder: '/elsewhere', clips: [{ ...manifest.clips[0]!, path: '/b.wav' }] }
    expect(identifyTraining(moved, fold, 'wasm', heard)).toBe(identity)
    const changed = { ...manifest, clips: [{ ...manifest.clips[0]!, contentHash: 'y' }] }
    const others = [
      identifyTraining(changed, fold, 'wasm', heard),
      identifyTraining({ ...manifest, recipe: { ...manifest.recipe, seed: 2 } }, fold, 'wasm', heard),
      identifyTraining(manifest, { ...fold, name: '2' }, 'wasm', heard),
      identifyTraining(manifest, { ...fold, train: [] }, 'wasm', heard),
      identifyTraining(manifest, fold, 'tensorflow', heard),
      identifyTraining(manifest, fold, 'wasm', [hashOf(1, 2.5), heard[1]!]),
    ]
    expect(new Set([identity, ...others]).size).toBe(7)
    // What is not trained on does not matter.
    expect(identifyTraining(manifest, fold, 'wasm', [heard[0]!, hashOf(9, 9)])).toBe(identity)
  })

  it('is saved as often as it may take of the time', async () => {
    const file = stateFile(folder, '3')
    const random = Random.recorded(1, 'fold/3')
    const keeper = await FoldState.open({ file, identity: 'a', random })
    let captured = 0
    const capture = async (): Promise<FitState> => {
      captured++
      // Takes 20 ms, so that the next one may come after two seconds.
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { ...state, epoch: captured }
    }
    await keeper.afterEpoch(capture)
    for (let epoch = 0; epoch < 20; epoch++) await keeper.afterEpoch(capture)
    expect(captured).toBe(1)
    const eager = await FoldState.open({ file, identity: 'a', random: Random.recorded(1, 'fold/3'), share: 1 })
    expect(eager.resumed!.epoch).toBe(1)
    for (let epoch = 0; epoch < 3; epoch++) await eager.afterEpoch(capture)
    expect(captured).toBe(4)
    expect((await loadTrainingState(file, 'a')).state!.epoch).toBe(4)
  })
})
