/** Which draw of a chain is meant, and what it draws from. */
import { Random } from '../random'
import type { AugmentationStep } from './chain'

/** The same four values, the same chain and the same materials give the same samples to the last bit. */
export interface DrawPlace {
  seed: number
  epoch: number
  /** Counts the examples of a training, or the draws that are shown of a clip. */
  example: number
  /** Name of the clip's class, for steps that are not for all; null where it has none. */
  className: string | null
  /** Place of the step that mixes this clip into another; absent: it is the example itself. */
  partnerOf?: number
}

/** Of the clip that a step mixes in, on its way through the steps before. */
export function partnerPlace(place: DrawPlace, position: number, className: string | null): DrawPlace {
  return { ...place, className, partnerOf: position }
}

/** The stream of the step at this place of the chain. */
export function streamOf({ seed, epoch, example, partnerOf }: DrawPlace, position: number): Random {
  const whose = partnerOf === undefined ? '' : `${partnerOf}/partner/`
  return new Random(seed, `augment/${epoch}/${example}/${whose}${position}`)
}

/** Whether a draw does the step: the first that is drawn of its stream. */
export function isStepDone(step: AugmentationStep, random: Random, { className }: DrawPlace): boolean {
  // Drawn for every class, so that a switch of one class changes nothing for the others.
  const isDrawn = random.uniform() < (step.probability ?? 1)
  return isDrawn && isFor(step, className)
}

/** Whether a step is for clips of a class. */
export function isFor({ onlyClasses, exceptClasses }: AugmentationStep, className: string | null): boolean {
  if (onlyClasses && (className === null || !onlyClasses.includes(className))) return false
  return className === null || !exceptClasses?.includes(className)
}
