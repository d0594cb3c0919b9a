import { datasetParts } from '../../../shared/contract/clip-query'
import type { Handlers } from '../../../shared/contract/contract'
import type { SplitState } from '../../../shared/contract/splits'
import type { Database } from '../catalog/database'
import { readLock } from '../catalog/split-lock'
import { auditSplit } from '../datasets/find-leaks'
import { assignPart, lockTest, makeSplit, previewSplit, unlockTest } from '../datasets/plan-split'
import { createAuditWork } from '../jobs/audit-work'
import type { Workspace } from '../workspace'

export function splitHandlers(workspace: Workspace): Handlers['splits'] {
  return {
    state: () => readState(workspace.database),
    preview: (plan) => previewSplit(workspace.database, plan),
    make: (plan, { author }) =>
      workspace.edit('splits.make', author, (recorder) => makeSplit(workspace.database, recorder, plan)),
    assign: (input, { author }) =>
      workspace.edit('splits.assign', author, (recorder) => assignPart(workspace.database, recorder, input)),
    lock: (_none, { author }) =>
      workspace.edit('splits.lock', author, (recorder) => lockTest(workspace.database, recorder, author)),
    unlock: (_none, { author }) =>
      workspace.edit('splits.unlock', author, (recorder) => unlockTest(workspace.database, recorder)),
    audit: (request) => auditSplit(workspace.database, request),
    listen() {
      const { database, path, queue } = workspace.catalog
      const running = queue.unfinished().find(({ kind }) => kind === 'audit')
      // What was heard is no edit; clips are asked for again all the same, because what is said of them is another.
      const onHeard = (): void => workspace.announcer.tell('workspace.changed', {})
      return { jobId: running?.id ?? queue.enqueue(createAuditWork(database, path, onHeard)).id }
    },
  }
}

/** In the order of the work, those without a part last. */
const placeOf = (name: SplitState['parts'][number]['name']): number =>
  name === null ? datasetParts.length : datasetParts.indexOf(name)

function readState(database: Database): SplitState {
  const count = (column: 'split' | 'fold'): { name: string | null; clips: number; seconds: number }[] =>
    database.all(
      `SELECT ${column} AS name, count(*) AS clips, sum(end_seconds - start_seconds) AS seconds FROM clips
         GROUP BY ${column} ORDER BY ${column} IS NULL, CAST(${column} AS INTEGER), ${column}`,
    )
  return {
    lock: readLock(database),
    parts: (count('split') as SplitState['parts']).sort((a, b) => placeOf(a.name) - placeOf(b.name)),
    folds: count('fold'),
    metadata: database.all(
      `SELECT n.name, (SELECT count(DISTINCT value) FROM clip_metadata m WHERE m.name_key = n.key) AS "values"
         FROM metadata_names n ORDER BY n.name`,
    ),
  }
}
