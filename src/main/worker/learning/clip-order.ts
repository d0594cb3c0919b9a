/** Which clip of a training is drawn next. */
import type { Random } from '../../../dsp/random'

/** Where an order stands; the random stream's position belongs to it. */
export interface OrderPosition {
  turn: number
  /** Clips that are left of each pool's round. */
  rounds: number[][]
}

/** Pools take turns, and each goes through its clips in shuffled rounds, without end. */
export class ClipOrder {
  readonly #pools: readonly (readonly number[])[]
  readonly #random: Random
  #rounds: number[][]
  #turn = 0

  constructor(pools: readonly (readonly number[])[], random: Random) {
    this.#pools = pools
    this.#random = random
    this.#rounds = pools.map(() => [])
  }

  /** Clips that were drawn. */
  get turn(): number {
    return this.#turn
  }

  next(): number {
    const pool = this.#turn++ % this.#pools.length
    if (this.#rounds[pool]!.length === 0) this.#rounds[pool] = this.#random.shuffle(this.#pools[pool]!)
    return this.#rounds[pool]!.pop()!
  }

  /** An order that goes on as this one will: what it draws, this one has still to draw. */
  copy(): ClipOrder {
    const copy = new ClipOrder(this.#pools, this.#random.copy())
    copy.restore(this.save())
    return copy
  }

  save(): OrderPosition {
    return { turn: this.#turn, rounds: this.#rounds.map((round) => [...round]) }
  }

  /** Goes on from another order's position over the same clips. @throws RangeError where they are not the same */
  restore({ turn, rounds }: OrderPosition): void {
    const isKnown = (round: number[], pool: number): boolean => round.every((clip) => this.#pools[pool]!.includes(clip))
    if (rounds.length !== this.#pools.length || !rounds.every(isKnown)) {
      throw new RangeError('the saved position is not of these clips')
    }
    this.#turn = turn
    this.#rounds = rounds.map((round) => [...round])
  }
}
