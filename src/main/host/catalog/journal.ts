import type { HistoryEntry, HistoryState } from '../../../shared/contract/history'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { type JournaledTable, type Row, tableTexts, valuesOf } from './journal-tables'
import { Recorder } from './recorder'
import { noteTouched, nothingTouched, type Touched } from './touched'

/**
 * One edit by a person: one transaction, one journal entry.
 * @param work does it and answers with the entry's title
 */
export function runCommand<T extends { title: string }>(
  database: Database,
  kind: string,
  author: string,
  work: (recorder: Recorder) => T,
): { result: T; touched: Touched } {
  return database.transaction(() => {
    const recorder = new Recorder(database, { kind, title: '', author })
    const result = work(recorder)
    recorder.retitle(result.title)
    recorder.writeCount()
    return { result, touched: recorder.drainTouched() }
  })
}

export interface HistoryMove {
  title: string | null
  touched: Touched
}

/** Takes the newest edit back. Strictly last in, first out. @throws AppError 'conflict' */
export function undo(database: Database): HistoryMove {
  return move(database, 'undo')
}

/** Makes the edit that was undone last again. @throws AppError 'conflict' */
export function redo(database: Database): HistoryMove {
  return move(database, 'redo')
}

interface Change {
  table_name: JournaledTable
  row_key: string
  before: string | null
  after: string | null
}

function move(database: Database, direction: 'undo' | 'redo'): HistoryMove {
  return database.transaction(() => {
    if (database.get(`SELECT 1 FROM journal WHERE state = 'open'`))
      throw new AppError('conflict', 'An import is running; the history waits for its end.', {
        hint: 'Wait for the import, or cancel it.',
      })
    const entry = database.get<{ seq: number; title: string }>(
      direction === 'undo'
        ? `SELECT seq, title FROM journal WHERE state = 'done' ORDER BY seq DESC LIMIT 1`
        : `SELECT seq, title FROM journal WHERE state = 'undone' ORDER BY seq LIMIT 1`,
    )
    if (!entry) return { title: null, touched: nothingTouched() }
    const touched = replay(database, entry.seq, direction, entry.title)
    database.run('UPDATE journal SET state = ? WHERE seq = ?', direction === 'undo' ? 'undone' : 'done', entry.seq)
    return { title: entry.title, touched }
  })
}

/** Removes everything an unfinished import added, and its entry. */
export function takeBack(database: Database, seq: number): Touched {
  return database.transaction(() => {
    const entry = database.get<{ title: string; state: string }>('SELECT title, state FROM journal WHERE seq = ?', seq)
    if (!entry || entry.state !== 'open') return nothingTouched()
    const touched = replay(database, seq, 'undo', entry.title)
    database.run('DELETE FROM journal_changes WHERE entry_seq = ?', seq)
    database.run('DELETE FROM journal WHERE seq = ?', seq)
    return touched
  })
}

function replay(database: Database, seq: number, direction: 'undo' | 'redo', title: string): Touched {
  const touched = nothingTouched()
  const changes = database.all<Change>(
    `SELECT table_name, row_key, before, after FROM journal_changes WHERE entry_seq = ?
       ORDER BY position ${direction === 'undo' ? 'DESC' : 'ASC'}`,
    seq,
  )
  const clipOfAnnotation = (id: string): string | null =>
    database.get<{ clip_id: string }>('SELECT clip_id FROM annotations WHERE id = ?', id)?.clip_id ?? null
  for (const change of changes) {
    const [from, to] = direction === 'undo' ? [change.after, change.before] : [change.before, change.after]
    const touchedRow = JSON.parse((to ?? from)!) as Row
    noteTouched(touched, change.table_name, touchedRow, clipOfAnnotation)
    applyChange(database, change, parse(from), parse(to), title)
  }
  return touched
}

const parse = (text: string | null): Row | null => (text === null ? null : (JSON.parse(text) as Row))

function applyChange(database: Database, change: Change, from: Row | null, to: Row | null, title: string): void {
  const table = change.table_name
  const key = JSON.parse(change.row_key) as string[]
  const texts = tableTexts[table]
  const current = database.get<Row>(texts.select, ...key) ?? null
  const conflict = (why: string, cause?: unknown): AppError =>
    new AppError('conflict', `“${title}” cannot be replayed: ${why} (${table} ${key.join(', ')}).`, {
      hint: 'Nothing was changed. Something outside the history has edited this row; "verify" lists what is wrong.',
      cause,
    })
  if (JSON.stringify(current && valuesOf(table, current)) !== JSON.stringify(from && valuesOf(table, from)))
    throw conflict('the row is not as this edit left it')
  try {
    if (to === null) database.run(texts.remove, ...key)
    else if (from === null) database.run(texts.insert, ...valuesOf(table, to))
    else database.run(texts.update, ...valuesOf(table, to), ...key)
  } catch (cause) {
    if (String((cause as { code?: string }).code).startsWith('SQLITE_CONSTRAINT'))
      throw conflict('another row stands against it', cause)
    throw cause
  }
}

/** An import's entry is complete: it can be undone from now on. An import that changed nothing has none. */
export function closeEntry(database: Database, seq: number): void {
  database.run(`UPDATE journal SET state = 'done' WHERE seq = ? AND state = 'open'`, seq)
}

export function readHistoryState(database: Database): HistoryState {
  const title = (sql: string): string | null => database.get<{ title: string }>(sql)?.title ?? null
  return {
    undoTitle: title(`SELECT title FROM journal WHERE state = 'done' ORDER BY seq DESC LIMIT 1`),
    redoTitle: title(`SELECT title FROM journal WHERE state = 'undone' ORDER BY seq LIMIT 1`),
  }
}

/** Newest first, without what was undone and then overtaken by another edit. */
export function listHistory(
  database: Database,
  offset: number,
  limit: number,
): { total: number; entries: HistoryEntry[] } {
  const visible = `state IN ('done', 'undone')`
  const { total } = database.get<{ total: number }>(`SELECT count(*) AS total FROM journal WHERE ${visible}`)!
  const rows = database.all<{ id: string; title: string; author: string; at: string; state: string; count: number }>(
    `SELECT id, title, author, at, state, change_count AS count FROM journal WHERE ${visible}
       ORDER BY seq DESC LIMIT ? OFFSET ?`,
    limit,
    offset,
  )
  return {
    total,
    entries: rows.map(({ state, count, ...row }) => ({ ...row, isUndone: state === 'undone', changeCount: count })),
  }
}
