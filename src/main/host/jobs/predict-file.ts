import type { FilePrediction } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import type { ManifestClip } from '../../../shared/job/manifest'
import { requireAbsolute } from '../catalog/catalog-folder'
import { findTop } from '../catalog/predictions'
import { readNames } from '../datasets/evaluate'
import { requireFile } from '../require-folder'
import type { Workspace } from '../workspace'
import { buildPredictManifest, medianSeconds, readTrainManifest, runFolder } from './manifest'
import { runHelper } from './run-helper'

/**
 * Predicts one sound file in windows of the run's median clip length; a rest shorter than half a window
 * belongs to the window before it.
 * @throws AppError 'not-found', 'bad-file', 'cancelled', 'worker-died' and what the worker says
 */
export async function predictFile(
  workspace: Workspace,
  runId: string,
  given: string,
  signal: AbortSignal,
): Promise<FilePrediction[]> {
  const { path: catalogPath, media, database } = workspace.catalog
  const path = requireFile(requireAbsolute(given))
  const trained = readTrainManifest(catalogPath, runId)
  const probe = await media.probe(path, signal)
  const clips: ManifestClip[] = cutWindows(probe.durationSeconds, medianSeconds(trained)).map(
    ([start, end], index) => ({
      id: `window-${index}`,
      path,
      contentHash: probe.contentHash,
      startSeconds: start,
      endSeconds: end,
    }),
  )
  const manifest = {
    ...buildPredictManifest(trained, runFolder(catalogPath, runId), trained.backend, clips),
    backendOrder: await workspace.compute.findOrder(trained.backend, trained.recipe),
  }
  const names = readNames(database, trained.classes)
  const scores = await predict(workspace, manifest, signal)
  return clips.map((clip) => {
    const row = scores.get(clip.id)
    if (!row) throw new AppError('internal', `The worker did not predict ${path} at ${clip.startSeconds} s.`)
    const top = findTop(row, names.length, `Prediction of ${path}`)
    return {
      path,
      startSeconds: clip.startSeconds,
      endSeconds: clip.endSeconds,
      label: names[top]!,
      score: row[top]!,
      scores: names.map((label, index) => ({ label, score: row[index]! })),
    }
  })
}

/** [start, end] of each window, in seconds. */
export function cutWindows(durationSeconds: number, windowSeconds: number): [number, number][] {
  const count = Math.max(1, Math.round(durationSeconds / windowSeconds))
  return Array.from({ length: count }, (_, index) => [
    index * windowSeconds,
    index === count - 1 ? durationSeconds : (index + 1) * windowSeconds,
  ])
}

async function predict(
  workspace: Workspace,
  manifest: ReturnType<typeof buildPredictManifest>,
  signal: AbortSignal,
): Promise<Map<string, Float32Array>> {
  const scores = new Map<string, Float32Array>()
  await runHelper(workspace, manifest, {
    what: 'The prediction',
    signal,
    onEvent(event) {
      if (event.type === 'predictions') for (const row of event.rows) scores.set(row.clipId, row.scores)
    },
  })
  return scores
}
