import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Handlers } from '../../../shared/contract/contract'
import { modelTier, type Thresholds, thresholdsSchema } from '../../../shared/contract/proposals'
import { AppError } from '../../../shared/errors'
import type { ProposeManifest, TrainManifest } from '../../../shared/job/manifest'
import { slideWindows } from '../../../shared/proposals/propose-segments'
import { readAnnotation } from '../catalog/annotations'
import { countProposals, countReplaced } from '../catalog/proposals'
import { judgeProposals, reconsiderProposals, rejectClass } from '../catalog/proposal-verdicts'
import { requireFinished } from '../catalog/runs'
import { readSetting, writeSetting } from '../catalog/settings'
import { refuseLockedTier } from '../catalog/tiers'
import {
  buildPredictManifest,
  listPredictable,
  medianSeconds,
  readAcquaintances,
  readTrainManifest,
  runFolder,
} from '../jobs/manifest'
import { createProposeWork } from '../jobs/propose-work'
import type { Workspace } from '../workspace'

interface Wanted {
  runId: string
  query: ClipQuery
  clipIds?: string[] | undefined
  windowSeconds?: number | undefined
  hopSeconds?: number | undefined
}

export function proposalHandlers(workspace: Workspace): Handlers['proposals'] {
  const edit = <T extends { title: string }>(
    kind: string,
    author: string,
    work: Parameters<typeof workspace.edit<T>>[2],
  ): T => workspace.edit(`proposals.${kind}`, author, work)
  return {
    plan(input) {
      const { manifest, trained } = planJob(workspace, input)
      const acquaintanceOf = readAcquaintances(trained)
      const bases = manifest.clips.map(({ id }) => acquaintanceOf(id).basis)
      const { windowSeconds, hopSeconds, clips } = manifest
      return {
        clips: clips.length,
        heldOut: bases.filter((basis) => basis === 'test').length,
        trained: bases.filter((basis) => basis === 'trained').length,
        windowSeconds,
        hopSeconds,
        windows: clips.reduce((sum, clip) => sum + slideWindows(clip, windowSeconds, hopSeconds).length, 0),
        replaced: countReplaced(
          workspace.database,
          input.runId,
          clips.map(({ id }) => id),
        ),
      }
    },
    async start({ floor, ...input }, { author }) {
      // The first time on a machine this takes seconds, in which the catalog may change: it is read after it.
      const first = planJob(workspace, input)
      const backendOrder = await workspace.compute.findOrder(first.trained.backend, first.trained.recipe)
      const { database, queue } = workspace.catalog
      refuseLockedTier(database, modelTier)
      const { manifest, trained, runName } = planJob(workspace, input)
      if (manifest.clips.length === 0)
        throw new AppError('invalid-argument', 'No clip with sound is in this selection, so nothing can be proposed.')
      const job = queue.enqueue(
        createProposeWork(database, {
          runName,
          trained,
          manifest: { ...manifest, backendOrder, floor },
          author,
          tell: (touched) => workspace.tellEdit(touched, database),
        }),
      )
      return { jobId: job.id }
    },
    judge: (input, { author }) =>
      edit('judge', author, (recorder) => judgeProposals(workspace.database, recorder, input, author)).ids.map((id) =>
        readAnnotation(workspace.database, id),
      ),
    rejectClass: (input, { author }) =>
      edit('rejectClass', author, (recorder) => rejectClass(workspace.database, recorder, input, author)),
    reconsider: ({ ids }, { author }) =>
      edit('reconsider', author, (recorder) => reconsiderProposals(workspace.database, recorder, ids)),
    counts: ({ runId, isJudgedOnly }) => countProposals(workspace.database, runId ?? null, isJudgedOnly),
    thresholds: () => readSetting(workspace.database, 'thresholds', thresholdsSchema) ?? newThresholds(),
    setThresholds(thresholds) {
      writeSetting(workspace.database, 'thresholds', thresholds)
      workspace.announcer.tell('workspace.changed', {})
    },
  }
}

const newThresholds = (): Thresholds => ({ others: 0.5, classes: {} })

/** What a job would be given, but for its floor and backends. @throws AppError 'not-found', 'conflict' */
function planJob(
  workspace: Workspace,
  { runId, query, clipIds, ...asked }: Wanted,
): { manifest: Omit<ProposeManifest, 'backendOrder'>; trained: TrainManifest; runName: string } {
  const { database, path } = workspace.catalog
  const { name: runName } = requireFinished(database, runId)
  const trained = readTrainManifest(path, runId)
  const { model } = trained.recipe
  const windowSeconds =
    asked.windowSeconds ?? (model.kind === 'mfcc-logistic' ? medianSeconds(trained) : model.cropSeconds)
  const acquaintanceOf = readAcquaintances(trained)
  const clips = listPredictable(database, query, clipIds).map((clip) => ({
    ...clip,
    fold: acquaintanceOf(clip.id).fold,
  }))
  const manifest = {
    ...buildPredictManifest(trained, runFolder(path, runId), trained.backend, []),
    kind: 'propose' as const,
    clips,
    windowSeconds,
    hopSeconds: asked.hopSeconds ?? windowSeconds / 2,
    floor: 0,
  }
  return { manifest, trained, runName }
}
