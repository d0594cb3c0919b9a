import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as createId } from 'uuid'
import { describeMerge, type MergeReport } from '../../../../shared/contract/merge'
import { AppError } from '../../../../shared/errors'
import { databaseName, requireAbsolute } from '../catalog-folder'
import { type Database, listParameter, openReader } from '../database'
import { runCommand } from '../journal'
import { nothingTouched, type Touched } from '../touched'
import { type ChangedRow, diffCatalogs, readChangedRows } from './changed-rows'
import { findFork } from './fork'
import { decideAll } from './conflicts'
import { RowMerge } from './merge-rows'

export interface MergeOptions {
  /** Folder of the catalog that is merged in; it is read and never changed. */
  otherPath: string
  /** Folder of a catalog as both began; null: found by the journals. */
  basePath: string | null
  /** What stands in a conflict until somebody decides. */
  conflicts: 'ours' | 'theirs'
  isDryRun: boolean
  author: string
}

export interface MergeResult {
  report: MergeReport
  touched: Touched
}

type OnProgress = (done: number, total: number) => void

/** Thrown to take a dry run back. */
class DryRunEnd extends Error {}

/**
 * Merges another catalog into ours: one transaction, one journal entry. What only one side has changed is taken, what
 * both changed alike is kept, and what they changed differently stays as ours and goes to the list of conflicts.
 * A process that is killed leaves all of it or nothing.
 * @param onProgress hears how many of their changes are done; what it throws ends the merge, of which nothing stays
 * @throws AppError 'conflict' for the same catalog, another layout or an import that is open; 'not-a-catalog'
 */
export function mergeCatalog(
  ours: { path: string; database: Database },
  options: MergeOptions,
  onProgress: OnProgress = () => undefined,
): MergeResult {
  const otherPath = requireAbsolute(options.otherPath)
  const theirs = openOther(otherPath, ours)
  const base = options.basePath === null ? null : openOther(requireAbsolute(options.basePath), null)
  try {
    // One moment of the other catalog, whoever writes there meanwhile.
    theirs.sqlite.exec('BEGIN')
    return mergeInto(ours.database, theirs, base, { ...options, otherPath }, onProgress)
  } finally {
    theirs.close()
    base?.close()
  }
}

function mergeInto(
  ours: Database,
  theirs: Database,
  base: Database | null,
  { otherPath, isDryRun, author, conflicts }: MergeOptions,
  onProgress: OnProgress,
): MergeResult {
  let report: MergeReport | null = null
  let touched = nothingTouched()
  try {
    ours.transaction(() => {
      const fork = findFork(ours, theirs)
      const changes = readChanges(theirs, base, fork)
      const mergeId = createId()
      const done = runCommand(ours, 'merge', author, (recorder) => {
        const merge = new RowMerge(ours, theirs, recorder, mergeId, onProgress)
        merge.run(changes)
        if (conflicts === 'theirs') decideAll(ours, recorder, mergeId, 'theirs', author, onProgress)
        if (changes.length > 0)
          recorder.insert('merges', {
            id: mergeId,
            other_path: otherPath,
            entries: JSON.stringify(fork.theirEntryIds),
            at: new Date().toISOString(),
          })
        return { title: `Merge ${otherPath}: ${describeMerge(merge.counts)}`, counts: merge.counts }
      })
      touched = done.touched
      report = {
        ...done.result.counts,
        mergeId,
        base: base ? 'given' : fork.sharedEntries > 0 ? 'journal' : 'none',
        sharedEntries: fork.sharedEntries,
        theirChanges: changes.length,
        isDryRun,
        title: done.result.title,
      }
      if (isDryRun) throw new DryRunEnd()
    })
  } catch (thrown) {
    if (!(thrown instanceof DryRunEnd)) throw thrown
    touched = nothingTouched()
  }
  return { report: report!, touched }
}

function readChanges(theirs: Database, base: Database | null, fork: ReturnType<typeof findFork>): ChangedRow[] {
  if (base) return diffCatalogs(base, theirs)
  return fork.sharedEntries > 0 ? readChangedRows(theirs, fork.theirMoves) : diffCatalogs(null, theirs)
}

/**
 * How many rows a merge will look at, from what the journals say of their edits; Infinity where it compares every row.
 * @throws AppError as `mergeCatalog` does for what it would refuse
 */
export function measureMerge(
  ours: { path: string; database: Database },
  options: Pick<MergeOptions, 'otherPath' | 'basePath'>,
): number {
  const theirs = openOther(requireAbsolute(options.otherPath), ours)
  try {
    if (options.basePath !== null) openOther(requireAbsolute(options.basePath), null).close()
    const fork = findFork(ours.database, theirs)
    if (options.basePath !== null || fork.sharedEntries === 0) return Infinity
    return theirs.get<{ count: number }>(
      'SELECT coalesce(sum(change_count), 0) AS count FROM journal WHERE seq IN (SELECT value FROM json_each(?))',
      listParameter(fork.theirMoves.map(({ seq }) => seq)),
    )!.count
  } finally {
    theirs.close()
  }
}

function openOther(path: string, ours: { path: string; database: Database } | null): Database {
  const file = join(path, databaseName)
  if (!existsSync(file))
    throw new AppError('not-a-catalog', `${path} is not a catalog: it has no ${databaseName}.`, {
      hint: 'Give the folder of a catalog.',
    })
  if (ours && realpathSync(path) === realpathSync(ours.path))
    throw new AppError('conflict', `${path} is the catalog itself.`, { hint: 'Give the folder of the other copy.' })
  const database = openReader(file)
  const version = database.sqlite.pragma('user_version', { simple: true })
  const own = ours?.database.sqlite.pragma('user_version', { simple: true }) ?? version
  if (version !== own) {
    database.close()
    throw new AppError('conflict', `${path} has layout ${String(version)}, this catalog ${String(own)}.`, {
      hint: 'Open both once with this version of Earmark, then merge.',
    })
  }
  return database
}
