import { readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ExportManifest } from '../../../shared/job/manifest'
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

/**
 * An export: the worker writes beside the folder and renames at the end; one that did not end well leaves nothing.
 * Only where the whole program died, the part stays, and the same export started again goes on with it.
 */
export function createExportWork(title: string, out: string, freeze: () => ExportManifest): JobWork {
  let others = new Set<string>()
  return {
    kind: 'export',
    title,
    runId: null,
    outPath: out,
    start() {
      others = new Set(listPartialFolders(out))
      return freeze()
    },
    ingest(job, event) {
      if (event.type === 'exported')
        job.exportResult = {
          out,
          files: event.files,
          clips: event.clips,
          skipped: event.skipped,
          roundTrip: event.roundTrip ?? null,
          warnings: event.warnings ?? [],
        }
    },
    end(job, status) {
      if (status !== 'done') job.exportResult = null
    },
    afterEnd(job) {
      // A worker that was killed could not clean up after itself.
      if (job.status === 'done') return
      for (const folder of listPartialFolders(out))
        if (!others.has(folder)) rmSync(folder, { recursive: true, force: true })
    },
  }
}
