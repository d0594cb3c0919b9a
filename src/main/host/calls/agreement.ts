import type { Handlers } from '../../../shared/contract/contract'
import { listVerdicts, readAgreement } from '../catalog/agreement'
import type { Workspace } from '../workspace'

export function agreementHandlers(workspace: Workspace): Handlers['agreement'] {
  return {
    read: (input) => readAgreement(workspace.database, input),
    verdicts: () => listVerdicts(workspace.database),
  }
}
