import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Annotation } from '../../../shared/contract/annotations'
import type { ExportAnnotation, ExportClip, ExportLabel } from '../../../shared/job/manifest'
import { resolveInside } from '../media/resolve-inside'
import { readAnnotations } from './annotations'
import { readLabels } from './clips'
import { type Database, listParameter } from './database'
import { type GivenLabels, makeLabels } from './export-labels'
import { readEmbeddings } from './ingest-embeddings'
import { readMetadata } from './metadata'
import { listClasses } from './ontology'
import { eachManifestPage, type ManifestRow } from './usable-clips'

/** A clip as exporters take it. */
export interface ReadClip {
  clip: ExportClip
  /** Its sound was not there when the catalog last looked. */
  isMissing: boolean
}

/** The clips of a query as they are now, in its order, page by page. */
export function* eachExportPage(
  database: Database,
  {
    query,
    propagate,
    embeddings: hasEmbeddings = false,
  }: { query: ClipQuery; propagate: boolean; embeddings?: boolean },
): Generator<ReadClip[]> {
  const toLabels = makeLabels(listClasses(database, false), propagate)
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
        // What was rejected is not there, and what was accepted is there as the segment that it has become.
        annotations: (annotations.get(row.id) ?? [])
          .filter(({ verdict }) => verdict === null)
          .map((annotation) => ({
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
            ...provenanceOf(annotation),
          })),
        source: metadata.get(row.id) ?? {},
      }
      if (propagate) clip.followedLabels = followedLabels
      if (embeddings) clip.embeddings = embeddings.get(row.id) ?? []
      return { clip, isMissing: row.isMissing === 1 }
    })
  }
}

/** Which proposal a segment was taken from, or what a run says of one that waits. */
function provenanceOf({ origin, proposal }: Annotation): Pick<ExportAnnotation, 'origin' | 'proposal'> {
  const waiting = proposal ? { proposal } : {}
  if (origin?.act !== 'accepted' && origin?.act !== 'edited') return waiting
  const { act, runId, score, source, author: by, at } = origin
  const facts = source?.proposal
  const run = origin.runName ?? facts?.runName ?? source?.author ?? null
  return { ...waiting, origin: { act, run, runId, fold: origin.fold ?? facts?.fold ?? null, score, by, at } }
}

function ofRow(row: ManifestRow): Omit<ExportClip, 'labels' | 'annotations' | 'source'> {
  return {
    id: row.id,
    path: resolveInside(row.rootPath, row.recordingPath),
    contentHash: row.contentHash,
    startSeconds: row.startSeconds,
    endSeconds: row.endSeconds,
    recordingPath: row.recordingPath,
    recordingId: row.recordingId,
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
