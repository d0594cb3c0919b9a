/** Who used what how often, in columns: a batch of a list of tens of millions. */
export interface InteractionRows {
  /** The file that tells it. */
  file: string
  /** The users and the items of the batch, each once, one a line. */
  users: string
  items: string
  /** Of each row the places of its user and its item among those, how often, and its line in the file, from 1. */
  userPlaces: Uint32Array
  itemPlaces: Uint32Array
  counts: Uint32Array
  lines: Uint32Array
  /** What items are called by others too: that name, a tab and the item, one a line. */
  aliases?: string
}

/** The item of each other name. */
export function readAliases({ aliases }: InteractionRows): [alias: string, item: string][] {
  if (!aliases) return []
  return aliases.split('\n').map((line) => line.split('\t') as [string, string])
}

/** Fills `InteractionRows` row by row; a pair of user and item is taken once. */
export class InteractionRowsBuilder {
  private readonly users = new Map<string, number>()
  private readonly items = new Map<string, number>()
  private readonly userPlaces: Uint32Array
  private readonly itemPlaces: Uint32Array
  private readonly counts: Uint32Array
  private readonly lines: Uint32Array
  private readonly rowOfPair = new Map<number, number>()
  private lastUser = ''
  private lastPlace = -1
  private size = 0

  /** @param most rows that it takes, at most 2²⁶ */
  constructor(
    private readonly file: string,
    private readonly most: number,
  ) {
    this.userPlaces = new Uint32Array(most)
    this.itemPlaces = new Uint32Array(most)
    this.counts = new Uint32Array(most)
    this.lines = new Uint32Array(most)
  }

  get length(): number {
    return this.size
  }

  get isFull(): boolean {
    return this.size === this.most
  }

  /**
   * @param user without line breaks, as is `item`
   * @returns null, or where and how often the pair was told before: then this row is left
   */
  add(user: string, item: string, count: number, line: number): { line: number; count: number } | null {
    // Lists go user by user.
    const userPlace = user === this.lastUser ? this.lastPlace : placeOf(this.users, user)
    this.lastUser = user
    this.lastPlace = userPlace
    const itemPlace = placeOf(this.items, item)
    const pair = userPlace * 2 ** 26 + itemPlace
    const before = this.rowOfPair.get(pair)
    if (before !== undefined) return { line: this.lines[before]!, count: this.counts[before]! }
    const row = this.size++
    this.rowOfPair.set(pair, row)
    this.userPlaces[row] = userPlace
    this.itemPlaces[row] = itemPlace
    this.counts[row] = count
    this.lines[row] = line
    return null
  }

  build(): InteractionRows {
    return {
      file: this.file,
      users: [...this.users.keys()].join('\n'),
      items: [...this.items.keys()].join('\n'),
      userPlaces: this.userPlaces.slice(0, this.size),
      itemPlaces: this.itemPlaces.slice(0, this.size),
      counts: this.counts.slice(0, this.size),
      lines: this.lines.slice(0, this.size),
    }
  }
}

function placeOf(places: Map<string, number>, name: string): number {
  let place = places.get(name)
  if (place === undefined) places.set(name, (place = places.size))
  return place
}

/** How a row that tells a pair again is reported: both say the same, or they do not. */
export function describeTwice(
  user: string,
  item: string,
  own: number,
  first: { count: number; line?: number },
): { reason: string; kind: 'note' | 'conflicting' } {
  const where = first.line === undefined ? 'earlier in the file' : `in row ${first.line}`
  const pair = `${user} and ${item} stand ${where} already`
  return own === first.count
    ? { reason: `note: ${pair}: this row was left`, kind: 'note' }
    : { reason: `${pair} with the count ${first.count}, which is kept; this row says ${own}`, kind: 'conflicting' }
}
