/** Threads that decode and compute, so that neither the catalog nor a window ever waits for it. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors'
import type { MediaInput, MediaMessage, MediaOutput, MediaReply, MediaRequest, MediaTaskKind } from './media-task'
import type { SoundShelfOptions } from './sound-shelf'

export interface MediaPoolOptions {
  /** Threads at most; they are started when there is work. Default: one a processor core, 8 at most. */
  threads?: number
  /** Tasks that a thread is given at a time: several keep it busy while its owner is. Default 1. */
  tasksPerThread?: number
  /** The built media-thread; found beside the built caller when not given. */
  entry?: URL | string
  /** Decoded samples that each thread keeps. Default 256 MiB. */
  cacheBytes?: number
  /** Where long compressed recordings are kept decoded; without it they are decoded again for every span. */
  decodedFolder?: string
}

export interface MediaRunOptions {
  signal?: AbortSignal
  /** Told now and then by long tasks, in what the task counts. */
  onProgress?: (done: number) => void
}

interface Task {
  request: MediaRequest
  resolve: (output: MediaOutput<MediaTaskKind>) => void
  reject: (error: AppError) => void
  onProgress: ((done: number) => void) | undefined
  /** Nobody waits for it any more. */
  isSettled: boolean
  /** Removes the listener from the caller's signal. */
  release: () => void
}

interface Thread {
  worker: Worker
  /** What it was given, in order: it is at the first. */
  tasks: Task[]
  /** Files it worked on lately: it has them decoded. */
  paths: Set<string>
}

const rememberedPaths = 16

export class MediaPool {
  readonly #threadCount: number
  readonly #tasksPerThread: number
  readonly #entry: URL | string
  readonly #shelf: SoundShelfOptions
  readonly #threads = new Set<Thread>()
  readonly #queue: Task[] = []
  #nextId = 1
  #isClosed = false

  constructor(options: MediaPoolOptions = {}) {
    this.#threadCount = options.threads ?? Math.min(8, Math.max(1, availableParallelism()))
    this.#tasksPerThread = options.tasksPerThread ?? 1
    this.#entry = options.entry ?? findEntry()
    this.#shelf = { maxBytes: options.cacheBytes ?? 256 * 2 ** 20, decodedFolder: options.decodedFolder ?? null }
  }

  /**
   * Runs a task on a thread, in turn. Arrays in the result are handed over, not copied.
   * @throws AppError what the task throws (see runMediaTask); 'cancelled' when `signal` is aborted or the pool closed;
   *   'worker-died' when the thread stopped in the middle (the next task gets a new one)
   */
  run<K extends MediaTaskKind>(kind: K, input: MediaInput<K>, options: MediaRunOptions = {}): Promise<MediaOutput<K>> {
    const { signal, onProgress } = options
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(new AppError('cancelled', 'the media threads are closed'))
      if (signal?.aborted) return reject(cancelledError(input.path))
      const onAbort = () => this.#cancel(task)
      const task: Task = {
        request: { id: this.#nextId++, kind, input },
        resolve: resolve as Task['resolve'],
        reject,
        onProgress,
        isSettled: false,
        release: () => signal?.removeEventListener('abort', onAbort),
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(task)
      this.#dispatch()
    })
  }

