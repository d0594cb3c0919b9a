import type { Handlers } from '../../../shared/contract/contract'
import type { HistoryStep } from '../../../shared/contract/history'
import { type HistoryMove, listHistory, readHistoryState } from '../catalog/journal'
import type { Workspace } from '../workspace'

export function historyHandlers(workspace: Workspace): Handlers['history'] {
  const step = ({ title, touched }: HistoryMove): HistoryStep => {
    if (title !== null) workspace.tellEdit(touched)
    return { title, state: readHistoryState(workspace.database) }
  }
  return {
    list: ({ offset, limit }) => ({
      ...listHistory(workspace.database, offset, limit),
      state: readHistoryState(workspace.database),
    }),
    state: () => readHistoryState(workspace.database),
    undo: async () => step(await workspace.moveHistory('undo')),
    redo: async () => step(await workspace.moveHistory('redo')),
  }
}
