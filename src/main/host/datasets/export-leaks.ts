import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ExportPreview } from '../../../shared/contract/exports'
import type { Snapshot } from '../../../shared/contract/snapshots'
import type { Leak } from '../../../shared/contract/splits'
import { AppError } from '../../../shared/errors'
import { AuditedClips } from '../catalog/audited-clips'
import type { Database } from '../catalog/database'
import { countNoun } from '../catalog/labels'
import { eachClipLine } from '../catalog/snapshot-pages'
import { readSnapshot } from '../catalog/snapshots'
import { listSoundMatches } from '../catalog/split-clips'
import { findLeaks, leakHint, type PlacedClip } from './find-leaks'

export type ExportLeaks = Pick<ExportPreview, 'leaks' | 'leakCount'>

const shownLeaks = 20

/** What is exported: the clips of a query, or all of a snapshot. */
export interface ExportedOf {
  query: ClipQuery
  snapshotId: string | null
}

/**
 * Leaks of the division that an export is used by: the split where the clips stand in several of its parts, else the
 * folds. Folds that came with a dataset may share speakers, as those of FSDD do, and a split be made to mend that. In
 * memory are only clips that may be part of a leak, of however many.
 */
export function findExportLeaks(database: Database, { query, snapshotId }: ExportedOf): ExportLeaks {
  if (snapshotId !== null) {
    const clips = new SnapshotClips(database, readSnapshot(database, snapshotId))
    const parts = clips.countParts()
    const by = divisions.find((division) => parts[division] > 1)
    return by === undefined ? none : describe(findLeaks(database, clips.listParted(by), by))
  }
  for (const by of divisions) {
    const clips = new AuditedClips(database, query, by)
    try {
      // Clips that are all in one part leak nowhere: a list of millions is mostly one part, and need not be read for it.
      if (clips.parts().length < 2) continue
      const parted = clips.listParted().map((clip): PlacedClip => ({ ...clip, bonds: [] }))
      return describe(findLeaks(database, parted, by))
    } finally {
      clips.close()
    }
  }
  return none
}

const divisions = ['split', 'fold'] as const

const none: ExportLeaks = { leaks: [], leakCount: 0 }

const describe = (leaks: Leak[]): ExportLeaks => ({ leaks: leaks.slice(0, shownLeaks), leakCount: leaks.length })

/** The clips of a snapshot, walked twice: for what stands in several parts, and for the clips that have it. */
class SnapshotClips {
  constructor(
    private readonly database: Database,
    private readonly snapshot: Snapshot,
  ) {}

  countParts(): Record<'split' | 'fold', number> {
    const parts = { split: new Set<string>(), fold: new Set<string>() }
    for (const { fold, split } of this.walk()) {
      if (fold !== null) parts.fold.add(fold)
      if (split !== null) parts.split.add(split)
    }
    return { split: parts.split.size, fold: parts.fold.size }
  }

  /** As `AuditedClips`. */
  listParted(by: 'split' | 'fold'): PlacedClip[] {
    const heard = new Set(
      listSoundMatches(this.database).flatMap(({ firstHash, secondHash }) => [firstHash, secondHash]),
    )
    /** The part of each group, recording and content; '' for those of several. */
    const partOf = new Map<string, string>()
    for (const clip of this.walk()) {
      const part = clip[by]
      if (part === null) continue
      for (const bond of bondsOf(clip)) partOf.set(bond, (partOf.get(bond) ?? part) === part ? part : '')
    }
    const parted: PlacedClip[] = []
    for (const clip of this.walk()) {
      const part = clip[by]
      if (part === null) continue
      const isParted = bondsOf(clip).some((bond) => partOf.get(bond) === '')
      if (!isParted && !(clip.contentHash !== null && heard.has(clip.contentHash))) continue
      parted.push({ ...clip, part, recordingKey: clip.recordingPath, classes: [], bonds: [] })
    }
    return parted
  }

  private *walk(): Generator<SnapshotClip> {
    for (const lines of eachClipLine(this.database, this.snapshot))
      for (const [id, recordingPath, contentHash, startSeconds, endSeconds, fold, split, group] of lines)
        yield { id, recordingPath, contentHash, startSeconds, endSeconds, fold, split, group }
  }
}

interface SnapshotClip extends Pick<
  PlacedClip,
  'id' | 'recordingPath' | 'contentHash' | 'startSeconds' | 'endSeconds' | 'group'
> {
  fold: string | null
  split: string | null
}

function bondsOf({ recordingPath, contentHash, group }: SnapshotClip): string[] {
  const bonds = [`r${recordingPath}`]
  if (contentHash !== null) bonds.push(`h${contentHash}`)
  if (group !== null) bonds.push(`g${group}`)
  return bonds
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
