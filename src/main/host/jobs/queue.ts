import { v7 as createId } from 'uuid'
import type { Job, JobIssue, JobStatus, QueuedJobKind } from '../../../shared/contract/jobs'
import { AppError, toAppError } from '../../../shared/errors'
import type { JobManifest } from '../../../shared/job/manifest'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import type { LaunchWorker } from '../../../shared/job/worker-process'
import type { JobStore } from '../catalog/jobs'
import { currentOwner } from '../../disk/process-owner'
import { runWorker, type WorkerHandle } from './run-worker'

/** What a kind of job does with its worker's events; the queue does the rest. */
export interface JobWork {
  kind: QueuedJobKind
  title: string
  runId: string | null
  outPath: string | null
  /**
   * Called when the job's turn has come; null when there is nothing to do. What it throws fails the job. What takes time
   * may be promised, and tells of its progress meanwhile.
   */
  start(job: Job, tell: (event: WorkerEvent) => void): JobManifest | null | Promise<JobManifest | null>
  /** Takes one event into the catalog, if it has one; may change the job's counts. What it throws ends the worker and fails the job. */
  ingest(job: Job, event: WorkerEvent): void
  /** Called once, in one transaction with the job's last status. */
  end(job: Job, status: 'done' | 'failed' | 'cancelled'): void
  /** Called once after that transaction, also when it failed: files to remove, windows to tell. */
  afterEnd?(job: Job): void
}

export interface QueueOptions {
  store: JobStore
  launchWorker: LaunchWorker
  announce(job: Job): void
  log(line: string): void
}

/** Jobs that would fight over the same thing wait for each other: the accelerator, or the journal's open entry. */
const lanes: Record<QueuedJobKind, string> = {
  train: 'compute',
  predict: 'compute',
  propose: 'compute',
  import: 'import',
  sample: 'import',
  export: 'export',
  audit: 'audit',
  setup: 'setup',
}
const progressMs = 100

interface LiveJob {
  job: Job
  work: JobWork
  handle: WorkerHandle | null
  hasWorker: boolean
  isEnded: boolean
  ended: Promise<void>
  resolveEnded(): void
  timer: NodeJS.Timeout | null
  announcedAt: number
}

/** Runs jobs in worker processes: one of a lane at a time, in the order they came. */
export class JobQueue {
  private readonly live = new Map<string, LiveJob>()
  private readonly waiting: LiveJob[] = []
  private readonly busyLanes = new Map<string, Promise<void>>()
  private isClosed = false

  constructor(private readonly options: QueueOptions) {}

  /** @returns the job, queued or running. */
  enqueue(work: JobWork, id: string = createId()): Job {
    if (this.isClosed) throw new AppError('no-catalog', 'The catalog is being closed.')
    const { store } = this.options
    const owner = currentOwner()
    store.insert({
      id,
      kind: work.kind,
      title: work.title,
      runId: work.runId,
      outPath: work.outPath,
      ownerPid: owner.pid,
      ownerStarted: owner.started,
    })
    let resolveEnded = (): void => undefined
    const ended = new Promise<void>((resolve) => (resolveEnded = resolve))
    const live: LiveJob = {
      job: store.read(id),
      work,
      handle: null,
      hasWorker: false,
      isEnded: false,
      ended,
      resolveEnded,
      timer: null,
      announcedAt: 0,
    }
    this.live.set(id, live)
    this.waiting.push(live)
    this.announceNow(live)
    // Not at once, so that the caller has the id before the first event comes.
    queueMicrotask(() => this.startNext())
    return { ...live.job }
  }

  list(): Job[] {
    return this.options.store.list().map((job) => this.current(job))
  }

  /** @throws AppError 'not-found' */
  get(id: string): Job {
    return this.current(this.options.store.read(id))
  }

  /** @throws AppError 'not-found' */
  issues(id: string): JobIssue[] {
    return this.options.store.issues(id)
  }

  /** Jobs of this process that have not ended. */
  unfinished(): Job[] {
    return [...this.live.values()].filter((live) => !live.isEnded).map((live) => ({ ...live.job }))
  }

  /** Ends a job; does nothing to one that has ended. @throws AppError 'not-found', 'conflict' for another process's job */
  async cancel(id: string): Promise<Job> {
    const live = this.live.get(id)
    if (!live) {
      const job = this.options.store.read(id)
      if (job.status === 'queued' || job.status === 'running')
        throw new AppError('conflict', `“${job.title}” runs in another Earmark process; cancel it there.`)
      return job
    }
    if (!live.isEnded) this.settle(live, 'cancelled', null)
    await live.ended
    return this.get(id)
  }

  /** Titles of jobs of this process that have not ended. */
  titles(): string[] {
    return this.unfinished().map((job) => job.title)
  }

  /** Cancels what runs and what waits, and waits until the processes are gone. */
  async close(): Promise<void> {
    this.isClosed = true
    await Promise.all([...this.live.values()].filter((live) => !live.isEnded).map((live) => this.cancel(live.job.id)))
    // One that has said "done" and takes its time to leave is not waited for.
    for (const live of this.live.values()) live.handle?.kill()
    await Promise.all(this.busyLanes.values())
  }

  private current(job: Job): Job {
    const live = this.live.get(job.id)
    return live && !live.isEnded ? { ...live.job, issueCount: job.issueCount } : job
  }

