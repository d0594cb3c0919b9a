import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { requireAbsolute } from '../catalog/catalog-folder'
import { listBatchFolds } from '../catalog/run-batches'
import { hearExample, lookAtBatch } from '../jobs/look-at-batch'
import { requireNpz, writeBatchFile } from '../media/batch-file'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function batchHandlers(workspace: Workspace): Handlers['batches'] {
  return {
    folds: ({ runId }) => listBatchFolds(workspace.database, runId),
    get: (place, { signal }) => lookAtBatch(workspace, place, signal),
    sound: (example, { signal }) => hearExample(workspace, example, signal),
    async write({ out: given, ...place }, { signal }) {
      const out = requireAbsolute(given)
      requireNpz(out)
      requireFolder(dirname(out))
      if (existsSync(out))
        throw new AppError('conflict', `${out} is there already.`, { hint: 'Name another file, or remove it.' })
      const batch = await lookAtBatch(workspace, place, signal)
      const shape = writeBatchFile(out, batch)
      return { path: out, bytes: statSync(out).size, shape, batch }
    },
  }
}
