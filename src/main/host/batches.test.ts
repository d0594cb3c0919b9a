import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeNpy, toFloats, toTexts } from '../../formats/containers/npy'
import { everyClip } from '../../shared/contract/clip-query'
import type { BatchView } from '../../shared/job/batch-view'
import type { BatchManifest, TrainManifest } from '../../shared/job/manifest'
import { recipes } from '../../zoo/recipes'
import type { FakeScript } from './testing/fake-worker'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

/** Fold 1 is trained to its end in two epochs, fold 2 fails in its second, the others are not begun. */
const trainScript: FakeScript = (worker) => {
  const { folds, clips, classes } = worker.manifest as TrainManifest
  worker.tell({ type: 'backend', name: 'wasm', reason: '', device: 'CPU' })
  for (const { name, train, test } of folds.slice(0, 2)) {
    const counts = { trainClips: train.length - 1, validationClips: 1, testClips: test.length }
    worker.tell({ type: 'fold-started', fold: name, ...counts })
    const report = { loss: 1, accuracy: 0, validationLoss: null, validationAccuracy: null, seconds: 1 }
    worker.tell({ type: 'epoch', fold: name, epoch: 1, ...report })
    if (name !== '1') return worker.tell({ type: 'failed', error: { code: 'training-failed', message: 'no number' } })
    worker.tell({ type: 'epoch', fold: name, epoch: 2, ...report })
    const scores = Float32Array.from(classes, () => 1 / classes.length)
    worker.tell({ type: 'predictions', fold: name, rows: test.map((at) => ({ clipId: clips[at]!.id, scores })) })
    worker.tell({ type: 'fold-finished', fold: name, seconds: 1, bestEpoch: 1, parameters: 1 })
  }
}

const values = Float32Array.of(0.5, -1, 2, 0, 1, 3)
function viewOf({ trained, fold }: BatchManifest): BatchView {
  const [own, partner] = trained.folds.find(({ name }) => name === fold)!.train.map((at) => trained.clips[at]!.id)
  const share = { kind: 'between-class' as const, isDone: true, values: { share: 0.75 }, partner: partner! }
  const row = { clipId: own!, example: 4, startSeconds: 0.5, endSeconds: 1.5, drawn: [share], changed: [] }
  const targets = Float32Array.of(0.75, 0.25, 0)
  return {
    ...{ frames: 3, bands: 2, channels: 1, values, targets, bandHz: Float32Array.of(100, 200), frameSeconds: 0.01 },
    examples: [row],
    notes: ['as told'],
  }
}
const batchScript: FakeScript = (worker) => {
  const manifest = worker.manifest as BatchManifest
  worker.tell({ type: 'progress', done: 1, total: 1, message: 'Hearing the examples' })
  if (manifest.heard === null) worker.tell({ type: 'training-batch', batch: viewOf(manifest) })
  else worker.tell({ type: 'batch-sound', sound: { samples: Float32Array.of(1, 2), sampleRateHz: 8000 } })
  worker.tell({ type: 'done' })
}

