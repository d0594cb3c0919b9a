import type { Handlers } from '../../../shared/contract/contract'
import type { FoldRole } from '../../../shared/contract/model-view'
import { AppError } from '../../../shared/errors'
import type { TrainManifest } from '../../../shared/job/manifest'
import { requireFinished } from '../catalog/runs'
import { readNames } from '../datasets/evaluate'
import { lookAtInput, lookForClasses, LookShelf } from '../jobs/look-at-clip'
import { readTrainManifest, runFolder } from '../jobs/manifest'
import type { Workspace } from '../workspace'

export function modelViewHandlers(workspace: Workspace): Handlers['modelView'] {
  const desk = { workspace, shelf: new LookShelf() }
  const trainedOf = (runId: string): TrainManifest =>
    readTrainManifest(workspace.catalog.path, requireFinished(workspace.database, runId).id)
  /** @throws AppError 'not-found' for a fold that the run has not */
  function modelOf(runId: string, fold: string) {
    const trained = trainedOf(runId)
    if (!trained.folds.some(({ name }) => name === fold))
      throw new AppError('not-found', `The run has no fold “${fold}”; it has ${listFolds(trained)}.`)
    return { trained, model: { folder: runFolder(workspace.catalog.path, runId), fold } }
  }
  return {
    folds: ({ clipId, runId }) => sortFolds(trainedOf(runId), clipId),
    input({ clipId, of, drawn }, { signal }) {
      if (of.kind === 'recipe') return lookAtInput(desk, { clipId, recipe: of.recipe, model: null, drawn }, signal)
      const { trained, model } = modelOf(of.runId, of.fold)
      return lookAtInput(desk, { clipId, recipe: trained.recipe, model, drawn }, signal)
    },
    async maps({ clipId, runId, fold, drawn }, { signal }) {
      const { trained, model } = modelOf(runId, fold)
      const names = readNames(workspace.database, trained.classes)
      const maps = await lookForClasses(desk, { clipId, recipe: trained.recipe, model, drawn }, signal)
      return { ...maps, classes: trained.classes.map(({ id }, index) => ({ id, name: names[index]! })) }
    },
  }
}

const listFolds = ({ folds }: TrainManifest): string => folds.map(({ name }) => `“${name}”`).join(', ')

const rank: Record<FoldRole, number> = { tested: 0, unseen: 1, trained: 2 }

/** The folds of a run with what each has to do with a clip, those that say the most of it first. */
function sortFolds({ folds, clips }: TrainManifest, clipId: string): { fold: string; role: FoldRole }[] {
  const position = clips.findIndex(({ id }) => id === clipId)
  const roleOf = ({ train, test }: TrainManifest['folds'][number]): FoldRole =>
    test.includes(position) ? 'tested' : train.includes(position) ? 'trained' : 'unseen'
  return folds.map((fold) => ({ fold: fold.name, role: roleOf(fold) })).sort((a, b) => rank[a.role] - rank[b.role])
}
