/**
 * What lists ask of clips, in columns by position: clips in the order of their paths. Loading two million takes some
 * seconds, in pieces between which other work goes on. Edits are laid over the columns (`later…`) until they are many.
 */
import { clipStatuses } from '../../../shared/contract/clip-query'
import { loadAuthors } from './author-sets'
import { ClipSet } from './clip-set'
import { ClipText } from './clip-text'
import type { Database } from './database'

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
  /** Places in `clipStatuses`. */
  statuses: Uint8Array
  /** Sums of `clipFlag`. */
  flags: Uint8Array
  annotationCounts: Uint16Array
  /** Labels of the clip with key k: `labels[labelStarts[k] … labelStarts[k + 1]]`, each class key × 2 + state. */
  labelStarts: Uint32Array
  labels: Uint32Array
  /** By key, of clips with the flag `later`: their labels now. */
  laterLabels: Map<number, readonly number[]>
  /** Who judged a class of which clips or drew annotations on them; 'import' is what came with a dataset. */
  authors: Map<string, ClipSet>
  /** Paths; owned by the first of a recording's clips, which lie side by side. */
  paths: ClipText
  /** How many clips the recording has whose first clip this is; else 0. */
  siblings: Uint32Array
  /** Groups and metadata; notes; notes of annotations. Owned by positions. */
  texts: ClipText
  notes: ClipText
  annotationNotes: ClipText
  /** Texts of the positions with the flag `later`, folded. */
  laterTexts: Map<number, LaterTexts>
}

export type LaterTexts = Record<'texts' | 'notes' | 'annotationNotes', string>

/** What a clip has, one bit each. */
export const clipFlag = { missing: 1, complete: 2, group: 4, note: 8, embedding: 16, later: 32 } as const

const splitNames = ['train', 'validation', 'test']
export const splitCode = (split: string | null): number => (split === null ? -1 : splitNames.indexOf(split))

/** SQL of a clip's flags but `embedding` and `later`, over c (clips) and r (recordings). */
export const flagsSql = `r.is_missing | (c.is_fully_annotated << 1) | ((c.group_key IS NOT NULL) << 2)
  | ((c.note <> '') << 3)`

/** SQL of the number of a clip's status. */
export const statusSql = `CASE c.status ${clipStatuses.map((name, code) => `WHEN '${name}' THEN ${code}`).join(' ')} END`

/** What is searched of a clip beside its note, its recording's path and its labels. */
export const clipTextSql = `concat_ws(char(10), c.group_key,
  (SELECT group_concat(m.value, char(10)) FROM clip_metadata m WHERE m.clip_key = c.key))`

export interface ClipFacts {
  key: number
  recordingKey: number
  path: string
  seconds: number
  fold: string | null
  split: string | null
  status: number
  flags: number
}

const pieceRows = 20_000

/** Lets whatever waits go first. */
const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Reads the columns in one snapshot. @param database a connection of its own */
export async function loadColumns(database: Database): Promise<ClipColumns> {
  database.sqlite.exec('BEGIN')
  try {
    const size = database.get<{ count: number }>('SELECT count(*) AS count FROM clips')!.count
    const lastKey = database.get<{ last: number | null }>('SELECT max(key) AS last FROM clips')!.last ?? 0
    const clips = await loadClips(database, size, lastKey)
    const labels = await loadLabels(database, lastKey)
    await countAnnotations(database, clips)
    await findEmbeddings(database, clips)
    const find = (key: number): number => clips.positions[key] ?? -1
    const authors = await loadAuthors(database, { ...clips, ...labels }, giveWay)
    const texts = await loadText(
      database,
      find,
      `SELECT c.key, ${clipTextSql} AS text FROM clips c
         WHERE c.group_key IS NOT NULL OR EXISTS (SELECT 1 FROM clip_metadata m WHERE m.clip_key = c.key)`,
    )
    const notes = await loadText(database, find, `SELECT key, note AS text FROM clips WHERE note <> ''`)
    const annotationNotes = await loadText(
      database,
      find,
      `SELECT clip_key AS key, note AS text FROM annotations WHERE note <> ''`,
    )
    return {
      ...clips,
      ...labels,
      authors,
      texts,
      notes,
      annotationNotes,
      laterLabels: new Map(),
      laterTexts: new Map(),
    }
  } finally {
    database.sqlite.exec('ROLLBACK')
  }
}

