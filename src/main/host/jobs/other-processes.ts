import type { Job } from '../../../shared/contract/jobs'
import type { Database } from '../catalog/database'
import { listUnfinishedJobs, readJob } from '../catalog/jobs'
import { isAlive } from '../../disk/process-owner'
import { recoverJobs } from './recovery'

export interface OtherProcessesOptions {
  database: Database
  /** Another process has changed the catalog: anything in it. */
  onChange(): void
  /** A job of another process began, went on or ended. */
  onJob(job: Job): void
  log(line: string): void
}

const lookMs = 1000

/**
 * Two Earmark processes may have one catalog open (the desktop app, and the command line beside it). SQLite
 * keeps their writes apart; this tells what the other has written, and ends its jobs when it has died.
 */
export class OtherProcesses {
  private version: number
  private readonly jobs = new Set<string>()
  private readonly timer: NodeJS.Timeout

  constructor(private readonly options: OtherProcessesOptions) {
    this.version = this.readVersion()
    this.timer = setInterval(() => this.look(), lookMs)
    // Looking keeps no process alive.
    this.timer.unref()
  }

  close(): void {
    clearInterval(this.timer)
  }

  /** Looks once; by itself every second. */
  look(): void {
    try {
      const { database, onChange, onJob } = this.options
      const unfinished = listUnfinishedJobs(database).filter((job) => job.ownerPid !== process.pid)
      const isOrphaned = unfinished.some((job) => !isAlive({ pid: job.ownerPid, started: job.ownerStarted }))
      if (isOrphaned) recoverJobs(database)
      const version = this.readVersion()
      if (version === this.version && !isOrphaned) return
      this.version = version
      onChange()
      for (const job of unfinished) this.jobs.add(job.id)
      for (const id of this.jobs) {
        const job = readJob(database, id)
        if (job.status !== 'queued' && job.status !== 'running') this.jobs.delete(id)
        onJob(job)
      }
    } catch (error) {
      this.options.log(`looking for other processes: ${String(error)}`)
    }
  }

  /** Changes when another connection has committed; not by what this one does. */
  private readVersion(): number {
    return this.options.database.sqlite.pragma('data_version', { simple: true }) as number
  }
}
