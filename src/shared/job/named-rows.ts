/**
 * Recordings that a table names and nobody has, each with one clip and present labels, in columns: what is told by the
 * million is told in a fifth of the bytes, and taken in a third of the time, of as many drafts.
 */
export interface NamedRows {
  /** One a line. */
  paths: string
  startSeconds: Float64Array
  endSeconds: Float64Array
  split: 'train' | 'validation' | 'test' | null
  classNames: string[]
  /** How many labels each recording has, each class once, and of all of them the places in `classNames`. */
  labelCounts: Uint16Array
  labels: Uint16Array
}

/** Fills `NamedRows` row by row. */
export class NamedRowsBuilder {
  private readonly paths: string[] = []
  private readonly starts: number[] = []
  private readonly ends: number[] = []
  private readonly counts: number[] = []
  private readonly labels: number[] = []
  private readonly classes = new Map<string, number>()

  constructor(private readonly split: NamedRows['split']) {}

  get length(): number {
    return this.paths.length
  }

  /** How many different classes the rows name: no more than 65,535 can be told. */
  get classCount(): number {
    return this.classes.size
  }

  /** @param path without line breaks */
  add(path: string, startSeconds: number, endSeconds: number, classNames: readonly string[]): void {
    this.paths.push(path)
    this.starts.push(startSeconds)
    this.ends.push(endSeconds)
    this.counts.push(classNames.length)
    for (const name of classNames) {
      let place = this.classes.get(name)
      if (place === undefined) this.classes.set(name, (place = this.classes.size))
      this.labels.push(place)
    }
  }

  build(): NamedRows {
    return {
      paths: this.paths.join('\n'),
      startSeconds: Float64Array.from(this.starts),
      endSeconds: Float64Array.from(this.ends),
      split: this.split,
      classNames: [...this.classes.keys()],
      labelCounts: Uint16Array.from(this.counts),
      labels: Uint16Array.from(this.labels),
    }
  }
}
