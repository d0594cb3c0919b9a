import type { Handlers } from '../../../shared/contract/contract'
import type { Workspace } from '../workspace'

export function computeHandlers(workspace: Workspace): Handlers['compute'] {
  return {
    diagnose: ({ probing }) => workspace.compute.diagnose(probing),
  }
}
