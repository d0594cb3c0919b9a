import { join } from 'node:path'
import type { Job } from '../../shared/contract/jobs'
import { describeMerge } from '../../shared/contract/merge'
import { AppError } from '../../shared/errors'
import { databaseName } from './catalog/catalog-folder'
import { runTask } from './catalog/catalog-task'
import type { Database } from './catalog/database'
import { mostAtOnce, moveHistory, writeAside } from './catalog/history-mover'
import { findNext, type HistoryMove } from './catalog/journal'
import type { EditResult, LargeEdit } from './catalog/large-edit'
import { measureMerge, type MergeOptions, type MergeResult } from './catalog/merge/merge-catalogs'
import type { Touched } from './catalog/touched'
import type { JobQueue } from './jobs/queue'
import type { ThreadJobs } from './jobs/thread-jobs'

/** A merge of more rows takes longer than others can wait for the one that writes. */
const mostMergedAtOnce = 2000

interface Subject {
  path: string
  database: Database
  queue: JobQueue
  threadJobs: ThreadJobs
}

/** Undoes or makes again; of a very large edit that is a job. @throws AppError 'conflict', 'cancelled' */
export async function moveHistoryOf(subject: Subject, direction: 'undo' | 'redo'): Promise<HistoryMove> {
  const { database, path, threadJobs } = subject
  const file = join(path, databaseName)
  const { title = '', changeCount = 0 } = findNext(database, direction) ?? {}
  if (changeCount <= mostAtOnce) return moveHistory({ database, file }, direction)
  refuseBesideJobs(subject, title)
  const head = { kind: 'history', title: `${direction === 'undo' ? 'Undo' : 'Redo'}: ${title}` } as const
  return threadJobs.start(head, (onProgress, signal) => moveHistory({ database, file, onProgress, signal }, direction))
    .result
}

/**
 * Makes an edit of very many rows as a job in a thread, which is the only writer meanwhile: cancelled, or its program
 * killed, nothing of it stays.
 * @param title what the job is called
 * @throws AppError 'conflict', 'cancelled' and what the edit throws
 */
export async function runLargeEdit<E extends LargeEdit>(
  subject: Subject,
  edit: E,
  { title, author }: { title: string; author: string },
): Promise<{ result: EditResult<E>; touched: Touched }> {
  const { database, path, threadJobs } = subject
  database.transaction(() => undefined) // refused for a catalog that is only read
  refuseBesideJobs(subject, title)
  const task = { kind: 'edit', file: join(path, databaseName), edit, author } as const
  const { result, touched } = await threadJobs.start(
    { kind: 'edit', title },
    (onProgress, signal) =>
      writeAside(database, `“${title}” is under way.`, () => runTask(task, { onProgress, signal })),
    (done) => done.result.title,
  ).result
  return { result: result as EditResult<E>, touched }
}

/**
 * Merges another catalog into the open one, as a job in a thread; a large merge is the only writer meanwhile.
 * @throws AppError 'conflict', 'not-a-catalog'
 */
export function startMergeInto(subject: Subject, options: MergeOptions): { job: Job; result: Promise<MergeResult> } {
  const { database, path, threadJobs } = subject
  database.transaction(() => undefined) // refused for a catalog that is only read
  const title = `${options.isDryRun ? 'Look at a merge of' : 'Merge'} ${options.otherPath}`
  const isLarge = measureMerge(subject, options) > mostMergedAtOnce
  if (isLarge) refuseBesideJobs(subject, title)
  return threadJobs.start(
    { kind: 'merge', title },
    (onProgress, signal) => {
      const merge = (): Promise<MergeResult> =>
        runTask({ kind: 'merge', file: join(path, databaseName), options }, { onProgress, signal })
      return isLarge ? writeAside(database, `${options.otherPath} is being merged.`, merge) : merge()
    },
    ({ report }) => `${options.isDryRun ? 'It would be ' : ''}${describeMerge(report)}`,
  )
}

/** What a job writes while a thread is the only writer would be refused, and the job would fail. */
function refuseBesideJobs({ queue }: Subject, title: string): void {
  const titles = queue.titles()
  if (titles.length > 0)
    throw new AppError('conflict', `“${title}” is too large to be done while jobs run: ${titles.join(', ')}.`, {
      hint: 'Wait for them, or cancel them first.',
    })
}
