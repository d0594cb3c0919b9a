import type { Database } from '../catalog/database'
import { concludeExport, endJob, listUnfinishedJobs } from '../catalog/jobs'
import { takeBack } from '../catalog/journal'
import { endRun } from '../catalog/runs'
import { listPartialFolders } from './export-work'
import { readFinishedExport } from './finished-export'
import { isAlive } from '../../disk/process-owner'

/**
 * Ends what a process left when it died: its jobs and runs have failed, and what a half-done import had
 * added is taken back. An export that was complete is done; the part of another one stays for the next attempt. Jobs of
 * another process that lives are left alone.
 * @returns how many jobs were ended
 */
export function recoverJobs(database: Database): number {
  let count = 0
  for (const job of listUnfinishedJobs(database)) {
    if (isAlive({ pid: job.ownerPid, started: job.ownerStarted })) continue
    count++
    const finished =
      job.kind === 'export' && job.outPath !== null && job.startedAt !== null
        ? readFinishedExport(job.outPath, job.startedAt)
        : null
    if (finished !== null) {
      concludeExport(database, job.id, finished)
      continue
    }
    const part = job.kind === 'export' && job.outPath !== null ? listPartialFolders(job.outPath)[0] : undefined
    const error = {
      code: 'worker-died' as const,
      message: 'The program ended while this job ran.',
      hint:
        job.kind === 'train'
          ? 'What was acknowledged is saved. Resume the run: it goes on where it was.'
          : part !== undefined
            ? `Start the same again, into the same folder: it goes on where it was. Or delete ${part}.`
            : 'What was acknowledged is saved. Start the job again.',
    }
    database.transaction(() => {
      if (job.journalSeq !== null) takeBack(database, job.journalSeq)
      endJob(database, job.id, 'failed', error)
      if (job.runId !== null && job.kind === 'train') endRun(database, job.runId, 'failed', error)
    })
  }
  return count
}