  /** Stops the threads; tasks under way and in the queue are rejected as cancelled. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const task of this.#queue.splice(0)) settle(task, cancelledError(task.request.input.path))
    const threads = [...this.#threads]
    this.#threads.clear()
    for (const task of threads.flatMap(({ tasks }) => tasks)) settle(task, cancelledError(task.request.input.path))
    await Promise.all(threads.map(({ worker }) => worker.terminate()))
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const { path } = this.#queue[0]!.request.input
      const threads = [...this.#threads]
      const idle = threads.filter(({ tasks }) => tasks.length === 0)
      const thread =
        idle.find(({ paths }) => paths.has(path)) ?? this.#startThread(idle.length) ?? idle[0] ?? leastBusy(threads)
      if (!thread || thread.tasks.length >= this.#tasksPerThread) return
      this.#assign(thread, this.#queue.shift()!)
    }
  }

  #assign(thread: Thread, task: Task): void {
    const { path } = task.request.input
    thread.tasks.push(task)
    thread.paths.delete(path)
    thread.paths.add(path)
    if (thread.paths.size > rememberedPaths) thread.paths.delete(thread.paths.values().next().value!)
    // Only work keeps the process alive, not a thread that waits for it.
    thread.worker.ref()
    thread.worker.postMessage(task.request)
  }

  /** A new thread while there may be more and none is idle. */
  #startThread(idleCount: number): Thread | null {
    if (idleCount > 0 || this.#threads.size >= this.#threadCount) return null
    const worker = new Worker(this.#entry, {
      workerData: this.#shelf,
      // Decoders print to the console what they also report. Unread, for reading would keep the process alive.
      stdout: true,
      stderr: true,
    })
    const thread: Thread = { worker, tasks: [], paths: new Set() }
    this.#threads.add(thread)
    worker.on('message', (reply: MediaReply) => this.#finish(thread, reply))
    worker.on('error', (error) => this.#replace(thread, error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => this.#replace(thread, `exit code ${code}`))
    return thread
  }

  #finish(thread: Thread, reply: MediaReply): void {
    const task = thread.tasks[0]
    if (task?.request.id !== reply.id) return
    if ('done' in reply) return task.onProgress?.(reply.done)
    thread.tasks.shift()
    if (thread.tasks.length === 0) thread.worker.unref()
    task.release()
    if ('output' in reply) task.resolve(reply.output)
    else task.reject(AppError.fromData(reply.error))
    this.#dispatch()
  }

  /** A thread that is gone takes the task with it that it was at; the next tasks get a new thread. */
  #replace(thread: Thread, reason: string): void {
    if (!this.#threads.delete(thread)) return
    const [task, ...waiting] = thread.tasks.splice(0)
    this.#queue.unshift(...waiting.filter(({ isSettled }) => !isSettled))
    if (task) {
      const { kind, input } = task.request
      settle(
        task,
        new AppError('worker-died', `${input.path}: the media thread stopped during “${kind}” (${reason})`, {
          hint: 'Try again; if it happens with the same file, the file is to blame.',
        }),
      )
    }
    this.#dispatch()
  }

  /** The caller goes on at once; a thread in the middle of the task is told, and stops where it can. */
  #cancel(task: Task): void {
    const position = this.#queue.indexOf(task)
    if (position >= 0) this.#queue.splice(position, 1)
    else {
      const message: MediaMessage = { cancel: task.request.id }
      for (const { tasks, worker } of this.#threads) if (tasks.includes(task)) worker.postMessage(message)
    }
    settle(task, cancelledError(task.request.input.path))
  }
}

/** Rejects a task; where it is settled already this does nothing. */
function settle(task: Task, error: AppError): void {
  task.isSettled = true
  task.release()
  task.reject(error)
}

function leastBusy(threads: readonly Thread[]): Thread | undefined {
  return threads.reduce<Thread | undefined>(
    (least, thread) => (least && least.tasks.length <= thread.tasks.length ? least : thread),
    undefined,
  )
}

function cancelledError(path: string): AppError {
  return new AppError('cancelled', `${path}: cancelled`)
}

/** The bundler puts shared code beside the entries or one folder below them. */
function findEntry(): URL {
  const candidates = ['./media-thread.js', '../media-thread.js'].map((relative) => new URL(relative, import.meta.url))
  const found = candidates.find((url) => existsSync(fileURLToPath(url)))
  if (found) return found
  throw new AppError('internal', `media-thread.js is not beside ${fileURLToPath(import.meta.url)}`, {
    hint: 'Run npm run build.',
  })
}
