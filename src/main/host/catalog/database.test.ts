import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { backupDatabase } from './backup'
import { isBackupDue, listBackups } from './backup-names'
import { createCatalog, openCatalog, readCatalogInfo } from './catalog-folder'
import { openDatabase } from './database'
import { redo, runCommand, undo } from './journal'
import { addClass } from './ontology'
import { countProposals } from './proposals'
import { migrations } from './migrations/migrations'

let folder = ''
const ignore = (): void => undefined

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-database-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const code = (name: string) => expect.objectContaining({ code: name })

describe('a catalog’s folder', () => {
  it('is made whole, and opens again', () => {
    const path = join(folder, 'new', 'My catalog')
    const made = createCatalog(path, ignore)
    expect(
      readdirSync(path)
        .filter((name) => !name.startsWith('earmark.db-'))
        .sort(),
    ).toEqual(['backups', 'cache', 'earmark.db', 'runs'])
    expect(made.name).toBe('My catalog')
    made.database.close()
    const opened = openCatalog(path, ignore)
    expect(readCatalogInfo(opened)).toEqual({
      path,
      name: 'My catalog',
      recordings: 0,
      clips: 0,
      labels: 0,
      annotations: 0,
      classes: 0,
      runs: 0,
    })
    opened.database.close()
  })

  it('keeps every commit in the log and syncs it', () => {
    const { database } = createCatalog(join(folder, 'c'), ignore)
    expect(database.sqlite.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(database.sqlite.pragma('synchronous', { simple: true })).toBe(2)
    expect(database.sqlite.pragma('foreign_keys', { simple: true })).toBe(1)
    database.close()
  })

  it('refuses folders that are not its own, and leaves them alone', () => {
    const full = join(folder, 'full')
    mkdirSync(full)
    writeFileSync(join(full, 'song.wav'), 'x')
    expect(() => createCatalog(full, ignore)).toThrowError(code('conflict'))
    expect(() => openCatalog(full, ignore)).toThrowError(code('not-a-catalog'))
    expect(readdirSync(full)).toEqual(['song.wav'])
    expect(() => openCatalog(join(folder, 'nowhere'), ignore)).toThrowError(code('not-found'))
    expect(() => createCatalog('relative/path', ignore)).toThrowError(code('invalid-argument'))
    createCatalog(join(folder, 'c'), ignore).database.close()
    expect(() => createCatalog(join(folder, 'c'), ignore)).toThrowError(code('conflict'))
  })

  it('is made in a folder where an earlier attempt was broken off', () => {
    const path = join(folder, 'c')
    for (const name of ['cache', 'runs']) mkdirSync(join(path, name), { recursive: true })
    createCatalog(path, ignore).database.close()
    openCatalog(path, ignore).database.close()
    const used = join(folder, 'used')
    mkdirSync(join(used, 'cache', 'mine'), { recursive: true })
    expect(() => createCatalog(used, ignore)).toThrowError(code('conflict'))
  })

  it('refuses what is not a database, another’s database and a newer catalog, by name', () => {
    const path = join(folder, 'c')
    createCatalog(path, ignore).database.close()
    const file = join(path, 'earmark.db')
    const newer = new Sqlite(file)
    newer.pragma('user_version = 99')
    newer.close()
    expect(() => openCatalog(path, ignore)).toThrowError(code('catalog-newer'))
    expect(() => openCatalog(path, ignore)).toThrowError(/schema 99/)

    const older = new Sqlite(file)
    older.pragma('foreign_keys = OFF')
    older.exec('PRAGMA user_version = 1; DROP TABLE clips; CREATE TABLE clips (id TEXT PRIMARY KEY, recording_id TEXT)')
    older.close()
    expect(() => openCatalog(path, ignore)).toThrowError(code('catalog-older'))

    rmSync(file)
    const other = new Sqlite(file)
    other.exec('CREATE TABLE notes (text TEXT)')
    other.close()
    expect(() => openCatalog(path, ignore)).toThrowError(code('not-a-catalog'))

    writeFileSync(file, 'This is no database at all. '.repeat(100))
    expect(() => openCatalog(path, ignore)).toThrowError(code('catalog-damaged'))
  })

  it('copies itself before it migrates, and daily', () => {
    const path = join(folder, 'c')
    const made = createCatalog(path, ignore)
    made.database.run(`INSERT INTO ontology_classes (id, name) VALUES ('1', 'dog')`)
    made.database.close()
    const next = [...migrations, { version: 99, name: 'next', sql: 'CREATE TABLE later (x INTEGER) STRICT' }]
    const copies: number[] = []
    const database = openDatabase(
      join(path, 'earmark.db'),
      { create: false, beforeMigrating: (_old, version) => void copies.push(version) },
      next,
    )
    expect(copies).toEqual([migrations.at(-1)!.version])
    expect(database.all('SELECT * FROM later')).toEqual([])
    expect(database.all('SELECT name FROM ontology_classes')).toEqual([{ name: 'dog' }])
    expect(database.sqlite.pragma('user_version', { simple: true })).toBe(99)
    database.close()
  })

  it('takes the segments of models and what was said to them over to the tables of proposals', () => {
    const file = join(folder, 'old.db')
    const old = openDatabase(
      file,
      { create: true },
      migrations.filter(({ version }) => version < 11),
    )
    old.sqlite.exec(`
      INSERT INTO roots (id, path, format, added_at) VALUES ('r', '/r', 'esc50', '2026');
      INSERT INTO recordings (id, root_key, path, duration_seconds) VALUES ('f', 1, 'a.wav', 5);
      INSERT INTO clips (id, recording_key, start_seconds, end_seconds) VALUES ('c', 1, 0, 5);
      INSERT INTO annotations (id, clip_key, start_seconds, end_seconds, tier, author, score)
        VALUES ('a', 1, 0, 1, 'model', 'BirdNET', 0.7), ('b', 1, 2, 3, 'model', 'BirdNET', 0.6);
      INSERT INTO annotation_verdicts VALUES (2, 'rejected', 'ana', 1);`)
    old.close()
    const database = openDatabase(file, { create: false })
    expect(countProposals(database, null)).toEqual([])
    expect(database.all('SELECT * FROM annotation_proposals')).toEqual([])
    expect(database.all('SELECT id, score FROM annotations ORDER BY key')).toEqual([
      { id: 'a', score: 0.7 },
      { id: 'b', score: 0.6 },
    ])
    const plan = database.all<{ detail: string }>(
      `EXPLAIN QUERY PLAN SELECT clip_key FROM annotations a WHERE tier = 'model'`,
    )
    expect(plan[0]!.detail).toContain('annotations_of_models')
    database.close()
  })

  it('keeps where segments are from when it learns to keep the names of runs', () => {
    const file = join(folder, 'old.db')
    const old = openDatabase(
      file,
      { create: true },
      migrations.filter(({ version }) => version < 12),
    )
    old.sqlite.exec(`
      INSERT INTO roots (id, path, format, added_at) VALUES ('r', '/r', 'esc50', '2026');
      INSERT INTO recordings (id, root_key, path, duration_seconds) VALUES ('f', 1, 'a.wav', 5);
      INSERT INTO clips (id, recording_key, start_seconds, end_seconds) VALUES ('c', 1, 0, 5);
      INSERT INTO annotations (id, clip_key, start_seconds, end_seconds, tier, author, score)
        VALUES ('a', 1, 0, 1, 'model', 'BirdNET', 0.7), ('b', 1, 0, 1, 'human', 'ana', NULL);
      INSERT INTO annotation_origins VALUES (2, 'accepted', 'a', NULL, 0.7, 'ana', 1);
      INSERT INTO journal (id, kind, title, author, at, state, change_count) VALUES ('j', 'k', 'Accept', 'ana', '', 'done', 1);
      INSERT INTO journal_changes VALUES (1, 0, 'annotation_origins', '[2]', NULL,
        '{"annotation_key":2,"act":"accepted","source_id":"a","run_id":null,"score":0.7,"author":"ana","at":1}');`)
    old.close()
    const database = openDatabase(file, { create: false })
    const whole = database.all('SELECT * FROM annotation_origins')
    expect(whole).toMatchObject([{ source_id: 'a', score: 0.7, run_name: null, fold: null }])
    expect(database.all('SELECT * FROM aside_annotation_origins')).toEqual([])
    // What was done before it can still be undone and made again.
    undo(database)
    expect(database.all('SELECT * FROM annotation_origins')).toEqual([])
    redo(database)
    expect(database.all('SELECT * FROM annotation_origins')).toEqual(whole)
    database.close()
  })

  it('undoes a migration that fails, so that the old version still opens', () => {
    const path = join(folder, 'c')
    createCatalog(path, ignore).database.close()
    const broken = [...migrations, { version: 99, name: 'broken', sql: 'CREATE TABLE later (x INTEGER); SELEKT 1' }]
    expect(() => openDatabase(join(path, 'earmark.db'), { create: false }, broken)).toThrowError(/syntax error/)
    const { database } = openCatalog(path, ignore)
    expect(database.all(`SELECT 1 FROM sqlite_schema WHERE name = 'later'`)).toEqual([])
    database.close()
  })

  it('is copied whole: each copy opens', () => {
    const path = join(folder, 'c')
    const { database } = createCatalog(path, ignore)
    runCommand(database, 'ontology.add', 'ana', (recorder) => addClass(database, recorder, 'dog'))
    const backups = join(path, 'backups')
    for (let day = 1; day <= 7; day++) backupDatabase(database, backups, new Date(Date.UTC(2026, 0, day)))
    database.close()
    const copy = openDatabase(join(backups, listBackups(backups).at(-1)!), { create: false })
    expect(copy.all('SELECT name FROM ontology_classes')).toEqual([{ name: 'dog' }])
    copy.close()
    expect(isBackupDue(backups, '2020-01-01', new Date(Date.UTC(2026, 0, 7, 12)))).toBe(false)
    expect(isBackupDue(backups, '2020-01-01', new Date(Date.UTC(2026, 0, 8, 12)))).toBe(true)
  })
})
