// A little over 400 lines: one trained fixture serves every question that can be asked of a run.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashFrontEnd } from '../../dsp/front-end-identity'
import { everyClip, parseClipQuery } from '../../shared/contract/clip-query'
import type { RunRequest } from '../../shared/contract/runs'
import type { PredictManifest, TrainManifest } from '../../shared/job/manifest'
import { recipes } from '../../zoo/recipes'
import { type FakeScript, type FakeWorker, hang } from './testing/fake-worker'
import { draft, type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'
import type { OpenMediaPool } from './media/media-desk'

const request: RunRequest = {
  recipe: recipes['mfcc-logistic'],
  backend: 'auto',
  split: { kind: 'cross-validate' },
  query: everyClip,
}

/** Scores that favour one class. */
const favour = (classIndex: number, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, index) => (index === classIndex ? 0.75 : 0.25 / (count - 1)))

/** Trains as the worker would tell it; in every fold the first test clip is taken for the next class. */
const trainScript: FakeScript = (worker) => {
  const manifest = worker.manifest as TrainManifest
  worker.tell({ type: 'backend', name: 'wasm', reason: 'no native library', device: 'CPU' })
  for (const fold of manifest.folds) {
    mkdirSync(join(manifest.folder, `model-${fold.name}`), { recursive: true })
    const counts = { trainClips: fold.train.length, validationClips: 0, testClips: fold.test.length }
    worker.tell({ type: 'fold-started', fold: fold.name, ...counts })
    for (const epoch of [1, 2])
      worker.tell({
        type: 'epoch',
        fold: fold.name,
        epoch,
        loss: 1 / epoch,
        accuracy: 0.5,
        validationLoss: null,
        validationAccuracy: null,
        seconds: 0.5,
      })
    const rows = fold.test.map((position, index) => {
      const clip = manifest.clips[position]!
      const said = index === 0 ? (clip.classIndex + 1) % manifest.classes.length : clip.classIndex
      return { clipId: clip.id, scores: favour(said, manifest.classes.length) }
    })
    worker.tell({ type: 'predictions', fold: fold.name, rows })
    worker.tell({ type: 'fold-finished', fold: fold.name, seconds: 1, bestEpoch: 2, parameters: 123 })
  }
  worker.tell({ type: 'done' })
}

const predictScript: FakeScript = (worker) => {
  const manifest = worker.manifest as PredictManifest
  const rows = manifest.clips.map((clip) => ({ clipId: clip.id, scores: favour(1, manifest.classes.length) }))
  worker.tell({ type: 'issues', issues: [{ file: '/x.wav', row: null, reason: 'It is empty.' }] })
  worker.tell({ type: 'predictions', fold: 'all', rows })
  worker.tell({ type: 'done' })
}

/** Media threads that know one thing: a file's length. */
const probeMedia: OpenMediaPool = () => ({
  run: (async () => ({ durationSeconds: 12, contentHash: 'h' })) as never,
  close: async () => undefined,
})

