import { Random } from '../../dsp/random'

/** What a split needs to know of a clip. */
export interface SplitItem {
  /** Clips of one group are never in two parts. */
  group: string
  /** Its classes, as small whole numbers; a clip without any counts as a class of its own, so that these are dealt too. */
  classes: readonly number[]
}

/** The same of many clips, in columns: two million of them are 40 MB. */
export interface SplitItems {
  /** Of each clip the position of its group. */
  groupOf: Int32Array
  /** Names of the groups, all different: they alone and the seed decide in what order groups are dealt. */
  groupNames: readonly string[]
  /** The classes of clip i, without repetition, are `classes[classFrom[i]]` up to before `classes[classFrom[i + 1]]`. */
  classFrom: Int32Array
  classes: Int32Array
}

export interface SplitWish {
  /** Of the parts: not negative, with a sum above 0; they need not add up to 1. */
  shares: readonly number[]
  /** Any whole number. */
  seed: number
  /**
   * Where clips are already that stay where they are: the position of the part, else null. The rest of their group
   * joins them, except in a part whose share is 0, which gets nothing more.
   */
  fixed?: ArrayLike<number | null>
  /** A class of one group goes to the first part, where it can at least be learned. */
  keepsSingles?: boolean
}

/**
 * Deals clips into parts by whole groups, so that each part gets its share of every class: iterative stratification
 * (Sechidis, Tsoumakas & Vlahavas 2011, "On the Stratification of Multi-Label Data") with groups in the place of single
 * examples. The class with the fewest clips left is dealt next, its largest groups first, each to the part that wants
 * most of this class. Then groups move on while that brings the shares of all classes nearer to the wanted ones (groups
 * of many classes need it), and last a class of several groups is brought into every part, as far as it goes, the
 * first part first.
 *
 * Where every group has one class, a part's count of a class is off its share by the class's largest group at most, and
 * by twice that where a class has hardly more groups than there are parts. The same clips, in whatever order, with the
 * same seed are always dealt alike.
 *
 * @returns the part of each clip; −1 for a clip whose group is fixed in several parts, or in one that takes no more
 * @throws RangeError for shares that are none
 */
export function splitByGroups(given: readonly SplitItem[] | SplitItems, wish: SplitWish): Int32Array {
  const { shares, seed, fixed = [], keepsSingles = false } = wish
  const sum = shares.reduce((total, share) => total + share, 0)
  if (!(sum > 0) || shares.some((share) => !(share >= 0)))
    throw new RangeError(`these are no shares: ${shares.join(', ')}`)
  const items = 'groupOf' in given ? given : toColumns(given)
  const groups = collectGroups(items, seed)
  const wants = new Wants(
    groups,
    shares.map((share) => share / sum),
  )
  const fixedPart = findFixedParts(items, fixed)
  const free: number[] = []
  for (const group of groups.order) {
    const part = fixedPart[group]!
    if (part === unfixed) free.push(group)
    else if (part < 0 || shares[part] === 0) continue
    else groups.partOf[group] = part
    wants.expect(group)
  }
  wants.begin()
  deal(groups, free, wants, keepsSingles)
  const movable = keepsSingles ? free.filter((group) => !hasSingle(groups, group, wants)) : free
  improve(groups, movable, wants)
  cover(groups, movable, wants)
  return items.groupOf.map((group, position) => fixed[position] ?? groups.partOf[group]!)
}

function toColumns(items: readonly SplitItem[]): SplitItems {
  const places = new Map<string, number>()
  for (const { group } of items) if (!places.has(group)) places.set(group, places.size)
  const own = items.map(({ classes }) => [...new Set(classes)])
  const classFrom = new Int32Array(items.length + 1)
  own.forEach((classes, at) => (classFrom[at + 1] = classFrom[at]! + classes.length))
  return {
    groupOf: Int32Array.from(items, ({ group }) => places.get(group)!),
    groupNames: [...places.keys()],
    classFrom,
    classes: Int32Array.from(own.flat()),
  }
}

