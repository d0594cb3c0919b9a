import { nextBits } from './sfc32'
import { drawNormals } from './ziggurat'

/** Where a stream stands: with it, the stream goes on with the same numbers. */
export interface RandomPosition {
  /** Four 32-bit words. */
  state: number[]
  /** The second of a pair of normal values, where only the first was drawn. */
  spareNormal: number | null
}

/** The streams under one recorded stream, by path; several where a path was asked for several times. */
type Family = Map<string, Random[]>

/**
 * Seeded random numbers. One seed and a name give one stream, always the same; streams of different names are
 * independent, so that drawing more from one (augmentation) does not change another (shuffling).
 */
export class Random {
  readonly #seed: number
  readonly #path: string
  readonly #state: Uint32Array
  #spareNormal: number | null = null
  #family: Family | null = null

  /** @param seed any integer; @param name the stream, e.g. 'shuffle' */
  constructor(seed: number, name = '') {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed must be a whole number, not ${seed}`)
    this.#seed = seed
    this.#path = name
    this.#state = hash128(`${seed}/${name}`)
    for (let i = 0; i < 12; i++) this.nextUint32()
  }

  /**
   * A stream that remembers all streams made under it, so that where all of them stand can be saved and restored.
   * They live as long as it does: not for streams without end.
   */
  static recorded(seed: number, name = ''): Random {
    const random = new Random(seed, name)
    random.#join(new Map())
    return random
  }

  /** A stream of its own under this one, by name; does not draw from this one. */
  stream(name: string): Random {
    const child = new Random(this.#seed, `${this.#path}/${name}`)
    if (this.#family !== null) child.#join(this.#family)
    return child
  }

  #join(family: Family): void {
    this.#family = family
    family.set(this.#path, [...(family.get(this.#path) ?? []), this])
  }

  /** Where a recorded stream and all under it stand. @throws RangeError for one that is not recorded */
  savePositions(): Record<string, RandomPosition[]> {
    return Object.fromEntries(
      [...this.#recordedFamily()].map(([path, streams]) => [
        path,
        streams.map((random) => ({ state: [...random.#state], spareNormal: random.#spareNormal })),
      ]),
    )
  }

  /**
   * Puts a recorded stream and all under it where others of the same names stood.
   *
   * @throws RangeError where the streams are not the same, in which case none is changed
   */
  restorePositions(positions: Readonly<Record<string, readonly RandomPosition[]>>): void {
    const family = this.#recordedFamily()
    const count = (path: string): number => positions[path]?.length ?? 0
    const isSame = Object.keys(positions).length === family.size
    if (!isSame || [...family].some(([path, streams]) => count(path) !== streams.length)) {
      throw new RangeError(`the saved random streams are not those under ${this.#path}`)
    }
    for (const [path, streams] of family) {
      for (const [index, random] of streams.entries()) {
        const { state, spareNormal } = positions[path]![index]!
        random.#state.set(state)
        random.#spareNormal = spareNormal
      }
    }
  }

  #recordedFamily(): Family {
    if (this.#family === null) throw new RangeError(`the random stream ${this.#path} is not recorded`)
    return this.#family
  }

  /** 32 random bits (see sfc32.ts). */
  nextUint32(): number {
    return nextBits(this.#state) >>> 0
  }

  /**
   * Values that are 0 with the probability `rate`, in steps of 2⁻¹⁶, else `kept`; one draw of 32 bits for every two. A
   * training step draws millions: all state in local variables, this takes a twentieth of the time of calls.
   */
  mask(length: number, rate: number, kept: number): Float32Array {
    const values = new Float32Array(length)
    const bits = new Int32Array(values.buffer)
    const keptBits = new Int32Array(Float32Array.of(kept).buffer)[0]!
    drawMask(bits, keptBits, Math.round(rate * 2 ** 16), this.#state)
    return values
  }

  /** Uniform in [low, high), with 53 random bits. */
  uniform(low = 0, high = 1): number {
    const bits = (this.nextUint32() >>> 5) * 2 ** 26 + (this.nextUint32() >>> 6)
    return low + (high - low) * (bits / 2 ** 53)
  }

  /** A whole number 0 … count − 1, each equally likely. */
  integer(count: number): number {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`cannot choose among ${count}`)
    return Math.floor(this.uniform() * count)
  }

  /** Normal distribution (Box & Muller 1958). */
  normal(mean = 0, deviation = 1): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal
      this.#spareNormal = null
      return mean + deviation * spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    const angle = 2 * Math.PI * this.uniform()
    this.#spareNormal = radius * Math.sin(angle)
    return mean + deviation * radius * Math.cos(angle)
  }

  /**
   * Normal values for every place of an array, from one draw of 32 bits each but for one in eighty: by the ziggurat
   * (Marsaglia & Tsang 2000), its layer and the value from bits apart (Doornik 2005). Other values than `normal()` gives.
   */
  fillNormal(values: Float32Array): void {
    drawNormals(values, this.#state)
  }

  /** A stream that goes on as this one will, by itself. It is not recorded. */
  copy(): Random {
    const copy = new Random(this.#seed, this.#path)
    copy.#state.set(this.#state)
    copy.#spareNormal = this.#spareNormal
    return copy
  }

  /** A shuffled copy (Fisher & Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = items.slice()
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const item = shuffled[i]!
      shuffled[i] = shuffled[j]!
      shuffled[j] = item
    }
    return shuffled
  }
}

/** Four 32-bit FNV-1a hashes of a text with different offsets, each finished with MurmurHash3's mixer. */
function hash128(text: string): Uint32Array {
  let [a, b, c, d] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x01000193)
    b = Math.imul(b ^ code, 0x01000193)
    c = Math.imul(c ^ code, 0x01000193)
    d = Math.imul(d ^ code, 0x01000193)
  }
  return Uint32Array.of(finish(a), finish(b), finish(c), finish(d))
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** The loop by itself, over plain whole numbers: so V8 makes code of it that takes half the time. */
function drawMask(bits: Int32Array, keptBits: number, threshold: number, state: Uint32Array): void {
  let a = state[0]! | 0
  let b = state[1]! | 0
  let c = state[2]! | 0
  let counter = state[3]! | 0
  const last = bits.length - 1
  for (let index = 0; index <= last; index += 2) {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + result) | 0
    // Under the threshold the difference's sign fills all bits.
    bits[index] = keptBits & ~(((result >>> 16) - threshold) >> 31)
    if (index < last) bits[index + 1] = keptBits & ~(((result & 0xffff) - threshold) >> 31)
  }
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = counter
}
