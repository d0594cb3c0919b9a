import { resolve } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import type { MergeReport } from '../../../shared/contract/merge'
import { AppError } from '../../../shared/errors'
import { decideConflict, listConflicts } from '../catalog/merge/conflicts'
import type { Workspace } from '../workspace'

/** Reports that are kept for those who ask. */
const mostKept = 20

export function mergeHandlers(workspace: Workspace): Handlers['merge'] {
  const reports = new Map<string, Promise<MergeReport>>()
  return {
    start({ otherPath, basePath, ...options }, { author }) {
      const { job, result } = workspace.startMerge({
        ...options,
        otherPath: resolve(otherPath),
        basePath: basePath === null ? null : resolve(basePath),
        author,
      })
      const report = result.then((merged) => merged.report)
      // Also when nobody asks, the job says how it has failed.
      report.catch(() => undefined)
      reports.set(job.id, report)
      for (const id of [...reports.keys()].slice(0, -mostKept)) reports.delete(id)
      return job
    },
    report({ jobId }) {
      const report = reports.get(jobId)
      if (!report) throw new AppError('not-found', `There is no merge of this session with the id ${jobId}.`)
      return report
    },
    conflicts: (input) => listConflicts(workspace.database, input),
    decide: ({ id, decision }, { author }) =>
      workspace.edit('merge.decide', author, (recorder) =>
        decideConflict(workspace.database, recorder, id, decision, author),
      ),
  }
}
