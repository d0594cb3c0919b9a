import { Worker } from 'node:worker_threads'
import { AppError, type AppErrorData } from '../../../shared/errors'
import { answerClips, type ClipAnswers, type ClipQuestion } from './clip-question'
import type { Database } from './database'
import { findThread } from './find-thread'
import type { Touched } from './touched'

/** From here on a thread answers: SQL alone takes ten milliseconds for this many clips, whatever is asked. */
const threadFromClips = 20_000
/** Up to here SQL answers within a second while the thread reads the columns. */
const manyClips = 200_000
/** More edited clips than this are not read one by one. */
const mostEdited = 50_000

/** To the thread: a question, or that clips were edited (null: that anything may be another). */
export type ReaderMessage = { id: number; question: ClipQuestion } | { keys: number[] | null }
export type ReaderReply =
  { id: number; answer: unknown } | { id: number; error: AppErrorData } | { log: string } | { hasLoaded: true }

interface Pending {
  resolve(answer: unknown): void
  reject(error: AppError): void
}

export interface ClipReaderOptions {
  database: Database
  /** The catalog's database file. */
  file: string
  log(line: string): void
  /** What lists said while many clips came or went may be another now. */
  onLoaded(): void
  /** The built clip-thread; found beside the built caller when not given. */
  entry?: URL | string
  /** How many clips want a thread; the tests say none do without. */
  fromClips?: number
  /** How many are too many for SQL while the columns are read. */
  manyClips?: number
}

/**
 * Answers what windows ask of a catalog's lists. A small catalog is asked at once; a large one has a thread with its own
 * connection and the columns in memory, so that neither edits nor the sound wait for a count of millions.
 */
export class ClipReader {
  private worker: Worker | null = null
  private readonly pending = new Map<number, Pending>()
  private nextId = 1

  constructor(private readonly options: ClipReaderOptions) {}

  /** @throws AppError what the question throws; 'worker-died' */
  async ask<K extends ClipQuestion['kind']>(question: ClipQuestion & { kind: K }): Promise<ClipAnswers[K]> {
    const { database, fromClips = threadFromClips } = this.options
    if (!this.worker && database.nextKey('clips') <= fromClips) return answerClips(database, question) as ClipAnswers[K]
    const worker = (this.worker ??= this.start())
    return new Promise((resolve, reject) => {
      const id = this.nextId++
      this.pending.set(id, { resolve: resolve as Pending['resolve'], reject })
      worker.ref()
      worker.postMessage({ id, question } satisfies ReaderMessage)
    })
  }

  /** Tells of an edit that was committed; null: anything may be another. */
  note(touched: Touched | null): void {
    if (!this.worker) return
    const keys = touched && new Set([...touched.clipKeys, ...touched.annotatedClipKeys])
    const isAll = keys === null || touched!.isOrderTouched || keys.size > mostEdited
    this.worker.postMessage({ keys: isAll ? null : [...keys] } satisfies ReaderMessage)
  }

  /** Tells that the file of a clip's recording turned out to be gone, or to be back. */
  noteSound(clipId: string): void {
    if (!this.worker) return
    const keys = this.options.database.pluck<number>(
      'SELECT key FROM clips WHERE recording_key = (SELECT recording_key FROM clips WHERE id = ?)',
      clipId,
    )
    this.worker.postMessage({ keys } satisfies ReaderMessage)
  }

  async close(): Promise<void> {
    const worker = this.worker
    this.worker = null
    this.rejectAll(new AppError('cancelled', 'The catalog was closed.'))
    await worker?.terminate()
  }

  private start(): Worker {
    const worker = new Worker(this.options.entry ?? findThread('clip-thread'), {
      workerData: { file: this.options.file, manyClips: this.options.manyClips ?? manyClips },
    })
    // Only a question that waits keeps the process alive.
    worker.unref()
    worker.on('message', (reply: ReaderReply) => {
      if ('log' in reply) return this.options.log(reply.log)
      if ('hasLoaded' in reply) return this.options.onLoaded()
      const own = this.pending.get(reply.id)
      this.pending.delete(reply.id)
      if (this.pending.size === 0) worker.unref()
      if ('error' in reply) own?.reject(AppError.fromData(reply.error))
      else own?.resolve(reply.answer)
    })
    const end = (reason: string): void => {
      if (this.worker !== worker) return
      this.worker = null
      this.rejectAll(new AppError('worker-died', `The thread that reads the catalog stopped (${reason}). Try again.`))
    }
    worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => end(`exit code ${code}`))
    return worker
  }

  private rejectAll(error: AppError): void {
    for (const { reject } of this.pending.values()) reject(error)
    this.pending.clear()
  }
}