describe('runs', () => {
  let drafts = smallSet()
  let fixture: HostFixture
  const scripts: Record<string, FakeScript> = {}

  beforeEach(async () => {
    drafts = smallSet()
    Object.assign(scripts, { train: trainScript, predict: predictScript, import: importScript(() => drafts) })
    const script = (worker: FakeWorker): void | Promise<void> => scripts[worker.manifest.kind]!(worker)
    fixture = openHost(script, { openMediaPool: probeMedia })
    mkdirSync(join(fixture.folder, 'dataset'))
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
    await importSet()
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const importSet = async (): Promise<void> => {
    const { jobId } = await fixture.client.recordings.import({
      path: join(fixture.folder, 'dataset'),
      format: 'folder',
    })
    await fixture.finish(jobId)
  }
  const train = async (change: Partial<RunRequest> = {}): Promise<string> => {
    const { runId, jobId } = await fixture.client.runs.start({ ...request, ...change })
    await fixture.finish(jobId)
    return runId
  }
  const clipNamed = async (name: string): Promise<string> =>
    (await fixture.client.clips.ids({ query: parseClipQuery(`"audio/${name}.wav"`) }))[0]!
  const classNamed = async (name: string): Promise<string> =>
    (await fixture.client.ontology.list()).find((entry) => entry.name === name)!.id

  it('offers the recipes', async () => {
    expect((await fixture.client.runs.recipes()).map((recipe) => recipe.name)).toEqual(['logmel-cnn', 'mfcc-logistic'])
  })

  it('freezes a manifest, records every epoch and counts the accuracy', async () => {
    const id = await train()
    const run = await fixture.client.runs.get({ id })
    expect(run).toMatchObject({
      name: 'mfcc-logistic #1',
      status: 'done',
      split: { kind: 'cross-validate' },
      requestedBackend: 'auto',
      backend: 'wasm',
      backendReason: 'no native library',
      backendDevice: 'CPU',
      clipCount: 24,
      classCount: 3,
      folds: ['1', '2', '3', '4'],
      error: null,
    })
    // One of six test clips in each of four folds is wrong.
    expect(run.accuracy).toBeCloseTo(20 / 24, 12)
    expect(run.seconds).toBeGreaterThanOrEqual(0)
    expect(run.recipeHash).toMatch(/^[0-9a-f]{12}$/)
    expect(run.frontEndHash).toBe(hashFrontEnd(run.recipe.frontEnd))
    expect(run.epochs).toHaveLength(8)
    expect(run.epochs[1]).toEqual({
      fold: '1',
      epoch: 2,
      loss: 0.5,
      accuracy: 0.5,
      validationLoss: null,
      validationAccuracy: null,
      seconds: 0.5,
    })
    expect(fixture.heard('runs.epoch')).toHaveLength(8)
    const kept = JSON.parse(
      readFileSync(join(fixture.folder, 'catalog', 'runs', id, 'manifest.json'), 'utf8'),
    ) as TrainManifest
    expect(kept).toEqual(fixture.launched.at(-1)!.manifest)
    expect(kept.clips[0]).toMatchObject({
      path: join(fixture.folder, 'dataset', 'audio', '0-0.wav'),
      group: 'source-0-0',
      fold: '1',
      classIndex: 0,
    })
    expect(await fixture.client.runs.list()).toMatchObject([{ id, accuracy: run.accuracy }])
  })

  it('evaluates, and every cell of the matrix is the list behind it', async () => {
    const id = await train()
    const result = await fixture.client.runs.evaluate({ id })
    expect(result).toMatchObject({ runId: id, truth: 'current', clipCount: 24, changedClips: 0, leftOutClips: 0 })
    expect(result.classes).toEqual(['dog', 'rain', 'crying baby'])
    expect(result.confusionMatrix.flat().reduce((a, b) => a + b)).toBe(24)
    expect(result.accuracy).toBeCloseTo(20 / 24, 12)
    expect(result.folds).toEqual(['1', '2', '3', '4'].map((fold) => ({ fold, accuracy: 5 / 6, clipCount: 6 })))
    for (const [row, truth] of result.classes.entries())
      for (const [column, predicted] of result.classes.entries()) {
        const query = { ...everyClip, runId: id, truth, predicted }
        expect((await fixture.client.clips.facets({ query })).total).toBe(result.confusionMatrix[row]![column])
      }
  })

  it('follows a corrected label, and keeps what it was trained with', async () => {
    const id = await train()
    const query = { ...everyClip, runId: id, is: ['wrong' as const] }
    const [wrong] = (await fixture.client.clips.list({ query, offset: 0, limit: 1 })).rows
    const before = await fixture.client.runs.evaluate({ id, truth: 'frozen' })
    await fixture.client.labels.correct({ clipIds: [wrong!.id], toClassId: wrong!.prediction!.classId })
    const now = await fixture.client.runs.evaluate({ id })
    expect(now.accuracy).toBeCloseTo(21 / 24, 12)
    expect(now.changedClips).toBe(1)
    const frozen = await fixture.client.runs.evaluate({ id, truth: 'frozen' })
    expect(frozen.confusionMatrix).toEqual(before.confusionMatrix)
    expect(frozen.accuracy).toBeCloseTo(20 / 24, 12)
    for (const [row, was] of frozen.classes.entries())
      for (const [column, predicted] of frozen.classes.entries()) {
        const { total } = await fixture.client.clips.facets({ query: { ...everyClip, runId: id, was, predicted } })
        expect(total).toBe(frozen.confusionMatrix[row]![column])
      }
    await fixture.client.labels.set({ clipIds: [wrong!.id], classId: wrong!.prediction!.classId, state: 'unknown' })
    expect(await fixture.client.runs.evaluate({ id })).toMatchObject({
      clipCount: 23,
      leftOutClips: 1,
      changedClips: 1,
    })
  })

  it('keeps what a run measured when the import is undone, and finds it again after redo', async () => {
    const id = await train()
    const before = await fixture.client.runs.evaluate({ id })
    await fixture.client.history.undo()
    expect(await fixture.client.runs.evaluate({ id })).toMatchObject({ clipCount: 0, leftOutClips: 24 })
    expect((await fixture.client.runs.evaluate({ id, truth: 'frozen' })).accuracy).toBe(before.accuracy)
    await fixture.client.history.redo()
    expect(await fixture.client.runs.evaluate({ id })).toEqual(before)
  })

  it('says before training what would be trained and what is wrong', async () => {
    const clip = await clipNamed('0-0')
    await fixture.client.labels.set({ clipIds: [clip], classId: await classNamed('rain'), state: 'present' })
    await fixture.client.labels.set({
      clipIds: [await clipNamed('1-0')],
      classId: await classNamed('dog'),
      state: 'unknown',
    })
    const preflight = await fixture.client.runs.preflight(request)
    expect(preflight).toMatchObject({
      clips: 22,
      groups: 22,
      classes: [
        { name: 'dog', count: 6 },
        { name: 'rain', count: 8 },
        { name: 'crying baby', count: 8 },
      ],
      folds: [
        { name: '1', train: 17, test: 5 },
        { name: '2', train: 17, test: 5 },
        { name: '3', train: 16, test: 6 },
        { name: '4', train: 16, test: 6 },
      ],
      problems: [],
    })
    expect(preflight.left).toEqual([
      { reason: 'It has more than one present label', count: 1 },
      { reason: 'It has no present label', count: 1 },
    ])

    const problemsOf = async (change: Partial<RunRequest>): Promise<string[]> =>
      (await fixture.client.runs.preflight({ ...request, ...change })).problems.map(
        (problem) => `${problem.severity}: ${problem.message}`,
      )
    expect(await problemsOf({ query: parseClipQuery('fold:9') })).toEqual([
      expect.stringMatching(/^error: No clip can be trained on/),
    ])
    expect(await problemsOf({ query: parseClipQuery('label:dog -label:rain') })).toEqual([
      expect.stringMatching(/^error: All clips are dog/),
    ])
    expect(await problemsOf({ query: parseClipQuery('fold:1') })).toContainEqual(
      expect.stringMatching(/^error: Cross-validation needs two folds/),
    )
    expect(await problemsOf({ split: { kind: 'holdout', testFold: '7', trainFolds: null } })).toContainEqual(
      expect.stringMatching(/^error: No usable clip has the fold 7/),
    )
    await expect(fixture.client.runs.start({ ...request, query: parseClipQuery('fold:9') })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(await fixture.client.runs.list()).toEqual([])
  })

  it('sees a group on both sides, a lonely class and a class that is not trained', async () => {
    drafts = [
      draft('a', '1', 'dog', 'same'),
      draft('b', '2', 'dog', 'same'),
      draft('c', '1', 'siren'),
      draft('d', '2', 'dog'),
    ]
    await importSet()
    const problems = (
      await fixture.client.runs.preflight({ ...request, query: parseClipQuery('fold:1,2 -label:rain') })
    ).problems.map((problem) => `${problem.severity}: ${problem.message}`)
    expect(problems).toContainEqual(expect.stringMatching(/^warning: .*siren\.$/))
    expect(problems).toContainEqual(expect.stringMatching(/^error: When fold 1 is tested, no clip trains siren/))
    expect(problems).toContainEqual(expect.stringMatching(/^warning: Fold 2 tests no clip of siren/))
    expect(problems).toContainEqual(expect.stringMatching(/^error: 1 group of fold 1 .*same/))
  })

  it('keeps a cancelled run as cancelled, with its epochs', async () => {
    scripts.train = async (worker) => {
      worker.tell({
        type: 'epoch',
        fold: '1',
        epoch: 1,
        loss: 1,
        accuracy: 0,
        validationLoss: null,
        validationAccuracy: null,
        seconds: 1,
      })
      await hang(worker)
    }
    const { runId, jobId } = await fixture.client.runs.start(request)
    while (fixture.heard('runs.epoch').length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(await fixture.client.jobs.cancel({ id: jobId })).toMatchObject({ status: 'cancelled', runId })
    const run = await fixture.client.runs.get({ id: runId })
    expect(run).toMatchObject({ status: 'cancelled', accuracy: null, epochs: [{ epoch: 1 }] })
    await expect(fixture.client.runs.evaluate({ id: runId })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('takes a run up that stopped before its end, with the manifest it was given', async () => {
    scripts.train = (worker) => {
      const facts = { accuracy: 0, validationLoss: null, validationAccuracy: null, seconds: 1 }
      for (const epoch of [1, 2, 3]) worker.tell({ type: 'epoch', fold: '1', epoch, loss: 9, ...facts })
      worker.exit(null)
    }
    const id = await train()
    const first = await fixture.client.runs.get({ id })
    expect(first).toMatchObject({ status: 'failed', epochs: [{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }] })
    const given = fixture.launched.at(-1)!.manifest
    // What has become of the labels since does not matter.
    await fixture.client.labels.set({
      clipIds: [await clipNamed('0-0')],
      classId: await classNamed('dog'),
      state: 'unknown',
    })
    let letGo = (): void => undefined
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    scripts.train = (worker) => gate.then(() => trainScript(worker))
    const { jobId } = await fixture.client.runs.resume({ id })
    const waiting = await fixture.client.runs.get({ id })
    expect(waiting).toMatchObject({ error: null, finishedAt: null, jobId })
    expect(['queued', 'running']).toContain(waiting.status)
    await expect(fixture.client.runs.resume({ id })).rejects.toMatchObject({ code: 'conflict' })
    letGo()
    expect(await fixture.finish(jobId)).toMatchObject({ status: 'done', title: 'Resume mfcc-logistic #1', runId: id })
    expect(fixture.launched.at(-1)!.manifest).toEqual(given)
    const run = await fixture.client.runs.get({ id })
    // Four folds of a second each; the third epoch of the first attempt is not of this one.
    expect(run).toMatchObject({ status: 'done', error: null, seconds: 4, jobId })
    expect(run.epochs.filter(({ fold }) => fold === '1').map(({ loss }) => loss)).toEqual([1, 0.5])
    expect(run.accuracy).toBeCloseTo(20 / 24, 12)
    await expect(fixture.client.runs.resume({ id })).rejects.toMatchObject({
      code: 'conflict',
      message: 'mfcc-logistic #1 is done; only a run that stopped before its end can be resumed.',
    })
  })

  it('fails a run whose worker dies or says something that is no number', async () => {
    scripts.train = (worker) => worker.exit(null)
    const died = await train()
    expect(await fixture.client.runs.get({ id: died })).toMatchObject({
      status: 'failed',
      error: { code: 'worker-died' },
    })
    scripts.train = (worker) => {
      const manifest = worker.manifest as TrainManifest
      const rows = [{ clipId: manifest.clips[0]!.id, scores: Float32Array.of(NaN, 0, 0) }]
      worker.tell({ type: 'predictions', fold: '1', rows })
    }
    const odd = await train()
    expect(await fixture.client.runs.get({ id: odd })).toMatchObject({
      status: 'failed',
      error: { code: 'training-failed', message: expect.stringContaining('NaN') },
    })
  })

  it('predicts new clips with a finished run, and leaves its own test alone', async () => {
    const id = await train({ split: { kind: 'holdout', testFold: '4', trainFolds: ['1', '2'] } })
    const before = await fixture.client.runs.evaluate({ id })
    expect(before).toMatchObject({ clipCount: 6, folds: [{ fold: '4', clipCount: 6 }] })
    const { jobId } = await fixture.client.runs.predict({ id, query: everyClip })
    const job = await fixture.finish(jobId)
    expect(job).toMatchObject({ status: 'done', title: 'Predict 18 clips with mfcc-logistic #1', issueCount: 1 })
    const after = await fixture.client.runs.evaluate({ id })
    // Fold 3 was neither trained nor tested: it counts; folds 1 and 2 were trained: they do not.
    expect(after.folds).toEqual([before.folds[0], { fold: 'later', clipCount: 6, accuracy: 2 / 6 }])
    const query = { ...everyClip, runId: id, is: ['right' as const] }
    expect((await fixture.client.clips.facets({ query })).total).toBe(5 + 2)
    expect((await fixture.client.clips.facets({ query: { ...everyClip, runId: id } })).total).toBe(24)
    const clip = await clipNamed('0-0')
    const [scores] = await fixture.client.runs.predictions({ id, clipIds: [clip] })
    expect(scores).toEqual({
      clipId: clip,
      scores: [
        { label: 'dog', score: 0.125 },
        { label: 'rain', score: 0.75 },
        { label: 'crying baby', score: 0.125 },
      ],
    })
    expect((await fixture.client.runs.get({ id })).accuracy).toBe(before.accuracy)
    await fixture.finish((await fixture.client.runs.predict({ id, query: parseClipQuery('fold:1') })).jobId)
    // What was tested is known already: nothing to do is no failure.
    const count = fixture.launched.length
    const idle = await fixture.client.runs.predict({ id, query: parseClipQuery('fold:4') })
    expect(await fixture.finish(idle.jobId)).toMatchObject({ status: 'done', error: null })
    expect(fixture.launched).toHaveLength(count)
    await expect(fixture.client.runs.predict({ id, query: parseClipQuery('fold:9') })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('predicts a file in windows of the clips it was trained on', async () => {
    const id = await train()
    const file = join(fixture.folder, 'long.wav')
    writeFileSync(file, 'sound')
    const windows = await fixture.client.runs.predictFile({ id, path: file })
    expect(windows.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 5],
      [5, 12],
    ])
    expect(windows[0]).toMatchObject({ path: file, label: 'rain', score: 0.75 })
    expect(fixture.launched.at(-1)!.manifest).toMatchObject({
      kind: 'predict',
      clips: [{ path: file }, { path: file }],
    })
    await expect(fixture.client.runs.predictFile({ id, path: join(fixture.folder, 'no.wav') })).rejects.toMatchObject({
      code: 'not-found',
    })

    scripts.predict = hang
    const controller = new AbortController()
    const asked = fixture.client.runs.predictFile({ id, path: file }, { signal: controller.signal })
    const count = fixture.launched.length
    while (fixture.launched.length === count) await new Promise((resolve) => setTimeout(resolve, 1))
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    while (!fixture.launched.at(-1)!.isKilled) await new Promise((resolve) => setTimeout(resolve, 1))
  })

  it('gives equal recipes equal hashes, and other recipes others', async () => {
    const first = await train()
    const again = await train({ recipe: Object.fromEntries(Object.entries(request.recipe).toReversed()) as never })
    const other = await train({ recipe: { ...request.recipe, seed: 2 } })
    const hashes = await Promise.all(
      [first, again, other].map(async (id) => (await fixture.client.runs.get({ id })).recipeHash),
    )
    expect(hashes[1]).toBe(hashes[0])
    expect(hashes[2]).not.toBe(hashes[0])
    expect((await fixture.client.runs.list()).map((run) => run.name)).toEqual([
      'mfcc-logistic #3',
      'mfcc-logistic #2',
      'mfcc-logistic #1',
    ])
  })
})
