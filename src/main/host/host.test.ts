import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../shared/contract/clip-query'
import { draft, importScript, openHost, removeFolder, smallSet, type HostFixture } from './testing/host-fixture'

/** The loop of a person, through the contract, with a worker that replays an import. */
describe('a host with an imported catalog', () => {
  let drafts = smallSet()
  let fixture: HostFixture
  let dataset: string

  const importSet = async (): Promise<ReturnType<HostFixture['finish']>> => {
    const { jobId } = await fixture.client.recordings.import({ path: dataset, format: 'esc50' })
    return fixture.finish(jobId)
  }

  beforeEach(async () => {
    drafts = smallSet()
    fixture = openHost(importScript(() => drafts))
    dataset = join(fixture.folder, 'dataset')
    mkdirSync(dataset)
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
    await importSet()
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const list = (query = everyClip) => fixture.client.clips.list({ query, offset: 0, limit: 1000 })
  const classId = async (name: string): Promise<string> =>
    (await fixture.client.ontology.list()).find((entry) => entry.name === name)!.id

  it('imports every draft with its labels, classes and folds, as one entry of the history', async () => {
    const { total, rows } = await list()
    expect(total).toBe(24)
    expect(rows[0]).toMatchObject({
      recordingPath: 'audio/0-0.wav',
      startSeconds: 0,
      endSeconds: 5,
      fold: '1',
      group: 'source-0-0',
      labels: [{ name: 'dog', state: 'present', author: 'import' }],
      annotationCount: 0,
      isMissing: false,
      isFullyAnnotated: false,
      prediction: null,
    })
    expect(await fixture.client.ontology.list()).toMatchObject([
      { name: 'dog', code: 0, clipCount: 8 },
      { name: 'rain', code: 1, clipCount: 8 },
      { name: 'crying baby', code: 2, clipCount: 8 },
    ])
    const history = await fixture.client.history.list({ offset: 0, limit: 10 })
    expect(history.entries).toMatchObject([{ title: 'Import dataset: 24 clips', changeCount: 1 + 3 + 24 * 5 }])
    expect((await fixture.client.workspace.state()).catalog).toMatchObject({ recordings: 24, clips: 24, labels: 24 })
  })

  it('changes nothing when the same thing is imported again', async () => {
    const before = await list()
    const job = await importSet()
    expect(job).toMatchObject({
      status: 'done',
      importCounts: { recordings: 0, clips: 0, labels: 0, annotations: 0, skipped: 24 },
    })
    expect(await list()).toEqual(before)
    expect((await fixture.client.history.list({ offset: 0, limit: 10 })).total).toBe(1)
  })

  it('adds what is new on a second import and keeps what a person judged', async () => {
    const [first, second] = (await list()).rows
    const dog = await classId('dog')
    await fixture.client.labels.set({ clipIds: [first!.id], classId: dog, state: 'unknown' })
    await fixture.client.labels.correct({ clipIds: [second!.id], toClassId: await classId('crying baby') })
    drafts = [...smallSet(), draft('new', '2', 'dog')]
    const job = await importSet()
    expect(job.importCounts).toEqual({ recordings: 1, clips: 1, labels: 1, annotations: 0, skipped: 24 })
    const clip = await fixture.client.clips.get({ id: first!.id })
    expect(clip.labels).toEqual([])
    const corrected = await fixture.client.clips.get({ id: second!.id })
    expect(corrected.labels.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'crying baby present',
      'rain absent',
    ])
  })

  it('keeps a split by hand when the dataset has another, and lists as many of its clips as anybody reads', async () => {
    drafts = Array.from({ length: 1010 }, (_, index) => draft(`many-${index}`, '5', 'dog', 'one group'))
    await importSet()
    const query = parseClipQuery('group:"one group"')
    await fixture.client.splits.make({ query, into: { kind: 'folds', count: 2 }, replaces: true, seed: 1 })
    const own = (await list(query)).rows[0]!.fold
    drafts = drafts.map((one) => ({ ...one, clips: [{ ...one.clips[0]!, fold: '9' }] }))
    const job = await importSet()
    expect(job).toMatchObject({ status: 'done', issueCount: 1001, importCounts: { skipped: 1010 } })
    const issues = await fixture.client.jobs.issues({ id: job.id })
    expect(issues[0]!.reason).toBe(`note: fold ${own} is kept as it was set here; the dataset says 9`)
    expect(issues.at(-1)).toEqual({ file: dataset, row: null, reason: 'note: 10 more values kept as set here' })
    expect((await list(query)).rows[0]!.fold).toBe(own)
  })

  it('undoes and redoes an import with everything it added', async () => {
    const before = await list()
    await fixture.client.history.undo()
    expect(await list()).toEqual({ total: 0, rows: [] })
    expect(await fixture.client.ontology.list()).toEqual([])
    await fixture.client.history.redo()
    expect(await list()).toEqual(before)
  })

  it('labels, corrects, undoes and redoes, also after it was closed and opened', async () => {
    const { rows } = await list()
    const ids = rows.slice(0, 3).map((row) => row.id)
    const rain = await classId('rain')
    expect(await fixture.client.labels.set({ clipIds: ids, classId: rain, state: 'absent' })).toMatchObject({
      title: 'Label 3 clips: rain absent',
    })
    expect(await fixture.client.labels.correct({ clipIds: ids.slice(0, 1), toClassId: rain })).toMatchObject({
      title: 'Correct 1 clip: now rain',
    })
    const { folder } = fixture
    await fixture.close()
    fixture = openHost(
      importScript(() => drafts),
      { folder },
    )
    await fixture.client.workspace.open({ path: join(folder, 'catalog') })
    expect(await fixture.client.history.state()).toEqual({ undoTitle: 'Correct 1 clip: now rain', redoTitle: null })
    await fixture.client.history.undo()
    const step = await fixture.client.history.undo()
    expect(step).toEqual({
      title: 'Label 3 clips: rain absent',
      state: { undoTitle: 'Import dataset: 24 clips', redoTitle: 'Label 3 clips: rain absent' },
    })
    expect((await list()).rows).toEqual(rows)
    await fixture.client.history.redo()
    expect((await list(parseClipQuery('absent:rain'))).total).toBe(3)
    expect(fixture.heard('clips.changed').at(-1)!.clipIds!.toSorted()).toEqual(ids.toSorted())
  })

  it('draws, changes, labels and removes annotations', async () => {
    const [clip] = (await list()).rows
    const dog = await classId('dog')
    const made = await fixture.client.annotations.create({
      clipId: clip!.id,
      startSeconds: 4,
      endSeconds: 9,
      lowHz: 500,
      highHz: 2000,
      classIds: [dog],
    })
    expect(made).toMatchObject({
      startSeconds: 4,
      endSeconds: 5,
      tier: 'human',
      score: null,
      labels: [{ name: 'dog' }],
    })
    const moved = await fixture.client.annotations.update({ id: made.id, startSeconds: 1.5, note: 'two barks' })
    expect(moved).toMatchObject({ startSeconds: 1.5, endSeconds: 5, lowHz: 500, note: 'two barks' })
    const rain = await classId('rain')
    await fixture.client.annotations.setLabel({ id: made.id, classId: rain, state: 'absent' })
    expect((await list(parseClipQuery('is:annotated'))).rows).toMatchObject([{ id: clip!.id, annotationCount: 1 }])
    await fixture.client.annotations.remove({ ids: [made.id] })
    expect(await fixture.client.annotations.list({ clipId: clip!.id })).toEqual([])
    await fixture.client.history.undo()
    expect(await fixture.client.annotations.list({ clipId: clip!.id })).toMatchObject([
      { id: made.id, note: 'two barks', labels: [{ name: 'dog' }, { name: 'rain', state: 'absent' }] },
    ])
    await expect(
      fixture.client.annotations.create({ clipId: clip!.id, startSeconds: 6, endSeconds: 7 }),
    ).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining('6–7 s') })
  })

  it('takes the id a window has chosen for an annotation, once', async () => {
    const [clip] = (await list()).rows
    const wanted = { id: '01a1fa11-94ca-77d8-adad-56e470bcd06b', clipId: clip!.id, startSeconds: 1, endSeconds: 2 }
    expect(await fixture.client.annotations.create(wanted)).toMatchObject({ id: wanted.id })
    await expect(fixture.client.annotations.create(wanted)).rejects.toMatchObject({ code: 'conflict' })
    await expect(fixture.client.annotations.create({ ...wanted, id: 'mine' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(await fixture.client.annotations.list({ clipId: clip!.id })).toHaveLength(1)
  })

  it('adds and renames classes, and refuses a second one of the same name', async () => {
    const added = await fixture.client.ontology.add({ name: 'Siren' })
    expect(added).toMatchObject({ name: 'Siren', clipCount: 0 })
    await expect(fixture.client.ontology.add({ name: 'siren' })).rejects.toMatchObject({ code: 'conflict' })
    expect(await fixture.client.ontology.rename({ id: added.id, name: 'siren' })).toMatchObject({ name: 'siren' })
    await expect(fixture.client.ontology.rename({ id: added.id, name: 'dog' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('tells where a clip stands and what the list holds', async () => {
    const query = parseClipQuery('label:rain fold:1,2')
    const { rows, total } = await list(query)
    expect(total).toBe(4)
    expect(await fixture.client.clips.position({ query, id: rows[1]!.id })).toEqual({
      index: 1,
      total: 4,
      previousId: rows[0]!.id,
      nextId: rows[2]!.id,
    })
    expect(await fixture.client.clips.ids({ query })).toEqual(rows.map((row) => row.id))
    expect(await fixture.client.clips.facets({ query })).toMatchObject({
      total: 4,
      totalSeconds: 20,
      unlabeled: 0,
      classes: [
        { name: 'dog', count: 0 },
        { name: 'rain', count: 4 },
        { name: 'crying baby', count: 0 },
      ],
      // What another choice of folds would leave: the query's own is left out.
      folds: [
        { fold: '1', count: 2 },
        { fold: '2', count: 2 },
        { fold: '3', count: 2 },
        { fold: '4', count: 2 },
      ],
    })
  })
})
