import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { findExporter } from '../../../formats/exporters/exporter'
import { missingSound, refuseClip, writesSound } from '../../../formats/exporters/refuse-clip'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ExportPreview } from '../../../shared/contract/exports'
import { addFollowed, type ExportClip, type ExportLabel, type ExportOptions } from '../../../shared/job/manifest'
import { createPropagation } from '../../../shared/ontology/propagate-labels'
import { resolveInside } from '../media/resolve-inside'
import { readAnnotations } from './annotations'
import { countClips, readLabels } from './clips'
import { type Database, listParameter } from './database'
import { readEmbeddings } from './ingest-embeddings'
import { readMetadata } from './metadata'
import { listClasses } from './ontology'
import { eachManifestPage, type ManifestRow } from './usable-clips'

export interface ExportedClips {
  query: ClipQuery
  /** The labels hold what follows from others by the tree of classes too. */
  propagate: boolean
  /** With the features that came with them. */
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
      const total = countClips(database, wanted.query)
      let done = 0
      onProgress(0, total)
      for (const page of eachExportPage(database, wanted)) {
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
  { format, query, propagate, options }: PreviewRequest,
  onProgress: OnProgress = () => undefined,
): Omit<ExportPreview, 'leaks' | 'leakCount'> {
  const exporter = findExporter(format)
  const needsSound = writesSound(exporter, options)
  const left = new Map<string, number>()
  const followed = { labels: 0, clips: 0 }
  const counts = { clips: 0, seconds: 0, unfinished: 0 }
  inOneState(database, () => {
    const total = countClips(database, query)
    let done = 0
    for (const page of eachExportPage(database, { query, propagate, embeddings: exporter.takesEmbeddings === true })) {
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
    followed: propagate ? followed : null,
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

interface ReadClip {
  clip: ExportClip
  /** Its sound was not there when the catalog last looked. */
  isMissing: boolean
}

function* eachExportPage(
  database: Database,
  { query, propagate, embeddings: hasEmbeddings = false }: ExportedClips,
): Generator<ReadClip[]> {
  const toLabels = makeLabels(database, propagate)
  for (const rows of eachManifestPage(database, query)) {
    const ids = rows.map((row) => row.id)
    const labels = readLabels(database, listParameter(ids))
    const metadata = readMetadata(database, listParameter(ids))
    const annotations = readAnnotations(database, ids)
    const embeddings = hasEmbeddings ? readEmbeddings(database, ids) : null
    yield rows.map((row): ReadClip => {
      let followedLabels = 0
      const withFollowed = (given: GivenLabels): ExportLabel[] => {
        const all = toLabels(given)
        followedLabels += all.length - given.length
        return all
      }
      const clip: ExportClip = {
        ...ofRow(row),
        labels: withFollowed(labels.get(row.id) ?? []),
        annotations: (annotations.get(row.id) ?? []).map((annotation) => ({
          id: annotation.id,
          startSeconds: annotation.startSeconds,
          endSeconds: annotation.endSeconds,
          lowHz: annotation.lowHz,
          highHz: annotation.highHz,
          tier: annotation.tier,
          author: annotation.author,
          score: annotation.score,
          note: annotation.note,
          labels: withFollowed(annotation.labels),
        })),
        source: metadata.get(row.id) ?? {},
      }
      if (propagate) clip.followedLabels = followedLabels
      if (embeddings) clip.embeddings = embeddings.get(row.id) ?? []
      return { clip, isMissing: row.isMissing === 1 }
    })
  }
}

function ofRow(row: ManifestRow): Omit<ExportClip, 'labels' | 'annotations' | 'source'> {
  return {
    id: row.id,
    path: resolveInside(row.rootPath, row.recordingPath),
    contentHash: row.contentHash,
    startSeconds: row.startSeconds,
    endSeconds: row.endSeconds,
    recordingPath: row.recordingPath,
    recordingSeconds: row.recordingSeconds,
    sampleRateHz: row.sampleRateHz,
    channelCount: row.channelCount,
    fold: row.fold,
    split: row.split,
    isFullyAnnotated: row.isFullyAnnotated === 1,
    note: row.note,
    group: row.group,
  }
}

type GivenLabels = readonly { classId: string; name: string; state: 'present' | 'absent' }[]

function makeLabels(database: Database, propagates: boolean): (given: GivenLabels) => ExportLabel[] {
  const classes = listClasses(database, false)
  const classById = new Map(classes.map((entry) => [entry.id, entry]))
  const toLabel = (classId: string, className: string, state: 'present' | 'absent'): ExportLabel => {
    const { code = null, mid = null } = classById.get(classId) ?? {}
    return { className, classCode: code, mid, state }
  }
  if (!propagates) return (given) => given.map(({ classId, name, state }) => toLabel(classId, name, state))
  const propagate = createPropagation(classes)
  return (given) =>
    [...propagate(new Map(given.map(({ classId, state }) => [classId, state])))].map(([classId, state]) =>
      toLabel(classId, classById.get(classId)!.name, state),
    )
}
