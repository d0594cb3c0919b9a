import type { Handlers } from '../../../shared/contract/contract'
import type { Workspace } from '../workspace'

export function coverageHandlers(workspace: Workspace): Handlers['coverage'] {
  return { read: (input) => workspace.catalog.reader.ask({ kind: 'coverage', ...input }) }
}
