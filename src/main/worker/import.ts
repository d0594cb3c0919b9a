import { findImporter, type NamedBatch, type PlannedRecording } from '../../formats/importers/importer'
import { AppError } from '../../shared/errors'
import type { ImportManifest, KnownRecording } from '../../shared/job/manifest'
import type { ImportIssue, RecordingDraft, WorkerEvent } from '../../shared/job/worker-event'
import { withMediaPool, type MediaRunner } from './media-runner'
import { mapInOrder } from '../../shared/map-in-order'
import { openDataset } from './open-dataset'
import { probeRecording } from './probe-recording'
import { throttleProgress } from './throttle-progress'

/** Resolves when the host has taken most of what it was told. */
export type WaitForRoom = () => Promise<void>

const batchSize = 50
/** Recordings without sound in one message. */
const unheardBatch = 500
const threads = 2

/**
 * Imports a dataset: walks its folder, lets the format plan, decodes and hashes every file, and streams
 * classes, batches of recordings, issues and progress. A file that cannot be taken becomes an issue and the
 * rest goes on. A file that the catalog knows with the same size and time is not read again, so importing
 * the same thing twice is quick; its draft is sent all the same, because the rows about it may have changed.
 * @throws AppError where the folder or the format as a whole cannot be read, or holds no sound.
 */
export async function runImport(
  manifest: ImportManifest,
  tell: (event: WorkerEvent) => void,
  media?: MediaRunner,
  waitForRoom: WaitForRoom = () => Promise.resolve(),
): Promise<void> {
  const importer = findImporter(manifest.format)
  tell({ type: 'progress', done: 0, total: 0, message: `Looking through ${manifest.path}` })
  const { folder, issues: unseen } = await openDataset(manifest.path)
  const plan = await importer.read(folder, manifest)
  const issues: ImportIssue[] = [...unseen, ...plan.issues]
  const isStreamed = plan.named !== undefined || plan.interactions !== undefined
  if (plan.recordings.length === 0 && issues.length === 0 && !isStreamed && !plan.withoutSound?.length) {
    throw new AppError('not-found', `${manifest.path} holds no sound files.`, {
      hint: 'Choose a folder with WAV, AIFF, FLAC, MP3, Ogg Vorbis or Opus files.',
    })
  }
  tell({ type: 'classes', classes: plan.classes })
  if (issues.length > 0) tell({ type: 'issues', issues })
  // Recordings of which nothing is new are for the catalog to count: it knows what it has.
  if (plan.skipped > 0) tell({ type: 'skipped', count: plan.skipped })
  const known = new Map(manifest.known.map((recording) => [recording.path, recording]))
  await withMediaPool(threads, media, async (pool) => {
    await takeRecordings(manifest, known, plan.recordings, pool, tell, throttleProgress(tell, plan.recordings.length))
    const { length } = plan.recordings
    if (length > 0) tell({ type: 'progress', done: length, total: length, message: `Took ${length} files` })
    for (let at = 0; at < (plan.withoutSound?.length ?? 0); at += unheardBatch) {
      await waitForRoom()
      tell({ type: 'recordings', recordings: plan.withoutSound!.slice(at, at + unheardBatch) })
    }
    if (plan.named) await takeNamed(manifest, known, plan.named, pool, tell, waitForRoom)
    for await (const { rows, issues: own, done, total, message } of plan.interactions ?? []) {
      if (rows.counts.length > 0 || rows.aliases) tell({ type: 'interactions', rows })
      if (own.length > 0) tell({ type: 'issues', issues: own })
      tell({ type: 'progress', done, total, message })
      await waitForRoom()
    }
  })
}

/** Streams what a large table says; no more is read than the catalog has taken. */
async function takeNamed(
  manifest: ImportManifest,
  known: ReadonlyMap<string, KnownRecording>,
  named: AsyncIterable<NamedBatch>,
  media: MediaRunner,
  tell: (event: WorkerEvent) => void,
  waitForRoom: WaitForRoom,
): Promise<void> {
  for await (const { rows, planned, issues, done, total, message } of named) {
    if (rows.labelCounts.length > 0) tell({ type: 'named', rows })
    if (issues.length > 0) tell({ type: 'issues', issues })
    await takeRecordings(manifest, known, planned, media, tell, () => undefined)
    tell({ type: 'progress', done, total, message })
    await waitForRoom()
  }
}

async function takeRecordings(
  manifest: ImportManifest,
  known: ReadonlyMap<string, KnownRecording>,
  planned: PlannedRecording[],
  media: MediaRunner,
  tell: (event: WorkerEvent) => void,
  progress: (done: number, message: string) => void,
): Promise<void> {
  if (planned.length === 0) return
  const firstWithHash = new Map<string, string>()
  let recordings: RecordingDraft[] = []
  let issues: ImportIssue[] = []
  const flush = (): void => {
    if (recordings.length > 0) tell({ type: 'recordings', recordings })
    if (issues.length > 0) tell({ type: 'issues', issues })
    recordings = []
    issues = []
  }

  // Twice as many as threads, so that none waits for this loop.
  await mapInOrder(
    planned,
    threads * 2,
    (recording) => probeRecording(manifest.path, recording.path, known.get(recording.path), media),
    (outcome, { path, row, clips }, index) => {
      progress(index + 1, path)
      if (outcome.reason !== null) issues.push({ file: path, row, reason: outcome.reason })
      if (outcome.facts) {
        const twin = firstWithHash.get(outcome.facts.contentHash)
        if (twin === undefined) firstWithHash.set(outcome.facts.contentHash, path)
        else issues.push({ file: path, row, reason: `same audio as ${twin}: both are in the catalog` })
        recordings.push({ path, ...outcome.facts, clips })
      }
      if (recordings.length + issues.length >= batchSize) flush()
    },
  )
  flush()
}
