import type { ExportResult, ImportCounts, Job, JobIssue, JobStatus, QueuedJobKind } from '../../../shared/contract/jobs'
import { type AppErrorData, AppError } from '../../../shared/errors'
import type { Database } from './database'

export interface NewJob {
  id: string
  kind: QueuedJobKind
  title: string
  runId: string | null
  outPath: string | null
  ownerPid: number
  ownerStarted: string
}

/** Where a queue keeps its jobs. */
export interface JobStore {
  insert(job: NewJob): void
  save(job: Job): void
  /** @throws AppError 'not-found' */
  read(id: string): Job
  /** Newest first. */
  list(): Job[]
  issues(id: string): JobIssue[]
  transaction(work: () => void): void
}

/** The jobs of a catalog, in its database. */
export function catalogJobStore(database: Database): JobStore {
  return {
    insert: (job) => insertJob(database, job),
    save: (job) => saveJob(database, job),
    read: (id) => readJob(database, id),
    list: () => listJobs(database),
    issues: (id) => listIssues(database, id),
    transaction: (work) => database.transaction(work),
  }
}

/** A job of a process that may be gone. */
export interface OwnedJob {
  id: string
  kind: QueuedJobKind
  runId: string | null
  journalSeq: number | null
  outPath: string | null
  /** ISO 8601, UTC; null while it waits. */
  startedAt: string | null
  ownerPid: number
  ownerStarted: string
}

export function insertJob(database: Database, job: NewJob): void {
  database.run(
    `INSERT INTO jobs (id, kind, title, status, created_at, run_id, out_path, owner_pid, owner_started)
       VALUES (?, ?, ?, 'queued', ?, ?, ?, ?, ?)`,
    job.id,
    job.kind,
    job.title,
    new Date().toISOString(),
    job.runId,
    job.outPath,
    job.ownerPid,
    job.ownerStarted,
  )
}

/** Writes what changes while a job lives. */
function saveJob(database: Database, job: Job): void {
  database.run(
    `UPDATE jobs SET status = ?, done = ?, total = ?, message = ?, started_at = ?, finished_at = ?, error = ?,
       import_counts = ?, export_result = ? WHERE id = ?`,
    job.status,
    job.done,
    job.total,
    job.message,
    job.startedAt,
    job.finishedAt,
    job.error && JSON.stringify(job.error),
    job.importCounts && JSON.stringify(job.importCounts),
    job.exportResult && JSON.stringify(job.exportResult),
    job.id,
  )
}

export function setJobEntry(database: Database, id: string, journalSeq: number | null): void {
  database.run('UPDATE jobs SET journal_seq = ? WHERE id = ?', journalSeq, id)
}

const columns = `id, kind, title, status, done, total, message, created_at AS createdAt, started_at AS startedAt,
  finished_at AS finishedAt, error, run_id AS runId, import_counts AS importCounts, export_result AS exportResult,
  (SELECT count(*) FROM job_issues i WHERE i.job_id = jobs.id) AS issueCount`

type JobRow = Omit<Job, 'error' | 'importCounts' | 'exportResult'> & {
  error: string | null
  importCounts: string | null
  exportResult: string | null
}

const parse = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))

function toJob(row: JobRow): Job {
  return {
    ...row,
    error: parse<AppErrorData>(row.error),
    importCounts: parse<ImportCounts>(row.importCounts),
    exportResult: parse<NonNullable<Job['exportResult']>>(row.exportResult),
  }
}

/** The newest 200, newest first: ids are UUIDv7, so their order is that of time. */
function listJobs(database: Database): Job[] {
  return database.all<JobRow>(`SELECT ${columns} FROM jobs ORDER BY id DESC LIMIT 200`).map(toJob)
}

/** @throws AppError 'not-found' */
export function readJob(database: Database, id: string): Job {
  const row = database.get<JobRow>(`SELECT ${columns} FROM jobs WHERE id = ?`, id)
  if (!row) throw new AppError('not-found', `There is no job with the id ${id}.`)
  return toJob(row)
}

export function addIssues(database: Database, id: string, issues: JobIssue[]): void {
  const { next } = database.get<{ next: number }>(
    'SELECT coalesce(max(position) + 1, 0) AS next FROM job_issues WHERE job_id = ?',
    id,
  )!
  issues.forEach((issue, index) =>
    database.run(
      'INSERT INTO job_issues (job_id, position, file, row, reason) VALUES (?, ?, ?, ?, ?)',
      id,
      next + index,
      issue.file,
      issue.row,
      issue.reason,
    ),
  )
}

function listIssues(database: Database, id: string): JobIssue[] {
  readJob(database, id)
  return database.all('SELECT file, row, reason FROM job_issues WHERE job_id = ? ORDER BY position', id)
}

/** Jobs that have not ended, whoever owns them. */
export function listUnfinishedJobs(database: Database): OwnedJob[] {
  return database.all(
    `SELECT id, kind, run_id AS runId, journal_seq AS journalSeq, out_path AS outPath,
       started_at AS startedAt, owner_pid AS ownerPid, owner_started AS ownerStarted
     FROM jobs WHERE status IN ('queued', 'running') ORDER BY id`,
  )
}

/** An export that was complete, though its program died before it could say so. */
export function concludeExport(database: Database, id: string, result: ExportResult): void {
  endJob(database, id, 'done', null)
  database.run('UPDATE jobs SET export_result = ? WHERE id = ?', JSON.stringify(result), id)
}

export function endJob(database: Database, id: string, status: JobStatus, error: AppErrorData | null): void {
  database.run(
    'UPDATE jobs SET status = ?, error = ?, finished_at = ? WHERE id = ?',
    status,
    error && JSON.stringify(error),
    new Date().toISOString(),
    id,
  )
}
