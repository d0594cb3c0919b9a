import { findImporter } from '../../formats/importers/importer'
import type { PreviewManifest } from '../../shared/job/manifest'
import type { PlannedRecording, WorkerEvent } from '../../shared/job/worker-event'
import type { WaitForRoom } from './import'
import { openDataset } from './open-dataset'

const batchSize = 500

/**
 * Reads what an import would read, except the sound: the recordings that a dataset plans, what its tables only name,
 * and what is wrong with them.
 * @throws AppError where the folder or the format as a whole cannot be read
 */
export async function previewImport(
  manifest: PreviewManifest,
  tell: (event: WorkerEvent) => void,
  waitForRoom: WaitForRoom,
): Promise<void> {
  const { folder, issues } = await openDataset(manifest.path)
  const plan = await findImporter(manifest.format).read(folder, manifest)
  const all = [...issues, ...plan.issues]
  if (all.length > 0) tell({ type: 'issues', issues: all })
  await tellPlanned(plan.recordings, tell, waitForRoom)
  const absent = plan.withoutSound ?? []
  await tellPlanned(
    absent.map(({ path, clips }) => ({ path, row: null, clips })),
    tell,
    waitForRoom,
  )
  for await (const batch of plan.named ?? []) {
    await waitForRoom()
    if (batch.rows.labelCounts.length > 0) tell({ type: 'named', rows: batch.rows })
    if (batch.issues.length > 0) tell({ type: 'issues', issues: batch.issues })
    await tellPlanned(batch.planned, tell, waitForRoom)
  }
  for await (const { rows, issues: own } of plan.interactions ?? []) {
    await waitForRoom()
    if (rows.counts.length > 0 || rows.aliases) tell({ type: 'interactions', rows })
    if (own.length > 0) tell({ type: 'issues', issues: own })
  }
}

async function tellPlanned(
  recordings: readonly PlannedRecording[],
  tell: (event: WorkerEvent) => void,
  waitForRoom: WaitForRoom,
): Promise<void> {
  for (let from = 0; from < recordings.length; from += batchSize) {
    await waitForRoom()
    tell({ type: 'planned', recordings: recordings.slice(from, from + batchSize) })
  }
}
