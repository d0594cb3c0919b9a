import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { PatternPreview } from '../../../shared/contract/metadata'
import { AppError, type AppErrorData } from '../../../shared/errors'
import { type ExportedOf, findExportLeaks } from '../datasets/export-leaks'
import { previewPattern, type PatternRequest } from '../datasets/read-patterns'
import type { AuditRequest, LeakReport, SplitPlan, SplitPreview, SplitState } from '../../../shared/contract/splits'
import { auditSplit } from '../datasets/find-leaks'
import { previewSplit } from '../datasets/plan-split'
import { readSplitState } from '../datasets/split-state'
import { type Moment, rewind } from './as-of'
import { backupDatabase, checkBackups, copyDatabase, copyReadOnly } from './backup'
import { type BulkResult, moveByOntology, type OntologyEdit } from './bulk/bulk-edit'
import { type Database, openDatabase, openReader } from './database'
import { type ExportedClips, type PreviewRequest, previewExport, writeExportClips } from './export-clips'
import { hasThread, findThread } from './find-thread'
import { type HistoryMove, redo, undo } from './journal'
import { type LargeEdit, runEdit } from './large-edit'
import { mergeCatalog, type MergeOptions, type MergeResult } from './merge/merge-catalogs'
import { makeSnapshot, type SnapshotHead } from './snapshots'

/** Long work on a catalog's database file that runs in a thread, with a connection of its own. */
export type CatalogTask =
  | { kind: 'snapshot'; file: string; head: SnapshotHead }
  | { kind: 'backup'; file: string; folder: string; reason: 'by-hand' | null }
  | { kind: 'check-backups'; folder: string }
  | { kind: 'as-of'; file: string; to: string; moment: Moment }
  | { kind: 'export-clips'; file: string; to: string; wanted: ExportedClips }
  | { kind: 'export-preview'; file: string; wanted: PreviewRequest }
  | { kind: 'export-leaks'; file: string; of: ExportedOf }
  | { kind: 'view'; file: string; to: string }
  | { kind: 'history'; file: string; direction: 'undo' | 'redo' }
  | { kind: 'merge'; file: string; options: MergeOptions }
  | { kind: 'edit'; file: string; edit: LargeEdit; author: string }
  | { kind: 'count-edit'; file: string; edit: OntologyEdit }
  | { kind: 'preview-pattern'; file: string; request: PatternRequest }
  | { kind: 'split-preview'; file: string; plan: SplitPlan }
  | { kind: 'split-state'; file: string }
  | { kind: 'audit'; file: string; request: AuditRequest }

interface TaskResults {
  snapshot: { id: string; isNew: boolean }
  backup: { name: string }
  'check-backups': Record<string, string>
  'as-of': { at: string }
  'export-clips': ReturnType<typeof writeExportClips>
  'export-preview': ReturnType<typeof previewExport>
  'export-leaks': ReturnType<typeof findExportLeaks>
  view: null
  history: HistoryMove
  merge: MergeResult
  edit: ReturnType<typeof runEdit>
  'count-edit': BulkResult<OntologyEdit>
  'preview-pattern': PatternPreview
  'split-preview': SplitPreview
  'split-state': SplitState
  audit: LeakReport
}

export type TaskResult<T extends CatalogTask> = TaskResults[T['kind']]

export type TaskReply = { done: number; total: number } | { result: unknown } | { error: AppErrorData }

/** What the thread is given: a task, and a number that is not 0 once nobody wants it any more. */
export interface TaskStart {
  task: CatalogTask
  cancelled: Int32Array
}

type OnProgress = (done: number, total: number) => void

export interface TaskOptions {
  onProgress?: OnProgress
  /** Ends the task at its next step, when what it has written is taken back. */
  signal?: AbortSignal
  /** The built catalog-thread; looked for beside the built caller when not given. */
  entry?: URL | string
}

/**
 * Does a task where it is called: in the thread.
 * @param onProgress may throw to end it: what was not complete is taken back
 */
