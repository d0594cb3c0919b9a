import { z } from 'zod'
import { type Annotation, proposalVerdicts } from './annotations'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { type CommandResult, idSchema } from './labels'

/** The tier of what models propose. */
export const modelTier = 'model'

/** Whether it waits for somebody's word: a segment of the model tier to which nobody has said anything. */
export function isProposal({ tier, verdict }: Pick<Annotation, 'tier' | 'verdict'>): boolean {
  return tier === modelTier && verdict === null
}

/** Below it a score is not kept as a proposal, unless somebody says otherwise. */
export const usualFloor = 0.3

const unit = z.number().min(0).max(1)

/** From which score on proposals are shown: of each class by its id, and of those that are not named. */
export const thresholdsSchema = z.strictObject({ others: unit, classes: z.record(idSchema, unit) })
export type Thresholds = z.infer<typeof thresholdsSchema>

/** How the proposals of a run, or of who made the imported ones, of a class were judged. */
export interface ProposalCount {
  /** Null for what an import brought. */
  runId: string | null
  /** The run's name, or the author of what was imported. */
  source: string
  classId: string
  className: string
  waiting: number
  accepted: number
  edited: number
  rejected: number
}

/**
 * Of the proposals that were judged, the share that was taken, corrected or not: the model's precision as people have
 * judged it, over what they were shown. Null while nothing was judged.
 */
export function acceptedShare({
  accepted,
  edited,
  rejected,
}: Pick<ProposalCount, 'accepted' | 'edited' | 'rejected'>): number | null {
  const judged = accepted + edited + rejected
  return judged === 0 ? null : (accepted + edited) / judged
}

/** What a job of proposing would do. */
export interface ProposalPlan {
  clips: number
  /** Of them, those that the run held out from one of its models, which then hears them. */
  heldOut: number
  /** Those from which every model of the run has learned: what it says of them flatters it. */
  trained: number
  windowSeconds: number
  hopSeconds: number
  windows: number
  /** Of this run and these clips, and not judged: they are replaced. */
  replaced: number
}

const proposing = {
  runId: idSchema,
  query: clipQuerySchema,
  /** Of the query's clips only these; in the order of the query. */
  clipIds: z.array(idSchema).min(1).max(10_000).optional(),
  /** The recipe's crop where it has one, else the median clip that the run learned from. */
  windowSeconds: z.number().min(0.01).max(3600).optional(),
  /** Half a window. */
  hopSeconds: z.number().min(0.005).max(3600).optional(),
}

export const proposalCalls = {
  plan: call(z.strictObject(proposing)).returns<ProposalPlan>(),
  /**
   * Goes over the clips of a query with a finished run and puts what scores at the floor or above into the model tier, as a
   * job and one edit: what this run had proposed on these clips and nobody has judged is replaced.
   */
  start: call(z.strictObject({ ...proposing, floor: unit.default(usualFloor) })).returns<{ jobId: string }>(),
  /**
   * Says something to proposals. What is accepted or edited becomes a segment of the human tier, with the given id where
   * there is one; these are returned. The proposal stays, judged. A 'conflict' where one is judged already.
   */
  judge: call(
    z.strictObject({
      verdict: z.enum(proposalVerdicts),
      proposals: z
        .array(z.strictObject({ id: idSchema, newId: z.uuidv7().optional() }))
        .min(1)
        .max(10_000),
    }),
  ).returns<Annotation[]>(),
  /** A class is nowhere on a clip: it becomes absent there, and what was proposed of it is rejected. */
  rejectClass: call(z.strictObject({ clipId: idSchema, classId: idSchema })).returns<CommandResult>(),
  /** Takes back that proposals were rejected: they wait again. */
  reconsider: call(z.strictObject({ ids: z.array(idSchema).min(1).max(10_000) })).returns<CommandResult>(),
  /**
   * By source and class; of one run where it is named. Only of those that were judged it is quick however many wait, and
   * none is counted as waiting.
   */
  counts: call(z.strictObject({ runId: idSchema.optional(), isJudgedOnly: z.boolean().default(false) })).returns<
    ProposalCount[]
  >(),
  /** Of this catalog, for everybody who opens it. */
  thresholds: call(z.void()).returns<Thresholds>(),
  /** `workspace.changed` tells the other windows. */
  setThresholds: call(thresholdsSchema).returns<void>(),
}
