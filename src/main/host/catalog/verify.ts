import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { VerifyReport } from '../../../shared/contract/workspace'
import { isUnfinished } from '../../disk/unfinished-files'
import { resolveInside } from '../media/resolve-inside'
import type { CatalogFolder } from './catalog-folder'
import { runTask } from './catalog-task'
import { checkSnapshots } from './snapshots'
import type { Database } from './database'

/** Problems of one kind beyond this many are counted, not listed. */
const listLimit = 20

/**
 * Checks the database, its references, its copies, the sound files and the run folders; reads, changes nothing.
 * Problems are sentences that name what is wrong.
 */
export async function verifyCatalog({ path, database }: CatalogFolder): Promise<VerifyReport> {
  const problems = [
    ...checkDatabase(database),
    ...checkJournal(database),
    ...shorten(checkSnapshots(database)),
    ...checkRuns(database, path),
    ...checkLeftovers(path, database),
    ...(await checkCopies(path)),
    ...shorten(await checkFiles(database)),
  ]
  return { ok: problems.length === 0, problems }
}

function shorten(problems: string[]): string[] {
  if (problems.length <= listLimit) return problems
  return [...problems.slice(0, listLimit), `… and ${problems.length - listLimit} more of this kind.`]
}

function checkDatabase(database: Database): string[] {
  const integrity = (database.sqlite.pragma('integrity_check') as { integrity_check: string }[])
    .map((row) => row.integrity_check)
    .filter((line) => line !== 'ok')
    .map((line) => `The database is damaged: ${line}.`)
  const references = (
    database.sqlite.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[]
  ).map((row) => `A row of ${row.table} refers to a row of ${row.parent} that is not there.`)
  const spans = database
    .all<{ path: string }>(
      `SELECT DISTINCT r.path FROM clips c JOIN recordings r ON r.key = c.recording_key
         WHERE c.end_seconds > r.duration_seconds + 0.001`,
    )
    .map((row) => `A clip of ${row.path} reaches beyond its end.`)
  return [...shorten(integrity), ...shorten(references), ...shorten(spans)]
}

function checkJournal(database: Database): string[] {
  const counts = database
    .all<{ title: string; said: number; found: number }>(
      `SELECT title, said, found FROM (SELECT j.title, j.change_count AS said,
         (SELECT count(*) FROM journal_changes x WHERE x.entry_seq = j.seq)
           + (SELECT coalesce(sum(row_count), 0) FROM journal_ranges x WHERE x.entry_seq = j.seq) AS found
       FROM journal j) WHERE said <> found`,
    )
    .map((row) => `The history entry “${row.title}” says ${row.said} changes and has ${row.found}.`)
  const order = database.get(
    `SELECT 1 FROM journal a JOIN journal b ON b.seq > a.seq WHERE a.state = 'undone' AND b.state = 'done' LIMIT 1`,
  )
    ? ['The history has an undone entry before one that is not undone.']
    : []
  // An import is open exactly while its job runs.
  const open = database
    .all<{ title: string }>(
      `SELECT title FROM journal j WHERE state = 'open'
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE journal_seq = j.seq AND status = 'running')`,
    )
    .map((row) => `“${row.title}” is half done and nothing is working on it.`)
  return [...shorten(counts), ...order, ...open]
}

function checkRuns(database: Database, path: string): string[] {
  const problems: string[] = []
  const runs = database.all<{ key: number; id: string; number: number; folds: string }>(
    `SELECT key, id, number,
       (SELECT json_group_array(name ORDER BY position) FROM run_folds WHERE run_key = runs.key) AS folds
       FROM runs WHERE status = 'done' ORDER BY number`,
  )
  for (const run of runs) {
    const folder = join(path, 'runs', run.id)
    if (!existsSync(join(folder, 'manifest.json'))) problems.push(`Run #${run.number} has no manifest in ${folder}.`)
    for (const fold of JSON.parse(run.folds) as string[]) {
      if (!existsSync(join(folder, modelFolder(fold))))
        problems.push(`Run #${run.number} has no model of fold ${fold} in ${folder}.`)
      const { said, found } = database.get<{ said: number; found: number }>(
        `SELECT test_count AS said, (SELECT count(*) FROM predictions p WHERE p.run_key = f.run_key AND p.fold = f.name
           AND p.origin = 'test') AS found FROM run_folds f WHERE run_key = ? AND name = ?`,
        run.key,
        fold,
      )!
      if (said !== found) problems.push(`Run #${run.number}, fold ${fold}: ${found} of ${said} predictions are there.`)
    }
  }
  const stuck = database
    .all<{ number: number; status: string }>(
      `SELECT number, status FROM runs WHERE status IN ('queued', 'running') AND NOT EXISTS
         (SELECT 1 FROM jobs WHERE run_id = runs.id AND status IN ('queued', 'running'))`,
    )
    .map((run) => `Run #${run.number} is ${run.status}, but no job works on it.`)
  const strays = readdirSync(join(path, 'runs'))
    .filter((id) => !database.get('SELECT 1 FROM runs WHERE id = ?', id))
    .map((id) => `${join(path, 'runs', id)} belongs to no run; it can be removed.`)
  return [...shorten(problems), ...stuck, ...shorten(strays)]
}

/** As the worker names it: a fold's name may hold what a file name may not. */
function modelFolder(fold: string): string {
  return `model-${encodeURIComponent(fold).replaceAll('*', '%2A')}`
}

function checkLeftovers(path: string, database: Database): string[] {
  const isBusy = database.get(`SELECT 1 FROM jobs WHERE status = 'running'`) !== undefined
  if (isBusy) return []
  // A run that was killed may be resumed, and what it was writing is then written anew.
  const resumable = database
    .all<{ id: string }>(`SELECT id FROM runs WHERE status IN ('failed', 'cancelled')`)
    .map(({ id }) => join('runs', id))
  return shorten(
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => isUnfinished(name) || /\.(partial-[0-9a-f]{8}|unfinished)$/.test(name))
      .filter((name) => !resumable.includes(dirname(name)))
      .map((name) => `${join(path, name)} was left half-written; it can be removed.`),
  )
}

async function checkCopies(path: string): Promise<string[]> {
  const folder = join(path, 'backups')
  const problems = await runTask({ kind: 'check-backups', folder })
  return Object.entries(problems).map(([name, problem]) => `The copy ${join(folder, name)} is damaged. ${problem}`)
}

async function checkFiles(database: Database): Promise<string[]> {
  const problems: string[] = []
  const recordings = database.all<{ rootPath: string; path: string; sizeBytes: number; contentHash: string }>(
    `SELECT roots.path AS rootPath, r.path, r.size_bytes AS sizeBytes, r.content_hash AS contentHash
       FROM recordings r JOIN roots ON roots.key = r.root_key WHERE r.content_hash IS NOT NULL ORDER BY roots.path, r.path`,
  )
  for (const recording of recordings) {
    const file = resolveInside(recording.rootPath, recording.path)
    const info = statSync(file, { throwIfNoEntry: false })
    if (!info?.isFile()) problems.push(`${file} is missing.`)
    else if (info.size !== recording.sizeBytes)
      problems.push(`${file} has ${info.size} bytes; it had ${recording.sizeBytes} when it was imported.`)
    else if ((await hashFile(file)) !== recording.contentHash)
      problems.push(`${file} has another content than when it was imported.`)
  }
  return problems
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array)
  } catch (error) {
    return `unreadable: ${String(error)}`
  }
  return hash.digest('hex')
}
