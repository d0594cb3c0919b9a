import { v7 as createId } from 'uuid'
import type { Job, ThreadJobKind } from '../../../shared/contract/jobs'
import { AppError, toAppError } from '../../../shared/errors'

export interface ThreadJobHead {
  kind: ThreadJobKind
  title: string
}

/** What is done: told where to say how far it is, and when nobody wants it any more. */
export type ThreadWork<T> = (onProgress: (done: number, total: number) => void, signal: AbortSignal) => Promise<T>

interface LiveJob {
  job: Job
  abort: AbortController
  ended: Promise<unknown>
}

const tellMs = 100
const mostKept = 20

/**
 * Long edits of the catalog, each one transaction in a thread, as jobs: shown, followed and cancelled like those of the
 * queue. They are kept in memory and not in the catalog, because one that is cancelled, or whose program is killed,
 * leaves nothing that would have to be cleared up.
 */
export class ThreadJobs {
  private readonly jobs = new Map<string, LiveJob>()

  constructor(private readonly announce: (job: Job) => void) {}

  /**
   * Begins one; a catalog has one writer, so there is one at a time.
   * @param describe says of the result what the finished job shows
   * @returns the job, and what comes of it
   * @throws AppError 'conflict' while another runs
   */
  start<T>(
    { kind, title }: ThreadJobHead,
    work: ThreadWork<T>,
    describe: (result: T) => string = () => '',
  ): { job: Job; result: Promise<T> } {
    const [running] = this.titles()
    if (running !== undefined)
      throw new AppError('conflict', `“${running}” is under way.`, { hint: 'Wait for it, or cancel it first.' })
    const now = new Date().toISOString()
    const job: Job = {
      ...{ id: createId(), kind, title, status: 'running', done: 0, total: 0, message: '' },
      ...{ createdAt: now, startedAt: now, finishedAt: null, error: null },
      ...{ runId: null, issueCount: 0, importCounts: null, exportResult: null },
    }
    const abort = new AbortController()
    let toldAt = Date.now()
    const onProgress = (done: number, total: number): void => {
      Object.assign(job, { done, total })
      if (Date.now() - toldAt < tellMs) return
      toldAt = Date.now()
      this.announce({ ...job })
    }
    const end = (change: Partial<Job>): void => {
      Object.assign(job, change, { finishedAt: new Date().toISOString() })
      this.announce({ ...job })
    }
    // Not at once, so that the caller has the job before its first event comes.
    const result = Promise.resolve()
      .then(() => work(onProgress, abort.signal))
      .then(
        (value) => {
          end({ status: 'done', done: job.total, message: describe(value) })
          return value
        },
        (thrown: unknown) => {
          const error = toAppError(thrown)
          end(error.code === 'cancelled' ? { status: 'cancelled' } : { status: 'failed', error: error.toData() })
          throw thrown
        },
      )
    this.jobs.set(job.id, { job, abort, ended: result.catch(() => undefined) })
    for (const id of [...this.jobs.keys()].slice(0, -mostKept)) this.jobs.delete(id)
    this.announce({ ...job })
    return { job: { ...job }, result }
  }

  /** Of this session of the catalog. */
  list(): Job[] {
    return [...this.jobs.values()].map(({ job }) => ({ ...job }))
  }

  /** Null for a job that is none of these. */
  find(id: string): Job | null {
    const live = this.jobs.get(id)
    return live ? { ...live.job } : null
  }

  /** Asks one to end, and waits until it has: it may have been done already. */
  async cancel(id: string): Promise<Job> {
    const live = this.jobs.get(id)!
    live.abort.abort()
    await live.ended
    return { ...live.job }
  }

  /** Titles of those that have not ended. */
  titles(): string[] {
    return [...this.jobs.values()].filter(({ job }) => job.status === 'running').map(({ job }) => job.title)
  }

  /** Cancels what runs, and waits for its end. */
  async close(): Promise<void> {
    await Promise.all([...this.jobs.keys()].map((id) => this.cancel(id)))
  }
}
