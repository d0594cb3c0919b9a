/** Sorting by counting: what a list is sorted by, as whole numbers by position. */

import type { ClipSet } from './clip-set'

/** Ranks of numbers among their distinct values; NaN has none, which is −1. */
export function rankNumbers(numbers: Float64Array): Int32Array {
  // Most are as the one before: clips of a dataset are of one length.
  const distinct = new Set<number>()
  let before = NaN
  for (const value of numbers) {
    if (value !== before && !Number.isNaN(value)) distinct.add(value)
    before = value
  }
  const rankOf = new Map<number, number>()
  Float64Array.from(distinct)
    .sort()
    .forEach((value, rank) => rankOf.set(value, rank))
  const ranks = new Int32Array(numbers.length)
  let rank = -1
  before = NaN
  for (let position = 0; position < numbers.length; position++) {
    const value = numbers[position]!
    if (value !== before) rank = rankOf.get(value) ?? -1
    before = value
    ranks[position] = rank
  }
  return ranks
}

/** Ranks of names that lie as numbers beside the positions; −1 stays. @param compare orders the names */
export function rankNames(
  codes: Int16Array,
  names: readonly string[],
  compare: (a: string, b: string) => number,
): Int32Array {
  const order = names.map((name, code) => ({ name, code })).sort((a, b) => compare(a.name, b.name))
  const rankOfCode = new Int32Array(names.length)
  order.forEach(({ code }, rank) => (rankOfCode[code] = rank))
  return Int32Array.from(codes, (code) => (code < 0 ? -1 : rankOfCode[code]!))
}

/** Positions by rank; equal ones stay in their order, and those without a rank come last whatever the direction. */
function sortByRank(positions: Int32Array, ranks: Int32Array, isDescending: boolean): Int32Array {
  let top = -1
  for (const position of positions) if (ranks[position]! > top) top = ranks[position]!
  const starts = new Uint32Array(top + 3)
  // Those without a rank have the place after the last.
  const places = new Int32Array(positions.length)
  for (let index = 0; index < positions.length; index++) {
    const rank = ranks[positions[index]!]!
    const place = rank < 0 ? top + 1 : isDescending ? top - rank : rank
    places[index] = place
    starts[place + 1]!++
  }
  for (let place = 0; place <= top; place++) starts[place + 1]! += starts[place]!
  const sorted = new Int32Array(positions.length)
  for (let index = 0; index < positions.length; index++) sorted[starts[places[index]!]!++] = positions[index]!
  return sorted
}

/** Below this part of all clips, sorting the found ones is faster than walking all in their order. */
const leastWalked = 1 / 8

/** Moving more positions than this one by one takes longer than sorting all anew. */
const mostMoved = 32

/** Ranks by position, and the order of all clips that they make. */
export class Ranking {
  private readonly orders = new Map<boolean, Int32Array>()

  constructor(private readonly ranks: Int32Array) {}

  /** Gives positions other ranks. Of a few, the orders are kept: each goes to its new place, and the rest moves up. */
  change(positions: readonly number[], rankOf: (position: number) => number): void {
    const changed = positions.filter((position) => this.ranks[position] !== rankOf(position))
    if (changed.length > mostMoved) this.orders.clear()
    for (const position of changed) {
      const orders = [...this.orders].map(([isDescending, order]) => ({
        ...{ isDescending, order },
        from: this.findPlace(order, isDescending, position),
      }))
      this.ranks[position] = rankOf(position)
      for (const { isDescending, order, from } of orders) {
        order.copyWithin(from, from + 1)
        const to = this.findPlace(order.subarray(0, -1), isDescending, position)
        order.copyWithin(to + 1, to, -1)
        order[to] = position
      }
    }
  }

  /** Where a position stands in an order, or would stand. */
  private findPlace(order: Int32Array, isDescending: boolean, position: number): number {
    const keyOf = (own: number): number => {
      const rank = this.ranks[own]!
      return rank < 0 ? Infinity : isDescending ? -rank : rank
    }
    const key = keyOf(position)
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const own = order[middle]!
      const other = keyOf(own)
      if (other < key || (other === key && own < position)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The positions of a set by rank, those of one rank in ascending order, those without a rank last. */
  sort(set: ClipSet, isDescending: boolean): Int32Array {
    const count = set.count()
    if (count < this.ranks.length * leastWalked) return sortByRank(set.toArray(), this.ranks, isDescending)
    const sorted = new Int32Array(count)
    let at = 0
    for (const position of this.orderAll(isDescending)) if (set.has(position)) sorted[at++] = position
    return sorted
  }

  private orderAll(isDescending: boolean): Int32Array {
    let order = this.orders.get(isDescending)
    if (!order) {
      order = sortByRank(
        Int32Array.from(this.ranks, (_, position) => position),
        this.ranks,
        isDescending,
      )
      this.orders.set(isDescending, order)
    }
    return order
  }
}
