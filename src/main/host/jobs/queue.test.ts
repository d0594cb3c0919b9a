import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip } from '../../../shared/contract/clip-query'
import type { ExportJobManifest } from '../../../shared/job/manifest'
import { openCatalog } from '../catalog/catalog-folder'
import { openDatabase } from '../catalog/database'
import { verifyCatalog } from '../catalog/verify'
import { type FakeScript, hang } from '../testing/fake-worker'
import {
  draft,
  type HostFixture,
  importEvents,
  importScript,
  openHost,
  removeFolder,
  smallSet,
} from '../testing/host-fixture'

describe('jobs', () => {
  let script: FakeScript
  let fixture: HostFixture
  let dataset: string
  let catalogPath: string

  const startImport = async (): Promise<string> =>
    (await fixture.client.recordings.import({ path: dataset, format: 'folder' })).jobId
  const countClips = async (): Promise<number> =>
    (await fixture.client.clips.list({ query: everyClip, offset: 0, limit: 1 })).total
  const untilLaunched = async (count: number): Promise<void> => {
    while (fixture.launched.length < count) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  beforeEach(async () => {
    fixture = openHost((worker) => script(worker))
    dataset = join(fixture.folder, 'dataset')
    catalogPath = join(fixture.folder, 'catalog')
    mkdirSync(dataset)
    await fixture.client.workspace.create({ path: catalogPath })
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  it('hands the worker a manifest and announces every step', async () => {
    script = importScript(() => smallSet())
    const job = await fixture.finish(await startImport())
    expect(fixture.launched[0]!.manifest).toEqual({ kind: 'import', format: 'folder', path: dataset, known: [] })
    expect(job).toMatchObject({
      kind: 'import',
      title: 'Import dataset',
      status: 'done',
      done: 24,
      total: 24,
      error: null,
      importCounts: { recordings: 24, clips: 24, labels: 24, annotations: 0, skipped: 0 },
    })
    expect(Date.parse(job.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(job.startedAt!))
    expect(fixture.heard('jobs.changed').map((event) => event.status)).toEqual(
      expect.arrayContaining(['queued', 'running', 'done']),
    )
    expect(fixture.heard('clips.changed').length).toBeGreaterThan(0)
    expect(await fixture.client.jobs.list()).toEqual([job])
  })

  it('tells the next import what it knows already', async () => {
    script = importScript(() => smallSet(1))
    await fixture.finish(await startImport())
    await fixture.finish(await startImport())
    expect(fixture.launched[1]!.manifest).toMatchObject({
      known: [
        { path: 'audio/0-0.wav', contentHash: 'hash-of-0-0', sizeBytes: 441_044, modifiedMs: 1_700_000_000_000.5 },
        {},
        {},
      ],
    })
  })

  it('keeps issues as data and goes on', async () => {
    script = (worker) => {
      worker.tell({ type: 'issues', issues: [{ file: 'a.wav', row: 7, reason: 'It is empty.' }] })
      worker.tell({ type: 'recordings', recordings: [draft('b', '1', 'dog')] })
      worker.tell({ type: 'skipped', count: 2 })
      const beyond = draft('c', '1', 'dog')
      beyond.clips[0]!.startSeconds = 9
      worker.tell({ type: 'recordings', recordings: [beyond] })
      worker.tell({ type: 'done' })
    }
    const job = await fixture.finish(await startImport())
    expect(job).toMatchObject({ status: 'done', issueCount: 2, importCounts: { recordings: 2, clips: 1, skipped: 2 } })
    expect(await fixture.client.jobs.issues({ id: job.id })).toEqual([
      { file: 'a.wav', row: 7, reason: 'It is empty.' },
      { file: 'audio/c.wav', row: null, reason: expect.stringContaining('9–end s') },
    ])
  })

  for (const [how, end, error] of [
    ['exit code 3', 3, { code: 'worker-died', message: expect.stringContaining('exit code 3') }],
    ['a signal', null, { code: 'worker-died', message: expect.stringContaining('signal') }],
    ['exit code 0 without a word', 0, { code: 'worker-died', message: expect.stringContaining('exit code 0') }],
  ] as const)
    it(`takes an import back when its worker ends by ${how}`, async () => {
      script = async (worker) => {
        for (const event of importEvents(smallSet()).slice(0, 2)) worker.tell(event)
        worker.exit(end)
        await hang(worker)
      }
      const job = await fixture.finish(await startImport())
      expect(job).toMatchObject({ status: 'failed', error, importCounts: null })
      expect(await countClips()).toBe(0)
      expect(await fixture.client.ontology.list()).toEqual([])
      expect((await fixture.client.history.list({ offset: 0, limit: 10 })).total).toBe(0)
    })

  it('takes an import back when the worker says that it failed', async () => {
    script = (worker) => {
      for (const event of importEvents(smallSet())) worker.tell(event)
      worker.tell({ type: 'failed', error: { code: 'bad-row', message: 'esc50.csv has no column “fold”.' } })
    }
    const job = await fixture.finish(await startImport())
    expect(job).toMatchObject({
      status: 'failed',
      error: { code: 'bad-row', message: 'esc50.csv has no column “fold”.' },
    })
    expect(await countClips()).toBe(0)
  })

  it('cancels: the process is ended, the import taken back, the label of a person kept', async () => {
    script = importScript(() => [draft('old', '1', 'dog')])
    await fixture.finish(await startImport())
    const [clip] = (await fixture.client.clips.list({ query: everyClip, offset: 0, limit: 1 })).rows
    script = async (worker) => {
      for (const event of importEvents(smallSet())) worker.tell(event)
      await hang(worker)
    }
    const id = await startImport()
    await untilLaunched(2)
    while ((await countClips()) < 25) await new Promise((resolve) => setTimeout(resolve, 1))
    const dog = (await fixture.client.ontology.list()).find((entry) => entry.name === 'dog')!
    await fixture.client.labels.set({ clipIds: [clip!.id], classId: dog.id, state: 'absent' })
    await expect(fixture.client.history.undo()).rejects.toMatchObject({ code: 'conflict' })
    expect(await fixture.client.jobs.cancel({ id })).toMatchObject({ status: 'cancelled', error: null })
    expect(fixture.launched[1]!.isKilled).toBe(true)
    expect(await countClips()).toBe(1)
    expect((await fixture.client.clips.get({ id: clip!.id })).labels).toMatchObject([{ name: 'dog', state: 'absent' }])
    expect((await fixture.client.history.state()).undoTitle).toBe('Label 1 clip: dog absent')
    expect(await fixture.client.jobs.cancel({ id })).toMatchObject({ status: 'cancelled' })
  })

  it('runs one import at a time, and an export beside it', async () => {
    script = importScript(() => smallSet())
    await fixture.finish(await startImport())
    script = hang
    const first = await startImport()
    const second = await startImport()
    const { jobId: third } = await fixture.client.exports.start({
      format: 'esc50',
      out: join(fixture.folder, 'out'),
      query: everyClip,
    })
    await untilLaunched(3)
    const statusOf = async (id: string): Promise<string> => (await fixture.client.jobs.get({ id })).status
    expect(await Promise.all([first, second, third].map(statusOf))).toEqual(['running', 'queued', 'running'])
    expect(fixture.host.runningJobs()).toHaveLength(3)
    await fixture.client.jobs.cancel({ id: first })
    await untilLaunched(4)
    expect(await statusOf(second)).toBe('running')
    await fixture.client.jobs.cancel({ id: second })
    await fixture.client.jobs.cancel({ id: third })
    expect(fixture.host.runningJobs()).toEqual([])
  })

  it('cancels a job that waits without ever starting it', async () => {
    script = hang
    const first = await startImport()
    const second = await startImport()
    await untilLaunched(1)
    expect(await fixture.client.jobs.cancel({ id: second })).toMatchObject({ status: 'cancelled', startedAt: null })
    await fixture.client.jobs.cancel({ id: first })
    expect(fixture.launched).toHaveLength(1)
  })

  it('refuses a path that does not exist and a format it does not know, at once', async () => {
    await expect(
      fixture.client.recordings.import({ path: join(fixture.folder, 'nowhere'), format: 'folder' }),
    ).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('nowhere') })
    await expect(fixture.client.recordings.import({ path: dataset, format: 'odd' })).rejects.toMatchObject({
      code: 'unsupported-format',
    })
    expect(await fixture.client.jobs.list()).toEqual([])
  })

  it('announces progress ten times a second at most, and the last of it', async () => {
    script = async (worker) => {
      for (let done = 1; done <= 2000; done++) {
        worker.tell({ type: 'progress', done, total: 2000, message: '' })
        if (done % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      worker.tell({ type: 'done' })
    }
    const started = Date.now()
    const job = await fixture.finish(await startImport())
    const most = (Date.now() - started) / 100 + 4
    expect(job).toMatchObject({ done: 2000, status: 'done' })
    expect(fixture.heard('jobs.changed').length).toBeLessThan(most)
  })

  it('ends every job when the host closes', async () => {
    script = async (worker) => {
      for (const event of importEvents(smallSet())) worker.tell(event)
      await hang(worker)
    }
    await startImport()
    await untilLaunched(1)
    await fixture.host.close()
    expect(fixture.launched[0]!.isKilled).toBe(true)
    const { database, path, name } = openCatalog(catalogPath, () => undefined)
    expect(database.all('SELECT status FROM jobs')).toEqual([{ status: 'cancelled' }])
    expect(database.all('SELECT 1 FROM clips')).toEqual([])
    expect((await verifyCatalog({ database, path, name })).problems).toEqual([])
    database.close()
  })

  it('refuses to leave a catalog that is at work', async () => {
    script = hang
    const id = await startImport()
    await expect(fixture.client.workspace.close()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Import dataset'),
    })
    await expect(fixture.client.workspace.create({ path: join(fixture.folder, 'other') })).rejects.toMatchObject({
      code: 'conflict',
    })
    await fixture.client.jobs.cancel({ id })
    expect((await fixture.client.workspace.close()).catalog).toBeNull()
    // Only the machine's own jobs are there without a catalog.
    expect(await fixture.client.jobs.list()).toEqual([])
    await expect(fixture.client.jobs.get({ id })).rejects.toMatchObject({ code: 'no-catalog' })
  })

  it('removes what a cancelled export has left, and nothing else', async () => {
    script = importScript(() => smallSet())
    await fixture.finish(await startImport())
    const out = join(fixture.folder, 'out')
    const stranger = `${out}.partial-00000000`
    mkdirSync(stranger)
    script = async (worker) => {
      const folder = `${(worker.manifest as ExportJobManifest).out}.partial-1234abcd`
      mkdirSync(folder)
      writeFileSync(join(folder, 'half.wav'), 'x')
      await hang(worker)
    }
    const { jobId } = await fixture.client.exports.start({ format: 'esc50', out, query: everyClip })
    while (!existsSync(`${out}.partial-1234abcd`)) await new Promise((resolve) => setTimeout(resolve, 1))
    await fixture.client.jobs.cancel({ id: jobId })
    expect(existsSync(`${out}.partial-1234abcd`)).toBe(false)
    expect(existsSync(out)).toBe(false)
    expect(existsSync(stranger)).toBe(true)
  })

  it('recovers what a killed process has left: its jobs have failed, its import is gone, its labels are there', async () => {
    script = importScript(() => smallSet())
    await fixture.finish(await startImport())
    const [clip] = (await fixture.client.clips.list({ query: everyClip, offset: 0, limit: 1 })).rows
    const rain = (await fixture.client.ontology.list()).find((entry) => entry.name === 'rain')!
    script = async (worker) => {
      worker.tell({ type: 'recordings', recordings: [draft('half', '1', 'new class')] })
      await hang(worker)
    }
    const id = await startImport()
    await untilLaunched(2)
    while ((await countClips()) < 25) await new Promise((resolve) => setTimeout(resolve, 1))
    await fixture.client.labels.set({ clipIds: [clip!.id], classId: rain.id, state: 'present' })

    // Another host opens the same catalog while this one is at work: it lives, so its job is left alone.
    const second = openHost(hang, { folder: fixture.folder })
    await second.client.workspace.open({ path: catalogPath })
    expect(await second.client.jobs.get({ id })).toMatchObject({ status: 'running' })
    await expect(second.client.jobs.cancel({ id })).rejects.toMatchObject({ code: 'conflict' })
    await second.client.workspace.close()

    // Then it is gone: the pid belongs to a process that began at another time.
    await second.close()
    const database = openDatabase(join(catalogPath, 'earmark.db'), { create: false })
    database.run(`UPDATE jobs SET owner_started = 'long ago@another boot' WHERE id = ?`, id)
    database.close()
    const third = openHost(hang, { folder: fixture.folder })
    await third.client.workspace.open({ path: catalogPath })
    expect(await third.client.jobs.get({ id })).toMatchObject({
      status: 'failed',
      error: { code: 'worker-died', message: 'The program ended while this job ran.' },
    })
    expect((await third.client.clips.list({ query: everyClip, offset: 0, limit: 1 })).total).toBe(24)
    expect((await third.client.clips.get({ id: clip!.id })).labels.map((label) => label.name)).toEqual(['dog', 'rain'])
    expect((await third.client.history.undo()).title).toBe('Label 1 clip: rain present')
    const { problems } = await third.client.workspace.verify()
    expect(problems.filter((line) => !line.includes('is missing'))).toEqual([
      expect.stringContaining('more of this kind'),
    ])
    await third.close()
  })
})
