/**
 * Training batches: class-balanced draws, random crops, augmentation; every draw comes from seeded streams. Clips that a
 * chain changes are computed elsewhere, some batches ahead.
 */
import type { DrawnStep } from '../../../dsp/augment/apply-chain'
import { mixTargets } from '../../../dsp/augment/mixing'
import { applyPictureSteps, type PictureRow } from '../../../dsp/augment/picture-chain'
import type { Random } from '../../../dsp/random'
import type { LabelMix, TrainingRecipe } from '../../../dsp/recipe'
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

/** Which clips come next; the random streams' positions belong to it. */
export interface BatchPosition {
  turn: number
  /** Clips that are left of each pool's round. */
  rounds: number[][]
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

/** Batches that are computed ahead, within an epoch: as many examples as keep the threads busy during a step. */
const batchesAhead = 2

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
  readonly #pools: number[][]
  readonly #rounds: number[][]
  readonly #streams: { order: Random; crop: Random }
  #turn = 0
  /** No example is begun from here on. */
  #end = Infinity
  /** Examples that are on their way, none of them of the next epoch: at its end the streams stand as if there were none. */
  readonly #ahead: Example[] = []
  #waitedMs = 0

  /** @param random the parent of the streams 'order' and 'crop' */
  constructor(source: BatchSource, random: Random) {
    this.#source = source
    const all = source.classIndexes.map((_, clip) => clip)
    const byClass = Array.from({ length: source.classNames.length }, (_, index) =>
      all.filter((clip) => source.classIndexes[clip] === index),
    )
    this.#pools = (source.training.isClassBalanced ? byClass : [all]).filter((pool) => pool.length > 0)
    if (this.#pools.length === 0) throw new RangeError('no training clips to draw batches from')
    this.#rounds = this.#pools.map(() => [])
    this.batchesPerEpoch = countBatches(all.length, source.training.batchClips)
    this.#streams = { order: random.stream('order'), crop: random.stream('crop') }
  }

  /** Milliseconds that were spent waiting for clips that a chain changes. */
  get waitedMs(): number {
    return this.#waitedMs
  }

  /**
   * The last batch of a maker that stands at its beginning: the one that comes after so many others, of which nothing is heard.
   *
   * @throws as next
   */
  async last(after: number): Promise<Batch> {
    const { batchClips } = this.#source.training
    for (let example = 0; example < after * batchClips; example++) {
      this.#drawClip()
      // The same number of random bits, whatever it chooses among.
      this.#streams.crop.integer(1)
    }
    this.#end = this.#turn + batchClips
    return this.next()
  }

  /** @throws what `hear` throws, in the batch of the clip */
  async next(): Promise<Batch> {
    const { bands, channels = 1, classIndexes, classNames, cropFrames, training, seed, decibel } = this.#source
    const rows = training.batchClips
    const columns = countColumns({ bands, channels })
    const size = cropFrames * columns
    const batch: Batch = {
      rows,
      pictures: new Float32Array(rows * size),
      targets: new Float32Array(rows * classNames.length),
      examples: [],
    }
    const crops: PictureRow[] = []
    for (let row = 0; row < rows; row++) {
      const { clip, epoch, example, heard } = await this.#nextExample()
      const { picture, drawn, mixed } = heard
      const cropStart = this.#streams.crop.integer(picture.frames - cropFrames + 1)
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

  /** Call it between epochs. */
  savePosition(): BatchPosition {
    if (this.#ahead.length > 0) throw new RangeError('the position in the middle of an epoch cannot be saved')
    return { turn: this.#turn, rounds: this.#rounds.map((round) => [...round]) }
  }

  /** Goes on from another maker's position over the same clips. @throws RangeError where they are not the same */
  restorePosition({ turn, rounds }: BatchPosition): void {
    const isKnown = (round: number[], pool: number): boolean => round.every((clip) => this.#pools[pool]!.includes(clip))
    if (rounds.length !== this.#pools.length || !rounds.every(isKnown)) {
      throw new RangeError('the saved position is not of these clips')
    }
    this.#turn = turn
    this.#rounds.splice(0, rounds.length, ...rounds.map((round) => [...round]))
  }

  async #nextExample(): Promise<ExampleDraw & { clip: number; heard: HeardExample }> {
    const { hear, training } = this.#source
    const perEpoch = this.batchesPerEpoch * training.batchClips
    const mayBegin = (): boolean => this.#turn < this.#end && (this.#ahead.length === 0 || this.#turn % perEpoch !== 0)
    while (this.#ahead.length < batchesAhead * training.batchClips && mayBegin()) {
      const draw = { epoch: Math.floor(this.#turn / perEpoch) + 1, example: this.#turn }
      const clip = this.#drawClip()
      const heard = Promise.resolve(hear(clip, draw))
      // It is told when its turn has come; until then nobody listens.
      heard.catch(() => undefined)
      this.#ahead.push({ clip, ...draw, heard })
    }
    const next = this.#ahead.shift()!
    const began = performance.now()
    const heard = await next.heard
    this.#waitedMs += performance.now() - began
    return { ...next, heard }
  }

  #drawClip(): number {
    const pool = this.#turn++ % this.#pools.length
    if (this.#rounds[pool]!.length === 0) this.#rounds[pool] = this.#streams.order.shuffle(this.#pools[pool]!)
    return this.#rounds[pool]!.pop()!
  }
}
