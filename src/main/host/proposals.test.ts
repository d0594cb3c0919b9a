// A little over 400 lines: one catalog with a run and its proposals serves every verdict that can be given.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as createId } from 'uuid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Annotation } from '../../shared/contract/annotations'
import { everyClip, parseClipQuery } from '../../shared/contract/clip-query'
import type { ProposeManifest, TrainManifest } from '../../shared/job/manifest'
import type { ProposedSegment } from '../../shared/proposals/propose-segments'
import { recipes } from '../../zoo/recipes'
import { toAnnotationRecord } from '../../formats/own-record'
import { openDatabase } from './catalog/database'
import { eachExportPage } from './catalog/export-pages'
import { type FakeScript, type FakeWorker, hang } from './testing/fake-worker'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from './testing/host-fixture'
import { dumpRows } from './testing/small-catalog'

const segment = (
  classIndex: number,
  startSeconds: number,
  endSeconds: number,
  peak: number,
  windows = 1,
): ProposedSegment => ({ classIndex, startSeconds, endSeconds, peak, mean: peak - 0.1, windows })

const hash = 'ab'.repeat(32)

/** Tells of every clip the same segments, in two batches. */
const proposing =
  (segments: ProposedSegment[]): FakeScript =>
  (worker) => {
    const { clips } = worker.manifest as ProposeManifest
    const rows = clips.map(({ id, fold }) => ({ clipId: id, fold: fold ?? 'all', modelHash: hash, segments }))
    worker.tell({ type: 'proposals', rows: rows.slice(0, 1) })
    worker.tell({ type: 'proposals', rows: rows.slice(1) })
    worker.tell({ type: 'done' })
  }

const trainScript: FakeScript = (worker) => {
  const manifest = worker.manifest as TrainManifest
  worker.tell({ type: 'backend', name: 'wasm', reason: '', device: 'CPU' })
  for (const { name, test } of manifest.folds) {
    const rows = test.map((position) => ({
      clipId: manifest.clips[position]!.id,
      scores: Float32Array.from(manifest.classes, () => 1 / manifest.classes.length),
    }))
    worker.tell({ type: 'predictions', fold: name, rows })
    worker.tell({ type: 'fold-finished', fold: name, seconds: 1, bestEpoch: 1, parameters: 1 })
  }
  worker.tell({ type: 'done' })
}

