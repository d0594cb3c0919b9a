/** Bits of one packet, the most significant first. */
export class BitReader {
  #at = 0
  readonly #end: number

  constructor(private readonly bytes: Uint8Array) {
    this.#end = 8 * bytes.length
  }

  get left(): number {
    return this.#end - this.#at
  }

  /** @throws Error where the packet ends before. @param count at most 24 */
  read(count: number): number {
    if (count === 0) return 0
    const value = (this.#ahead() << (this.#at & 7)) >>> (32 - count)
    this.skip(count)
    return value
  }

  /** The next 19 bits, zeros beyond the end. */
  peek19(): number {
    return (this.#ahead() << (this.#at & 7)) >>> 13
  }

  skip(count: number): void {
    this.#at += count
    if (this.#at > this.#end) throw new Error('the packet ends early')
  }

  align(): void {
    this.#at = (this.#at + 7) & ~7
  }

  /** Four bytes from the one that the next bit is in: at least 25 bits. */
  #ahead(): number {
    const at = this.#at >> 3
    const { bytes } = this
    return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  }
}
