import { foldText } from './database'

/**
 * Lines of text to be searched for words that occur anywhere in them: one block of memory, looked through from end to
 * end. Two million paths are 25 MB and take 10 ms; an index of all their trigrams (FTS5) would be 60 MB on the disk and
 * make an import a quarter slower.
 */
export class ClipText {
  private constructor(
    private readonly bytes: Buffer,
    /** Where each line begins, and the end of the last. */
    private readonly starts: Uint32Array,
    /** What each line belongs to. */
    private readonly owners: Int32Array,
  ) {}

  /** Calls back with the owner of every line that has the text. @param text folded */
  search(text: string, found: (owner: number) => void): void {
    const pattern = Buffer.from(text)
    let line = 0
    for (let at = this.bytes.indexOf(pattern); at >= 0; at = this.bytes.indexOf(pattern, this.starts[line + 1])) {
      line = this.findLine(at, line)
      found(this.owners[line]!)
    }
  }

  private findLine(at: number, from: number): number {
    let low = from
    let high = this.owners.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.starts[middle]! <= at) low = middle
      else high = middle - 1
    }
    return low
  }

  static builder(): ClipTextBuilder {
    return new ClipTextBuilder((bytes, starts, owners) => new ClipText(bytes, starts, owners))
  }
}

class ClipTextBuilder {
  private readonly parts: Buffer[] = []
  private pending: string[] = []
  private readonly lengths: number[] = []
  private readonly owners: number[] = []

  constructor(private readonly make: (bytes: Buffer, starts: Uint32Array, owners: Int32Array) => ClipText) {}

  add(owner: number, text: string): void {
    // What no text has stands between lines, so that nothing is found across them.
    const line = foldText(text) + '\0'
    this.pending.push(line)
    this.lengths.push(Buffer.byteLength(line))
    this.owners.push(owner)
    if (this.pending.length >= 10_000) this.flush()
  }

  build(): ClipText {
    this.flush()
    const starts = new Uint32Array(this.owners.length + 1)
    this.lengths.forEach((length, index) => (starts[index + 1] = starts[index]! + length))
    return this.make(Buffer.concat(this.parts), starts, Int32Array.from(this.owners))
  }

  private flush(): void {
    this.parts.push(Buffer.from(this.pending.join('')))
    this.pending = []
  }
}
