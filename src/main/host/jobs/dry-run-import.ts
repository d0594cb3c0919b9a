import type { ImportDryRun } from '../../../shared/contract/recordings'
import { AppError } from '../../../shared/errors'
import { ImportComparison } from '../catalog/import-comparison'
import type { TableReading } from '../../../shared/job/table-columns'
import type { Workspace } from '../workspace'
import { runWorker } from './run-worker'

/**
 * Thinks an import through in a worker process, and holds what it would bring against the catalog.
 * @param path absolute real path of the dataset's folder
 * @throws AppError 'cancelled', and what the format throws
 */
export async function dryRunImport(
  workspace: Workspace,
  request: { path: string; format: string; table?: TableReading },
  signal: AbortSignal,
): Promise<ImportDryRun> {
  const comparison = new ImportComparison(workspace.catalog.database, request.path)
  let fault: AppError | null = null
  const worker = runWorker(workspace.options.launchWorker, { kind: 'preview', ...request }, (event) => {
    try {
      if (event.type === 'planned') comparison.addPlanned(event.recordings)
      if (event.type === 'named') comparison.addNamed(event.rows)
      if (event.type === 'interactions') comparison.addInteractions(event.rows)
      if (event.type === 'issues') comparison.addIssues(event.issues)
      if (event.type === 'failed') fault = AppError.fromData(event.error)
    } catch (thrown) {
      fault = thrown instanceof AppError ? thrown : new AppError('internal', String(thrown), { cause: thrown })
      worker.kill()
    }
  })
  workspace.helpers.add(worker)
  const cancel = (): void => worker.kill()
  signal.addEventListener('abort', cancel, { once: true })
  const { error } = await worker.exited
  signal.removeEventListener('abort', cancel)
  workspace.helpers.delete(worker)
  if (signal.aborted) throw new AppError('cancelled', 'The preview was cancelled.')
  if (fault ?? error) throw (fault ?? error)!
  return comparison.finish()
}