export function doTask(task: CatalogTask, onProgress: OnProgress): TaskResult<CatalogTask> {
  switch (task.kind) {
    case 'snapshot':
      return using(openDatabase(task.file, { create: false }), (own) => makeSnapshot(own, task.head, onProgress))
    case 'backup':
      return using(openReader(task.file), (source) => ({
        name: backupDatabase(source, task.folder, new Date(), task.reason),
      }))
    case 'check-backups':
      return checkBackups(task.folder, onProgress)
    case 'history':
      return using(openDatabase(task.file, { create: false }), (own) =>
        (task.direction === 'undo' ? undo : redo)(own, onProgress),
      )
    case 'merge':
      return using(openDatabase(task.file, { create: false }), (database) =>
        mergeCatalog({ path: dirname(task.file), database }, task.options, onProgress),
      )
    case 'edit':
      return using(openDatabase(task.file, { create: false }), (own) => {
        // What is planned of millions of rows stands in a file and not in memory.
        own.sqlite.pragma('temp_store = FILE')
        return runEdit(own, task.edit, task.author, onProgress)
      })
    case 'count-edit':
      return using(openReader(task.file), (source) => moveByOntology(source, null, task.edit))
    case 'preview-pattern':
      return using(openReader(task.file), (source) => previewPattern(source, task.request))
    case 'split-preview':
      return using(openReader(task.file), (source) => previewSplit(source, task.plan, onProgress))
    case 'split-state':
      return using(openReader(task.file), readSplitState)
    case 'audit':
      return using(openReader(task.file), (source) => auditSplit(source, task.request, onProgress))
    case 'view':
      copyReadOnly(task.file, task.to)
      return null
    case 'export-clips':
      return using(openReader(task.file), (source) => writeExportClips(source, task.wanted, task.to, onProgress))
    case 'export-preview':
      return using(openReader(task.file), (source) => previewExport(source, task.wanted, onProgress))
    case 'export-leaks':
      return using(openReader(task.file), (source) => findExportLeaks(source, task.of))
    case 'as-of':
      using(openReader(task.file), (source) => copyDatabase(source, task.to))
      return using(openDatabase(task.to, { create: false }), (copy) => rewind(copy, task.moment, onProgress))
  }
}

function using<T>(database: Database, work: (database: Database) => T): T {
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/**
 * Runs a task in a thread of its own, so that nothing waits for it but the caller. Unbundled, as in tests of single
 * modules, there is no thread to start, and it is done at once.
 * @throws AppError 'worker-died', 'cancelled' and what the task throws
 */
export async function runTask<T extends CatalogTask>(
  task: T,
  { onProgress = () => undefined, signal, entry }: TaskOptions = {},
): Promise<TaskResult<T>> {
  // A thread is asked to end and not ended: a connection that is left as it is would keep its lock.
  const cancelled = new Int32Array(new SharedArrayBuffer(4))
  const cancel = (): void => void Atomics.store(cancelled, 0, 1)
  if (signal?.aborted) cancel()
  if (entry === undefined && !hasThread('catalog-thread'))
    return doTask(task, refuseWhen(cancelled, onProgress)) as TaskResult<T>
  const start: TaskStart = { task, cancelled }
  const worker = new Worker(entry ?? findThread('catalog-thread'), { workerData: start })
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await new Promise<TaskResult<T>>((resolve, reject) => {
      worker.on('message', (reply: TaskReply) => {
        if ('done' in reply) onProgress(reply.done, reply.total)
        else if ('result' in reply) resolve(reply.result as TaskResult<T>)
        else reject(AppError.fromData(reply.error))
      })
      const end = (reason: string): void =>
        reject(new AppError('worker-died', `A thread that works on the catalog stopped (${reason}).`))
      worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)))
      worker.on('exit', (code) => end(`exit code ${code}`))
    })
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** Progress that ends the work when nobody wants it any more. */
export function refuseWhen(cancelled: Int32Array, onProgress: OnProgress): OnProgress {
  return (done, total) => {
    if (Atomics.load(cancelled, 0) !== 0) throw new AppError('cancelled', 'It was cancelled; nothing was changed.')
    onProgress(done, total)
  }
}