/** Groups with the number of clips that they have of each class, in columns. */
interface Groups {
  /** In an order that only the seed and their names decide. */
  order: Int32Array
  /** Their part, −1 while they have none. */
  partOf: Int32Array
  /** The classes of group g, ascending, with their numbers of clips, from `from[g]` up to before `from[g + 1]`. */
  from: Int32Array
  classes: Int32Array
  counts: Int32Array
  /** The last is that of clips without any. */
  classCount: number
}

function collectGroups({ groupOf, groupNames, classFrom, classes }: SplitItems, seed: number): Groups {
  const classless = 1 + classes.reduce((most, index) => Math.max(most, index), -1)
  // Clips by their groups.
  const clipFrom = new Int32Array(groupNames.length + 1)
  for (const group of groupOf) clipFrom[group + 1]!++
  for (let group = 0; group < groupNames.length; group++) clipFrom[group + 1]! += clipFrom[group]!
  const clips = new Int32Array(groupOf.length)
  const next = clipFrom.slice()
  groupOf.forEach((group, clip) => (clips[next[group]!++] = clip))
  // No group has more classes than its clips have among them.
  const from = new Int32Array(groupNames.length + 1)
  const most = classes.length + groupOf.length
  const ownClasses = new Int32Array(most)
  const counts = new Int32Array(most)
  const own = new Map<number, number>()
  for (let group = 0, at = 0; group < groupNames.length; group++) {
    own.clear()
    for (let place = clipFrom[group]!; place < clipFrom[group + 1]!; place++) {
      const [first, end] = [classFrom[clips[place]!]!, classFrom[clips[place]! + 1]!]
      if (first === end) own.set(classless, (own.get(classless) ?? 0) + 1)
      for (let label = first; label < end; label++) own.set(classes[label]!, (own.get(classes[label]!) ?? 0) + 1)
    }
    for (const index of [...own.keys()].sort((a, b) => a - b)) {
      ownClasses[at] = index
      counts[at++] = own.get(index)!
    }
    from[group + 1] = at
  }
  const sorted = Array.from(groupNames, (_, group) => group)
  sorted.sort((a, b) => (groupNames[a]! < groupNames[b]! ? -1 : 1))
  return {
    order: Int32Array.from(new Random(seed, 'split').shuffle(sorted)),
    partOf: new Int32Array(groupNames.length).fill(-1),
    from,
    classes: ownClasses,
    counts,
    classCount: classless + 1,
  }
}

/** How much of each class each part still wants, in clips. */
class Wants {
  readonly total: Float64Array
  readonly groups: Float64Array
  /** Class by class, the parts of each. */
  private readonly wanted: Float64Array
  private readonly given: Float64Array
  /** Over all classes. */
  private readonly wantedOfAll: Float64Array
  private totalOfAll = 0

  constructor(
    private readonly own: Groups,
    readonly shares: readonly number[],
  ) {
    const { classCount } = own
    this.total = new Float64Array(classCount)
    this.groups = new Float64Array(classCount)
    this.wanted = new Float64Array(classCount * shares.length)
    this.given = new Float64Array(classCount * shares.length)
    this.wantedOfAll = new Float64Array(shares.length)
  }

  /** Counts a group, in its part where it has one already. */
  expect(group: number): void {
    const { from, classes, counts, partOf } = this.own
    for (let at = from[group]!; at < from[group + 1]!; at++) {
      this.total[classes[at]!]! += counts[at]!
      this.groups[classes[at]!]!++
      this.totalOfAll += counts[at]!
    }
    if (partOf[group]! >= 0) this.give(group, partOf[group]!)
  }

  /** When all groups are counted: each part wants its share. */
  begin(): void {
    for (let index = 0; index < this.own.classCount; index++)
      this.shares.forEach((share, part) => {
        this.wanted[this.at(index, part)]! += share * this.total[index]!
        this.wantedOfAll[part]! += share * this.total[index]!
      })
  }

  of(index: number, part: number): number {
    return this.wanted[this.at(index, part)]!
  }

