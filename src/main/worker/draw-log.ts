import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { JsonLines, readLines } from './json-lines'

/** What the lists of a rendering say of one of its files. */
export interface DrawRecord {
  /** Of `metadata.csv`. */
  row: Record<string, string>
  /** Of `augmentation.jsonl`. */
  entry: { example: number; clippedSamples: number } & Record<string, unknown>
}

/**
 * What was drawn of each file of a rendering, in their order, beside the files until all are there: an attempt that was
 * killed is gone on with, and its files need not be heard again to be listed.
 */
export class DrawLog {
  private readonly lines: JsonLines<DrawRecord>
  private readonly earlier: Generator<DrawRecord> | null
  private next: DrawRecord | null

  constructor(folder: string) {
    const path = join(folder, '.earmark-drawn.jsonl')
    this.lines = new JsonLines(path)
    this.earlier = existsSync(path) ? readRecords(path) : null
    // The last line may be half a line.
    if (this.earlier) appendFileSync(path, '\n')
    this.next = this.advance()
  }

  /** What an interrupted attempt has written of an example, or null. Examples are asked for in their order. */
  find(example: number): DrawRecord | null {
    while (this.next && this.next.entry.example < example) this.next = this.advance()
    return this.next?.entry.example === example ? this.next : null
  }

  /** Of a file that is on the disk. */
  add(record: DrawRecord): void {
    this.lines.add(record)
    this.lines.flush()
  }

  /** Removes what only an attempt to come would need. */
  remove(): void {
    this.earlier?.return(undefined)
    this.lines.remove()
  }

  private advance(): DrawRecord | null {
    return this.earlier?.next().value ?? null
  }
}

function* readRecords(path: string): Generator<DrawRecord, undefined> {
  for (const line of readLines(path)) {
    try {
      if (line !== '') yield JSON.parse(line) as DrawRecord
    } catch {
      // Half a line.
    }
  }
}