type PlainColumns = Omit<
  ClipColumns,
  'labels' | 'labelStarts' | 'authors' | 'texts' | 'notes' | 'annotationNotes' | 'laterLabels' | 'laterTexts'
>

async function loadClips(database: Database, size: number, lastKey: number): Promise<PlainColumns> {
  const columns = {
    keys: new Int32Array(size),
    positions: new Int32Array(lastKey + 1).fill(-1),
    seconds: new Float64Array(size),
    folds: new Int16Array(size).fill(-1),
    splits: new Int8Array(size),
    statuses: new Uint8Array(size),
    flags: new Uint8Array(size),
    annotationCounts: new Uint16Array(size),
    siblings: new Uint32Array(size),
  }
  const foldCodes = new Map<string, number>()
  const paths = ClipText.builder()
  let first = 0
  let recordingKey = 0
  let position = 0
  const rows = database.iterate<ClipFacts>(
    `SELECT c.key, r.key AS recordingKey, r.path, c.end_seconds - c.start_seconds AS seconds, c.fold, c.split,
       ${statusSql} AS status, ${flagsSql} AS flags
     FROM recordings r CROSS JOIN clips c ON c.recording_key = r.key
     ORDER BY r.path, r.root_key, c.start_seconds, c.end_seconds`,
  )
  for (const row of rows) {
    columns.keys[position] = row.key
    columns.positions[row.key] = position
    columns.seconds[position] = row.seconds
    columns.splits[position] = splitCode(row.split)
    columns.statuses[position] = row.status
    columns.flags[position] = row.flags
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
  return { ...columns, foldNames: [...foldCodes.keys()], paths: paths.build() }
}

async function loadText(database: Database, find: (key: number) => number, sql: string): Promise<ClipText> {
  const builder = ClipText.builder()
  let done = 0
  for (const { key, text } of database.iterate<{ key: number; text: string }>(sql)) {
    builder.add(find(key), text)
    if (++done % pieceRows === 0) await giveWay()
  }
  return builder.build()
}

async function countAnnotations(database: Database, { annotationCounts, positions }: PlainColumns): Promise<void> {
  let done = 0
  const rows = database.iterate<{ key: number; count: number }>(
    'SELECT clip_key AS key, count(*) AS count FROM annotations GROUP BY clip_key',
  )
  for (const { key, count } of rows) {
    annotationCounts[positions[key]!] = Math.min(count, 65_535)
    if (++done % pieceRows === 0) await giveWay()
  }
}

async function findEmbeddings(database: Database, { flags, positions }: PlainColumns): Promise<void> {
  let done = 0
  for (const { key } of database.iterate<{ key: number }>('SELECT clip_key AS key FROM embeddings')) {
    flags[positions[key]!]! |= clipFlag.embedding
    if (++done % pieceRows === 0) await giveWay()
  }
}

async function loadLabels(database: Database, lastKey: number): Promise<Pick<ClipColumns, 'labels' | 'labelStarts'>> {
  const { count } = database.get<{ count: number }>('SELECT count(*) AS count FROM clip_labels')!
  const labels = new Uint32Array(count)
  const starts = new Uint32Array(lastKey + 2)
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
  return { labels, labelStarts: starts }
}

/** Walks over the labels of clips as they are now: `codes[start … end]` of the clip at `seek`'s position. */
export class LabelCursor {
  codes: ArrayLike<number> = []
  start = 0
  end = 0

  constructor(private readonly columns: ClipColumns) {}

  seek(position: number): this {
    const { keys, flags, laterLabels, labels, labelStarts } = this.columns
    const key = keys[position]!
    const later = (flags[position]! & clipFlag.later) === 0 ? undefined : laterLabels.get(key)
    this.codes = later ?? labels
    this.start = later ? 0 : labelStarts[key]!
    this.end = later ? later.length : labelStarts[key + 1]!
    return this
  }
}
