/**
 * Training batches: class-balanced draws, random crops, augmentation; every draw comes from seeded streams. Clips that a
 * chain changes are computed elsewhere, some batches ahead.
 */
import type { Random } from '../../../dsp/random'
import type { TrainingRecipe } from '../../../dsp/recipe'
import { changeGain, maskCrop, mixPairs } from './augment'
import { cutCrop } from './crops'
import { countColumns, type Picture } from './features'

export interface Batch {
  rows: number
  /** rows × frames × bands × channels, standardised. */
  pictures: Float32Array
  /** rows × classes: the share of each class. */
  targets: Float32Array
}

/** Where the draws of a crop come from. */
export interface CropStreams {
  crop: Random
  gain: Random
  mask: Random
}

export const cropStreams = (random: Random): CropStreams => ({
  crop: random.stream('crop'),
  gain: random.stream('gain'),
  mask: random.stream('mask'),
})

/** A training crop: a place drawn in the picture, louder or softer, masked. The picture is not changed. */
export function drawCrop(
  picture: Picture,
  { cropFrames, decibel, training }: Pick<BatchSource, 'cropFrames' | 'decibel' | 'training'>,
  streams: CropStreams,
): { start: number; values: Float32Array } {
  const start = streams.crop.integer(picture.frames - cropFrames + 1)
  const values = cutCrop(picture, start, cropFrames)
  changeGain(values, decibel, training.gainDb, streams.gain)
  maskCrop(values, picture, training, streams.mask)
  return { start, values }
}

/** Which clips come next; the random streams' positions belong to it. */
export interface BatchPosition {
  turn: number
  /** Clips that are left of each pool's round. */
  rounds: number[][]
}

export interface BatchSource {
  /** Standardised pictures of the training clips, each at least `cropFrames` long. */
  pictures: readonly Picture[]
  classIndexes: readonly number[]
  classCount: number
  cropFrames: number
  /** What one decibel more adds to each value of a standardised frame. */
  decibel: Float32Array
  training: TrainingRecipe
  /**
   * The clip's picture with its sound changed by the recipe's chain, standardised and at least `cropFrames` long; in the
   * place of the one in `pictures`. Absent: there is no chain.
   */
  augment?: (clip: number, draw: ExampleDraw) => Promise<Picture>
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

interface Example {
  clip: number
  picture: Promise<Picture>
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
  readonly #streams: CropStreams & { order: Random; mix: Random }
  #turn = 0
  /** Examples that are on their way, none of them of the next epoch: at its end the streams stand as if there were none. */
  readonly #ahead: Example[] = []
  #waitedMs = 0

  /** @param random the parent of the streams 'order', 'crop', 'gain', 'mask' and 'mix' */
  constructor(source: BatchSource, random: Random) {
    this.#source = source
    const all = source.classIndexes.map((_, clip) => clip)
    const byClass = Array.from({ length: source.classCount }, (_, index) =>
      all.filter((clip) => source.classIndexes[clip] === index),
    )
    this.#pools = (source.training.isClassBalanced ? byClass : [all]).filter((pool) => pool.length > 0)
    if (this.#pools.length === 0) throw new RangeError('no training clips to draw batches from')
    this.#rounds = this.#pools.map(() => [])
    this.batchesPerEpoch = Math.max(1, Math.floor(all.length / source.training.batchClips))
    this.#streams = {
      order: random.stream('order'),
      ...cropStreams(random),
      mix: random.stream('mix'),
    }
  }

  /** Milliseconds that were spent waiting for clips that a chain changes. */
  get waitedMs(): number {
    return this.#waitedMs
  }

  /** @throws what `augment` throws, in the batch of the clip */
  async next(): Promise<Batch> {
    const { pictures, classIndexes, classCount, cropFrames, training } = this.#source
    const rows = training.batchClips
    const batch: Batch = {
      rows,
      pictures: new Float32Array(rows * cropFrames * countColumns(pictures[0]!)),
      targets: new Float32Array(rows * classCount),
    }
    for (let row = 0; row < rows; row++) {
      const { clip, picture } = await this.#nextExample()
      const { values } = drawCrop(picture, this.#source, this.#streams)
      batch.pictures.set(values, row * values.length)
      batch.targets[row * classCount + classIndexes[clip]!] = 1
    }
    mixPairs(batch.pictures, batch.targets, rows, training.mixupAlpha, this.#streams.mix)
    return batch
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

  async #nextExample(): Promise<{ clip: number; picture: Picture }> {
    const { augment, pictures, training } = this.#source
    if (augment === undefined) {
      const clip = this.#drawClip()
      return { clip, picture: pictures[clip]! }
    }
    const perEpoch = this.batchesPerEpoch * training.batchClips
    const mayBegin = (): boolean => this.#ahead.length === 0 || this.#turn % perEpoch !== 0
    while (this.#ahead.length < batchesAhead * training.batchClips && mayBegin()) {
      const draw = { epoch: Math.floor(this.#turn / perEpoch) + 1, example: this.#turn }
      const clip = this.#drawClip()
      const picture = augment(clip, draw)
      // It is told when its turn has come; until then nobody listens.
      picture.catch(() => undefined)
      this.#ahead.push({ clip, picture })
    }
    const { clip, picture } = this.#ahead.shift()!
    const began = performance.now()
    const ready = await picture
    this.#waitedMs += performance.now() - began
    return { clip, picture: ready }
  }

  #drawClip(): number {
    const pool = this.#turn++ % this.#pools.length
    if (this.#rounds[pool]!.length === 0) this.#rounds[pool] = this.#streams.order.shuffle(this.#pools[pool]!)
    return this.#rounds[pool]!.pop()!
  }
}
