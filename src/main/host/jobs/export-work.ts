import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ExportResult } from '../../../shared/contract/jobs'
import type { ExportManifest } from '../../../shared/job/manifest'
import type { RoundTripSummary } from '../../../shared/job/worker-event'
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

interface ExportReport {
  createdAt: string
  counts: { clips: number; files: number }
  skipped: { clip: string; reason: string }[]
  warnings: string[]
}

/**
 * What an export has written that was complete when its program died before it could say so: the folder gets its name
 * only then. Null where there is none, or an older one.
 * @param since when the job began, ISO 8601, UTC
 */
export function readFinishedExport(out: string, since: string): ExportResult | null {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(out, name), 'utf8')) as T
  try {
    const { createdAt, counts, skipped, warnings } = read<ExportReport>('export-report.json')
    if (createdAt < since) return null
    const names = readdirSync(out)
    const certificate = names.includes('round-trip.json') ? read<RoundTripSummary>('round-trip.json') : null
    return {
      out,
      files: counts.files,
      clips: counts.clips,
      skipped: skipped.map(({ clip, reason }) => ({ clip, reason })),
      roundTrip: certificate && {
        verdict: certificate.verdict,
        clips: certificate.clips,
        differences: certificate.differences,
      },
      warnings,
    }
  } catch {
    return null // there is nothing, or it is no export
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
      // A worker that was killed could not clean up after itself; and what lies there from before another export to the
      // same place will never be gone on with.
      for (const folder of listPartialFolders(out))
        if (job.status === 'done' || !others.has(folder)) rmSync(folder, { recursive: true, force: true })
    },
  }
}
