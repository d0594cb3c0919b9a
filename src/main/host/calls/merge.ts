import { resolve } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { decideConflict, listConflicts } from '../catalog/merge/conflicts'
import { mergeCatalog } from '../catalog/merge/merge-catalogs'
import type { Workspace } from '../workspace'

export function mergeHandlers(workspace: Workspace): Handlers['merge'] {
  return {
    merge({ otherPath, basePath, ...options }, { author }) {
      const { report, touched } = mergeCatalog(workspace.catalog, {
        ...options,
        otherPath: resolve(otherPath),
        basePath: basePath === null ? null : resolve(basePath),
        author,
      })
      if (!report.isDryRun) workspace.tellEdit(touched)
      return report
    },
    conflicts: (input) => listConflicts(workspace.database, input),
    decide: ({ id, decision }, { author }) =>
      workspace.edit('merge.decide', author, (recorder) =>
        decideConflict(workspace.database, recorder, id, decision, author),
      ),
  }
}
