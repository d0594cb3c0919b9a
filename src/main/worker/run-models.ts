/** The trained models of a finished run, proved to be what the run says. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, toAppError } from '../../shared/errors'
import type { PredictManifest } from '../../shared/job/manifest'
import { loadCheckpoint, requireFrontEnd, type Checkpoint } from './learning/checkpoint'

/**
 * The models of a run, by the names of their folders: of a cross-validation one for each fold.
 *
 * @throws AppError 'not-found' when the run has no models, 'bad-file' when a model is damaged, made for other classes or
 *   trained on another front end than the run says (naming the fields)
 */
export async function loadModels({
  folder,
  classes,
  recipe,
}: Pick<PredictManifest, 'folder' | 'classes' | 'recipe'>): Promise<Checkpoint[]> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    const { code, message } = toAppError(error)
    throw new AppError(code, `The run folder cannot be read: ${message}`, { cause: error })
  }
  const models = names.filter((name) => name.startsWith('model-') && !name.endsWith('.unfinished')).sort()
  if (models.length === 0) {
    throw new AppError('not-found', `There is no trained model in ${folder}.`, { hint: 'Choose a run that finished.' })
  }
  const checkpoints = await Promise.all(models.map((name) => loadCheckpoint(join(folder, name))))
  for (const checkpoint of checkpoints) {
    const known = checkpoint.classes.map(({ id }) => id).join()
    if (known !== classes.map(({ id }) => id).join()) {
      const names = checkpoint.classes.map(({ name }) => name).join(', ')
      throw new AppError(
        'bad-file',
        `The model of fold ${checkpoint.fold} in ${folder} was made for other classes: ${names}.`,
      )
    }
    requireFrontEnd(checkpoint, recipe, folder)
  }
  return checkpoints
}