/** What models propose and people say to it, through the contract. */
describe('proposals', () => {
  let fixture: HostFixture
  let clipIds: string[]
  let runId: string
  let classes: Map<string, string>
  const scripts: Record<string, FakeScript> = {}
  const dog = () => classes.get('dog')!

  beforeEach(async () => {
    Object.assign(scripts, {
      import: importScript(() => smallSet(4)),
      train: trainScript,
      propose: proposing([segment(0, 1, 2.5, 0.9), segment(1, 3, 4, 0.4)]),
    })
    const script = (worker: FakeWorker): void | Promise<void> => scripts[worker.manifest.kind]!(worker)
    fixture = openHost(script)
    const { client } = fixture
    await client.workspace.create({ path: join(fixture.folder, 'a') })
    await client.workspace.setAuthor({ author: 'ana' })
    mkdirSync(join(fixture.folder, 'set'))
    const { jobId } = await client.recordings.import({ path: join(fixture.folder, 'set'), format: 'esc50' })
    await fixture.finish(jobId)
    clipIds = await client.clips.ids({ query: {} })
    classes = new Map((await client.ontology.list()).map(({ id, name }) => [name, id]))
    // Fold 4 is new to the run.
    const run = await client.runs.start({
      recipe: recipes['mfcc-logistic'],
      backend: 'auto',
      split: { kind: 'cross-validate' },
      query: parseClipQuery('fold:1,2,3'),
    })
    await fixture.finish(run.jobId)
    runId = run.runId
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const list = async (clip = clipIds[0]!): Promise<Annotation[]> => fixture.client.annotations.list({ clipId: clip })
  const propose = async (query = everyClip, floor = 0.3) => {
    const { jobId } = await fixture.client.proposals.start({ runId, query, floor, windowSeconds: 3 })
    return fixture.finish(jobId)
  }
  const rows = (): string => {
    const database = openDatabase(join(fixture.folder, 'a', 'earmark.db'), { create: false })
    const text = dumpRows(database)
    database.close()
    return text
  }
  const undo = async (): Promise<string | null> => (await fixture.client.history.undo()).title
  const redo = async (): Promise<string | null> => (await fixture.client.history.redo()).title
  const clipOf = async (query: string): Promise<string> =>
    (await fixture.client.clips.ids({ query: parseClipQuery(query) }))[0]!

  it('says before what it would do: windows, held-out clips, and what would be replaced', async () => {
    const { client } = fixture
    // It has no crop of its own: as long as the clips that it learned from.
    expect(await client.proposals.plan({ runId, query: everyClip })).toEqual({
      clips: 12,
      heldOut: 9,
      trained: 0,
      windowSeconds: 5,
      hopSeconds: 2.5,
      windows: 12,
      replaced: 0,
    })
    expect(await client.proposals.plan({ runId, query: everyClip, windowSeconds: 3 })).toMatchObject({
      hopSeconds: 1.5,
      windows: 36,
    })
    await propose(parseClipQuery('fold:4'))
    expect(await client.proposals.plan({ runId, query: everyClip, windowSeconds: 1, hopSeconds: 1 })).toMatchObject({
      windows: 60,
      replaced: 6,
    })
  })

  it('writes what the run proposes into the model tier, with all that is known of where it is from', async () => {
    const job = await propose()
    expect(job).toMatchObject({
      kind: 'propose',
      status: 'done',
      runId,
      title: 'Propose segments on 12 clips with mfcc-logistic #1',
      message: 'Propose 24 segments on 12 clips with mfcc-logistic #1',
    })
    const manifest = fixture.launched.at(-1)!.manifest as ProposeManifest
    const held = await clipOf('fold:2')
    const fresh = await clipOf('fold:4')
    expect(manifest.clips.find(({ id }) => id === held)!.fold).toBe('2')
    expect(manifest.clips.find(({ id }) => id === fresh)!.fold).toBeNull()
    const [first, second] = await list(held)
    expect(first).toMatchObject({
      tier: 'model',
      author: 'model:mfcc-logistic #1',
      score: 0.9,
      startSeconds: 1,
      endSeconds: 2.5,
      verdict: null,
      judged: null,
      origin: null,
      labels: [{ name: 'dog', state: 'present', author: 'model:mfcc-logistic #1' }],
      proposal: {
        runId,
        runName: 'mfcc-logistic #1',
        fold: '2',
        basis: 'test',
        modelHash: hash,
        windowSeconds: 3,
        hopSeconds: 1.5,
        floor: 0.3,
        meanScore: 0.8,
        windows: 1,
      },
    })
    expect(second!.labels[0]!.name).toBe('rain')
    expect((await list(fresh))[0]!.proposal).toMatchObject({ fold: 'all', basis: 'new' })
    expect(fixture.heard('annotations.changed').length).toBeGreaterThan(0)
  })

  it('accepts: a person’s segment, which knows what it was made from, in one step', async () => {
    await propose()
    const { client } = fixture
    const [proposal] = await list()
    const before = rows()
    const newId = createId()
    const [taken] = await client.proposals.judge({ verdict: 'accepted', proposals: [{ id: proposal!.id, newId }] })
    expect(taken).toMatchObject({
      id: newId,
      tier: 'human',
      author: 'ana',
      score: null,
      labels: [{ name: 'dog', state: 'present', author: 'ana' }],
      origin: {
        act: 'accepted',
        sourceId: proposal!.id,
        runId,
        score: 0.9,
        author: 'ana',
        source: { startSeconds: 1, endSeconds: 2.5, author: 'model:mfcc-logistic #1', proposal: { fold: '1' } },
      },
    })
    expect((await list()).find(({ id }) => id === proposal!.id)).toMatchObject({
      tier: 'model',
      verdict: 'accepted',
      judged: { author: 'ana' },
    })
    // Moved edges do not touch what was proposed.
    await client.annotations.update({ id: newId, startSeconds: 1.12 })
    expect((await list()).find(({ id }) => id === newId)!.origin!.source).toMatchObject({ startSeconds: 1 })
    const after = rows()
    await undo()
    expect(await undo()).toBe('Accept a proposal: dog')
    expect(rows()).toBe(before)
    await redo()
    await redo()
    expect(rows()).toBe(after)
    await expect(
      client.proposals.judge({ verdict: 'rejected', proposals: [{ id: proposal!.id }] }),
    ).rejects.toMatchObject({ code: 'conflict', message: 'ana has accepted this proposal already.' })
    await expect(client.proposals.judge({ verdict: 'accepted', proposals: [{ id: newId }] })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('edits and rejects; to reject one makes nothing absent, and can be taken back', async () => {
    await propose()
    const { client } = fixture
    const [first, second] = await list()
    const [edited] = await client.proposals.judge({ verdict: 'edited', proposals: [{ id: first!.id }] })
    expect(edited!.origin).toMatchObject({ act: 'edited', score: 0.9 })
    await client.proposals.judge({ verdict: 'rejected', proposals: [{ id: second!.id }] })
    const { labels } = await client.clips.get({ id: clipIds[0]! })
    expect(labels.filter(({ state }) => state === 'absent')).toEqual([])
    expect((await list()).map(({ verdict }) => verdict)).toEqual(expect.arrayContaining(['edited', 'rejected', null]))
    await client.proposals.reconsider({ ids: [second!.id] })
    expect((await list()).find(({ id }) => id === second!.id)!.verdict).toBeNull()
    await expect(client.proposals.reconsider({ ids: [first!.id] })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('rejects a class on the whole clip: absent, unless a person has a segment with it', async () => {
    scripts.propose = proposing([segment(1, 0, 1, 0.5), segment(1, 2, 3, 0.6), segment(0, 2, 3, 0.7)])
    await propose()
    const { client } = fixture
    const rain = classes.get('rain')!
    const clipId = await clipOf('label:dog')
    const before = rows()
    const { title } = await client.proposals.rejectClass({ clipId, classId: rain })
    expect(title).toBe('rain absent from a clip, 2 proposals rejected')
    expect((await client.clips.get({ id: clipId })).labels).toContainEqual(
      expect.objectContaining({ name: 'rain', state: 'absent', author: 'ana' }),
    )
    expect((await list(clipId)).map(({ verdict }) => verdict)).toEqual(['rejected', 'rejected', null])
    await undo()
    expect(rows()).toBe(before)
    await client.annotations.create({ clipId, startSeconds: 4, endSeconds: 5, classIds: [rain] })
    await expect(client.proposals.rejectClass({ clipId, classId: rain })).rejects.toThrow(
      'the tier “human” has a segment with it at 4.000 s',
    )
  })

  it('run again, replaces only what nobody has judged, and brings nothing back that was rejected', async () => {
    await propose()
    const { client } = fixture
    const [first, second] = await list()
    await client.proposals.judge({ verdict: 'accepted', proposals: [{ id: first!.id }] })
    await client.proposals.judge({ verdict: 'rejected', proposals: [{ id: second!.id }] })
    const [noted] = await list(clipIds[1])
    await client.annotations.update({ id: noted!.id, note: 'is that a fox?' })
    const before = rows()
    scripts.propose = proposing([segment(0, 1.2, 2.6, 0.8), segment(1, 3, 4, 0.5), segment(2, 0, 5, 0.9)])
    const job = await propose()
    // Dog, judged on one clip and noted on another; rain, rejected on one.
    expect(job.message).toBe(
      'Propose 33 segments on 12 clips with mfcc-logistic #1, in the place of 21; 3 left that people have judged',
    )
    const now = await list()
    expect(now.filter(({ verdict, tier }) => tier === 'model' && verdict === null)).toMatchObject([
      { labels: [{ name: 'crying baby' }] },
    ])
    expect((await list(clipIds[1])).find(({ id }) => id === noted!.id)).toMatchObject({ note: 'is that a fox?' })
    const after = rows()
    expect(await undo()).toMatch(/^Propose 33 segments/)
    expect(rows()).toBe(before)
    await redo()
    expect(rows()).toBe(after)
    // The same again changes ids, and nothing else.
    expect((await propose()).message).toMatch(/in the place of 33; 3 left/)
  })

  it('writes very many as ranges, and undoes and makes them again to the row', async () => {
    const many = Array.from({ length: 250 }, (_, index) => segment(index % 3, index / 60, index / 60 + 0.01, 0.5))
    await propose()
    const before = rows()
    scripts.propose = proposing(many)
    await propose()
    const database = openDatabase(join(fixture.folder, 'a', 'earmark.db'), { create: false })
    expect(
      database.all(`SELECT table_name AS name, row_count AS count FROM journal_ranges
        WHERE entry_seq = (SELECT max(seq) FROM journal) ORDER BY name`),
    ).toEqual(['annotation_labels', 'annotation_proposals', 'annotations'].map((name) => ({ name, count: 3000 })))
    database.close()
    const after = rows()
    await undo()
    expect(rows()).toBe(before)
    expect((await list()).map(({ score }) => score)).toEqual([0.9, 0.4])
    await redo()
    expect(rows()).toBe(after)
  })

  it('leaves nothing of a job that is cancelled or whose worker dies, and leaves the history open meanwhile', async () => {
    const before = rows()
    const started: FakeWorker[] = []
    scripts.propose = async (worker) => {
      started.push(worker)
      const { clips } = worker.manifest as ProposeManifest
      worker.tell({
        type: 'proposals',
        rows: clips.slice(0, 3).map(({ id }) => ({
          clipId: id,
          fold: 'all',
          modelHash: hash,
          segments: [segment(0, 0, 1, 0.5)],
        })),
      })
      await hang(worker)
    }
    const { client } = fixture
    for (const end of ['cancel', 'die'] as const) {
      const { jobId } = await client.proposals.start({ runId, query: everyClip })
      while (started.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      await client.annotations.create({ clipId: clipIds[0]!, startSeconds: 0, endSeconds: 1 })
      await undo()
      const worker = started.pop()!
      if (end === 'cancel') await client.jobs.cancel({ id: jobId })
      else worker.exit(null, 'SIGKILL')
      expect((await fixture.finish(jobId)).status).toBe(end === 'cancel' ? 'cancelled' : 'failed')
      expect(rows()).toBe(before)
    }
  })

  it('refuses a locked model tier, a run that is not done, no clips and a stranger’s clip', async () => {
    const { client } = fixture
    await client.annotations.lockTier({ tier: 'model', isLocked: true })
    await expect(client.proposals.start({ runId, query: everyClip })).rejects.toThrow('locked by ana')
    await client.annotations.lockTier({ tier: 'model', isLocked: false })
    await expect(client.proposals.start({ runId, query: parseClipQuery('fold:9') })).rejects.toThrow('No clip')
    await expect(client.proposals.start({ runId: createId(), query: everyClip })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(client.proposals.start({ runId, query: everyClip, hopSeconds: 0 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    scripts.propose = (worker) => {
      worker.tell({ type: 'proposals', rows: [{ clipId: createId(), fold: 'all', modelHash: hash, segments: [] }] })
    }
    expect(await propose()).toMatchObject({ status: 'failed', error: { code: 'internal' } })
    await propose(everyClip)
    await client.annotations.lockTier({ tier: 'human', isLocked: true })
    scripts.propose = proposing([segment(0, 1, 2, 0.5)])
    await propose()
    await expect(
      client.proposals.judge({ verdict: 'accepted', proposals: [{ id: (await list())[0]!.id }] }),
    ).rejects.toThrow('locked by ana')
  })

  it('counts how the proposals of each class were judged', async () => {
    await propose()
    const { client } = fixture
    const dogs = await Promise.all(clipIds.map(async (id) => (await list(id))[0]!.id))
    const judge = (verdict: 'accepted' | 'edited' | 'rejected', ids: string[]) =>
      client.proposals.judge({ verdict, proposals: ids.map((id) => ({ id })) })
    await judge('accepted', dogs.slice(0, 5))
    await judge('edited', dogs.slice(5, 7))
    await judge('rejected', dogs.slice(7, 10))
    const counts = await client.proposals.counts({ runId })
    expect(counts).toEqual([
      {
        runId,
        source: 'mfcc-logistic #1',
        classId: dog(),
        className: 'dog',
        waiting: 2,
        accepted: 5,
        edited: 2,
        rejected: 3,
      },
      expect.objectContaining({ className: 'rain', waiting: 12, accepted: 0 }),
    ])
    expect(await client.proposals.counts({ runId: createId() })).toEqual([])
  })

  it('finds the clips whose proposals wait, of a class, with a score', async () => {
    const find = async (text: string): Promise<number> =>
      (await fixture.client.clips.ids({ query: parseClipQuery(text) })).length
    expect(await find('has:proposals')).toBe(0)
    expect(await find('no:proposals')).toBe(12)
    await propose(parseClipQuery('fold:1'))
    expect(await find('has:proposals')).toBe(3)
    expect(await find('proposal:DOG>0.9')).toBe(3)
    expect(await find('proposal:dog>0.91')).toBe(0)
    expect(await find('proposal:rain<0.4')).toBe(3)
    expect(await find('-proposal:dog')).toBe(9)
    const clipId = await clipOf('fold:1')
    const proposals = (await list(clipId)).map(({ id }) => ({ id }))
    await fixture.client.proposals.judge({ verdict: 'accepted', proposals: proposals.slice(0, 1) })
    expect(await find('proposal:dog')).toBe(2)
    expect(await find('has:proposals')).toBe(3)
    await fixture.client.proposals.judge({ verdict: 'rejected', proposals: proposals.slice(1) })
    expect(await find('has:proposals')).toBe(2)
    expect(await find('no:proposals')).toBe(10)
  })

  it('exports what was accepted with its origin, what waits with its score, and nothing that was rejected', async () => {
    scripts.propose = proposing([segment(0, 0, 1, 0.9), segment(1, 2, 3, 0.8), segment(2, 3, 4, 0.7)])
    await propose()
    const [first, second, third] = await list()
    const { client } = fixture
    const [taken] = await client.proposals.judge({ verdict: 'accepted', proposals: [{ id: first!.id }] })
    await client.proposals.judge({ verdict: 'rejected', proposals: [{ id: second!.id }] })
    const database = openDatabase(join(fixture.folder, 'a', 'earmark.db'), { create: false })
    const [page] = [...eachExportPage(database, { query: everyClip, propagate: false })]
    database.close()
    const { annotations } = page!.find(({ clip }) => clip.id === clipIds[0])!.clip
    expect(annotations.map(({ id }) => id)).toEqual([taken!.id, third!.id])
    expect(annotations[0]).toMatchObject({
      tier: 'human',
      origin: { act: 'accepted', run: 'mfcc-logistic #1', runId, fold: '1', score: 0.9, by: 'ana' },
    })
    expect(annotations[1]).toMatchObject({ tier: 'model', score: 0.7, proposal: { runId, fold: '1', windows: 1 } })
    expect(toAnnotationRecord(annotations[0]!)).toMatchObject({ origin: { run: 'mfcc-logistic #1', score: 0.9 } })
  })

  it('takes what an import proposed as it takes what a run did', async () => {
    const { client } = fixture
    const drafts = smallSet(5).slice(4, 5)
    drafts[0]!.clips[0]!.annotations = [
      {
        startSeconds: 1,
        endSeconds: 2,
        lowHz: 500,
        highHz: 4000,
        tier: 'model',
        author: 'BirdNET',
        score: 0.66,
        note: '',
        labels: [{ className: 'dog', state: 'present' }],
      },
    ]
    scripts.import = importScript(() => drafts)
    mkdirSync(join(fixture.folder, 'birds'))
    const { jobId } = await client.recordings.import({ path: join(fixture.folder, 'birds'), format: 'folder' })
    await fixture.finish(jobId)
    const clipId = await clipOf('proposal:dog>0.6')
    const [proposal] = await list(clipId)
    expect(proposal).toMatchObject({ author: 'BirdNET', proposal: null, verdict: null })
    // A run's own proposals come beside it, for nobody has judged it; nor do they replace it.
    await propose()
    expect((await list(clipId)).map(({ author }) => author)).toContain('BirdNET')
    const [taken] = await client.proposals.judge({ verdict: 'accepted', proposals: [{ id: proposal!.id }] })
    expect(taken).toMatchObject({
      tier: 'human',
      lowHz: 500,
      highHz: 4000,
      origin: { act: 'accepted', runId: null, score: 0.66, source: { author: 'BirdNET', proposal: null } },
    })
    expect(await client.proposals.counts({ isJudgedOnly: true })).toEqual([
      {
        runId: null,
        source: 'BirdNET',
        classId: dog(),
        className: 'dog',
        waiting: 0,
        accepted: 1,
        edited: 0,
        rejected: 0,
      },
    ])
  })

  it('keeps thresholds in the catalog', async () => {
    const { client } = fixture
    expect(await client.proposals.thresholds()).toEqual({ others: 0.5, classes: {} })
    await client.proposals.setThresholds({ others: 0.4, classes: { [dog()]: 0.75 } })
    expect(await client.proposals.thresholds()).toEqual({ others: 0.4, classes: { [dog()]: 0.75 } })
    await expect(client.proposals.setThresholds({ others: 1.5, classes: {} })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })
})
