/** The batches that a run was trained on: the very tensors, made again, with where each example comes from. */
import { z } from 'zod'
import type { BatchSound, BatchView } from '../job/batch-view'
import { call } from './define'
import { idSchema } from './ids'
import { pathSchema } from './recordings'

export type { BatchRow, BatchSound, BatchView } from '../job/batch-view'

/** A fold with the batches that it has had so far. */
export interface BatchFold {
  fold: string
  /** The last one that can be looked at; of a fold that is not trained to its end, the one that it is in. 0: none. */
  epochs: number
  batchesPerEpoch: number
}

/** A clip as a run was given it. */
export interface BatchClip {
  recordingPath: string
  /** In the recording. */
  startSeconds: number
  endSeconds: number
  className: string
  /** What is another way now than when the run began, in sentences. */
  changes: string[]
}

export interface RunBatch extends BatchView {
  /** Of the run, by their names of now: the columns of `targets`. */
  classes: { id: string; name: string }[]
  /** By id: those of the examples, and those that were mixed into them. */
  clips: Record<string, BatchClip>
}

export interface BatchFile {
  path: string
  bytes: number
  /** Of the array x. */
  shape: number[]
}

const foldSchema = z.string().min(1).max(200)
const epochSchema = z.int().min(1).max(1_000_000)
const placeSchema = z.strictObject({
  runId: idSchema,
  fold: foldSchema,
  epoch: epochSchema,
  /** From 1, in its epoch. */
  batch: z.int().min(1).max(1_000_000_000),
})
export type BatchPlace = z.infer<typeof placeSchema>

export const batchCalls = {
  /** The folds of a run in their order. @throws 'invalid-argument' for a model that has no batches */
  folds: call(z.strictObject({ runId: idSchema })).returns<BatchFold[]>(),
  /** A batch as training made it. Tells 'batches.progress'. @throws 'not-found' where the run has not had it, or a recording is gone */
  get: call(placeSchema).returns<RunBatch>(),
  /** The sound of an example as training hears it before its front end. */
  sound: call(
    z.strictObject({
      runId: idSchema,
      fold: foldSchema,
      epoch: epochSchema,
      clipId: idSchema,
      example: z.int().min(0).max(1_000_000_000_000),
    }),
  ).returns<BatchSound>(),
  /**
   * A batch as a new .npz: `x` [examples, frames, bands, channels] and `y` [examples, classes] are what the network was
   * given, `classes`, `clips`, `recordings`, `starts`, `ends`, `examples` and `drawn` (JSON) say where they come from.
   */
  write: call(placeSchema.extend({ out: pathSchema })).returns<BatchFile & { batch: RunBatch }>(),
}
