import { ClipText } from './clip-text'
import type { Database } from './database'

/**
 * What lists ask of clips, in columns by position: clips in the order of their paths. Loading two million takes some
 * seconds, in pieces between which other work goes on.
 */
export interface ClipColumns {
  /** Keys by position, and positions by key (−1: there is no such clip). */
  keys: Int32Array
  positions: Int32Array
  seconds: Float64Array
  /** Numbers of `foldNames`; −1: none. */
  folds: Int16Array
  foldNames: string[]
  /** Places in `splitNames`; −1: none. */
  splits: Int8Array
  /** By position, of recordings. */
  isMissing: Uint8Array
  annotationCounts: Uint16Array
  /** Labels of the clip with key k: `labels[labelStarts[k] … labelStarts[k + 1]]`, each class key × 2 + state. */
  labelStarts: Uint32Array
  labels: Uint32Array
  /** Paths; owned by the first of a recording's clips, which lie side by side. */
  paths: ClipText
  /** How many clips the recording has whose first clip this is; else 0. */
  siblings: Uint32Array
  /** Groups, notes and metadata; owned by positions. */
  notes: ClipText
  /** Positions whose texts are others now. */
  laterTexts: Map<number, string>
}

const splitNames = ['train', 'validation', 'test']

export const splitCode = (split: string | null): number => (split === null ? -1 : splitNames.indexOf(split))

interface ClipFacts {
  key: number
  recordingKey: number
  path: string
  seconds: number
  fold: string | null
  split: string | null
  isMissing: number
}

const pieceRows = 20_000

/** Lets whatever waits go first. */
const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What is searched of a clip beside its recording's path and its labels. */
export const clipTextSql = `concat_ws(char(10), c.group_key, nullif(c.note, ''),
  (SELECT group_concat(m.value, char(10)) FROM clip_metadata m WHERE m.clip_key = c.key))`

/** Reads the columns in one snapshot. @param database a connection of its own */
export async function loadColumns(database: Database): Promise<ClipColumns> {
  database.sqlite.exec('BEGIN')
  try {
    const size = database.get<{ count: number }>('SELECT count(*) AS count FROM clips')!.count
    const lastKey = database.get<{ last: number | null }>('SELECT max(key) AS last FROM clips')!.last ?? 0
    const columns = await loadClips(database, size, lastKey)
    await loadLabels(database, columns, lastKey)
    const counts = database.all<{ key: number; count: number }>(
      'SELECT clip_key AS key, count(*) AS count FROM annotations GROUP BY clip_key',
    )
    for (const { key, count } of counts) columns.annotationCounts[columns.positions[key]!] = Math.min(count, 65_535)
    return columns
  } finally {
    database.sqlite.exec('ROLLBACK')
  }
}

async function loadClips(database: Database, size: number, lastKey: number): Promise<ClipColumns> {
  const columns = {
    keys: new Int32Array(size),
    positions: new Int32Array(lastKey + 1).fill(-1),
    seconds: new Float64Array(size),
    folds: new Int16Array(size).fill(-1),
    foldNames: [],
    splits: new Int8Array(size),
    isMissing: new Uint8Array(size),
    annotationCounts: new Uint16Array(size),
    siblings: new Uint32Array(size),
    laterTexts: new Map<number, string>(),
  }
  const foldCodes = new Map<string, number>()
  const paths = ClipText.builder()
  let first = 0
  let recordingKey = 0
  let position = 0
  const rows = database.iterate<ClipFacts>(
    `SELECT c.key, r.key AS recordingKey, r.path, c.end_seconds - c.start_seconds AS seconds, c.fold, c.split,
       r.is_missing AS isMissing
     FROM recordings r CROSS JOIN clips c ON c.recording_key = r.key
     ORDER BY r.path, r.root_key, c.start_seconds, c.end_seconds`,
  )
  for (const row of rows) {
    columns.keys[position] = row.key
    columns.positions[row.key] = position
    columns.seconds[position] = row.seconds
    columns.isMissing[position] = row.isMissing
    columns.splits[position] = splitCode(row.split)
    if (row.fold !== null) {
      if (!foldCodes.has(row.fold)) foldCodes.set(row.fold, foldCodes.size)
      columns.folds[position] = foldCodes.get(row.fold)!
    }
    if (row.recordingKey !== recordingKey) {
      recordingKey = row.recordingKey
      first = position
      paths.add(position, row.path)
    }
    columns.siblings[first]!++
    if (++position % pieceRows === 0) await giveWay()
  }
  const notes = ClipText.builder()
  let done = 0
  const texts = database.iterate<{ key: number; text: string }>(
    `SELECT c.key, ${clipTextSql} AS text FROM clips c
       WHERE c.group_key IS NOT NULL OR c.note <> '' OR EXISTS (SELECT 1 FROM clip_metadata m WHERE m.clip_key = c.key)`,
  )
  for (const { key, text } of texts) {
    notes.add(columns.positions[key]!, text)
    if (++done % pieceRows === 0) await giveWay()
  }
  return {
    ...columns,
    foldNames: [...foldCodes.keys()],
    paths: paths.build(),
    notes: notes.build(),
    labelStarts: new Uint32Array(lastKey + 2),
    labels: new Uint32Array(0),
  }
}

