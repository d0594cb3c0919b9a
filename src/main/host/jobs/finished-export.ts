import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { ExportResult } from '../../../shared/contract/jobs'
import { readReportStart } from '../../../shared/job/export-report'
import type { RoundTripSummary } from '../../../shared/job/worker-event'

/** Clips left out that are told, as many as the worker tells; the report has them all. */
const mostTold = 1000
/** How much of a report is read: its head and the first clips left out. Reports of millions have gigabytes of files. */
const headBytes = 1 << 22

interface ReportHead {
  createdAt: string
  counts: { clips: number; files: number; skipped: number }
  choices: string[]
  warnings: string[]
}

/**
 * What an export has written that was complete when its program died before it could say so: the folder gets its name
 * only then. Null where there is none, or an older one.
 * @param since when the job began, ISO 8601, UTC
 */
export function readFinishedExport(out: string, since: string): ExportResult | null {
  try {
    const { head, skipped } = readReportStart<ReportHead>(readStart(join(out, 'export-report.json')), mostTold)
    if (head.createdAt < since) return null
    const file = join(out, 'round-trip.json')
    const certificate = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RoundTripSummary) : null
    return {
      out,
      files: head.counts.files,
      clips: head.counts.clips,
      skipped: skipped.map(({ clip, reason }) => ({ clip, reason })),
      skippedCount: head.counts.skipped,
      roundTrip: certificate && {
        verdict: certificate.verdict,
        clips: certificate.clips,
        differences: certificate.differences,
      },
      choices: head.choices,
      warnings: head.warnings,
    }
  } catch {
    return null // there is nothing, or it is no export
  }
}

function readStart(path: string): string {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(headBytes)
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, headBytes, 0))
  } finally {
    closeSync(file)
  }
}