describe('the batches of a run', () => {
  let fixture: HostFixture
  let runId: string
  const asked = () => fixture.launched.flatMap(({ manifest }) => (manifest.kind === 'batch' ? [manifest] : []))
  const start = async (recipe: TrainManifest['recipe']): Promise<string> => {
    const split = { kind: 'cross-validate' as const }
    const run = await fixture.client.runs.start({ recipe, backend: 'wasm', split, query: everyClip })
    await fixture.finish(run.jobId)
    return run.runId
  }

  beforeEach(async () => {
    const scripts: Record<string, FakeScript> = {
      train: trainScript,
      batch: batchScript,
      import: importScript(() => smallSet()),
    }
    fixture = openHost((worker) => scripts[worker.manifest.kind]!(worker))
    const { client, folder } = fixture
    mkdirSync(join(folder, 'dataset'))
    await client.workspace.create({ path: join(folder, 'catalog') })
    const { jobId } = await client.recordings.import({ path: join(folder, 'dataset'), format: 'folder' })
    await fixture.finish(jobId)
    const recipe = structuredClone(recipes['logmel-cnn'])
    recipe.training = { ...recipe.training, batchClips: 2 }
    runId = await start(recipe)
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })
  const manifestFile = (): string => join(fixture.folder, 'catalog', 'runs', runId, 'manifest.json')
  const readManifest = (): TrainManifest => JSON.parse(readFileSync(manifestFile(), 'utf8')) as TrainManifest

  it('are those that each fold has come to, the one in which it failed among them', async () => {
    const { train } = readManifest().folds[0]!
    const batchesPerEpoch = Math.floor((train.length - 1) / 2)
    expect(batchesPerEpoch).toBeGreaterThan(1)
    const folds = await fixture.client.batches.folds({ runId })
    expect(folds.slice(0, 2)).toEqual([
      { fold: '1', epochs: 2, batchesPerEpoch },
      { fold: '2', epochs: 2, batchesPerEpoch },
    ])
    expect(folds.slice(2).map(({ epochs }) => epochs)).toEqual([0, 0])
    const place = { runId, fold: '1', epoch: 1, batch: 1 }
    const { batches } = fixture.client
    await expect(batches.get({ ...place, epoch: 3 })).rejects.toThrow(
      '“1” has no epoch 3: its training has come to epoch 2',
    )
    await expect(batches.get({ ...place, batch: 9 })).rejects.toThrow(
      `no batch 9: an epoch of it has ${batchesPerEpoch}`,
    )
    await expect(batches.get({ ...place, fold: '3' })).rejects.toThrow('training of fold “3” has not begun')
    await expect(batches.get({ ...place, fold: 'x' })).rejects.toThrow('no fold “x”; it has “1”, “2”, “3”, “4”')
    expect(asked()).toEqual([])
    const other = await start(recipes['mfcc-logistic'])
    await expect(batches.folds({ runId: other })).rejects.toThrow('mfcc-logistic #2 has no batches')
  })

  it('come from a worker that has what the run was given, with the files where the catalog knows them now', async () => {
    const { clips } = readManifest()
    const moved = clips.map((clip) => ({ ...clip, path: clip.path.replace('dataset', 'elsewhere') }))
    writeFileSync(manifestFile(), JSON.stringify({ ...readManifest(), clips: moved }))
    const found = await fixture.client.batches.get({ runId, fold: '1', epoch: 2, batch: 1 })
    const [manifest] = asked()
    expect(manifest).toMatchObject({ fold: '1', epoch: 2, batch: 1, heard: null, trained: { runId, clips } })
    expect(found.values).toEqual(values)
    expect(found.notes).toEqual(['as told'])
    expect(found.classes.map(({ name }) => name)).toHaveLength(3)
    const [{ clipId, drawn }] = found.examples as [BatchView['examples'][number]]
    const { recordingPath, changes, className } = found.clips[clipId]!
    const clip = clips.find(({ id }) => id === clipId)!
    expect(clip.path.endsWith(recordingPath)).toBe(true)
    expect(className).toBe(found.classes[clip.classIndex]!.name)
    expect(changes).toEqual([])
    expect(found.clips[drawn[0]!.partner!]).toBeDefined()
  })

  it('say what has become of their clips since, and of how they were drawn', async () => {
    const { client } = fixture
    const place = { runId, fold: '1', epoch: 1, batch: 1 }
    const before = await client.batches.get(place)
    const { clipId } = before.examples[0]!
    const { className } = before.clips[clipId]!
    const other = (await client.ontology.list()).find(({ name }) => name !== className)!
    const own = (await client.ontology.list()).find(({ name }) => name === className)!
    await client.labels.set({ clipIds: [clipId], classId: own.id, state: 'unknown' })
    expect((await client.batches.get(place)).clips[clipId]!.changes).toEqual([
      `It was ${className}, and has no label now.`,
    ])
    await client.labels.set({ clipIds: [clipId], classId: other.id, state: 'present' })
    const recipe = { ...readManifest().recipe, name: 'as of before' }
    writeFileSync(manifestFile(), JSON.stringify({ ...readManifest(), recipe }))
    const after = await client.batches.get(place)
    expect(after.clips[clipId]!.changes).toEqual([`It was ${className}, and is ${other.name} now.`])
    expect(after.notes).toEqual(['as told', expect.stringContaining('An earlier Earmark trained this run')])
  })

  it('are heard example by example', async () => {
    const heard = { clipId: 'some', example: 7 }
    const sound = await fixture.client.batches.sound({ runId, fold: '1', epoch: 2, ...heard })
    expect(sound).toEqual({ samples: Float32Array.of(1, 2), sampleRateHz: 8000 })
    expect(asked()[0]).toMatchObject({ fold: '1', epoch: 2, heard })
  })

  it('are written for other programs, and never over what is there', async () => {
    const { batches } = fixture.client
    const out = join(fixture.folder, 'batch.npz')
    const place = { runId, fold: '1', epoch: 1, batch: 1 }
    const file = await batches.write({ ...place, out })
    expect(file).toMatchObject({ path: out, shape: [1, 3, 2, 1] })
    const arrays = unzipSync(readFileSync(out))
    const read = (name: string) => decodeNpy(arrays[`${name}.npy`]!, name)
    expect(toFloats(read('x'), 'x')).toEqual(values)
    expect(read('x').shape).toEqual([1, 3, 2, 1])
    expect(toFloats(read('y'), 'y')).toEqual(Float32Array.of(0.75, 0.25, 0))
    expect(toTexts(read('classes'), 'classes')).toEqual(file.batch.classes.map(({ name }) => name))
    expect(toTexts(read('clips'), 'clips')).toEqual([file.batch.examples[0]!.clipId])
    expect(JSON.parse(toTexts(read('drawn'), 'drawn')[0]!)).toEqual(file.batch.examples[0]!.drawn)
    await expect(batches.write({ ...place, out })).rejects.toMatchObject({ code: 'conflict' })
    await expect(batches.write({ ...place, out: `${out}.csv` })).rejects.toThrow('does not end in .npz')
  })
})
