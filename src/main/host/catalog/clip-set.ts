/** A set of positions below `size`, one bit each: two million clips are 260 kB, and two sets meet in a millisecond. */
export class ClipSet {
  readonly words: Uint32Array

  constructor(
    readonly size: number,
    words?: Uint32Array,
  ) {
    this.words = words ?? new Uint32Array((size + 31) >>> 5)
  }

  static full(size: number): ClipSet {
    const set = new ClipSet(size)
    set.words.fill(0xffffffff)
    set.trim()
    return set
  }

  add(position: number): void {
    this.words[position >>> 5]! |= 1 << (position & 31)
  }

  remove(position: number): void {
    this.words[position >>> 5]! &= ~(1 << (position & 31))
  }

  has(position: number): boolean {
    return ((this.words[position >>> 5]! >>> (position & 31)) & 1) === 1
  }

  /** Keeps what is in the other set too. */
  intersect(other: ClipSet): void {
    for (let index = 0; index < this.words.length; index++) this.words[index]! &= other.words[index]!
  }

  /** Takes in what is in the other set. */
  unite(other: ClipSet): void {
    for (let index = 0; index < this.words.length; index++) this.words[index]! |= other.words[index]!
  }

  /** How many are in the other set too. */
  countIn(other: ClipSet): number {
    let total = 0
    for (let index = 0; index < this.words.length; index++)
      total += countBits((this.words[index]! & other.words[index]!) >>> 0)
    return total
  }

  negate(): this {
    for (let index = 0; index < this.words.length; index++) this.words[index] = ~this.words[index]!
    this.trim()
    return this
  }

  count(): number {
    let total = 0
    for (const word of this.words) total += countBits(word)
    return total
  }

  /** Positions in ascending order. */
  toArray(): Int32Array {
    const positions = new Int32Array(this.count())
    let at = 0
    for (let index = 0; index < this.words.length; index++)
      for (let word = this.words[index]!; word !== 0; word &= word - 1)
        positions[at++] = (index << 5) + 31 - Math.clz32(word & -word)
    return positions
  }

  /** No bit beyond the last position. */
  private trim(): void {
    const rest = this.size & 31
    if (rest !== 0) this.words[this.words.length - 1]! &= (1 << rest) - 1
  }
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
