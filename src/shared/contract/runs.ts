import { z } from 'zod'
import type { Recipe } from '../../dsp/recipe'
import type { AppErrorData } from '../errors'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { idSchema } from './labels'
import { pathSchema } from './recordings'
import { recipeSchema } from './recipe'

export const backendChoiceSchema = z.enum(['auto', 'tensorflow', 'webgpu', 'wasm'])

/** Which clips train and which test. */
export const splitSchema = z.discriminatedUnion('kind', [
  /** One model for each fold, tested on the fold it has not seen. */
  z.strictObject({ kind: z.literal('cross-validate') }),
  /** One model; `trainFolds` null is every other fold. */
  z.strictObject({
    kind: z.literal('holdout'),
    testFold: z.string().max(100),
    trainFolds: z.array(z.string().max(100)).max(100).nullable(),
  }),
  /** One model on a grouped, stratified random share: for clips without folds. */
  z.strictObject({ kind: z.literal('random'), testShare: z.number().min(0.05).max(0.9) }),
  /** One model on the catalog's own split: trained on train, stopped by validation, tested on test. */
  z.strictObject({ kind: z.literal('assigned') }),
])
export type SplitChoice = z.infer<typeof splitSchema>

export const runRequestSchema = z.strictObject({
  recipe: recipeSchema,
  backend: backendChoiceSchema,
  split: splitSchema,
  query: clipQuerySchema,
  /** Train although clips on both sides have something in common; a problem then becomes a warning. */
  allowsLeaks: z.boolean().optional(),
})
export type RunRequest = z.infer<typeof runRequestSchema>

export type RunStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** Whether a run stopped before its end and can be taken up. */
export const canResume = ({ status }: { status: RunStatus }): boolean => status === 'failed' || status === 'cancelled'

export interface RunSummary {
  id: string
  jobId: string | null
  /** The recipe's name and the run's number, as "logmel-cnn #3". */
  name: string
  status: RunStatus
  recipe: Recipe
  recipeHash: string
  /** Of the front end alone (hashFrontEnd): runs that hear the same have the same. */
  frontEndHash: string
  split: SplitChoice
  requestedBackend: string
  /** What really ran, null until the worker says. */
  backend: string | null
  backendReason: string | null
  backendDevice: string | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  /** Wall-clock seconds of the training process; of a run that was resumed, those that its folds took. */
  seconds: number | null
  accuracy: number | null
  clipCount: number
  classCount: number
  folds: string[]
  error: AppErrorData | null
  /** The snapshot it was trained on, and its name if it has one. */
  snapshotId: string | null
  snapshotName: string | null
}

export interface RunEpoch {
  fold: string
  /** From 1. */
  epoch: number
  loss: number
  /** Share of training crops classified rightly, 0 to 1. */
  accuracy: number
  validationLoss: number | null
  validationAccuracy: number | null
  seconds: number
}

export interface RunDetail extends RunSummary {
  epochs: RunEpoch[]
}

/** What would be trained, before it is: counts, and every problem with its reason. */
export interface RunPreflight {
  clips: number
  groups: number
  classes: { name: string; count: number }[]
  folds: { name: string; train: number; test: number }[]
  /** Clips of the query that cannot be used, with why. */
  left: { reason: string; count: number }[]
  /** `isLeak`: a person may want to train all the same. */
  problems: { severity: 'error' | 'warning'; message: string; isLeak?: true }[]
}

export interface ClassMetrics {
  label: string
  precision: number
  recall: number
  f1: number
  support: number
}

/** Clip-level results over the clips a run predicted without having trained on them. */
export interface Evaluation {
  runId: string
  truth: 'current' | 'frozen'
  classes: string[]
  /** Rows are the true class, columns the predicted one. */
  confusionMatrix: number[][]
  perClass: ClassMetrics[]
  accuracy: number
  balancedAccuracy: number
  macroF1: number
  clipCount: number
  folds: { fold: string; accuracy: number; clipCount: number }[]
  /** Clips whose label is another now than when the run was trained. */
  changedClips: number
  /** Predicted clips that have no single present label any more and are left out. */
  leftOutClips: number
}

export interface FilePrediction {
  path: string
  startSeconds: number
  endSeconds: number
  label: string
  score: number
  scores: { label: string; score: number }[]
}

export const runCalls = {
  recipes: call(z.void()).returns<Recipe[]>(),
  preflight: call(runRequestSchema).returns<RunPreflight>(),
  start: call(runRequestSchema).returns<{ runId: string; jobId: string }>(),
  /** Takes a run up where it was interrupted or cancelled, with what it was given then. */
  resume: call(z.strictObject({ id: idSchema })).returns<{ jobId: string }>(),
  list: call(z.void()).returns<RunSummary[]>(),
  get: call(z.strictObject({ id: idSchema })).returns<RunDetail>(),
  evaluate: call(
    z.strictObject({ id: idSchema, truth: z.enum(['current', 'frozen']).default('current') }),
  ).returns<Evaluation>(),
  /** Predicts clips of the catalog with a finished run; the scores join the run's predictions. */
  predict: call(z.strictObject({ id: idSchema, query: clipQuerySchema })).returns<{ jobId: string }>(),
  /** Predicts one sound file that need not be in the catalog. */
  predictFile: call(z.strictObject({ id: idSchema, path: pathSchema })).returns<FilePrediction[]>(),
  predictions: call(z.strictObject({ id: idSchema, clipIds: z.array(idSchema).max(1000) })).returns<
    { clipId: string; scores: { label: string; score: number }[] }[]
  >(),
}
