/**
 * Training batches: class-balanced draws, random crops, augmentation; every draw comes from seeded streams. Clips that a
 * chain changes are computed elsewhere, some batches ahead.
 */
import type { DrawnStep } from '../../../dsp/augment/apply-chain'
import { mixTargets } from '../../../dsp/augment/mixing'
import { applyPictureSteps, type PictureRow } from '../../../dsp/augment/picture-chain'
import type { Random } from '../../../dsp/random'
import type { LabelMix, TrainingRecipe } from '../../../dsp/recipe'
import { ClipOrder, type OrderPosition } from './clip-order'
import { countColumns, type Picture } from './features'
import { countBatches } from '../../../shared/job/count-batches'

export interface Batch {
  rows: number
  /** rows × frames × bands × channels, standardised. */
  pictures: Float32Array
  /** rows × classes: the share of each class. */
  targets: Float32Array
  /** Which example each row is, and what was drawn for it. */
  examples: BatchExample[]
}

export interface BatchExample extends ExampleDraw {
  /** Its place among the source's clips. */
  clip: number
  /** First frame of the crop in the picture that was drawn from. */
  cropStart: number
  /** What the chain drew, step by step. */
  drawn: DrawnStep[]
}

export interface BatchSource extends Pick<Picture, 'bands' | 'channels'> {
  /** Of the training clips. */
  classIndexes: readonly number[]
  classNames: readonly string[]
  cropFrames: number
  /** What one decibel more adds to each value of a standardised frame. */
  decibel: Float32Array
  training: TrainingRecipe
  /** Of the chain's draws. */
  seed: number
  /** The clip as this example has it: its sound changed by the recipe's chain, or as it is. */
  hear: (clip: number, draw: ExampleDraw) => HeardExample | Promise<HeardExample>
}

/** Clips whose sound no chain changes. @param pictures standardised, each at least `cropFrames` long */
export function hearPictures(pictures: readonly Picture[]): Pick<BatchSource, 'bands' | 'channels' | 'hear'> {
  const { bands, channels = 1 } = pictures[0]!
  return { bands, channels, hear: (clip) => ({ picture: pictures[clip]!, drawn: [], mixed: null }) }
}

export interface HeardExample {
  /** Standardised and at least `cropFrames` long. */
  picture: Picture
  /** What the steps of the sound drew. */
  drawn: DrawnStep[]
  /** The clip that was mixed in, and how much of the label the example keeps; null where none was. */
  mixed: { classIndex: number; share: number; labels: LabelMix } | null
}

/** Which example of a training: with it every draw of its chain can be made again. */
export interface ExampleDraw {
  /** From 1. */
  epoch: number
  /** Counts the training's examples from 0, over all epochs. */
  example: number
}

/** Batches that are computed ahead: what keeps the threads busy during a step, and while an epoch is judged. */
const batchesAhead = 4

interface Example extends ExampleDraw {
  clip: number
  heard: Promise<HeardExample>
}

/**
 * Draws batches without end. An epoch is as many batches as fit the number of clips, at least one. With
 * `isClassBalanced` classes take turns and every class goes through its clips in shuffled rounds;
 * otherwise all clips go through shuffled rounds together.
 */
export class BatchMaker {
  readonly batchesPerEpoch: number
  readonly #source: BatchSource
  readonly #order: ClipOrder
  /** Goes before, to the clips of the examples that are on their way; null where none is. */
  #foreseen: ClipOrder | null = null
  readonly #ahead: Example[] = []
  readonly #cropStream: Random
  /** No example is begun from here on: the training has no more. */
  #end: number

  /** @param random the parent of the streams 'order' and 'crop' */
  constructor(source: BatchSource, random: Random) {
    this.#source = source
    const all = source.classIndexes.map((_, clip) => clip)
    const byClass = Array.from({ length: source.classNames.length }, (_, index) =>
      all.filter((clip) => source.classIndexes[clip] === index),
    )
    const { isClassBalanced, batchClips, maxEpochs } = source.training
    const pools = (isClassBalanced ? byClass : [all]).filter((pool) => pool.length > 0)
    if (pools.length === 0) throw new RangeError('no training clips to draw batches from')
    this.batchesPerEpoch = countBatches(all.length, batchClips)
    this.#end = maxEpochs * this.batchesPerEpoch * batchClips
    this.#order = new ClipOrder(pools, random.stream('order'))
    this.#cropStream = random.stream('crop')
  }

