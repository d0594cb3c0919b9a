import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import { formatReport } from '../../../shared/job/export-report'
import type { ExportJobManifest } from '../../../shared/job/manifest'
import { openDatabase } from '../catalog/database'
import { insertJob } from '../catalog/jobs'
import type { FakeScript } from '../testing/fake-worker'
import { type HostFixture, importScript, openHost, removeFolder, smallSet } from '../testing/host-fixture'

describe('exports', () => {
  let fixture: HostFixture
  let out: string

  let clips: unknown[]

  const exportScript: FakeScript = (worker) => {
    const { clipsFile } = worker.manifest as ExportJobManifest
    clips = readFileSync(clipsFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    worker.tell({ type: 'exported', files: 3, clips: 2, skipped: [{ clip: 'a.wav', reason: 'It is gone.' }] })
    worker.tell({ type: 'done' })
  }

  beforeEach(async () => {
    const imports = importScript(() => smallSet())
    fixture = openHost((worker) => (worker.manifest.kind === 'import' ? imports(worker) : exportScript(worker)))
    out = join(fixture.folder, 'out')
    mkdirSync(join(fixture.folder, 'dataset'))
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
    const path = join(fixture.folder, 'dataset')
    await fixture.finish((await fixture.client.recordings.import({ path, format: 'folder' })).jobId)
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  it('says what a format cannot hold', async () => {
    const [clip] = (await fixture.client.clips.list({ query: everyClip, offset: 0, limit: 1 })).rows
    const rain = (await fixture.client.ontology.list()).find((entry) => entry.name === 'rain')!
    await fixture.client.labels.set({ clipIds: [clip!.id], classId: rain.id, state: 'present' })
    expect((await fixture.client.exports.formats()).map((format) => format.id)).toContain('esc50')
    expect(await fixture.client.exports.preview({ format: 'esc50', query: parseClipQuery('fold:1') })).toEqual({
      clips: 5,
      seconds: 25,
      left: [{ reason: expect.stringContaining('several'), count: 1 }],
      leaks: [],
      leakCount: 0,
      unfinished: 5,
      followed: null,
    })
    await expect(fixture.client.exports.preview({ format: 'odd', query: everyClip })).rejects.toMatchObject({
      code: 'unsupported-format',
    })
  })

  it('counts clips whose sound is known to be missing where the format holds sound', async () => {
    await fixture.client.workspace.close()
    const database = openDatabase(join(fixture.folder, 'catalog', 'earmark.db'), { create: false })
    database.run(`UPDATE recordings SET is_missing = 1 WHERE path IN ('audio/0-0.wav', 'audio/1-1.wav')`)
    database.close()
    await fixture.client.workspace.open({ path: join(fixture.folder, 'catalog') })
    const { preview } = fixture.client.exports
    const query = parseClipQuery('-label:"crying baby"')
    expect(await preview({ format: 'esc50', query })).toMatchObject({
      clips: 14,
      left: [{ reason: 'the recording’s file is missing', count: 2 }],
    })
    // Text alone can do without, and so can a list that only names recordings.
    expect(await preview({ format: 'table', query })).toMatchObject({ clips: 16, left: [] })
    expect(await preview({ format: 'nemo', query })).toMatchObject({ clips: 14 })
    expect(await preview({ format: 'nemo', query, sound: 'reference' })).toMatchObject({ clips: 16, left: [] })
  })

  it('leaves out what is not fully annotated, and writes what follows by the tree, where that is asked for', async () => {
    const { client } = fixture
    const classes = await client.ontology.list()
    const idOf = (name: string): string => classes.find((entry) => entry.name === name)!.id
    const animal = await client.ontology.add({ name: 'animal', parentIds: [] })
    await client.ontology.update({ id: idOf('dog'), parentIds: [animal.id] })
    const query = parseClipQuery('label:dog')
    const ids = await client.clips.ids({ query })
    await client.labels.setFullyAnnotated({ clipIds: ids.slice(0, 3), isFullyAnnotated: true })
    await client.annotations.create({ clipId: ids[0]!, startSeconds: 1, endSeconds: 2, classIds: [idOf('dog')] })
    const request = { format: 'desed', query, propagate: true } as const
    expect(await client.exports.preview(request)).toMatchObject({
      clips: 8,
      unfinished: 5,
      followed: { labels: 9, clips: 8 },
    })
    expect(await client.exports.preview({ ...request, unknown: 'leave-out' })).toMatchObject({
      clips: 3,
      left: [{ reason: expect.stringContaining('not fully annotated'), count: 5 }],
      unfinished: 0,
      followed: { labels: 4, clips: 3 },
    })
    await fixture.finish((await client.exports.start({ ...request, out })).jobId)
    expect(fixture.launched.at(-1)!.manifest).toMatchObject({ propagate: true })
    const written = clips as { labels: { className: string }[]; followedLabels: number }[]
    expect(written.map(({ followedLabels }) => followedLabels).toSorted()).toEqual([1, 1, 1, 1, 1, 1, 1, 2])
    const names = written[0]!.labels.map(({ className }) => className)
    expect(names.toSorted()).toEqual(['animal', 'dog'])
    // Nothing of it is stored.
    expect((await client.clips.list({ query: parseClipQuery('label:animal'), offset: 0, limit: 1 })).total).toBe(0)
  })

  it('exports what a snapshot holds, whatever has become of the catalog since', async () => {
    const { client } = fixture
    const classes = await client.ontology.list()
    const idOf = (name: string): string => classes.find((entry) => entry.name === name)!.id
    const ids = await client.clips.ids({ query: parseClipQuery('label:dog') })
    const first = ids[0]!
    await client.annotations.create({ clipId: first, startSeconds: 1, endSeconds: 2, classIds: [idOf('dog')] })
    await client.splits.assign({ clipIds: ids, part: 'train' })
    await client.metadata.set({ clipIds: [first], name: 'licence', value: 'CC0' })
    const shown = { format: 'table', query: everyClip }
    const request = { ...shown, allowsLeaks: true }
    await fixture.finish((await client.exports.start({ ...request, out })).jobId)
    const then = clips as { id: string }[]
    const { snapshot } = await client.snapshots.make({ name: 'v1', note: '' })

    await client.labels.set({ clipIds: ids, classId: idOf('dog'), state: 'absent' })
    await client.labels.set({ clipIds: ids, classId: idOf('rain'), state: 'present' })
    await client.splits.assign({ clipIds: ids, part: 'test' })
    await client.metadata.set({ clipIds: [first], name: 'licence', value: 'CC BY-NC' })
    await client.ontology.rename({ id: idOf('dog'), name: 'hound' })
    await fixture.finish((await client.exports.start({ ...request, out })).jobId)
    expect(clips).not.toEqual(then)

    const snapshotId = snapshot.id
    const { jobId } = await client.exports.start({ ...request, out, snapshotId })
    expect((await fixture.finish(jobId)).title).toBe('Export 24 clips of snapshot “v1” as CSV table')
    expect(fixture.launched.at(-1)!.manifest).toMatchObject({
      snapshot: {
        id: snapshotId,
        name: 'v1',
        contentHash: snapshot.contentHash,
        ontologyVersion: 1,
        hasMetadata: true,
      },
      classes: [{ name: 'dog', code: 0 }, { name: 'rain' }, { name: 'crying baby' }],
    })
    const byId = (list: unknown[]) => (list as { id: string }[]).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    // A snapshot knows recordings by their sound, not by their id here.
    const known = then.map((clip) => ({ ...clip, recordingId: undefined }))
    expect(byId(clips)).toEqual(byId(known))
    expect(await client.exports.preview({ ...shown, snapshotId, format: 'esc50' })).toMatchObject({ clips: 24 })

    // A query is of the catalog as it is.
    const query = parseClipQuery('label:rain')
    await expect(client.exports.start({ ...request, out, snapshotId, query })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await expect(client.exports.start({ ...request, out, snapshotId: first })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('leaves out of a snapshot whose sound is another by now or gone from the catalog, where a format holds sound', async () => {
    const { client } = fixture
    const { snapshot } = await client.snapshots.make({ name: 'v1', note: '' })
    await client.workspace.close()
    const database = openDatabase(join(fixture.folder, 'catalog', 'earmark.db'), { create: false })
    database.run(`UPDATE recordings SET content_hash = 'other' WHERE path = 'audio/0-0.wav'`)
    database.close()
    await client.workspace.open({ path: join(fixture.folder, 'catalog') })
    const request = { format: 'esc50', query: everyClip, snapshotId: snapshot.id }
    expect(await client.exports.preview(request)).toMatchObject({
      clips: 23,
      left: [{ reason: 'its sound has changed since the snapshot was made', count: 1 }],
    })
    // The import is undone: the clips are gone, and what they were is still known.
    await client.history.undo()
    expect(await client.exports.preview(request)).toMatchObject({
      clips: 0,
      left: [{ reason: 'its recording is not in the catalog any more', count: 24 }],
    })
    expect(await client.exports.preview({ ...request, format: 'table' })).toMatchObject({ clips: 24, left: [] })
  })

  it('freezes everything an exporter may write', async () => {
    const [clip] = (await fixture.client.clips.list({ query: everyClip, offset: 0, limit: 1 })).rows
    const dog = (await fixture.client.ontology.list()).find((entry) => entry.name === 'dog')!
    await fixture.client.annotations.create({ clipId: clip!.id, startSeconds: 1, endSeconds: 2, classIds: [dog.id] })
    const query = parseClipQuery('label:dog fold:1')
    const { jobId } = await fixture.client.exports.start({ format: 'esc50', out, query })
    const job = await fixture.finish(jobId)
    expect(job).toMatchObject({
      title: 'Export 2 clips as ESC-50',
      exportResult: { out, files: 3, clips: 2, skipped: [{ clip: 'a.wav', reason: 'It is gone.' }] },
    })
    expect(fixture.launched.at(-1)!.manifest).toMatchObject({
      kind: 'export',
      format: 'esc50',
      out,
      query: 'label:dog fold:1',
      catalogName: 'catalog',
      classes: [
        { name: 'dog', code: 0, mid: null },
        { name: 'rain', code: 1 },
        { name: 'crying baby', code: 2 },
      ],
    })
    expect(clips).toMatchObject([
      {
        id: clip!.id,
        path: join(fixture.folder, 'dataset', 'audio', '0-0.wav'),
        recordingPath: 'audio/0-0.wav',
        recordingSeconds: 5,
        fold: '1',
        group: 'source-0-0',
        labels: [{ className: 'dog', classCode: 0, mid: null, state: 'present' }],
        annotations: [{ startSeconds: 1, endSeconds: 2, lowHz: null, labels: [{ className: 'dog' }] }],
        source: { filename: '0-0.wav', take: 'A' },
      },
      { recordingPath: 'audio/4-0.wav' },
    ])
    // The list of the clips ends with the job.
    const lists = () => readdirSync(join(fixture.folder, 'catalog/cache')).filter((name) => name.startsWith('export-'))
    await expect.poll(lists).toEqual([])
  })

  it('of a program that died is done where its folder is complete, and may go on where it is not', async () => {
    const { client } = fixture
    const insert = (id: string, place: string): void => {
      const database = openDatabase(join(fixture.folder, 'catalog', 'earmark.db'), { create: false })
      const owner = { ownerPid: spawnSync(process.execPath, ['-e', '']).pid, ownerStarted: 'then' }
      insertJob(database, { id, kind: 'export', title: 'Export', runId: null, outPath: place, ...owner })
      database.run(`UPDATE jobs SET status = 'running', started_at = '2026-01-02T03:04:05.000Z' WHERE id = ?`, id)
      database.close()
    }
    const write = (name: string, createdAt: string): string => {
      const place = join(fixture.folder, name)
      mkdirSync(place)
      const skipped = [{ clipId: 'c', clip: 'a.wav', reason: 'It is gone.' }]
      const head = { createdAt, counts: { clips: 2, files: 5, skipped: 1 }, warnings: ['by-nc'] }
      writeFileSync(join(place, 'export-report.json'), [...formatReport(head, { skipped, files: [] })].join(''))
      const certificate = { verdict: 'identical', clips: 2, differences: [], examples: [] }
      writeFileSync(join(place, 'round-trip.json'), JSON.stringify(certificate))
      return place
    }
    const complete = write('complete', '2026-01-02T03:04:06.000Z')
    const older = write('older', '2026-01-02T03:04:04.000Z')
    mkdirSync(`${out}.partial-0123abcd`)
    await client.workspace.close()
    insert('j1', complete)
    insert('j2', older)
    insert('j3', out)
    await client.workspace.open({ path: join(fixture.folder, 'catalog') })
    expect(await client.jobs.get({ id: 'j1' })).toMatchObject({
      status: 'done',
      exportResult: {
        out: complete,
        files: 5,
        clips: 2,
        skipped: [{ clip: 'a.wav', reason: 'It is gone.' }],
        skippedCount: 1,
        roundTrip: { verdict: 'identical', clips: 2, differences: [] },
        warnings: ['by-nc'],
      },
    })
    expect(await client.jobs.get({ id: 'j2' })).toMatchObject({ status: 'failed', error: { code: 'worker-died' } })
    expect((await client.jobs.get({ id: 'j3' })).error?.hint).toContain(`delete ${out}.partial-0123abcd`)

    // Another export to the same place is done: nobody will go on with that part.
    const { jobId } = await client.exports.start({ format: 'esc50', out, query: everyClip, allowsLeaks: true })
    await fixture.finish(jobId)
    await expect.poll(() => existsSync(`${out}.partial-0123abcd`)).toBe(false)
  })

  it('refuses folders that are in use, before it starts', async () => {
    const start = (folder: string, query = everyClip) =>
      fixture.client.exports.start({ format: 'esc50', out: folder, query })
    mkdirSync(out)
    writeFileSync(join(out, 'mine.txt'), 'x')
    await expect(start(out)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(out) })
    await expect(start(join(out, 'mine.txt'))).rejects.toMatchObject({ code: 'conflict' })
    await expect(start(join(fixture.folder, 'nowhere', 'out'))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nowhere'),
    })
    await expect(start(join(fixture.folder, 'dataset', 'out'))).rejects.toMatchObject({ code: 'conflict' })
    await expect(start(join(fixture.folder, 'catalog', 'runs', 'out'))).rejects.toMatchObject({ code: 'conflict' })
    await expect(start('out')).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(start(join(fixture.folder, 'new'), parseClipQuery('fold:9'))).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    // A name that only begins like a dataset's is another folder; an empty folder will do.
    mkdirSync(join(fixture.folder, 'dataset 2'))
    expect(await start(join(fixture.folder, 'dataset 2'))).toMatchObject({ jobId: expect.any(String) })
  })
})
