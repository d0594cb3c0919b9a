import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { findExporter } from '../../../formats/exporters/exporter'
import { missingSound, refuseClip, writesSound } from '../../../formats/exporters/refuse-clip'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ExportPreview } from '../../../shared/contract/exports'
import { addFollowed, type ExportClip, type ExportOptions } from '../../../shared/job/manifest'
import { countClips } from './clips'
import type { Database } from './database'
import { eachExportPage, type ReadClip } from './export-pages'
import { eachSnapshotPage } from './snapshot-pages'
import { readSnapshot } from './snapshots'

export interface ExportedClips {
  query: ClipQuery
  /** The labels hold what follows from others by the tree of classes too. */
  propagate: boolean
  /** All that this snapshot holds, in the place of what the query finds; null for none. */
  snapshotId: string | null
  /** With the features that came with them; a snapshot holds none. */
  embeddings?: boolean
}

type OnProgress = (done: number, total: number) => void

/**
 * Writes everything that an exporter may write of a query's clips as JSON lines, a page at a time, all of one state of the
 * catalog. The first progress says how many there are.
 * @throws AppError no-space; nothing is left then
 */
export function writeExportClips(
  database: Database,
  wanted: ExportedClips,
  file: string,
  onProgress: OnProgress,
): null {
  const out = openSync(file, 'wx')
  try {
    inOneState(database, () => {
      const { total, pages } = openClips(database, wanted)
      let done = 0
      onProgress(0, total)
      for (const page of pages) {
        writeSync(out, page.map(({ clip }) => `${JSON.stringify(clip)}\n`).join(''))
        done += page.length
        onProgress(done, total)
      }
    })
    closeSync(out)
  } catch (thrown) {
    closeSync(out)
    rmSync(file, { force: true })
    throw thrown
  }
  return null
}

export interface PreviewRequest extends ExportedClips {
  format: string
  options: Pick<ExportOptions, 'sound' | 'unknown'>
}

/** What a format takes of a query's clips, as far as the catalog knows without opening a recording. @throws AppError unsupported-format */
export function previewExport(
  database: Database,
  { format, options, ...wanted }: PreviewRequest,
  onProgress: OnProgress = () => undefined,
): Omit<ExportPreview, 'leaks' | 'leakCount'> {
  const exporter = findExporter(format)
  const needsSound = writesSound(exporter, options)
  const left = new Map<string, number>()
  const followed = { labels: 0, clips: 0 }
  const counts = { clips: 0, seconds: 0, unfinished: 0 }
  inOneState(database, () => {
    const { total, pages } = openClips(database, { ...wanted, embeddings: exporter.takesEmbeddings === true })
    let done = 0
    for (const page of pages) {
      for (const { clip, isMissing } of page) {
        const reason = (needsSound && isMissing ? missingSound : null) ?? refuseClip(exporter, clip, options)
        if (reason !== null) left.set(reason, (left.get(reason) ?? 0) + 1)
        else {
          counts.clips++
          counts.seconds += clip.endSeconds - clip.startSeconds
          if (!clip.isFullyAnnotated) counts.unfinished++
          addFollowed(followed, clip)
        }
      }
      done += page.length
      onProgress(done, total)
    }
  })
  return {
    ...counts,
    left: [...left].map(([reason, count]) => ({ reason, count })),
    followed: wanted.propagate ? followed : null,
  }
}

/** What `make` keeps of each of a query's clips, in its order: of one state of the catalog, a page of clips in memory at once. */
export function mapExportClips<T>(database: Database, query: ClipQuery, make: (clip: ExportClip) => T): T[] {
  const kept: T[] = []
  inOneState(database, () => {
    for (const page of eachExportPage(database, { query, propagate: false }))
      for (const { clip } of page) kept.push(make(clip))
  })
  return kept
}

/** Reads of one state, while others write. */
function inOneState(database: Database, read: () => void): void {
  database.sqlite.transaction(read).deferred()
}

function openClips(
  database: Database,
  { query, propagate, snapshotId, embeddings = false }: ExportedClips,
): { total: number; pages: Iterable<ReadClip[]> } {
  if (snapshotId === null)
    return { total: countClips(database, query), pages: eachExportPage(database, { query, propagate, embeddings }) }
  const snapshot = readSnapshot(database, snapshotId)
  return { total: snapshot.clipCount, pages: eachSnapshotPage(database, snapshot, propagate) }
}
