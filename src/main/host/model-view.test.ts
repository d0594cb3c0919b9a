import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../shared/contract/clip-query'
import type { LookManifest, TrainManifest } from '../../shared/job/manifest'
import type { ClassMaps, ModelInput } from '../../shared/job/model-view'
import { recipes } from '../../zoo/recipes'
import { type FakeScript, hang } from './testing/fake-worker'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'

const trainScript: FakeScript = (worker) => {
  const { folds, folder, clips, classes } = worker.manifest as TrainManifest
  worker.tell({ type: 'backend', name: 'wasm', reason: '', device: 'CPU' })
  for (const { name, train, test } of folds) {
    mkdirSync(join(folder, `model-${name}`), { recursive: true })
    const counts = { trainClips: train.length, validationClips: 0, testClips: test.length }
    worker.tell({ type: 'fold-started', fold: name, ...counts })
    const scores = Float32Array.from(classes, () => 1 / classes.length)
    worker.tell({ type: 'predictions', fold: name, rows: test.map((at) => ({ clipId: clips[at]!.id, scores })) })
    worker.tell({ type: 'fold-finished', fold: name, seconds: 1, bestEpoch: 1, parameters: 1 })
  }
  worker.tell({ type: 'done' })
}

const input: ModelInput = {
  frames: 2,
  bands: 1,
  channels: 1,
  values: Float32Array.of(0.5, -1),
  bandHz: Float32Array.of(440),
  rowNames: null,
  frameSeconds: 0.01,
  firstFrameSeconds: 0,
  soundFrames: 2,
  crops: { frames: 2, starts: [0] },
  isStandardised: true,
  notes: [],
}
const maps: ClassMaps = {
  method: 'cam',
  about: 'as told',
  scores: Float32Array.of(0.25, 0.5, 0.25),
  cropScores: Float32Array.of(0.25, 0.5, 0.25),
  frames: 2,
  bands: 1,
  crops: { frames: 2, starts: [0] },
  mapFrames: 1,
  mapBands: 1,
  values: Float32Array.of(1, 2, 3),
}
const lookScript: FakeScript = (worker) => {
  const { wants } = worker.manifest as LookManifest
  worker.tell({ type: 'progress', done: 1, total: 3, message: 'Listening to the clip' })
  worker.tell(wants === 'input' ? { type: 'model-input', input } : { type: 'class-maps', maps })
  worker.tell({ type: 'done' })
}

describe('looking at a clip as a model does', () => {
  let fixture: HostFixture
  let clipId: string
  let runId: string
  const scripts: Record<string, FakeScript> = {}
  const looks = () => fixture.launched.filter(({ manifest }) => manifest.kind === 'look')

  beforeEach(async () => {
    Object.assign(scripts, { train: trainScript, look: lookScript, import: importScript(() => smallSet()) })
    fixture = openHost((worker) => scripts[worker.manifest.kind]!(worker))
    const { client, folder } = fixture
    mkdirSync(join(folder, 'dataset'))
    await client.workspace.create({ path: join(folder, 'catalog') })
    const { jobId } = await client.recordings.import({ path: join(folder, 'dataset'), format: 'folder' })
    await fixture.finish(jobId)
    const started = await client.runs.start({
      recipe: recipes['logmel-cnn'],
      backend: 'wasm',
      split: { kind: 'cross-validate' },
      query: everyClip,
    })
    await fixture.finish(started.jobId)
    runId = started.runId
    clipId = (await client.clips.ids({ query: parseClipQuery('fold:3') }))[0]!
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  it('offers first the model that has not learned from the clip', async () => {
    const folds = await fixture.client.modelView.folds({ clipId, runId })
    expect(folds[0]).toEqual({ fold: '3', role: 'tested' })
    expect(folds.slice(1).map(({ role }) => role)).toEqual(['trained', 'trained', 'trained'])
  })

  it('asks a worker once for the same array, and again for another draw, fold or recipe', async () => {
    const { modelView } = fixture.client
    const of = { kind: 'run' as const, runId, fold: '3' }
    expect(await modelView.input({ clipId, of })).toEqual(input)
    expect(await modelView.input({ clipId, of })).toEqual(input)
    expect(looks()).toHaveLength(1)
    expect(looks()[0]!.manifest).toMatchObject({
      wants: 'input',
      clip: { id: clipId },
      recipe: recipes['logmel-cnn'],
      model: { folder: join(fixture.folder, 'catalog', 'runs', runId), fold: '3' },
      drawn: null,
    })
    await modelView.input({ clipId, of, drawn: { seed: 1, augments: true } })
    await modelView.input({ clipId, of: { ...of, fold: '1' } })
    await modelView.input({ clipId, of: { kind: 'recipe', recipe: recipes['mfcc-logistic'] } })
    expect(looks()).toHaveLength(4)
    expect(looks().at(-1)!.manifest).toMatchObject({ model: null, recipe: { name: 'mfcc-logistic' } })
  })

  it('names the classes of the maps as they are called now', async () => {
    const { client } = fixture
    const [first] = await client.ontology.list()
    await client.ontology.rename({ id: first!.id, name: 'renamed' })
    const found = await client.modelView.maps({ clipId, runId, fold: '3' })
    expect(found.classes.map(({ name }) => name)).toContain('renamed')
    expect(found.classes).toHaveLength(3)
    expect(found.values).toEqual(maps.values)
    expect(looks().at(-1)!.manifest).toMatchObject({ wants: 'maps', drawn: null })
    await client.modelView.maps({ clipId, runId, fold: '3', drawn: { seed: 2, augments: false } })
    expect(looks().at(-1)!.manifest).toMatchObject({ wants: 'maps', drawn: { seed: 2, augments: false } })
  })

  it('refuses a fold that is not there, and a run that has not ended', async () => {
    const { modelView } = fixture.client
    const wrong = modelView.maps({ clipId, runId, fold: '9' })
    await expect(wrong).rejects.toThrow('The run has no fold “9”; it has “1”, “2”, “3”, “4”.')
    scripts.train = hang
    const { runId: busy } = await fixture.client.runs.start({
      recipe: recipes['logmel-cnn'],
      backend: 'wasm',
      split: { kind: 'cross-validate' },
      query: everyClip,
    })
    await expect(modelView.folds({ clipId, runId: busy })).rejects.toThrow('only a finished run has results')
  })

  it('keeps no answer of a look that failed or was cancelled', async () => {
    const { modelView } = fixture.client
    const of = { kind: 'run' as const, runId, fold: '3' }
    scripts.look = (worker) => {
      const error = { code: 'bad-file' as const, message: 'The model of fold 3 is damaged.' }
      worker.tell({ type: 'failed', error })
    }
    await expect(modelView.input({ clipId, of })).rejects.toThrow()
    scripts.look = hang
    const controller = new AbortController()
    const asked = modelView.input({ clipId, of }, { signal: controller.signal })
    while (looks().length < 2) await new Promise((resolve) => setTimeout(resolve, 1))
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    while (!looks().at(-1)!.isKilled) await new Promise((resolve) => setTimeout(resolve, 1))
    scripts.look = lookScript
    expect(await modelView.input({ clipId, of })).toEqual(input)
  })
})
