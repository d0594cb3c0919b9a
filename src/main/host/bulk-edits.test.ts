/** Clips that are chosen by a query, in a catalog of few and of many: at once, or as a job. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../shared/contract/clip-query'
import { createCatalog } from './catalog/catalog-folder'
import { runCommand } from './catalog/journal'
import { ensureClasses } from './catalog/ontology'
import { ensureRoot, ingestRecordings } from './catalog/recordings'
import { hang } from './testing/fake-worker'
import { type HostFixture, openHost, smallSet } from './testing/host-fixture'

const manyClips = 6000
let fixture: HostFixture

/** A catalog with three recordings, the first of which has many clips beside its own. */
async function openWith(name: string, count: number): Promise<void> {
  const path = join(fixture.folder, name)
  const { database } = createCatalog(path, () => undefined)
  runCommand(database, 'import', 'tester', (recorder) => {
    ensureClasses(
      database,
      recorder,
      ['dog', 'rain', 'crying baby'].map((className) => ({ name: className, code: null, mid: null })),
    )
    ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), smallSet(1))
    const first = recorder.addAll(
      'clips',
      { recording_key: 1, status: 'unlabeled', is_fully_annotated: 0, note: '' },
      ['id', 'start_seconds', 'end_seconds'],
      Array.from({ length: count }, (_, at) => [`clip ${at}`, 100 + at, 101 + at]),
    )
    recorder.addOwned(
      'clip_labels',
      first,
      'class_key',
      Array.from({ length: count }, () => [1]),
      { state: 1, author: 'import', at: 0 },
    )
    return { title: 'Import' }
  })
  database.close()
  await fixture.client.workspace.open({ path })
}

beforeAll(() => {
  fixture = openHost(hang)
})
afterAll(() => fixture.close())

const count = async (text: string): Promise<number> =>
  (await fixture.client.clips.list({ query: parseClipQuery(text), offset: 0, limit: 1 })).total
const classId = async (name: string): Promise<string> =>
  (await fixture.client.ontology.list()).find((entry) => entry.name === name)!.id
const editJobs = async (): Promise<string[]> =>
  (await fixture.client.jobs.list()).filter(({ kind }) => kind === 'edit').map(({ title }) => title)

describe.each([
  ['few', 20, false],
  ['many', manyClips, true],
])('edits of all clips of a query where they are %s', (name, size, isJob) => {
  beforeAll(() => openWith(name, size))
  const total = size + 3

  it('labels them, but those left out, and takes it back', async () => {
    const { client } = fixture
    const rain = await classId('rain')
    const before = await count('label:rain')
    const { title } = await client.labels.set({
      ...{ query: everyClip, exceptIds: ['clip 3', 'clip 5'] },
      ...{ classId: rain, state: 'present' },
    })
    expect(title).toBe(`Label ${total - 2} clips: rain present`)
    expect(await count('label:rain')).toBe(total - 2)
    expect(await editJobs()).toEqual(isJob ? [`Label ${total - 2} clips`] : [])
    expect((await client.history.undo()).title).toBe(title)
    expect(await count('label:rain')).toBe(before)
    await client.history.redo()
    expect(await count('label:rain')).toBe(total - 2)
    expect(await count('by:ana')).toBe(0)
  })

  it('moves on in the review those that can be, and says where they stand', async () => {
    const { client } = fixture
    const query = parseClipQuery('-duration:>4s')
    expect((await client.review.standing({ query, exceptIds: ['clip 3'] })).counts).toMatchObject({
      unlabeled: size - 1,
      done: 0,
    })
    const { title } = await client.review.setStatus({ query, status: 'done', others: 'leave' })
    expect(title).toBe(`Mark ${size} clips as done`)
    expect((await client.review.standing({ query })).counts).toMatchObject({ unlabeled: 0, done: size })
    await expect(client.review.setStatus({ query, status: 'accepted', others: 'leave' })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(client.review.setStatus({ query, status: 'returned' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
  })

  it('gives them metadata, by hand and from their names', async () => {
    const { client } = fixture
    await client.metadata.set({ query: everyClip, name: 'site', value: 'pier' })
    expect(await count('site:pier')).toBe(total)
    const pattern = { query: everyClip, pattern: '{number:#}-{kind:#}' }
    expect(await client.metadata.previewPattern(pattern)).toMatchObject({ matched: total, unmatched: 0, replaced: 0 })
    expect((await client.metadata.applyPattern(pattern)).title).toBe(
      `Read number, kind from the names of ${total} clips`,
    )
    expect(await count('kind:0')).toBe(size + 1)
    expect((await client.labels.setFullyAnnotated({ query: everyClip, isFullyAnnotated: true })).title).toBe(
      `Mark ${total} clips as fully annotated`,
    )
  })

  it('merges, splits and remaps their classes as it counts them first', async () => {
    const { client } = fixture
    const [dog, rain] = [await classId('dog'), await classId('rain')]
    const move = { fromId: dog, intoId: rain }
    const counted = await client.ontology.merge({ ...move, isDryRun: true })
    expect(counted).toMatchObject({ clips: size + 1, clipLabels: size + 1, segmentLabels: 0 })
    expect(await client.ontology.merge(move)).toEqual(counted)
    expect(await count('label:rain')).toBe(total)
    await client.history.undo()
    expect(await count('label:dog')).toBe(size + 1)
    const half = { id: dog, name: 'wolf', query: parseClipQuery('-duration:>4s') }
    expect(await client.ontology.split(half)).toMatchObject({ clipLabels: size })
    expect(await count('label:wolf')).toBe(size)
    const pairs = [
      { from: 'wolf', to: 'fox' },
      { from: 'dog', to: 'wolf' },
    ]
    expect(await client.ontology.remap({ pairs })).toMatchObject({ clipLabels: size + 1, joined: 0 })
    expect([await count('label:fox'), await count('label:wolf')]).toEqual([size, 1])
  })

  it('corrects what a query finds, and wants it said which clips', async () => {
    const { client } = fixture
    const toClassId = await classId('crying baby')
    const query = parseClipQuery('label:fox')
    expect((await client.labels.correct({ query, toClassId })).title).toBe(`Correct ${size} clips: now crying baby`)
    expect(await count('absent:fox')).toBe(size)
    for (const wrong of [{}, { query, clipIds: ['clip 1'] }])
      await expect(client.labels.correct({ ...wrong, toClassId })).rejects.toMatchObject({ code: 'invalid-argument' })
    const nothing = await client.labels.correct({ query: parseClipQuery('label:yeti'), toClassId })
    expect(nothing.title).toBe('Correct 0 clips: now crying baby')
  })
})

it('edits many clips at once while a job writes, which no other could', async () => {
  await openWith('beside', manyClips)
  const { client } = fixture
  const { jobId } = await client.recordings.import({ path: fixture.folder, format: 'folder' })
  const { title } = await client.labels.set({ query: everyClip, classId: await classId('rain'), state: 'absent' })
  expect(title).toBe(`Label ${manyClips + 3} clips: rain absent`)
  expect(await editJobs()).toEqual([])
  await client.jobs.cancel({ id: jobId })
  await client.labels.set({ query: everyClip, classId: await classId('rain'), state: 'present' })
  expect(await editJobs()).toEqual([`Label ${manyClips + 3} clips`])
})
