import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors'
import type { ExportJobManifest, RenderManifest } from '../../../shared/job/manifest'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import { unfinishedName } from '../../disk/unfinished-files'
import { countNoun } from '../catalog/labels'
import type { JobWork } from './queue'

/** Folders beside an export's, in which the worker writes until it is complete: `<out>.partial-<8 hex digits>`. */
export function listPartialFolders(out: string): string[] {
  const parent = dirname(out)
  const prefix = `${basename(out)}.partial-`
  try {
    return readdirSync(parent)
      .filter((name) => name.startsWith(prefix) && /^[0-9a-f]{8}$/.test(name.slice(prefix.length)))
      .map((name) => join(parent, name))
  } catch {
    return [] // the disk is gone, and what was on it
  }
}

/** Writes the clips of an export into a file; the first progress says how many there are. */
export type WriteClips = (
  file: string,
  onProgress: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<unknown>

export interface ExportRequest {
  out: string
  /** What it is called. @param clips how many, in words */
  title: (clips: string) => string
  manifest: Omit<ExportJobManifest, 'clipsFile'> | Omit<RenderManifest, 'clipsFile'>
  /** Where the list of the clips lies while the job lasts. */
  cacheFolder: string
  write: WriteClips
}

/**
 * Begins an export: the clips are read as they are now and written into a file, which is the job's; it is handed over as
 * soon as it is known how many they are. Work that is not enqueued is to be dropped.
 * The worker writes beside the folder and renames at the end; one that did not end well leaves nothing. Only where the
 * whole program died, the part stays, and the same export started again goes on with it.
 * @throws AppError 'invalid-argument' where there is no clip, and what reading the clips throws before anything is written
 */
export async function beginExport({
  out,
  title,
  manifest,
  cacheFolder,
  write,
}: ExportRequest): Promise<JobWork & { drop(): void }> {
  const clipsFile = unfinishedName(join(cacheFolder, 'export-clips'))
  const stopped = new AbortController()
  let report: ((event: WorkerEvent) => void) | null = null
  let resolveTotal: (total: number) => void = () => undefined
  const total = new Promise<number>((resolve) => (resolveTotal = resolve))
  const written = write(
    clipsFile,
    (done, all) => {
      resolveTotal(all)
      report?.({ type: 'progress', done, total: all, message: 'Reading the catalog' })
    },
    stopped.signal,
  )
  written.catch(() => undefined) // heard when the job starts
  const clips = await Promise.race([total, written.then(() => total)])
  /** Parts of other exports; null as long as no worker was told to write. */
  let others: Set<string> | null = null
  const drop = (): void => {
    stopped.abort()
    rmSync(clipsFile, { force: true })
    // The thread may have been about to write once more.
    void written.catch(() => undefined).then(() => rmSync(clipsFile, { force: true }))
  }
  if (clips === 0) {
    drop()
    throw new AppError('invalid-argument', 'No clip is in this selection, so there is nothing to export.')
  }
  return {
    kind: 'export',
    title: title(countNoun(clips, 'clip')),
    runId: null,
    outPath: out,
    async start(_job, tell) {
      report = tell
      await written
      others = new Set(listPartialFolders(out))
      return { ...manifest, clipsFile }
    },
    ingest(job, event) {
      if (event.type === 'exported')
        job.exportResult = {
          out,
          files: event.files,
          clips: event.clips,
          skipped: event.skipped,
          skippedCount: event.skippedCount ?? event.skipped.length,
          roundTrip: event.roundTrip ?? null,
          choices: event.choices ?? [],
          warnings: event.warnings ?? [],
          importAs: event.importAs ?? null,
        }
    },
    end(job, status) {
      drop()
      if (status !== 'done') job.exportResult = null
    },
    drop,
    afterEnd(job) {
      drop()
      // A worker that was killed could not clean up after itself; and what lies there from before another export to the
      // same place will never be gone on with.
      if (job.status !== 'done' && others === null) return
      for (const folder of listPartialFolders(out))
        if (job.status === 'done' || !others?.has(folder)) rmSync(folder, { recursive: true, force: true })
    },
  }
}
