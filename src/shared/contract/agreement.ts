import { z } from 'zod'
import type { Estimate } from '../metrics/agreement'
import { call } from './define'

/** How far raters agree on whether a class is on a clip, over the clips that two or more have judged for it. */
export interface ClassAgreement {
  classId: string
  name: string
  /** Clips that two or more judged. */
  units: number
  raters: string[]
  /** Share of pairs of judgements that are alike, 0 to 1. */
  observed: number
  /** Of exactly two raters. */
  cohen: Estimate | null
  /** Where every unit was judged by as many raters. */
  fleiss: number | null
  /** With a bootstrap interval over the clips. */
  alpha: Estimate | null
}

/** How far two people drew the same segments of a class, over the clips on which both drew any. */
export interface SegmentAgreement {
  classId: string
  name: string
  raters: [string, string]
  clips: number
  firstCount: number
  secondCount: number
  matched: number
  /** 2 · matched / (first + second), 0 to 1. */
  f1: number
  /** Of the matched ones; null where none is. */
  meanOverlap: number | null
  /** Per frame; frames follow on each other, so no interval is given. */
  frameKappa: number | null
  frameAlpha: number | null
}

export interface AgreementReport {
  raters: string[]
  classes: ClassAgreement[]
  segments: SegmentAgreement[]
}

/** One row of the raw table: what one person judged. */
export interface Verdict {
  clipId: string
  recordingPath: string
  startSeconds: number
  endSeconds: number
  classId: string
  className: string
  /** The author, with "(blind)" after it for a second judgement of a blind sample. */
  rater: string
  state: 'present' | 'absent'
  /** ISO 8601, UTC. */
  at: string
}

export const agreementCalls = {
  /** Agreement per class, and of segments by pairs of people. */
  read: call(
    z.strictObject({
      /** Least intersection over union of segments that count as the same. */
      overlap: z.number().gt(0).max(1).default(0.5),
      frameSeconds: z.number().min(0.01).max(1).default(0.1),
    }),
  ).returns<AgreementReport>(),
  /** The judgements behind it, one row each. */
  verdicts: call(z.void()).returns<Verdict[]>(),
}
