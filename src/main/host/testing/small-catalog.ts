/** A catalog in memory with a few clips, for tests of single queries and commands. */
import { type Database, openDatabase } from '../catalog/database'
import { runCommand } from '../catalog/journal'
import { journaledTables, rangedTableNames } from '../catalog/journal-tables'
import { ensureClasses } from '../catalog/ontology'
import { ensureRoot, ingestRecordings } from '../catalog/recordings'
import type { RecordingDraft } from '../../../shared/job/worker-event'
import { classNames } from './host-fixture'

export interface SmallCatalog {
  database: Database
  /** Clip ids by recording name, as "0-0". */
  clips: Map<string, string>
  /** Class ids by name. */
  classes: Map<string, string>
}

/** @param file where other connections are to see it */
export function createSmallCatalog(drafts: RecordingDraft[], file = ':memory:'): SmallCatalog {
  const database = openDatabase(file, { create: true })
  runCommand(database, 'import', 'tester', (recorder) => {
    ensureClasses(
      database,
      recorder,
      classNames.map((name, code) => ({ name, code, mid: null })),
    )
    ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), drafts)
    return { title: 'Import' }
  })
  const clips = database.all<{ id: string; path: string }>(
    'SELECT c.id, r.path FROM clips c JOIN recordings r ON r.key = c.recording_key',
  )
  const classes = database.all<{ id: string; name: string }>('SELECT id, name FROM ontology_classes')
  return {
    database,
    clips: new Map(clips.map(({ id, path }) => [path.replace(/^audio\/|\.wav$/g, ''), id])),
    classes: new Map(classes.map(({ id, name }) => [name, id])),
  }
}

/** Every row of every table that has a history, for comparing catalogs. */
export function dumpRows(database: Database): string {
  const tables = new Set([...Object.keys(journaledTables), ...rangedTableNames])

  return [...tables]
    .flatMap((table) => database.all(`SELECT * FROM ${table}`).map((row) => `${table} ${JSON.stringify(row)}`))
    .sort()
    .join('\n')
}
