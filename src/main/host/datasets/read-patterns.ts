import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { PatternPreview } from '../../../shared/contract/metadata'
import { isTakenName } from '../../../shared/contract/metadata'
import { parseFileNamePattern } from '../../../shared/datasets/file-name-pattern'
import { AppError } from '../../../shared/errors'
import type { Database } from '../catalog/database'
import { countNoun } from '../catalog/labels'
import { setMetadata } from '../catalog/metadata'
import type { Recorder } from '../catalog/recorder'
import { listSplitClips } from '../catalog/split-clips'

const shownRows = 100

interface Request {
  query: ClipQuery
  pattern: string
}

interface Reading {
  names: string[]
  clips: { key: number; id: string; path: string; values: Record<string, string> | null; own: (string | null)[] }[]
}

/** What a pattern finds in the paths of a query's clips. @throws AppError 'invalid-argument' that says why it is none */
export function previewPattern(database: Database, request: Request): PatternPreview {
  const { names, clips } = readClips(database, request)
  const matched = clips.filter((clip) => clip.values !== null)
  const unmatched = clips.filter((clip) => clip.values === null)
  const replaced = matched.filter(({ values, own }) =>
    names.some((name, index) => own[index] !== null && own[index] !== values![name]),
  )
  return {
    names,
    matched: matched.length,
    unmatched: unmatched.length,
    replaced: replaced.length,
    // What does not fit is what a person looks for.
    rows: [...unmatched.slice(0, shownRows), ...matched.slice(0, shownRows)].map(({ id, path, values }) => ({
      clipId: id,
      path,
      values,
    })),
  }
}

/** Keeps it, as one edit. @throws AppError 'invalid-argument' when the pattern is none or fits nothing */
export function applyPattern(database: Database, recorder: Recorder, request: Request): { title: string } {
  const { names, clips } = readClips(database, request)
  const matched = clips.filter((clip) => clip.values !== null)
  if (matched.length === 0)
    throw new AppError(
      'invalid-argument',
      `The pattern ${request.pattern} fits none of ${countNoun(clips.length, 'clip')}.`,
    )
  for (const { key, values } of matched)
    for (const name of names) setMetadata(database, recorder, key, name, values![name]!)
  return { title: `Read ${names.join(', ')} from the names of ${countNoun(matched.length, 'clip')}` }
}

function readClips(database: Database, { query, pattern }: Request): Reading {
  const { names, read } = parseFileNamePattern(pattern)
  for (const name of names) refuseTaken(name)
  const found = new Map<string, Record<string, string> | null>()
  const clips = listSplitClips(database, query, names).map(({ key, id, recordingPath: path, values: own }) => {
    let values = found.get(path)
    if (values === undefined) found.set(path, (values = read(path)))
    return { key, id, path, values, own }
  })
  return { names, clips }
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
