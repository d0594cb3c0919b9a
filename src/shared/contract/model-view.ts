/** A clip as a model sees it: the array that training and prediction are given, and where each class was found. */
import { z } from 'zod'
import type { ClassMaps, ModelInput } from '../job/model-view'
import { call } from './define'
import { idSchema } from './ids'
import { recipeSchema } from './recipe'

export type { ClassMaps, ModelInput } from '../job/model-view'

/** What a fold's model has to do with a clip: only a clip it was tested on, or never met, tells of what it learned. */
export type FoldRole = 'tested' | 'trained' | 'unseen'

const foldSchema = z.string().min(1).max(200)

/** A training crop as a seed draws it; null: all that is scored. */
const drawnSchema = z
  .strictObject({
    seed: z
      .int()
      .min(0)
      .max(2 ** 31),
    augments: z.boolean(),
  })
  .nullable()
  .default(null)

export const modelViewCalls = {
  /** The models of a finished run, those that the clip is held out from first. */
  folds: call(z.strictObject({ clipId: idSchema, runId: idSchema })).returns<{ fold: string; role: FoldRole }[]>(),
  /**
   * The array that a model of a run is given of a clip, or what a recipe makes of it before there is a run; all that
   * is scored, or a training crop as a seed draws it. Tells 'modelView.progress'.
   */
  input: call(
    z.strictObject({
      clipId: idSchema,
      of: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('run'), runId: idSchema, fold: foldSchema }),
        z.strictObject({ kind: z.literal('recipe'), recipe: recipeSchema }),
      ]),
      drawn: drawnSchema,
    }),
  ).returns<ModelInput>(),
  /**
   * Where in a clip each class of a run was found, and the clip's scores; of a drawn crop, in that crop. Tells
   * 'modelView.progress'.
   */
  maps: call(z.strictObject({ clipId: idSchema, runId: idSchema, fold: foldSchema, drawn: drawnSchema })).returns<
    ClassMaps & { classes: { id: string; name: string }[] }
  >(),
}
