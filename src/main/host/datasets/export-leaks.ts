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
 * Leaks of the two divisions that formats write: the split and the folds. In memory are only clips that may be part of
 * one, of however many.
 */
export function findExportLeaks(database: Database, query: ClipQuery): ExportLeaks {
  const parts = countParts(database, query)
  // Clips that are all in one part leak nowhere: a list of millions is mostly one part, and need not be read for it.
  const divisions = (['split', 'fold'] as const).filter((by) => parts[by] > 1)
  const found: ExportLeaks = { leaks: [], leakCount: 0 }
  for (const by of divisions) {
    const clips = listPartedClips(database, query, by).map((clip): PlacedClip => ({
      ...clip,
      part: clip[by]!,
      bonds: [],
    }))
    const { findings, leakCount } = findLeaks(database, clips, by)
    found.leaks.push(...findings.slice(0, Math.min(leakCount, shownLeaks - found.leaks.length)))
    found.leakCount += leakCount
  }
  return found
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