async function loadLabels(database: Database, columns: ClipColumns, lastKey: number): Promise<void> {
  const { count } = database.get<{ count: number }>('SELECT count(*) AS count FROM clip_labels')!
  const labels = new Uint32Array(count)
  const starts = columns.labelStarts
  let at = 0
  for (let from = 0; from <= lastKey; from += pieceRows) {
    // Whole pieces at once, a number a row: row by row this takes three times as long.
    const piece = database.pluck<number>(
      'SELECT clip_key * 1048576 + class_key * 2 + state FROM clip_labels WHERE clip_key BETWEEN ? AND ?',
      from,
      from + pieceRows - 1,
    )
    for (const packed of piece) {
      const key = Math.floor(packed / 1_048_576)
      starts[key + 1]!++
      labels[at++] = packed % 1_048_576
    }
    await giveWay()
  }
  for (let key = 0; key <= lastKey; key++) starts[key + 1]! += starts[key]!
  columns.labels = labels
}

/**
 * Reads some clips anew. @returns false when one of them came or went, so that all must be loaded again
 * @param database where the clips are as they are now
 */
export function refreshColumns(database: Database, columns: ClipColumns, keys: readonly number[]): boolean {
  const list = JSON.stringify(keys)
  const rows = database.all<Omit<ClipFacts, 'path' | 'recordingKey'> & { text: string; annotations: number }>(
    `SELECT c.key, c.end_seconds - c.start_seconds AS seconds, c.fold, c.split, r.is_missing AS isMissing, ${clipTextSql} AS text,
       (SELECT count(*) FROM annotations WHERE clip_key = c.key) AS annotations
     FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE c.key IN (SELECT value FROM json_each(?))`,
    list,
  )
  const positions = keys.map((key) => columns.positions[key] ?? -1)
  if (rows.length !== keys.length || positions.includes(-1)) return false
  for (const row of rows) {
    const position = columns.positions[row.key]!
    columns.seconds[position] = row.seconds
    columns.isMissing[position] = row.isMissing
    columns.splits[position] = splitCode(row.split)
    columns.annotationCounts[position] = Math.min(row.annotations, 65_535)
    columns.laterTexts.set(position, row.text)
    if (row.fold !== null && !columns.foldNames.includes(row.fold)) columns.foldNames.push(row.fold)
    columns.folds[position] = row.fold === null ? -1 : columns.foldNames.indexOf(row.fold)
  }
  const labels = new Map<number, number[]>(keys.map((key) => [key, []]))
  const own = database.all<{ key: number; code: number }>(
    `SELECT clip_key AS key, class_key * 2 + state AS code FROM clip_labels
       WHERE clip_key IN (SELECT value FROM json_each(?))`,
    list,
  )
  for (const { key, code } of own) labels.get(key)!.push(code)
  replaceLabels(columns, labels)
  return true
}

/** Puts other labels in the place of some clips' labels: the rest is copied as it is. */
function replaceLabels(columns: ClipColumns, changed: Map<number, number[]>): void {
  const { labelStarts: starts, labels } = columns
  let size = labels.length
  for (const [key, own] of changed) size += own.length - (starts[key + 1]! - starts[key]!)
  const next = new Uint32Array(size)
  const nextStarts = new Uint32Array(starts.length)
  let from = 0
  let to = 0
  let done = 0
  const copyUntil = (key: number): void => {
    next.set(labels.subarray(from, starts[key]), to)
    for (; done <= key; done++) nextStarts[done] = starts[done]! + to - from
    to += starts[key]! - from
    from = starts[key]!
  }
  for (const key of [...changed.keys()].sort((a, b) => a - b)) {
    copyUntil(key)
    const own = changed.get(key)!
    next.set(own, to)
    to += own.length
    from = starts[key + 1]!
  }
  copyUntil(starts.length - 1)
  columns.labels = next
  columns.labelStarts = nextStarts
}
