import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findImporter } from '../../formats/importers/importer'
import { datasetOf, folderOf } from '../../formats/testing/fuzz/dataset'
import type { Job } from '../../shared/contract/jobs'
import { toAppError } from '../../shared/errors'
import { openDatabase } from './catalog/database'
import { migrations } from './catalog/migrations/migrations'
import type { FakeScript, FakeWorker } from './testing/fake-worker'
import { draft, importEvents, openHost, removeFolder, type HostFixture } from './testing/host-fixture'

const [song, other, third] = ['SOAKIMP12A8C130995', 'SOAPDEY12A81C210A9', 'SOBBMDR12A8C13253B']
const track = 'TRMMMYQ128F932D901'
/** The third song is heard as a track. */
const tracks = `${third}\tTRNOBODY\t${track}\n`
const firstList = [`anna\t${song}\t1`, `anna\t${other}\t2`, `ben\t${song}\t5`]

/** The list through the importer, as the worker tells it; of other formats two songs' sound, one named by its metadata. */
const script =
  (list: () => string): FakeScript =>
  async (worker) => {
    try {
      if (worker.manifest.kind !== 'import' && worker.manifest.kind !== 'preview') throw new Error('it imports')
      if (worker.manifest.format === 'taste-profile') await tellList(worker, list())
      else {
        const isByTrack = worker.manifest.format === 'folder'
        const drafts = isByTrack ? [draft(track, '1', 'dog')] : [draft(song, '1', 'dog'), named(other)]
        for (const event of importEvents(drafts)) worker.tell(event)
      }
      worker.tell({ type: 'done' })
    } catch (thrown) {
      worker.tell({ type: 'failed', error: toAppError(thrown).toData() })
    }
  }

async function tellList(worker: FakeWorker, list: string): Promise<void> {
  const folder = folderOf(datasetOf({ 'train_triplets.txt': list, 'taste_profile_song_to_tracks.txt': tracks }))
  const { interactions } = await findImporter('taste-profile').read(folder)
  for await (const { rows, issues } of interactions!) {
    if (rows.counts.length > 0 || rows.aliases) worker.tell({ type: 'interactions', rows })
    if (issues.length > 0) worker.tell({ type: 'issues', issues })
  }
}

function named(id: string): ReturnType<typeof draft> {
  const one = draft('track-7', '1', 'rain')
  return { ...one, clips: [{ ...one.clips[0]!, source: { Song_ID: id } }] }
}