  private startNext(): void {
    if (this.isClosed) return
    for (const live of [...this.waiting]) {
      const lane = lanes[live.work.kind]
      if (this.busyLanes.has(lane)) continue
      this.waiting.splice(this.waiting.indexOf(live), 1)
      this.startJob(live, lane)
    }
  }

  private startJob(live: LiveJob, lane: string): void {
    const { job, work } = live
    job.status = 'running'
    job.startedAt = new Date().toISOString()
    try {
      const manifest = work.start(job, (event) => this.hear(live, event))
      this.options.store.save(job)
      this.announceNow(live)
      if (!(manifest instanceof Promise)) return this.launch(live, lane, manifest)
      const launched = manifest
        .then((made) => {
          this.busyLanes.delete(lane)
          if (!live.isEnded) this.launch(live, lane, made)
        })
        .catch((error: unknown) => {
          this.busyLanes.delete(lane)
          this.failToStart(live, error)
        })
        .finally(() => queueMicrotask(() => this.startNext()))
      this.busyLanes.set(lane, launched)
    } catch (error) {
      this.failToStart(live, error)
    }
  }

  private launch(live: LiveJob, lane: string, manifest: JobManifest | null): void {
    if (manifest === null) return this.settle(live, 'done', null)
    live.hasWorker = true
    const handle = runWorker(this.options.launchWorker, manifest, (event) => this.hear(live, event))
    live.handle = handle
    // The lane is free when the process is gone, because the accelerator's memory is free then.
    this.busyLanes.set(
      lane,
      handle.exited.then((end) => {
        if (!live.isEnded) this.settle(live, 'failed', end.error ?? new AppError('cancelled', 'The process was ended.'))
        this.busyLanes.delete(lane)
        this.forget(live)
        this.startNext()
      }),
    )
    // It may have concluded already.
    if (live.isEnded) this.dismiss(live)
  }

  private failToStart(live: LiveJob, error: unknown): void {
    live.hasWorker = false
    if (!live.isEnded) this.settle(live, 'failed', toAppError(error))
  }

  private hear(live: LiveJob, event: WorkerEvent): void {
    if (live.isEnded) return
    try {
      if (event.type === 'done') this.settle(live, 'done', null)
      else if (event.type === 'failed') this.settle(live, 'failed', AppError.fromData(event.error))
      else {
        if (event.type === 'progress') {
          live.job.done = event.done
          live.job.total = event.total
          live.job.message = event.message
        } else live.work.ingest(live.job, event)
        this.announceSoon(live)
      }
    } catch (error) {
      this.settle(live, 'failed', toAppError(error))
    }
  }

  private settle(live: LiveJob, status: Exclude<JobStatus, 'queued' | 'running'>, error: AppError | null): void {
    const { job } = live
    live.isEnded = true
    if (live.timer) clearTimeout(live.timer)
    this.finishRow(live, status, error)
    if (job.error?.code === 'internal')
      this.options.log(`job ${job.kind} ${job.id}: ${error?.stack ?? job.error.message}`)
    const index = this.waiting.indexOf(live)
    if (index >= 0) this.waiting.splice(index, 1)
    if (status === 'done') this.announceNow(live)
    if (live.hasWorker) this.dismiss(live)
    else this.forget(live)
  }

  private dismiss(live: LiveJob): void {
    if (live.job.status === 'done') live.handle?.retire()
    else live.handle?.kill()
  }

  /** The job has ended and its process is gone: what that was still writing can be removed now. */
  private forget(live: LiveJob): void {
    try {
      live.work.afterEnd?.(live.job)
    } catch (fault) {
      this.options.log(`after job ${live.job.id}: ${String(fault)}`)
    }
    this.live.delete(live.job.id)
    if (live.job.status !== 'done') this.announceNow(live)
    live.resolveEnded()
    // A job that failed before it had a process leaves its lane free.
    if (!live.hasWorker) queueMicrotask(() => this.startNext())
  }

  private finishRow(live: LiveJob, status: Exclude<JobStatus, 'queued' | 'running'>, error: AppError | null): void {
    const { job, work } = live
    const { store, log } = this.options
    const finish = (last: typeof status, fault: AppError | null): void => {
      job.status = last
      job.error = fault?.toData() ?? null
      job.finishedAt = new Date().toISOString()
      store.transaction(() => {
        work.end(job, last)
        store.save(job)
      })
      job.issueCount = store.read(job.id).issueCount
    }
    try {
      finish(status, error)
    } catch (thrown) {
      try {
        // "Done" could not be written, as on a full disk: then it has failed, and is taken back.
        finish('failed', status === 'failed' ? error : toAppError(thrown))
      } catch (again) {
        // Not even that: the next opening of the catalog finds the job unfinished and takes it back.
        log(`job ${job.id} could not be ended in the catalog: ${toAppError(again).message}`)
      }
    }
  }

  private announceSoon(live: LiveJob): void {
    if (live.timer) return
    const wait = Math.max(0, live.announcedAt + progressMs - Date.now())
    if (wait === 0) this.announceNow(live)
    else
      live.timer = setTimeout(() => {
        live.timer = null
        this.announceNow(live)
      }, wait)
  }

  private announceNow(live: LiveJob): void {
    live.announcedAt = Date.now()
    this.options.announce({ ...live.job })
  }
}
