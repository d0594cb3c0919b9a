/** Keeps the columns as the catalog is: clips that were edited are read anew. */
import { refreshAuthors } from './author-sets'
import {
  type ClipColumns,
  type ClipFacts,
  clipFlag,
  clipTextSql,
  flagsSql,
  LabelCursor,
  type LaterTexts,
  splitCode,
  statusSql,
} from './clip-columns'
import { type Database, foldText } from './database'

/** So many clips lie over the columns of labels before these are written anew. */
const mostLater = 5000

/** What a refresh has changed besides what stands in every row. */
export interface Refreshed {
  areSecondsOthers: boolean
  areFoldsOthers: boolean
  areLabelsOthers: boolean
}

/**
 * Reads some clips anew. @returns null when one of them came or went, so that all must be loaded again
 * @param database where the clips are as they are now
 */
export function refreshColumns(database: Database, columns: ClipColumns, keys: readonly number[]): Refreshed | null {
  const list = JSON.stringify(keys)
  const rows = database.all<Omit<ClipFacts, 'path' | 'recordingKey'> & LaterTexts & { annotations: number }>(
    `SELECT c.key, c.end_seconds - c.start_seconds AS seconds, c.fold, c.split, ${statusSql} AS status,
       ${flagsSql} | (EXISTS (SELECT 1 FROM embeddings WHERE clip_key = c.key) << 4) AS flags, ${clipTextSql} AS texts, c.note AS notes,
       coalesce((SELECT group_concat(note, char(0)) FROM annotations WHERE clip_key = c.key AND note <> ''), '')
         AS annotationNotes,
       (SELECT count(*) FROM annotations WHERE clip_key = c.key) AS annotations
     FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE c.key IN (SELECT value FROM json_each(?))`,
    list,
  )
  if (rows.length !== new Set(keys).size || keys.some((key) => (columns.positions[key] ?? -1) < 0)) return null
  const refreshed: Refreshed = { areSecondsOthers: false, areFoldsOthers: false, areLabelsOthers: false }
  const labels = new Map<number, number[]>(rows.map(({ key }) => [key, []]))
  const codes = database.all<{ key: number; code: number }>(
    `SELECT clip_key AS key, class_key * 2 + state AS code FROM clip_labels
       WHERE clip_key IN (SELECT value FROM json_each(?))`,
    list,
  )
  for (const { key, code } of codes) labels.get(key)!.push(code)
  const before = new LabelCursor(columns)
  for (const row of rows) {
    const position = columns.positions[row.key]!
    if (columns.seconds[position] !== row.seconds) refreshed.areSecondsOthers = true
    columns.seconds[position] = row.seconds
    columns.splits[position] = splitCode(row.split)
    columns.statuses[position] = row.status
    columns.annotationCounts[position] = Math.min(row.annotations, 65_535)
    columns.laterTexts.set(position, {
      texts: foldText(row.texts),
      notes: foldText(row.notes),
      annotationNotes: foldText(row.annotationNotes),
    })
    if (row.fold !== null && !columns.foldNames.includes(row.fold)) columns.foldNames.push(row.fold)
    const fold = row.fold === null ? -1 : columns.foldNames.indexOf(row.fold)
    if (columns.folds[position] !== fold) refreshed.areFoldsOthers = true
    columns.folds[position] = fold
    const own = labels.get(row.key)!
    const { codes: old, start, end } = before.seek(position)
    if (end - start !== own.length || own.some((code, at) => old[start + at] !== code)) refreshed.areLabelsOthers = true
    columns.flags[position] = row.flags | clipFlag.later
    columns.laterLabels.set(row.key, own)
  }
  refreshAuthors(database, columns.authors, columns.keys.length, keys, (key) => columns.positions[key]!)
  return refreshed
}

/** Writes the columns of labels anew when many edits lie over them. @returns whether it did */
export function settleLabels(columns: ClipColumns): boolean {
  if (columns.laterLabels.size <= mostLater) return false
  replaceLabels(columns, columns.laterLabels)
  columns.laterLabels.clear()
  return true
}

/** Puts other labels in the place of some clips' labels: the rest is copied as it is. */
function replaceLabels(columns: ClipColumns, changed: ReadonlyMap<number, readonly number[]>): void {
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