describe('a list of who used what how often', () => {
  let list: string[] = []
  let fixture: HostFixture
  let dataset: string

  beforeEach(async () => {
    list = firstList
    fixture = openHost(script(() => list.join('\n')))
    dataset = join(fixture.folder, 'dataset')
    mkdirSync(dataset)
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const run = async (format: string): Promise<Job> =>
    fixture.finish((await fixture.client.recordings.import({ path: dataset, format })).jobId)
  const importList = async (): Promise<Job> => {
    const job = await run('taste-profile')
    expect(job.error).toBeNull()
    return job
  }
  const reasons = async (job: Job): Promise<string[]> =>
    (await fixture.client.jobs.issues({ id: job.id })).map(({ row, reason }) => `${row} ${reason}`)
  const summary = () => fixture.client.interactions.summarize({ top: 5 })

  it('is imported as one entry of the history, and its items are matched with clips by name and by metadata', async () => {
    await run('esc50')
    const job = await importList()
    expect(job.importCounts?.interactions).toEqual({ users: 2, items: 2, matchedItems: 2, pairs: 3, known: 0 })
    expect(job.issueCount).toBe(0)
    expect(await summary()).toEqual({
      users: 2,
      items: 2,
      matchedItems: 2,
      pairs: 3,
      total: 8,
      top: [
        { item: song, users: 2, total: 6, recordingPath: `audio/${song}.wav` },
        { item: other, users: 1, total: 2, recordingPath: 'audio/track-7.wav' },
      ],
    })
    const [entry] = (await fixture.client.history.list({ offset: 0, limit: 1 })).entries
    expect(entry).toMatchObject({ title: 'Import dataset: 3 counts of 2 new users', changeCount: 9 })
    const { added } = await fixture.client.history.changes({ id: entry!.id, limit: 5 })
    expect(Object.fromEntries(added.map(({ noun, count }) => [noun, count]))).toEqual({
      users: 2,
      items: 2,
      'counts of a user and an item': 3,
      'links of an item to a clip': 2,
    })
  })

  it('matches a song with the sound that is called by its track', async () => {
    list = [`anna\t${third}\t1`]
    await run('folder')
    const { interactions } = await fixture.client.recordings.dryRun({ path: dataset, format: 'taste-profile' })
    expect(interactions?.items).toEqual({ new: 1, known: 0, matched: 1 })
    expect((await importList()).importCounts?.interactions).toMatchObject({ items: 1, matchedItems: 1 })
    expect((await summary()).top).toEqual([{ item: third, users: 1, total: 1, recordingPath: `audio/${track}.wav` }])
  })

  it('is undone and made again, and changes nothing when it is imported again', async () => {
    await importList()
    const before = await summary()
    const again = await importList()
    expect(again.importCounts?.interactions).toEqual({ users: 0, items: 0, matchedItems: 0, pairs: 0, known: 3 })
    expect((await fixture.client.history.list({ offset: 0, limit: 10 })).total).toBe(1)
    await fixture.client.history.undo()
    expect(await summary()).toEqual({ users: 0, items: 0, matchedItems: 0, pairs: 0, total: 0, top: [] })
    await fixture.client.history.redo()
    expect(await summary()).toEqual(before)
  })

  it('adds what is new, keeps its count of what it has, and finds the clips that have come since', async () => {
    await importList()
    await run('esc50')
    list = [...firstList, `anna\t${third}\t4`, `cleo\t${song}\t1`].with(1, `anna\t${other}\t3`)
    const job = await importList()
    expect(job.importCounts?.interactions).toEqual({ users: 1, items: 1, matchedItems: 2, pairs: 2, known: 2 })
    expect(await reasons(job)).toEqual([`2 anna and ${other} have the count 2 here and 3 in the dataset: 2 is kept`])
    expect(await summary()).toMatchObject({ pairs: 5, total: 13, matchedItems: 2 })
    await fixture.client.history.undo()
    expect(await summary()).toMatchObject({ pairs: 3, matchedItems: 0 })
  })

  it('finds a pair that stands twice, however far apart', async () => {
    const filler = Array.from({ length: 60_000 }, (_, n) => `user${n}\t${third}\t1`)
    list = [...firstList, ...filler, `ben\t${song}\t5`, `anna\t${other}\t9`, `anna\t${third}\t1`]
    const job = await importList()
    expect(job.importCounts?.interactions).toMatchObject({ users: 60_002, pairs: 60_004, known: 0 })
    expect(await reasons(job)).toEqual([
      `60004 note: ben and ${song} stand earlier in the file already: this row was left`,
      `60005 anna and ${other} stand earlier in the file already with the count 2, which is kept; this row says 9`,
    ])
  })

  it('tells of ten thousand pairs that are left one by one, and counts the rest', async () => {
    const rows = Array.from({ length: 60_000 }, (_, n) => `user${n}\t${third}\t1`)
    list = [...rows, ...rows.map((row) => row.replace(/1$/, '2'))]
    const job = await importList()
    expect(job.importCounts?.interactions).toMatchObject({ users: 60_000, pairs: 60_000 })
    const told = await reasons(job)
    // What one batch of the file says twice is told by the list's reader, the rest by the catalog.
    const more = told.filter((reason) => reason.startsWith('null note: '))
    const left = more.reduce((sum, reason) => sum + Number(/\d+/.exec(reason)![0]), told.length - more.length)
    expect(left).toBe(60_000)
    expect(told.length).toBeLessThan(20_003)
  })

  it('is shown before it is made: new, known, conflicting, out of range, unreadable, and what no clip is heard of', async () => {
    await run('esc50')
    await importList()
    list = [...firstList, `anna\t${third}\t4`, `cleo\t${song}\t1`, 'cleo', `cleo\t${other}\t0`, `cleo\t${song}\t1`]
    list = list.with(1, `anna\t${other}\t3`)
    const before = await summary()
    const { interactions, verdicts, rows } = await fixture.client.recordings.dryRun({
      path: dataset,
      format: 'taste-profile',
    })
    expect(interactions).toEqual({
      users: { new: 1, known: 2 },
      items: { new: 1, known: 2, matched: 2 },
      pairs: { new: 2, known: 2, conflicting: 1 },
    })
    expect(verdicts).toEqual({
      ...{ conflicting: 1, outside: 1, faulty: 1, unmatched: 1, changed: 0, note: 1, new: 2, known: 2 },
    })
    const file = 'train_triplets.txt'
    expect(rows.filter(({ verdict }) => verdict === 'conflicting' || verdict === 'unmatched')).toEqual([
      {
        ...{ file, row: 2, verdict: 'conflicting' },
        detail: `anna and ${other} have the count 2 here and 3 in the dataset: 2 is kept`,
      },
      { file, row: 4, verdict: 'unmatched', detail: `${third} is the id of no clip here; its counts are kept` },
    ])
    expect(await summary()).toEqual(before)
  })

  it('adds nothing where a part of it cannot be read', async () => {
    list = [...Array.from({ length: 60_000 }, (_, n) => `user${n}\t${third}\t1`), 'a\0\tb\t1']
    const job = await run('taste-profile')
    expect(job).toMatchObject({ status: 'failed', importCounts: null, error: { code: 'bad-file' } })
    expect(await summary()).toMatchObject({ users: 0, items: 0, pairs: 0 })
    expect((await fixture.client.history.list({ offset: 0, limit: 10 })).total).toBe(0)
  })
})

it('a catalog of the version before gets the tables for it, and keeps its rows', () => {
  const folder = openHost(() => undefined).folder
  const file = join(folder, 'old.db')
  const old = openDatabase(
    file,
    { create: true },
    migrations.filter(({ version }) => version < 7),
  )
  old.run(`INSERT INTO ontology_classes (id, name) VALUES ('1', 'dog')`)
  old.close()
  const versions: number[] = []
  const now = openDatabase(file, { create: false, beforeMigrating: (_, version) => void versions.push(version) })
  expect(versions).toEqual([6])
  expect(now.all('SELECT name FROM ontology_classes')).toEqual([{ name: 'dog' }])
  expect(now.all('SELECT * FROM interactions')).toEqual([])
  now.close()
  removeFolder(folder)
})
