import type { CommandResult } from '../../../shared/contract/labels'
import type { SplitPlan } from '../../../shared/contract/splits'
import { makeSplit } from '../datasets/plan-split'
import { type BulkEdit, type BulkResult, doBulkEdit } from './bulk/bulk-edit'
import type { OnProgress } from './bulk-changes'
import type { Database } from './database'
import { runCommand } from './journal'
import type { Recorder } from './recorder'
import type { Touched } from './touched'

/** An edit by a person that may change very many rows: given as data, so that a thread can do it. `kind` is the history's. */
export type LargeEdit = { kind: 'splits.make'; plan: SplitPlan } | BulkEdit

/** What it answers: with the title for the history. */
export type EditResult<E extends LargeEdit = LargeEdit> = E extends BulkEdit ? BulkResult<E> : CommandResult

/** Does it. @param onProgress what it throws ends the edit. @throws what the edit throws */
export function doEdit<E extends LargeEdit>(
  database: Database,
  recorder: Recorder,
  edit: E,
  author: string,
  onProgress: OnProgress = () => undefined,
): EditResult<E> {
  const result =
    edit.kind === 'splits.make'
      ? makeSplit(database, recorder, edit.plan, onProgress)
      : doBulkEdit(database, recorder, edit, author, onProgress)
  return result as EditResult<E>
}

/** The same as one command, for a connection of its own. */
export function runEdit<E extends LargeEdit>(
  database: Database,
  edit: E,
  author: string,
  onProgress: OnProgress,
): { result: EditResult<E>; touched: Touched } {
  return runCommand(database, edit.kind, author, (recorder) => doEdit(database, recorder, edit, author, onProgress))
}
