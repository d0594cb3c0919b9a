import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ExportPreview } from '../../../shared/contract/exports'
import { AppError } from '../../../shared/errors'
import type { Database } from '../catalog/database'
import { countNoun } from '../catalog/labels'
import { countParts, listPartedClips } from '../catalog/split-clips'
import { findLeaks, leakHint, type PlacedClip } from './find-leaks'

export type ExportLeaks = Pick<ExportPreview, 'leaks' | 'leakCount'>

const shownLeaks = 20

/**
 * Leaks of the division that an export is used by: the split where the clips stand in several of its parts, else the
 * folds. Folds that came with a dataset may share speakers, as those of FSDD do, and a split be made to mend that. In
 * memory are only clips that may be part of a leak, of however many.
 */
export function findExportLeaks(database: Database, query: ClipQuery): ExportLeaks {
  const parts = countParts(database, query)
  const by = (['split', 'fold'] as const).find((division) => parts[division] > 1)
  // Clips that are all in one part leak nowhere: a list of millions is mostly one part, and need not be read for it.
  if (by === undefined) return { leaks: [], leakCount: 0 }
  const clips = listPartedClips(database, query, by).map((clip): PlacedClip => ({
    ...clip,
    part: clip[by]!,
    bonds: [],
  }))
  const { findings, leakCount } = findLeaks(database, clips, by)
  return { leaks: findings.slice(0, Math.min(leakCount, shownLeaks)), leakCount }
}

/** @throws AppError 'conflict' where there is a leak */
export function refuseExportLeaks({ leaks, leakCount }: ExportLeaks): void {
  if (leakCount === 0) return
  const list = leaks.slice(0, 3).map(({ message }) => `\n• ${message}`)
  const more = leakCount > list.length ? `\n• … and ${leakCount - list.length} more` : ''
  throw new AppError('conflict', `${countNoun(leakCount, 'leak')} between the parts:${list.join('')}${more}`, {
    hint: leakHint('export'),
  })
}
