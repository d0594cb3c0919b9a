/**
 * Whole numbers of texts, of which only a hash of 128 bits is kept: a table of two million names takes 100 MB, and would
 * take several times that as strings. Among so many, two different texts have one hash with a probability of 10⁻²⁶.
 */
export class TextNumbers {
  /** Four words of hash a place. */
  private keys = new Uint32Array(64 * 4)
  /** One more than the number; 0 where the place is free. */
  private numbers = new Float64Array(64)
  private count = 0
  private readonly hash = new Uint32Array(4)

  get size(): number {
    return this.count
  }

  get(text: string): number | undefined {
    hashText(text, this.hash)
    const number = this.numbers[this.find(this.hash)]!
    return number === 0 ? undefined : number - 1
  }

  /** @param number a whole number, not negative */
  set(text: string, number: number): void {
    hashText(text, this.hash)
    let place = this.find(this.hash)
    if (this.numbers[place] === 0) {
      this.count++
      if (this.count * 2 > this.numbers.length) {
        this.grow()
        place = this.find(this.hash)
      }
      this.keys.set(this.hash, place * 4)
    }
    this.numbers[place] = number + 1
  }

  /** The place of a hash, or the free one where it belongs. */
  private find(hash: Uint32Array): number {
    const { keys, numbers } = this
    const mask = numbers.length - 1
    for (let place = hash[0]! & mask; ; place = (place + 1) & mask) {
      const at = place * 4
      const isSame =
        keys[at] === hash[0] && keys[at + 1] === hash[1] && keys[at + 2] === hash[2] && keys[at + 3] === hash[3]
      if (isSame || numbers[place] === 0) return place
    }
  }

  private grow(): void {
    const { keys, numbers } = this
    this.keys = new Uint32Array(keys.length * 2)
    this.numbers = new Float64Array(numbers.length * 2)
    for (let place = 0; place < numbers.length; place++) {
      if (numbers[place] === 0) continue
      const hash = keys.subarray(place * 4, place * 4 + 4)
      const target = this.find(hash)
      this.keys.set(hash, target * 4)
      this.numbers[target] = numbers[place]!
    }
  }
}

/**
 * Each sign changes the four words one to one, and so does the end (the finaliser of MurmurHash3, A. Appleby, 2011):
 * texts of one length that differ in one sign never meet.
 */
function hashText(text: string, hash: Uint32Array): void {
  let a = 1_779_033_703
  let b = 3_144_134_277 ^ text.length
  let c = 1_013_904_242
  let d = 2_773_480_762
  for (let i = 0; i < text.length; i++) {
    const sign = text.charCodeAt(i)
    a = b ^ Math.imul(a ^ sign, 597_399_067)
    b = c ^ Math.imul(b ^ sign, 2_869_860_233)
    c = d ^ Math.imul(c ^ sign, 951_274_213)
    d = a ^ Math.imul(d ^ sign, 2_716_044_179)
  }
  a = mix(a)
  b = mix(b)
  c = mix(c)
  d = mix(d)
  a = (a + b + c + d) | 0
  hash[0] = a
  hash[1] = b + a
  hash[2] = c + a
  hash[3] = d + a
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
