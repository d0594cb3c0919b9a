/** Features of a span of any length in pieces: no more of the sound is in memory than one of them spans. */
import { FeaturePieces, reasonForWhole } from '../../dsp/feature-pieces'
import { pictureShape } from '../../dsp/picture-shape'
import type { FrontEnd } from '../../dsp/recipe'
import { Resampler } from '../../dsp/resample'
import type { PictureSegment } from '../../dsp/segments'
import type { SoundSpan } from './open-sound'
import { readMonoPart } from './read-mono'

/** How the features of a span are computed. */
export interface FeaturePlan {
  /** Of the span, at the front end's rate. */
  samples: number
  /** Why the front end must have the sound whole; null where it need not. Then there is nothing more to know. */
  reason: string | null
  /** See FeaturePieces. */
  frames: number
  units: number
  wantsLoudest: boolean
  /** Frames, and units, that make a piece. */
  framesAtOnce: number
  unitsAtOnce: number
}

/** Pictures as a thread hands them over. */
export interface SegmentValues {
  bands: number
  channels: number
  /** Values of each segment; frames are as long as `bands · channels`. */
  values: Float32Array[]
  /** Where each begins, in seconds of the span after its conditioning. */
  startSeconds: number[]
  bandHz: Float32Array
  frameSeconds: number
}

/** Samples that a piece spans. */
const pieceSamples = 2 ** 20

/** @throws RangeError where the span is too short for the front end */
export function planFeatures(span: SoundSpan, frontEnd: FrontEnd): FeaturePlan {
  const samples = countSamples(span, frontEnd)
  const reason = reasonForWhole(frontEnd)
  if (reason !== null)
    return { samples, reason, frames: 0, units: 0, wantsLoudest: false, framesAtOnce: 1, unitsAtOnce: 1 }
  const pieces = openPieces(span, frontEnd)
  const { frames, units, wantsLoudest } = pieces
  const framesAtOnce = Math.max(1, Math.floor(pieceSamples / frontEnd.hopSamples))
  return { samples, reason, frames, units, wantsLoudest, framesAtOnce, unitsAtOnce: pieces.unitsOf(pieceSamples) }
}

export function openPieces(span: SoundSpan, frontEnd: FrontEnd): FeaturePieces {
  return new FeaturePieces(frontEnd, countSamples(span, frontEnd), (first, end) =>
    readMonoPart(span.sound, span, frontEnd, first, end),
  )
}

function countSamples({ sound, from, to }: SoundSpan, { sampleRateHz }: FrontEnd): number {
  return new Resampler(sound.sampleRateHz, sampleRateHz).countOutputs(to - from)
}

export function valuesOf(segments: readonly PictureSegment[], frontEnd: FrontEnd): SegmentValues {
  return {
    ...pictureShape(frontEnd),
    values: segments.map(({ picture }) => picture.values),
    startSeconds: segments.map((segment) => segment.startSeconds),
    bandHz: segments[0]?.picture.bandHz ?? new Float32Array(0),
    frameSeconds: frontEnd.hopSamples / frontEnd.sampleRateHz,
  }
}