  /**
   * The last batch of a maker that stands at its beginning: the one that comes after so many others, of which nothing is heard.
   *
   * @throws as next
   */
  async last(after: number): Promise<Batch> {
    const { batchClips } = this.#source.training
    for (let example = 0; example < after * batchClips; example++) {
      this.#order.next()
      // The same number of random bits, whatever it chooses among.
      this.#cropStream.integer(1)
    }
    this.#end = this.#order.turn + batchClips
    return this.next()
  }

  /**
   * @param used an earlier batch of this maker that nobody looks at any more: it is written over, which spares the system to find memory
   * @throws what `hear` throws, in the batch of the clip
   */
  async next(used?: Batch): Promise<Batch> {
    const { bands, channels = 1, classIndexes, classNames, cropFrames, training, seed, decibel } = this.#source
    const rows = training.batchClips
    const columns = countColumns({ bands, channels })
    const size = cropFrames * columns
    const batch: Batch = {
      rows,
      pictures: used?.pictures ?? new Float32Array(rows * size),
      targets: used?.targets ?? new Float32Array(rows * classNames.length),
      examples: [],
    }
    const crops: PictureRow[] = []
    for (let row = 0; row < rows; row++) {
      const { clip, epoch, example, heard } = await this.#nextExample()
      const { picture, drawn, mixed } = heard
      const cropStart = this.#cropStream.integer(picture.frames - cropFrames + 1)
      const values = batch.pictures.subarray(row * size, (row + 1) * size)
      values.set(picture.values.subarray(cropStart * columns, (cropStart + cropFrames) * columns))
      const targets = batch.targets.subarray(row * classNames.length, (row + 1) * classNames.length)
      targets.set(this.#targetOf(classIndexes[clip]!, mixed))
      const place = { seed, epoch, example, className: classNames[classIndexes[clip]!]! }
      crops.push({ crop: { frames: cropFrames, bands, channels, values }, targets, place })
      batch.examples.push({ clip, epoch, example, cropStart, drawn })
    }
    if (training.chain)
      for (const [row, drawn] of applyPictureSteps(crops, training.chain, decibel).entries())
        batch.examples[row]!.drawn = [...batch.examples[row]!.drawn, ...drawn]
    return batch
  }

  /** The share of each class in an example. */
  #targetOf(classIndex: number, mixed: HeardExample['mixed']): Float32Array {
    const oneOf = (index: number): Float32Array => {
      const shares = new Float32Array(this.#source.classNames.length)
      shares[index] = 1
      return shares
    }
    const own = oneOf(classIndex)
    return mixed === null ? own : mixTargets(own, oneOf(mixed.classIndex), mixed.share, mixed.labels)
  }

  /** Where the next batch begins, whatever is on its way already. */
  savePosition(): OrderPosition {
    return this.#order.save()
  }

  /** Goes on from another maker's position over the same clips. @throws RangeError where they are not the same */
  restorePosition(position: OrderPosition): void {
    this.#order.restore(position)
    this.#foreseen = null
    this.#ahead.splice(0)
  }

  async #nextExample(): Promise<ExampleDraw & { clip: number; heard: HeardExample }> {
    this.#beginAhead()
    // The same clip: the order is where the one that goes before was.
    this.#order.next()
    const next = this.#ahead.shift()!
    return { ...next, heard: await next.heard }
  }

  /** Begins examples, of the next epochs as well: a state that is saved meanwhile knows nothing of them. */
  #beginAhead(): void {
    const { hear, training } = this.#source
    const perEpoch = this.batchesPerEpoch * training.batchClips
    const order = (this.#foreseen ??= this.#order.copy())
    while (
      this.#ahead.length < batchesAhead * training.batchClips &&
      (this.#ahead.length === 0 || order.turn < this.#end)
    ) {
      const draw = { epoch: Math.floor(order.turn / perEpoch) + 1, example: order.turn }
      const clip = order.next()
      const heard = Promise.resolve(hear(clip, draw))
      // It is told when its turn has come; until then nobody listens.
      heard.catch(() => undefined)
      this.#ahead.push({ clip, ...draw, heard })
    }
  }
}
