import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { PatternPreview } from '../../../shared/contract/metadata'
import { isTakenName } from '../../../shared/contract/metadata'
import { type FileNamePattern, parseFileNamePattern } from '../../../shared/datasets/file-name-pattern'
import { AppError } from '../../../shared/errors'
import { keepRead } from '../catalog/bulk/bulk-metadata'
import type { OnProgress } from '../catalog/bulk-changes'
import { compileClipQuery } from '../catalog/clip-query'
import type { Database, SqlValue } from '../catalog/database'
import { countNoun } from '../catalog/labels'
import type { Recorder } from '../catalog/recorder'

const shownRows = 100

export interface PatternRequest {
  query: ClipQuery
  pattern: string
}

/**
 * What a pattern finds in the paths of a query's clips, clip by clip: none but those that are shown stay in memory.
 * @throws AppError 'invalid-argument' that says why it is none
 */
export function previewPattern(database: Database, { query, pattern }: PatternRequest): PatternPreview {
  const { names, read } = readPattern(pattern)
  const preview: PatternPreview = { names, matched: 0, unmatched: 0, replaced: 0, rows: [] }
  const fitting: PatternPreview['rows'] = []
  const own = names.map(
    (_name, index) => `(SELECT m.value FROM clip_metadata m WHERE m.clip_key = c.key
    AND m.name_key = (SELECT key FROM metadata_names WHERE name = ?)) AS own${index}`,
  )
  const { listed, values } = compileClipQuery(query)
  const clips = database.iterate<Record<string, SqlValue> & { id: string; path: string }>(
    `SELECT ${['c.id', 'r.path', ...own].join(', ')} ${listed}`,
    ...names,
    ...values,
  )
  for (const clip of clips) {
    const found = read(clip.path)
    const row = { clipId: clip.id, path: clip.path, values: found }
    if (found === null) {
      // What does not fit is what a person looks for, and comes first.
      if (preview.unmatched++ < shownRows) preview.rows.push(row)
      continue
    }
    if (preview.matched++ < shownRows) fitting.push(row)
    const isOther = (name: string, index: number): boolean =>
      clip[`own${index}`] !== null && clip[`own${index}`] !== found[name]
    if (names.some(isOther)) preview.replaced++
  }
  preview.rows.push(...fitting)
  return preview
}

/** Keeps it, as one edit. @throws AppError 'invalid-argument' when the pattern is none or fits nothing */
export function applyPattern(
  database: Database,
  recorder: Recorder,
  { query, pattern }: PatternRequest,
  onProgress: OnProgress = () => undefined,
): { title: string } {
  const read = readPattern(pattern)
  const { clips, matched } = keepRead(database, recorder, { query }, read, onProgress)
  if (matched === 0)
    throw new AppError('invalid-argument', `The pattern ${pattern} fits none of ${countNoun(clips, 'clip')}.`)
  return { title: `Read ${read.names.join(', ')} from the names of ${countNoun(matched, 'clip')}` }
}

/** @throws AppError 'invalid-argument' */
function readPattern(pattern: string): FileNamePattern {
  const { names, read } = parseFileNamePattern(pattern)
  for (const name of names) refuseTaken(name)
  return { names, read }
}

/** @throws AppError 'invalid-argument' for a name that means something else in a query */
export function refuseTaken(name: string): void {
  if (isTakenName(name))
    throw new AppError(
      'invalid-argument',
      `${name} means something else in a query, so metadata cannot be called so.`,
      {
        hint: `Call it recorded_${name}, or otherwise.`,
      },
    )
}
