import type { Handlers } from '../../../shared/contract/contract'
import { summarizeInteractions } from '../catalog/interaction-clips'
import type { Workspace } from '../workspace'

export function interactionHandlers(workspace: Workspace): Handlers['interactions'] {
  return { summarize: ({ top }) => summarizeInteractions(workspace.catalog.database, top) }
}