  ofAll(part: number): number {
    return this.wantedOfAll[part]!
  }

  /** Groups of a class that a part has been given. */
  groupsIn(index: number, part: number): number {
    return this.given[this.at(index, part)]!
  }

  give(group: number, part: number): void {
    this.change(group, part, 1)
  }

  take(group: number, part: number): void {
    this.change(group, part, -1)
  }

  /** What a part wants of all classes of a group. */
  ofGroup(group: number, part: number): number {
    const { from, classes } = this.own
    let sum = 0
    for (let at = from[group]!; at < from[group + 1]!; at++) sum += this.of(classes[at]!, part)
    return sum
  }

  /** How much nearer all classes, and all of them together, come to their shares when a group moves, by their sizes. */
  gainOfMove(group: number, fromPart: number, toPart: number): number {
    const { from, classes, counts } = this.own
    let all = 0
    for (let at = from[group]!; at < from[group + 1]!; at++) all += counts[at]!
    let gain = nearing(this.wantedOfAll[fromPart]!, this.wantedOfAll[toPart]!, all) / this.totalOfAll
    for (let at = from[group]!; at < from[group + 1]!; at++) {
      const index = classes[at]!
      gain += nearing(this.of(index, fromPart), this.of(index, toPart), counts[at]!) / this.total[index]!
    }
    return gain
  }

  private change(group: number, part: number, sign: 1 | -1): void {
    const { from, classes, counts } = this.own
    for (let at = from[group]!; at < from[group + 1]!; at++) {
      const place = this.at(classes[at]!, part)
      this.wanted[place]! -= sign * counts[at]!
      this.given[place]! += sign
      this.wantedOfAll[part]! -= sign * counts[at]!
    }
  }

  private at(index: number, part: number): number {
    return index * this.shares.length + part
  }
}

/** How much smaller the squares of two wants become when so many clips move from one part to the other. */
function nearing(from: number, to: number, count: number): number {
  return from ** 2 + to ** 2 - (from + count) ** 2 - (to - count) ** 2
}

/** Of a group none of whose clips is fixed. */
const unfixed = -2

/** The part of groups with fixed clips; −1 where these are in several. */
function findFixedParts({ groupOf, groupNames }: SplitItems, fixed: ArrayLike<number | null>): Int32Array {
  const found = new Int32Array(groupNames.length).fill(unfixed)
  groupOf.forEach((group, position) => {
    const part = fixed[position] ?? null
    if (part === null) return
    found[group] = found[group] === unfixed || found[group] === part ? part : -1
  })
  return found
}

/** Whether a class has no other group. */
function hasSingle({ from, classes }: Groups, group: number, wants: Wants): boolean {
  for (let at = from[group]!; at < from[group + 1]!; at++) if (wants.groups[classes[at]!] === 1) return true
  return false
}

/** The groups of each class, in the order given. */
function listByClass({ from, classes, classCount }: Groups, chosen: readonly number[]): Int32Array[] {
  const sizes = new Int32Array(classCount)
  const each = (visit: (group: number, index: number) => void): void => {
    for (const group of chosen) for (let at = from[group]!; at < from[group + 1]!; at++) visit(group, classes[at]!)
  }
  each((_group, index) => sizes[index]!++)
  const lists = Array.from(sizes, (size) => new Int32Array(size))
  sizes.fill(0)
  each((group, index) => (lists[index]![sizes[index]!++] = group))
  return lists
}

