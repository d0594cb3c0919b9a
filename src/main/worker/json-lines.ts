import { appendFileSync, closeSync, openSync, readSync, rmSync } from 'node:fs'

const flushLength = 1 << 16

/** A list that lies in a file of JSON lines, so that it may be long: added to, and walked from the beginning. */
export class JsonLines<T> {
  private pending: string[] = []
  private pendingLength = 0
  private count = 0

  constructor(readonly path: string) {}

  get length(): number {
    return this.count
  }

  add(item: T): void {
    const line = `${JSON.stringify(item)}\n`
    this.pending.push(line)
    this.pendingLength += line.length
    this.count++
    if (this.pendingLength >= flushLength) this.flush()
  }

  /** Writes what has been added, so that a crash finds it there. */
  flush(): void {
    if (this.pending.length === 0) return
    appendFileSync(this.path, this.pending.join(''))
    this.pending = []
    this.pendingLength = 0
  }

  /** The items that are there when it is called. */
  *[Symbol.iterator](): Generator<T> {
    this.flush()
    if (this.count > 0) for (const line of readLines(this.path)) yield JSON.parse(line) as T
  }

  /** Forgets all of it, and its file. */
  remove(): void {
    this.pending = []
    this.count = 0
    rmSync(this.path, { force: true })
  }
}

/** The lines of a text file, piece by piece; a last one without a line feed too. */
export function* readLines(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const decoder = new TextDecoder()
    const bytes = Buffer.allocUnsafe(1 << 20)
    let rest = ''
    for (let length = readSync(file, bytes); length > 0; length = readSync(file, bytes)) {
      const lines = (rest + decoder.decode(bytes.subarray(0, length), { stream: true })).split('\n')
      rest = lines.pop()!
      yield* lines
    }
    if (rest !== '') yield rest
  } finally {
    closeSync(file)
  }
}
