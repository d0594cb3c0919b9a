/** Which clip of a training a step mixes in: known before any sound is read. */
import { type MixingStep, nameStep } from './chain'
import { type DrawPlace, isFor, isStepDone, streamOf } from './draw-place'

/** The clips that may be mixed in: those that are trained on, and no others. */
export class PartnerPool {
  readonly #classes: Map<string | null, number[]>
  readonly #isClassBalanced: boolean

  /**
   * @param classNames of each clip; null where it has none
   * @param isClassBalanced every class is drawn equally often, and not every clip
   */
  constructor(classNames: readonly (string | null)[], isClassBalanced: boolean) {
    this.#classes = new Map()
    for (const [clip, className] of classNames.entries()) {
      const known = this.#classes.get(className)
      if (known) known.push(clip)
      else this.#classes.set(className, [clip])
    }
    this.#isClassBalanced = isClassBalanced
  }

  /**
   * The clip that this draw mixes in, of those that the step's classes allow, and for 'between-class' of another class.
   *
   * @returns its place in the list; null where the step is not done in this draw
   * @throws RangeError where there is none
   */
  draw(step: MixingStep, place: DrawPlace, position: number): number | null {
    if (!isStepDone(step, streamOf(place, position), place)) return null
    const classes = [...this.#classes].filter(
      ([className]) =>
        isFor(step, className) &&
        (step.kind !== 'between-class' || className === null || className !== place.className),
    )
    if (classes.length === 0) throw new RangeError(`${nameStep(step, position)} has no clip to mix in`)
    const random = streamOf(place, position).stream('partner')
    const clips = this.#isClassBalanced
      ? classes[random.integer(classes.length)]![1]
      : classes.flatMap(([, own]) => own)
    return clips[random.integer(clips.length)]!
  }
}