function deal(groups: Groups, free: readonly number[], wants: Wants, keepsSingles: boolean): void {
  const { from, classes, counts, partOf, classCount } = groups
  const lists = listByClass(groups, free)
  const left = new Float64Array(classCount)
  for (const group of free) for (let at = from[group]!; at < from[group + 1]!; at++) left[classes[at]!]! += counts[at]!
  const countOf = (group: number, index: number): number => counts[classes.indexOf(index, from[group])]!
  const waiting = new Set(Array.from(lists.keys()).filter((index) => lists[index]!.length > 0))
  while (waiting.size > 0) {
    const rarest = [...waiting].reduce((a, b) => (left[b]! < left[a]! || (left[b] === left[a] && b < a) ? b : a))
    waiting.delete(rarest)
    const own = lists[rarest]!.filter((group) => partOf[group]! < 0)
    const sizes = Int32Array.from(own, (group) => countOf(group, rarest))
    // The sort is stable: groups of one size stay in the seed's order.
    const places = Array.from(own.keys())
    if (sizes.some((size) => size !== sizes[0])) places.sort((a, b) => sizes[b]! - sizes[a]!)
    for (const place of places) {
      const group = own[place]!
      const isKept = keepsSingles && hasSingle(groups, group, wants)
      const part = isKept ? wants.shares.findIndex((share) => share > 0) : choosePart(group, rarest, wants)
      partOf[group] = part
      wants.give(group, part)
      for (let at = from[group]!; at < from[group + 1]!; at++) left[classes[at]!]! -= counts[at]!
    }
  }
}

/** The part that wants most of the class; of several, the one that wants most of the group's classes, then of all. */
function choosePart(group: number, rarest: number, wants: Wants): number {
  let best = -1
  let bestWants: number[] = []
  wants.shares.forEach((share, part) => {
    if (share === 0) return
    const own = [wants.of(rarest, part), wants.ofGroup(group, part), wants.ofAll(part)]
    const decider = own.findIndex((want, rank) => Math.abs(want - (bestWants[rank] ?? -Infinity)) > 1e-9)
    if (best >= 0 && (decider < 0 || own[decider]! < bestWants[decider]!)) return
    best = part
    bestWants = own
  })
  return best
}

/** Enough for it to come to rest; a bound for what nobody has thought of. */
const improvingRounds = 50

function improve({ partOf }: Groups, movable: readonly number[], wants: Wants): void {
  for (let round = 0; round < improvingRounds; round++) {
    let hasMoved = false
    for (const group of movable) {
      let to = -1
      let most = 1e-9
      wants.shares.forEach((share, part) => {
        if (share === 0 || part === partOf[group]) return
        const gain = wants.gainOfMove(group, partOf[group]!, part)
        if (gain > most) [to, most] = [part, gain]
      })
      if (to < 0) continue
      move(partOf, group, to, wants)
      hasMoved = true
    }
    if (!hasMoved) return
  }
}

function move(partOf: Int32Array, group: number, to: number, wants: Wants): void {
  wants.take(group, partOf[group]!)
  wants.give(group, to)
  partOf[group] = to
}

/** Brings each class, the rarest first, into the parts that have none of it, where another part can spare a group. */
function cover(groups: Groups, movable: readonly number[], wants: Wants): void {
  const { from, classes, partOf, classCount } = groups
  const parts = wants.shares.flatMap((share, part) => (share > 0 ? [part] : []))
  const isBare = (index: number): boolean =>
    wants.groups[index]! >= 2 && parts.some((part) => wants.groupsIn(index, part) === 0)
  const bare = Array.from({ length: classCount }, (_, index) => index)
    .filter(isBare)
    .sort((a, b) => wants.groups[a]! - wants.groups[b]! || a - b)
  if (bare.length === 0) return
  const lists = listByClass(groups, movable)
  // A group may leave where each of its classes keeps another one.
  const canLeave = (group: number): boolean => {
    for (let at = from[group]!; at < from[group + 1]!; at++)
      if (wants.groupsIn(classes[at]!, partOf[group]!) <= 1) return false
    return true
  }
  for (const index of bare)
    for (const part of parts) {
      if (wants.groupsIn(index, part) > 0) continue
      // What this takes from no class is preferred.
      let spare = -1
      let most = -Infinity
      for (const group of lists[index]!) {
        if (partOf[group] === part || !canLeave(group)) continue
        const gain = wants.gainOfMove(group, partOf[group]!, part)
        if (gain > most) [spare, most] = [group, gain]
      }
      if (spare >= 0) move(partOf, spare, part, wants)
    }
}
