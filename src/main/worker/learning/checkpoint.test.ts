import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recipes } from '../../../zoo/recipes'
import { hashRecipe, loadCheckpoint, modelFolder, saveCheckpoint, type Checkpoint } from './checkpoint'

const checkpoint: Checkpoint = {
  fold: '4',
  classes: [
    { id: 'a', name: 'dog' },
    { id: 'b', name: 'rain' },
  ],
  recipe: recipes['mfcc-logistic'],
  standardization: { means: [1, 2], deviations: [3, 4] },
  spec: null,
  parameters: 6,
  bestEpoch: 12,
  backend: 'wasm',
  weights: [
    { name: 'coefficients', shape: [2, 2], values: Float32Array.of(1.5, -0, 1e-30, -7) },
    { name: 'offsets', shape: [2], values: Float32Array.of(0.1, 0.2) },
  ],
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-checkpoint-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('checkpoints', () => {
  it('come back as they were saved, and replace an older one whole', async () => {
    const place = modelFolder(folder, '4')
    await saveCheckpoint(place, { ...checkpoint, bestEpoch: 1 })
    await saveCheckpoint(place, checkpoint)
    expect(await loadCheckpoint(place)).toMatchObject(checkpoint)
    expect(await readdir(folder)).toEqual(['model-4'])
    expect((await readFile(join(place, 'weights.bin'))).length).toBe(24)
  })

  it.each([
    [
      'weights that were cut short',
      'weights.bin',
      (bytes: Buffer) => bytes.subarray(0, 20),
      'weights.bin does not match model.json (20 bytes, 24 wanted)',
    ],
    [
      'weights with a changed bit',
      'weights.bin',
      (bytes: Buffer) => Buffer.from(bytes).fill(7, 3, 4),
      'weights.bin does not match',
    ],
    ['a description that is no JSON', 'model.json', () => Buffer.from('{'), 'model.json is not JSON'],
    [
      'a changed recipe',
      'model.json',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('22050', '16000')),
      'its recipe was changed',
    ],
    [
      'a later version',
      'model.json',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('"version": 1', '"version": 9')),
      'of version 9; this Earmark reads 1',
    ],
    ['another file', 'model.json', () => Buffer.from('{}'), 'not of an Earmark model'],
  ])('refuse %s', async (_, name, change, reason) => {
    const place = modelFolder(folder, 'damaged')
    await saveCheckpoint(place, checkpoint)
    await writeFile(join(place, name), change(await readFile(join(place, name))))
    await expect(loadCheckpoint(place)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(reason),
    })
  })

  it('says that there is none', async () => {
    await expect(loadCheckpoint(join(folder, 'model-7'))).rejects.toMatchObject({ code: 'not-found' })
  })

  it('names the folder that cannot be written', async () => {
    await writeFile(join(folder, 'file'), '')
    const place = join(folder, 'file', 'model-1')
    await expect(saveCheckpoint(place, checkpoint)).rejects.toThrow(`could not be written to ${place}`)
  })

  it('keep every fold name inside the run folder', () => {
    expect(modelFolder('/runs/r', '1')).toBe(join('/runs/r', 'model-1'))
    expect(modelFolder('/runs/r', '../x')).toBe(join('/runs/r', 'model-..%2Fx'))
  })

  it('hash a recipe whatever the order of its keys', () => {
    const { name, ...rest } = recipes['logmel-cnn']
    expect(hashRecipe({ ...rest, name })).toBe(hashRecipe(recipes['logmel-cnn']))
    expect(hashRecipe({ ...rest, name, seed: 2 })).not.toBe(hashRecipe(recipes['logmel-cnn']))
  })
})
