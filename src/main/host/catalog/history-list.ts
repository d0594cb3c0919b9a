import type { HistoryChange, HistoryChanges, HistoryEntry } from '../../../shared/contract/history'
import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { type JournaledTable, nouns, type RangedTable, type Row } from './journal-tables'

/** Which entries; what is not given does not matter. Times are ISO 8601, UTC. */
export interface HistoryFilter {
  author?: string | undefined
  kind?: string | undefined
  since?: string | undefined
  until?: string | undefined
}

/** Newest first, without what was undone and then overtaken by another edit. */
export function listHistory(
  database: Database,
  offset: number,
  limit: number,
  filter: HistoryFilter = {},
): { total: number; entries: HistoryEntry[] } {
  const conditions = [
    ['author = ?', filter.author],
    ['kind = ?', filter.kind],
    ['at >= ?', filter.since],
    ['at <= ?', filter.until],
  ].filter((condition): condition is [string, string] => condition[1] !== undefined)
  const visible = [`state IN ('done', 'undone')`, ...conditions.map(([text]) => text)].join(' AND ')
  const values = conditions.map(([, value]) => value)
  const { total } = database.get<{ total: number }>(
    `SELECT count(*) AS total FROM journal WHERE ${visible}`,
    ...values,
  )!
  const rows = database.all<Omit<HistoryEntry, 'isUndone' | 'changeCount'> & { state: string; count: number }>(
    `SELECT id, kind, title, author, at, state, change_count AS count FROM journal WHERE ${visible}
       ORDER BY seq DESC LIMIT ? OFFSET ?`,
    ...values,
    limit,
    offset,
  )
  return {
    total,
    entries: rows.map(({ state, count, ...row }) => ({ ...row, isUndone: state === 'undone', changeCount: count })),
  }
}

/** Who has edited, and what sorts of edits there are. */
export function listHistoryFacets(database: Database): { authors: string[]; kinds: string[] } {
  const list = (column: 'author' | 'kind'): string[] =>
    database.pluck(`SELECT DISTINCT ${column} FROM journal WHERE state IN ('done', 'undone') ORDER BY ${column}`)
  return { authors: list('author'), kinds: list('kind') }
}

interface StoredChange {
  table: JournaledTable
  before: string | null
  after: string | null
}

/** What an entry changed, in the words of a person. @throws AppError 'not-found' */
export function readHistoryChanges(database: Database, id: string, limit: number): HistoryChanges {
  const entry = database.get<{ seq: number }>('SELECT seq FROM journal WHERE id = ?', id)
  if (!entry) throw new AppError('not-found', `The history has no entry ${id}.`)
  const rows = database.all<StoredChange>(
    `SELECT table_name AS "table", before, after FROM journal_changes WHERE entry_seq = ? ORDER BY position LIMIT ?`,
    entry.seq,
    limit,
  )
  const { total } = database.get<{ total: number }>(
    'SELECT count(*) AS total FROM journal_changes WHERE entry_seq = ?',
    entry.seq,
  )!
  const added = database.all<{ table: RangedTable; count: number }>(
    `SELECT table_name AS "table", sum(row_count) AS count FROM journal_ranges WHERE entry_seq = ? GROUP BY table_name`,
    entry.seq,
  )
  return {
    changes: rows.map((row) => describeChange(database, row)),
    added: added.map(({ table, count }) => ({ noun: rangeNouns[table], count })),
    more: total - rows.length,
  }
}

const rangeNouns: Record<RangedTable, string> = {
  recordings: 'recordings',
  clips: 'clips',
  clip_metadata: 'values of metadata',
  clip_labels: 'labels',
  annotations: 'segments',
  annotation_labels: 'labels of segments',
  annotation_origins: 'origins of segments',
  annotation_proposals: 'proposals of a run',
  embeddings: 'embeddings',
  interaction_users: 'users',
  interaction_items: 'items',
  interactions: 'counts of a user and an item',
  interaction_clips: 'links of an item to a clip',
}

const judgements: readonly JournaledTable[] = [
  ...(['clip_labels', 'annotation_labels', 'opinions', 'clip_doubts', 'annotation_doubts'] as const),
]

function describeChange(database: Database, { table, before, after }: StoredChange): HistoryChange {
  const [old, now] = [before, after].map((text) => (text === null ? null : (JSON.parse(text) as Row)))
  const row = (now ?? old)!
  const subject = describeSubject(database, table, row)
  if (judgements.includes(table)) {
    const state = (label: Row | null | undefined): string =>
      label ? (['absent', 'present', 'cannot tell'][Number(label.state)] ?? '') : 'unknown'
    const name = nameClass(database, row.class_key ?? null)
    return { subject, details: [`${name}: ${state(old)} → ${state(now)}`] }
  }
  if (!old || !now) return { subject, details: [old ? 'removed' : 'added'] }
  const details = Object.keys(now)
    .filter((column) => now[column] !== old[column] && !/(^|_)key$/.test(column))
    .map(
      (column) => `${columnNames[column] ?? column.replaceAll('_', ' ')}: ${show(old[column])} → ${show(now[column])}`,
    )
  return { subject, details: details.length > 0 ? details : ['moved'] }
}

const columnNames: Record<string, string> = {
  group_key: 'group',
  start_seconds: 'start, seconds',
  end_seconds: 'end, seconds',
  low_hz: 'low, Hz',
  high_hz: 'high, Hz',
  is_fully_annotated: 'fully annotated',
}

const show = (value: Row[string] | undefined): string =>
  value === null || value === undefined || value === '' ? '–' : String(value)

function describeSubject(database: Database, table: JournaledTable, row: Row): string {
  if (table === 'clips') return nameClip(database, row.key ?? null, row)
  if (table === 'annotations') return `segment of ${nameClip(database, row.clip_key ?? null)}`
  if (row.annotation_key !== undefined) {
    const own = database.get<{ clip_key: number }>(
      'SELECT clip_key FROM annotations WHERE key = ?',
      row.annotation_key ?? null,
    )
    return `segment of ${nameClip(database, own?.clip_key ?? null)}`
  }
  if (row.clip_key !== undefined && row.clip_key !== null) return nameClip(database, row.clip_key)
  const name = row.name ?? row.path ?? row.text ?? null
  return name === null ? nouns[table] : `${nouns[table]} “${name}”`
}

function nameClip(database: Database, key: Row[string], row?: Row): string {
  const own = database.get<{ path: string; start: number; end: number }>(
    `SELECT r.path, c.start_seconds AS start, c.end_seconds AS end FROM clips c JOIN recordings r ON r.key = c.recording_key
       WHERE c.key = ?`,
    key,
  )
  if (own) return `${own.path} ${own.start.toFixed(2)}–${own.end.toFixed(2)} s`
  return row ? `a clip of ${show(row.start_seconds)}–${show(row.end_seconds)} s` : 'a clip that is not there now'
}

function nameClass(database: Database, key: Row[string]): string {
  return (
    database.get<{ name: string }>('SELECT name FROM ontology_classes WHERE key = ?', key)?.name ??
    'a class that is not there now'
  )
}
