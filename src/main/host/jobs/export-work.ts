import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ExportManifest } from '../../../shared/job/manifest'
import type { JobWork } from './queue'

/** Where an export writes until it is complete: beside its folder, on the same disk. */
export function partialFolder(out: string): string {
  return join(dirname(out), `${basename(out)}.partial`)
}

/** An export: the worker writes beside the folder and renames at the end; a failed one leaves nothing. */
export function createExportWork(title: string, out: string, freeze: () => ExportManifest): JobWork {
  return {
    kind: 'export',
    title,
    runId: null,
    outPath: out,
    start: freeze,
    ingest(job, event) {
      if (event.type === 'exported')
        job.exportResult = { out, files: event.files, clips: event.clips, skipped: event.skipped }
    },
    end(job, status) {
      if (status !== 'done') job.exportResult = null
    },
    afterEnd(job) {
      if (job.status !== 'done') rmSync(partialFolder(out), { recursive: true, force: true })
    },
  }
}
