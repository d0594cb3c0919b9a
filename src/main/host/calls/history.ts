import type { Handlers } from '../../../shared/contract/contract'
import type { HistoryStep } from '../../../shared/contract/history'
import { listHistory, listHistoryFacets, readHistoryChanges } from '../catalog/history-list'
import { type HistoryMove, readHistoryState } from '../catalog/journal'
import type { Workspace } from '../workspace'

export function historyHandlers(workspace: Workspace): Handlers['history'] {
  const step = ({ title, touched }: HistoryMove): HistoryStep => {
    if (title !== null) workspace.tellEdit(touched)
    return { title, state: readHistoryState(workspace.database) }
  }
  return {
    list: ({ offset, limit, ...filter }) => ({
      ...listHistory(workspace.database, offset, limit, filter),
      state: readHistoryState(workspace.database),
    }),
    facets: () => listHistoryFacets(workspace.database),
    changes: ({ id, limit }) => readHistoryChanges(workspace.database, id, limit),
    state: () => readHistoryState(workspace.database),
    undo: async () => step(await workspace.moveHistory('undo')),
    redo: async () => step(await workspace.moveHistory('redo')),
    openAsOf: (moment) => workspace.openAsOf(moment),
  }
}
