import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { databaseName } from '../catalog/catalog-folder'
import { runTask } from '../catalog/catalog-task'
import { auditSplit } from '../datasets/find-leaks'
import { assignPart, lockTest, previewSplit, unlockTest } from '../datasets/plan-split'
import { readSplitState } from '../datasets/split-state'
import { createAuditWork } from '../jobs/audit-work'
import type { Workspace } from '../workspace'

/** Up to here a catalog is split, and looked through for leaks, within a blink; with more clips a thread does it. */
const mostAtOnce = 20_000

export function splitHandlers(workspace: Workspace): Handlers['splits'] {
  const isSmall = (): boolean => workspace.database.nextKey('clips') <= mostAtOnce
  const file = (): string => join(workspace.catalog.path, databaseName)
  const tell =
    (title: string) =>
    (done: number, total: number): void =>
      workspace.announcer.tell('catalog.working', { title, done, total })
  return {
    state: (_none, { signal }) =>
      isSmall() ? readSplitState(workspace.database) : runTask({ kind: 'split-state', file: file() }, { signal }),
    preview: (plan, { signal }) => {
      if (isSmall()) return previewSplit(workspace.database, plan)
      return runTask(
        { kind: 'split-preview', file: file(), plan },
        { signal, onProgress: tell('Looking at the split') },
      )
    },
    make: (plan, { author }) =>
      workspace.editMany({ kind: 'splits.make', plan }, author, { title: 'Split the clips', isSmall: isSmall() }),
    assign: (input, { author }) =>
      workspace.edit('splits.assign', author, (recorder) => assignPart(workspace.database, recorder, input)),
    lock: (_none, { author }) =>
      workspace.edit('splits.lock', author, (recorder) => lockTest(workspace.database, recorder, author)),
    unlock: (_none, { author }) =>
      workspace.edit('splits.unlock', author, (recorder) => unlockTest(workspace.database, recorder)),
    audit: (request, { signal }) =>
      isSmall()
        ? auditSplit(workspace.database, request)
        : runTask({ kind: 'audit', file: file(), request }, { signal }),
    listen() {
      const { database, path, queue } = workspace.catalog
      const running = queue.unfinished().find(({ kind }) => kind === 'audit')
      // What was heard is no edit; clips are asked for again all the same, because what is said of them is another.
      const onHeard = (): void => workspace.announcer.tell('workspace.changed', {})
      return { jobId: running?.id ?? queue.enqueue(createAuditWork(database, path, onHeard)).id }
    },
  }
}
