import type { SplitPlan } from '../../../shared/contract/splits'
import { makeSplit } from '../datasets/plan-split'
import type { Database } from './database'
import { runCommand } from './journal'
import type { Recorder } from './recorder'
import type { Touched } from './touched'

/** An edit by a person that may change very many rows: given as data, so that a thread can do it. `kind` is the history's. */
export type LargeEdit = { kind: 'splits.make'; plan: SplitPlan }

type OnProgress = (done: number, total: number) => void

/** Does it. @param onProgress what it throws ends the edit. @returns the title for the history @throws what the edit throws */
export function doEdit(
  database: Database,
  recorder: Recorder,
  edit: LargeEdit,
  onProgress: OnProgress = () => undefined,
): { title: string } {
  switch (edit.kind) {
    case 'splits.make':
      return makeSplit(database, recorder, edit.plan, onProgress)
  }
}

/** The same as one command, for a connection of its own. */
export function runEdit(
  database: Database,
  edit: LargeEdit,
  author: string,
  onProgress: OnProgress,
): { title: string; touched: Touched } {
  const { result, touched } = runCommand(database, edit.kind, author, (recorder) =>
    doEdit(database, recorder, edit, onProgress),
  )
  return { title: result.title, touched }
}
