/** Runs an augmentation chain over a clip: every draw from a stream of its own, so that any of them can be made again. */
import { Random } from '../random'
import type { AugmentationChain, AugmentationStep, DrawRange } from './chain'
import { addNoise } from './noise'
import { cropOrPad, insertSilence, invertPolarity, scaleLevel, shiftInTime } from './placement'
import type { AugmentedSound } from './sound'

/** What was drawn for a step; `values` are empty where it was not done. */
export interface DrawnStep {
  kind: AugmentationStep['kind']
  isDone: boolean
  values: Record<string, number>
}

/** Which draw is meant: the same four values and the same chain give the same samples to the last bit. */
export interface DrawPlace {
  seed: number
  epoch: number
  /** Counts the examples of a training, or the draws that are shown of a clip. */
  example: number
  /** Name of the clip's class, for steps that are not for all; null where it has none. */
  className: string | null
}

/** A chain and which of its draws. */
export interface Augmentation {
  chain: AugmentationChain
  place: DrawPlace
}

type StepRunner<S extends AugmentationStep> = (
  sound: AugmentedSound,
  step: S,
  random: Random,
) => { sound: AugmentedSound; values: Record<string, number> }

const runners: { [K in AugmentationStep['kind']]: StepRunner<Extract<AugmentationStep, { kind: K }>> } = {
  gain(sound, { decibels }, random) {
    const gainDb = drawFrom(decibels, random)
    return { sound: { ...sound, samples: scaleLevel(sound.samples, gainDb) }, values: { gainDb } }
  },
  polarity: (sound) => ({ sound: { ...sound, samples: invertPolarity(sound.samples) }, values: {} }),
  'time-shift'(sound, { seconds, fill }, random) {
    const shiftSeconds = drawFrom(seconds, random)
    return { sound: shiftInTime(sound, shiftSeconds, fill), values: { shiftSeconds } }
  },
  crop(sound, { seconds }, random) {
    const lengthSeconds = drawFrom(seconds, random)
    const place = random.uniform()
    return { sound: cropOrPad(sound, lengthSeconds, place), values: { lengthSeconds, place } }
  },
  silence(sound, { seconds }, random) {
    const silenceSeconds = drawFrom(seconds, random)
    const place = random.uniform()
    return { sound: insertSilence(sound, silenceSeconds, place), values: { silenceSeconds, place } }
  },
  noise(sound, { snrDb, ...options }, random) {
    const wantedDb = drawFrom(snrDb, random)
    const { samples, ...values } = addNoise(sound, { ...options, snrDb: wantedDb }, random)
    return { sound: { ...sound, samples }, values: { snrDb: wantedDb, ...values } }
  },
}

/**
 * A clip as a chain changes it, and what was drawn. The input is not changed. Each step draws from the stream of (seed,
 * epoch, example, its place in the chain): to change, take out or add a step after it changes nothing of what it draws.
 *
 * @throws RangeError naming the first sample that is no number; one naming the step where its parameters cannot be
 */
export function applyChain(
  sound: AugmentedSound,
  chain: AugmentationChain,
  place: DrawPlace,
): { sound: AugmentedSound; drawn: DrawnStep[] } {
  requireNumbers(sound.samples)
  const { seed, epoch, example, className } = place
  const drawn: DrawnStep[] = []
  let current = sound
  for (const [position, step] of chain.steps.entries()) {
    const random = new Random(seed, `augment/${epoch}/${example}/${position}`)
    // Drawn for every class, so that a switch of one class changes nothing for the others.
    const isDrawn = random.uniform() < (step.probability ?? 1)
    if (!isDrawn || !isFor(step, className)) {
      drawn.push({ kind: step.kind, isDone: false, values: {} })
      continue
    }
    const runner = runners[step.kind] as StepRunner<AugmentationStep>
    const done = runner(current, step, random)
    current = done.sound
    drawn.push({ kind: step.kind, isDone: true, values: done.values })
  }
  return { sound: current, drawn }
}

function requireNumbers(samples: Float32Array): void {
  for (let n = 0; n < samples.length; n++)
    if (!Number.isFinite(samples[n]!)) throw new RangeError(`sample ${n} is ${samples[n]}: it cannot be augmented`)
}

function isFor({ onlyClasses, exceptClasses }: AugmentationStep, className: string | null): boolean {
  if (onlyClasses && (className === null || !onlyClasses.includes(className))) return false
  return className === null || !exceptClasses?.includes(className)
}

function drawFrom([low, high]: DrawRange, random: Random): number {
  return random.uniform(low, high)
}
