import { Worker } from 'node:worker_threads'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import { AppError, type AppErrorData } from '../../../shared/errors'
import { findExportLeaks } from '../datasets/export-leaks'
import { type Moment, rewind } from './as-of'
import { copyDatabase, copyReadOnly } from './backup'
import { openDatabase, openReader } from './database'
import { type ExportedClips, type PreviewRequest, previewExport, writeExportClips } from './export-clips'
import { hasThread, findThread } from './find-thread'
import { makeSnapshot, type SnapshotHead } from './snapshots'

/** Long work on a catalog's database file that runs in a thread, with a connection of its own. */
export type CatalogTask =
  | { kind: 'snapshot'; file: string; head: SnapshotHead }
  | { kind: 'copy'; file: string; to: string }
  | { kind: 'as-of'; file: string; to: string; moment: Moment }
  | { kind: 'export-clips'; file: string; to: string; wanted: ExportedClips }
  | { kind: 'export-preview'; file: string; wanted: PreviewRequest }
  | { kind: 'export-leaks'; file: string; query: ClipQuery }
  | { kind: 'view'; file: string; to: string }

export type TaskResult<T extends CatalogTask> = T extends { kind: 'snapshot' }
  ? { id: string; isNew: boolean }
  : T extends { kind: 'as-of' }
    ? { at: string }
    : T extends { kind: 'export-clips' }
      ? ReturnType<typeof writeExportClips>
      : T extends { kind: 'export-preview' }
        ? ReturnType<typeof previewExport>
        : T extends { kind: 'export-leaks' }
          ? ReturnType<typeof findExportLeaks>
          : null

export type TaskReply = { done: number; total: number } | { result: unknown } | { error: AppErrorData }

type OnProgress = (done: number, total: number) => void

/** Does a task where it is called: in the thread. */
export function doTask(task: CatalogTask, onProgress: OnProgress): TaskResult<CatalogTask> {
  if (task.kind === 'snapshot') {
    const database = openDatabase(task.file, { create: false })
    try {
      return makeSnapshot(database, task.head, onProgress)
    } finally {
      database.close()
    }
  }
  if (task.kind === 'view') {
    copyReadOnly(task.file, task.to)
    return null
  }
  const source = openReader(task.file)
  try {
    if (task.kind === 'export-clips') return writeExportClips(source, task.wanted, task.to, onProgress)
    if (task.kind === 'export-preview') return previewExport(source, task.wanted, onProgress)
    if (task.kind === 'export-leaks') return findExportLeaks(source, task.query)
    copyDatabase(source, task.to)
  } finally {
    source.close()
  }
  if (task.kind === 'copy') return null
  const copy = openDatabase(task.to, { create: false })
  try {
    return rewind(copy, task.moment, onProgress)
  } finally {
    copy.close()
  }
}

/**
 * Runs a task in a thread of its own, so that nothing waits for it but the caller. Unbundled, as in tests of single
 * modules, there is no thread to start, and it is done at once.
 * @param signal ends the thread, whatever it is at; it has ended when the promise is rejected
 * @throws AppError 'worker-died', 'cancelled' and what the task throws
 */
export async function runTask<T extends CatalogTask>(
  task: T,
  onProgress: OnProgress = () => undefined,
  signal?: AbortSignal,
): Promise<TaskResult<T>> {
  if (!hasThread('catalog-thread')) return doTask(task, onProgress) as TaskResult<T>
  const worker = new Worker(findThread('catalog-thread'), { workerData: task })
  return new Promise((resolve, reject) => {
    const stop = (): void => void worker.terminate()
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
    worker.on('message', (reply: TaskReply) => {
      if ('done' in reply) onProgress(reply.done, reply.total)
      else if ('result' in reply) resolve(reply.result as TaskResult<T>)
      else reject(AppError.fromData(reply.error))
    })
    const end = (reason: string): void => {
      signal?.removeEventListener('abort', stop)
      reject(
        signal?.aborted
          ? new AppError('cancelled', 'It was cancelled.')
          : new AppError('worker-died', `A thread that works on the catalog stopped (${reason}).`),
      )
    }
    worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => end(`exit code ${code}`))
  })
}
