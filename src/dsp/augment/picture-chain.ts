/** Runs a chain's steps of the picture over the crops of a batch. */
import type { Random } from '../random'
import { mixSamples } from '../sample-loops'
import type { DrawnStep } from './apply-chain'
import { drawBeta } from './beta'
import { type AugmentationChain, isPictureStep, type MixupStep, type PictureStep } from './chain'
import { type DrawPlace, isFor, isStepDone, streamOf } from './draw-place'
import { mixTargets } from './mixing'
import { addGain, maskBands, maskFrames, type PictureCrop, warpTime } from './picture-changes'

/** A standardised crop with what it is; both are changed in place. */
export interface PictureRow {
  crop: PictureCrop
  /** Shares of the classes, with sum 1. */
  targets: Float32Array
  place: DrawPlace
}

/**
 * Done to all rows step by step, each row by the streams of its own draw. Only mixup looks at more than one of them: which
 * rows it pairs depends on all of the batch.
 *
 * @param rows of one size
 * @param decibel what one decibel more adds to each value of a standardised frame, for `picture-gain`
 * @returns for each row what was drawn
 */
export function applyPictureSteps(
  rows: readonly PictureRow[],
  { steps }: AugmentationChain,
  decibel: Float32Array,
): DrawnStep[][] {
  const drawn = rows.map((): DrawnStep[] => [])
  for (const [position, step] of steps.entries()) {
    if (!isPictureStep(step)) continue
    if (step.kind === 'mixup') {
      for (const [row, done] of mixRows(rows, step, position).entries()) drawn[row]!.push(done)
      continue
    }
    for (const [row, { crop, place }] of rows.entries()) {
      const random = streamOf(place, position)
      const isDone = isStepDone(step, random, place)
      const values = isDone ? runners[step.kind](crop, step as never, random, decibel) : {}
      drawn[row]!.push({ kind: step.kind, isDone, values })
    }
  }
  return drawn
}

type RowStep = Exclude<PictureStep, MixupStep>

const runners: {
  [K in RowStep['kind']]: (
    crop: PictureCrop,
    step: Extract<RowStep, { kind: K }>,
    random: Random,
    decibel: Float32Array,
  ) => Record<string, number>
} = {
  'frequency-mask'(crop, { masks, widestBands }, random) {
    const values: Record<string, number> = {}
    for (let mask = 1; mask <= masks; mask++) {
      const [first, count] = drawSpan(crop.bands, widestBands, random)
      maskBands(crop, first, count)
      Object.assign(values, { [`mask${mask}Bands`]: count, [`mask${mask}FirstBand`]: first })
    }
    return values
  },
  'time-mask'(crop, { masks, widestFrames, widestShare }, random) {
    const widest = Math.min(widestFrames, Math.floor(widestShare * crop.frames))
    const values: Record<string, number> = {}
    for (let mask = 1; mask <= masks; mask++) {
      const [first, count] = drawSpan(crop.frames, widest, random)
      maskFrames(crop, first, count)
      Object.assign(values, { [`mask${mask}Frames`]: count, [`mask${mask}FirstFrame`]: first })
    }
    return values
  },
  'time-warp'(crop, { widestFrames }, random): Record<string, number> {
    // So far from the ends that the frame can move by as much either way.
    const widest = Math.min(widestFrames, Math.floor((crop.frames - 3) / 2))
    if (widest < 1) return {}
    const fromFrame = widest + 1 + random.integer(crop.frames - 2 * widest - 2)
    const movedFrames = random.integer(2 * widest + 1) - widest
    warpTime(crop, fromFrame, fromFrame + movedFrames)
    return { movedFrames, fromFrame }
  },
  'picture-gain'(crop, { decibels: [low, high] }, random, decibel) {
    const gainDb = random.uniform(low, high)
    addGain(crop, decibel, gainDb)
    return { gainDb }
  },
}

/** A span of 0 … `widest` of `length` places, anywhere. */
function drawSpan(length: number, widest: number, random: Random): [first: number, count: number] {
  const count = random.integer(Math.min(widest, length) + 1)
  return [random.integer(length - count + 1), count]
}

/**
 * Pairs the rows whose classes the step is for by shuffling them, and mixes each with the one that has come to its place, as
 * that was before; a row may have come to its own.
 */
function mixRows(rows: readonly PictureRow[], step: MixupStep, position: number): DrawnStep[] {
  const mixable = rows.flatMap(({ place }, row) => (isFor(step, place.className) ? [row] : []))
  if (mixable.length < 2) return rows.map((): DrawnStep => ({ kind: step.kind, isDone: false, values: {} }))
  const others = streamOf(rows[0]!.place, position).stream('pairs').shuffle(mixable)
  const partners = new Map(mixable.map((row, index) => [row, others[index]!]))
  const drawn = rows.map((): DrawnStep => ({ kind: step.kind, isDone: false, values: {} }))
  const isMixed = new Set<number>()
  for (const first of mixable) {
    if (isMixed.has(first)) continue
    // From partner to partner, each is still as it was when a row is mixed with it; only the first one is not in the end.
    const { crop, targets } = rows[first]!
    const given = { values: crop.values.slice(), targets: targets.slice() }
    for (let row = first; !isMixed.has(row); row = partners.get(row)!) {
      isMixed.add(row)
      const partnerRow = partners.get(row)!
      const { crop, targets } = rows[partnerRow]!
      const other = partnerRow === first ? given : { values: crop.values, targets }
      drawn[row] = mixRow(rows[row]!, other, step, position, partnerRow)
    }
  }
  return drawn
}

function mixRow(
  { crop, targets, place }: PictureRow,
  other: { values: Float32Array; targets: Float32Array },
  step: MixupStep,
  position: number,
  partnerRow: number,
): DrawnStep {
  const random = streamOf(place, position)
  if (!isStepDone(step, random, place)) return { kind: step.kind, isDone: false, values: {} }
  const draw = drawBeta(step.alpha, random)
  const share = Math.max(draw, 1 - draw)
  mixSamples(crop.values, share, other.values, 1 - share, crop.values)
  targets.set(mixTargets(targets, other.targets, share, step.labels))
  return { kind: step.kind, isDone: true, values: { share, partnerRow } }
}
