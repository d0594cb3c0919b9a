import Database from 'better-sqlite3'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newPicture } from '../../shared/contract/picture'
import { connect } from '../../shared/rpc/client'
import { createLocalPair } from '../../shared/rpc/local-pair'
import { ownerMark } from '../disk/process-owner'
import { openDatabase } from './catalog/database'
import { draft, type HostFixture, importScript, openHost, removeFolder } from './testing/host-fixture'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('a workspace', () => {
  let fixture: HostFixture
  let path: string

  beforeEach(() => {
    // Files as the importer would describe them.
    fixture = openHost(
      importScript(() => {
        const drafts = ['a', 'b'].map((name) => draft(name, '1', 'dog'))
        for (const entry of drafts) Object.assign(entry, { sizeBytes: 5, contentHash: sha256(`sound`) })
        return drafts
      }),
    )
    path = join(fixture.folder, 'catalog')
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const importSet = async (): Promise<string> => {
    const dataset = join(fixture.folder, 'dataset')
    mkdirSync(join(dataset, 'audio'), { recursive: true })
    for (const name of ['a', 'b']) writeFileSync(join(dataset, 'audio', `${name}.wav`), 'sound')
    const { jobId } = await fixture.client.recordings.import({ path: dataset, format: 'folder' })
    await fixture.finish(jobId)
    return dataset
  }

  it('begins without a catalog and says so', async () => {
    expect(await fixture.client.workspace.state()).toMatchObject({
      version: '0.0.0-test',
      hostKind: 'headless',
      platform: process.platform,
      defaultFolder: join(fixture.folder, 'documents'),
      catalog: null,
      recent: [],
    })
    const ask = { query: undefined, offset: 0, limit: 1 } as never
    await expect(fixture.client.clips.list(ask)).rejects.toMatchObject({ code: 'invalid-argument' })
    await expect(fixture.client.ontology.list()).rejects.toMatchObject({ code: 'no-catalog' })
  })

  it('makes a catalog where a program that was killed had only begun to make one, and nowhere else', async () => {
    for (const name of ['cache', 'runs']) mkdirSync(join(path, name), { recursive: true })
    const begun = new Database(join(path, 'earmark.db'))
    begun.pragma('journal_mode = WAL')
    begun.close()
    await expect(fixture.client.workspace.open({ path })).rejects.toMatchObject({
      code: 'not-a-catalog',
      message: expect.stringContaining('is empty'),
      hint: 'Make the catalog again, in the same folder.',
    })
    await fixture.client.workspace.create({ path })
    expect((await fixture.client.workspace.verify()).problems).toEqual([])
    const foreign = join(fixture.folder, 'foreign')
    mkdirSync(foreign)
    const other = new Database(join(foreign, 'earmark.db'))
    other.exec('CREATE TABLE mine (a)')
    other.close()
    await expect(fixture.client.workspace.create({ path: foreign })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('sweeps what killed processes have left unfinished, and not what others are writing', async () => {
    await fixture.client.workspace.create({ path })
    await fixture.client.workspace.close()
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    const [, digits] = ownerMark().split('-')
    const stays = [
      `backups/a.db.${ownerMark()}-1.partial`,
      'cache/of.somebody',
      'other.partial',
      `${process.ppid}.partial`,
    ]
    const goes = [
      'earmark.db.partial',
      `earmark.db.${dead}-${digits}-1.partial`,
      `backups/a.db.${dead}-${digits}-1.partial`,
      `backups/a.db.${dead}-${digits}-1.partial-journal`,
      // The number of a process that has come again.
      `cache/0f.${process.pid}-00000000-3.partial`,
    ]
    for (const name of [...stays, ...goes]) writeFileSync(join(path, name), 'x')
    const moment = join(tmpdir(), `earmark-copy-${dead}-${digits}-abcdef`)
    mkdirSync(join(moment, 'catalog'), { recursive: true })
    await fixture.client.workspace.open({ path })
    expect(goes.filter((name) => existsSync(join(path, name)))).toEqual([])
    expect(stays.filter((name) => existsSync(join(path, name)))).toEqual(stays)
    expect(existsSync(moment)).toBe(false)
  })

  it('remembers catalogs and the author, whole, also in another process', async () => {
    await fixture.client.workspace.create({ path })
    await fixture.client.workspace.create({ path: join(fixture.folder, 'second') })
    await fixture.client.workspace.setAuthor({ author: '  Ada  ' })
    const other = openHost(() => undefined, { folder: fixture.folder })
    const state = await other.client.workspace.state()
    expect(state.author).toBe('Ada')
    expect(state.recent.map((entry) => entry.name)).toEqual(['second', 'catalog'])
    await other.client.workspace.open({ path })
    expect((await other.client.workspace.state()).recent.map((entry) => entry.name)).toEqual(['catalog', 'second'])
    await other.client.ontology.add({ name: 'owl' })
    expect((await other.client.history.list({ offset: 0, limit: 1 })).entries[0]).toMatchObject({ author: 'Ada' })
    await other.close()
    expect(readdirSync(join(fixture.folder, 'user'))).toEqual(['settings.json'])
  })

  it('keeps the picture of a catalog with it; one that cannot be read is the usual one', async () => {
    await fixture.client.workspace.create({ path })
    expect(await fixture.client.picture.get()).toEqual(newPicture())
    const picture = { ...newPicture(), scale: 'log', windowSamples: 2048, lowHz: 200, highHz: 4000 } as const
    await fixture.client.picture.set(picture)
    await expect(fixture.client.picture.set({ ...picture, windowSamples: 1000 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await fixture.client.workspace.close()
    await fixture.client.workspace.open({ path })
    expect(await fixture.client.picture.get()).toEqual(picture)
    const database = new Database(join(path, 'earmark.db'))
    database.prepare("UPDATE meta SET value = '{' WHERE key = 'picture'").run()
    database.close()
    expect(await fixture.client.picture.get()).toEqual(newPicture())
  })

  it('starts anew when its settings are damaged', async () => {
    mkdirSync(join(fixture.folder, 'user'))
    writeFileSync(join(fixture.folder, 'user', 'settings.json'), '{"author": 3')
    expect((await fixture.client.workspace.state()).recent).toEqual([])
    await fixture.client.workspace.create({ path })
    const kept = JSON.parse(readFileSync(join(fixture.folder, 'user', 'settings.json'), 'utf8')) as {
      recent: unknown[]
    }
    expect(kept.recent).toHaveLength(1)
    expect(fixture.logged.join()).toContain('settings.json')
  })

  it('opens, stays with, leaves and refuses catalogs by name', async () => {
    const made = await fixture.client.workspace.create({ path })
    expect(made.catalog).toMatchObject({ path, name: 'catalog', clips: 0 })
    expect((await fixture.client.workspace.open({ path: `${path}/` })).catalog?.path).toBe(path)
    await expect(fixture.client.workspace.open({ path: join(fixture.folder, 'nowhere') })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nowhere'),
    })
    // What could not be opened has not closed what was open.
    expect((await fixture.client.workspace.state()).catalog?.path).toBe(path)
    await expect(fixture.client.workspace.create({ path })).rejects.toMatchObject({ code: 'conflict' })
    expect((await fixture.client.workspace.close()).catalog).toBeNull()
    expect(fixture.heard('workspace.changed').length).toBeGreaterThanOrEqual(2)
  })

  it('makes the sample catalog by a job', async () => {
    const { jobId } = await fixture.client.workspace.createSample({ path, seed: 7 })
    expect(await fixture.finish(jobId)).toMatchObject({ kind: 'sample', status: 'done', importCounts: { clips: 2 } })
    expect(fixture.launched[0]!.manifest).toEqual({ kind: 'sample', folder: join(path, 'audio'), seed: 7 })
    expect((await fixture.client.history.state()).undoTitle).toBe('Import the sample sounds: 2 clips')
  })

  it('tells every window of an edit, and forgets windows that have gone', async () => {
    await fixture.client.workspace.create({ path })
    const [near, far] = createLocalPair()
    fixture.host.connect(far)
    const second = connect(near)
    let heard = 0
    second.on('ontology.changed', () => heard++)
    const before = fixture.heard('ontology.changed').length
    await fixture.client.ontology.add({ name: 'owl' })
    await second.client.ontology.list()
    expect(heard).toBe(1)
    expect(fixture.heard('ontology.changed')).toHaveLength(before + 1)
    expect(fixture.heard('history.changed').at(-1)).toEqual({ undoTitle: 'Add class “owl”', redoTitle: null })
    second.close()
    await fixture.client.ontology.add({ name: 'jay' })
    expect(fixture.heard('ontology.changed')).toHaveLength(before + 2)
    expect(heard).toBe(1)
  })

  it('hears what another process does to the same catalog', async () => {
    await fixture.client.workspace.create({ path })
    const other = openHost(() => undefined, { folder: fixture.folder })
    await other.client.workspace.open({ path })
    const before = fixture.heard('ontology.changed').length
    await other.client.ontology.add({ name: 'owl' })
    await expect.poll(() => fixture.heard('ontology.changed').length, { timeout: 5000 }).toBeGreaterThan(before)
    expect(await fixture.client.history.undo()).toMatchObject({ title: 'Add class “owl”' })
    await expect.poll(async () => other.heard('history.changed').at(-1)?.redoTitle, { timeout: 5000 }).toContain('owl')
    await other.close()
  })

  it('verifies: a sound catalog has no problems, and each fault is named', async () => {
    await fixture.client.workspace.create({ path })
    const dataset = await importSet()
    expect(await fixture.client.workspace.verify()).toEqual({ ok: true, problems: [] })

    const a = join(dataset, 'audio', 'a.wav')
    const problem = async (): Promise<string> => (await fixture.client.workspace.verify()).problems.join('\n')
    writeFileSync(a, 'noise')
    expect(await problem()).toBe(`${a} has another content than when it was imported.`)
    truncateSync(a, 2)
    expect(await problem()).toBe(`${a} has 2 bytes; it had 5 when it was imported.`)
    rmSync(a)
    expect(await problem()).toBe(`${a} is missing.`)
    writeFileSync(a, 'sound')
    writeFileSync(join(path, 'cache', 'x.partial'), '')
    expect(await problem()).toContain(join('cache', 'x.partial'))
    rmSync(join(path, 'cache', 'x.partial'))

    const database = openDatabase(join(path, 'earmark.db'), { create: false })
    database.run(`UPDATE journal SET change_count = 99`)
    expect(await problem()).toContain('says 99 changes')
    database.run(
      `UPDATE journal SET change_count = (SELECT count(*) FROM journal_changes WHERE entry_seq = seq)
         + (SELECT sum(row_count) FROM journal_ranges WHERE entry_seq = seq)`,
    )
    database.sqlite.pragma('foreign_keys = OFF')
    database.run(`UPDATE clip_labels SET class_key = 99 WHERE clip_key = (SELECT min(clip_key) FROM clip_labels)`)
    expect(await problem()).toContain('A row of clip_labels refers to a row of ontology_classes')
    database.run(
      `UPDATE clip_labels SET class_key = (SELECT key FROM ontology_classes WHERE name = 'dog') WHERE class_key = 99`,
    )
    database.run(
      `INSERT INTO runs (id, number, status, recipe, recipe_hash, split, query, classes, requested_backend, created_at, clip_count)
         VALUES ('r', 1, 'done', '{}', '', '{}', '{}', '[]', 'auto', '', 0)`,
    )
    database.run(
      `INSERT INTO run_folds (run_key, name, position, train_count, test_count) SELECT key, '1', 0, 5, 3 FROM runs`,
    )
    expect((await fixture.client.workspace.verify()).problems).toEqual([
      expect.stringContaining('Run #1 has no manifest'),
      expect.stringContaining('Run #1 has no model of fold 1'),
      'Run #1, fold 1: 0 of 3 predictions are there.',
    ])
    database.run(`UPDATE runs SET status = 'running'`)
    expect(await problem()).toBe('Run #1 is running, but no job works on it.')
    database.close()
  })
})
