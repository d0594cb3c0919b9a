import { Random } from '../../dsp/random'

/** What a split needs to know of a clip. */
export interface SplitItem {
  /** Clips of one group are never in two parts. */
  group: string
  /** Its classes, as small whole numbers; a clip without any counts as a class of its own, so that these are dealt too. */
  classes: readonly number[]
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
  fixed?: readonly (number | null)[]
  /** A class of one group goes to the first part, where it can at least be learned. */
  keepsSingles?: boolean
}

interface Group {
  name: string
  /** Class and number of clips that have it. */
  counts: [index: number, count: number][]
  part: number
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
export function splitByGroups(items: readonly SplitItem[], wish: SplitWish): Int32Array {
  const { shares, seed, fixed = [], keepsSingles = false } = wish
  const sum = shares.reduce((total, share) => total + share, 0)
  if (!(sum > 0) || shares.some((share) => !(share >= 0)))
    throw new RangeError(`these are no shares: ${shares.join(', ')}`)
  // The last class is that of clips without any.
  const classCount =
    2 + items.reduce((most, { classes }) => classes.reduce((max, index) => Math.max(max, index), most), -1)
  const wants = new Wants(
    shares.map((share) => share / sum),
    classCount,
  )
  const fixedPart = findFixedParts(items, fixed)
  const free: Group[] = []
  const settled = new Map<string, number>()
  for (const group of collectGroups(items, classCount, seed)) {
    const part = fixedPart.get(group.name)
    if (part === undefined) free.push(group)
    else if (part < 0 || shares[part] === 0) continue
    else settled.set(group.name, (group.part = part))
    wants.expect(group)
  }
  wants.begin()
  deal(free, wants, keepsSingles)
  const movable = keepsSingles ? free.filter((group) => !hasSingle(group, wants)) : free
  improve(movable, wants)
  cover(movable, wants)
  for (const group of free) settled.set(group.name, group.part)
  return Int32Array.from(items, ({ group }, position) => fixed[position] ?? settled.get(group) ?? -1)
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
    readonly shares: readonly number[],
    readonly classCount: number,
  ) {
    this.total = new Float64Array(classCount)
    this.groups = new Float64Array(classCount)
    this.wanted = new Float64Array(classCount * shares.length)
    this.given = new Float64Array(classCount * shares.length)
    this.wantedOfAll = new Float64Array(shares.length)
  }

  /** Counts a group, in its part where it has one already. */
  expect(group: Group): void {
    for (const [index, count] of group.counts) {
      this.total[index]! += count
      this.groups[index]!++
      this.totalOfAll += count
    }
    if (group.part >= 0) this.give(group, group.part)
  }

  /** When all groups are counted: each part wants its share. */
  begin(): void {
    for (let index = 0; index < this.classCount; index++)
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

  give(group: Group, part: number): void {
    this.change(group, part, 1)
  }

  take(group: Group, part: number): void {
    this.change(group, part, -1)
  }

  /** How much nearer all classes, and all of them together, come to their shares when a group moves, by their sizes. */
  gainOfMove(group: Group, from: number, to: number): number {
    let all = 0
    for (const [, count] of group.counts) all += count
    let gain = nearing(this.wantedOfAll[from]!, this.wantedOfAll[to]!, all) / this.totalOfAll
    for (const [index, count] of group.counts)
      gain += nearing(this.of(index, from), this.of(index, to), count) / this.total[index]!
    return gain
  }

  private change(group: Group, part: number, sign: 1 | -1): void {
    for (const [index, count] of group.counts) {
      this.wanted[this.at(index, part)]! -= sign * count
      this.given[this.at(index, part)]! += sign
      this.wantedOfAll[part]! -= sign * count
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

/** Groups in an order that only the seed and their names decide. */
function collectGroups(items: readonly SplitItem[], classCount: number, seed: number): Group[] {
  const byName = new Map<string, Map<number, number>>()
  for (const { group, classes } of items) {
    let own = byName.get(group)
    if (!own) byName.set(group, (own = new Map()))
    for (const index of classes.length > 0 ? new Set(classes) : [classCount - 1])
      own.set(index, (own.get(index) ?? 0) + 1)
  }
  return new Random(seed, 'split')
    .shuffle([...byName.keys()].sort())
    .map((name) => ({ name, counts: [...byName.get(name)!].sort(([a], [b]) => a - b), part: -1 }))
}

/** The part of groups with fixed clips; −1 where these are in several. */
function findFixedParts(items: readonly SplitItem[], fixed: readonly (number | null)[]): Map<string, number> {
  const found = new Map<string, number>()
  items.forEach(({ group }, position) => {
    const part = fixed[position] ?? null
    if (part === null) return
    const known = found.get(group)
    found.set(group, known === undefined || known === part ? part : -1)
  })
  return found
}

/** Whether a class has no other group. */
function hasSingle(group: Group, wants: Wants): boolean {
  return group.counts.some(([index]) => wants.groups[index] === 1)
}

function deal(groups: readonly Group[], wants: Wants, keepsSingles: boolean): void {
  const left = new Float64Array(wants.classCount)
  const groupsOf = new Map<number, Group[]>()
  for (const group of groups)
    for (const [index, count] of group.counts) {
      left[index]! += count
      const own = groupsOf.get(index)
      if (own) own.push(group)
      else groupsOf.set(index, [group])
    }
  const countOf = (group: Group, index: number): number => group.counts.find(([other]) => other === index)![1]
  while (groupsOf.size > 0) {
    const rarest = [...groupsOf.keys()].reduce((a, b) =>
      left[b]! < left[a]! || (left[b] === left[a] && b < a) ? b : a,
    )
    const own = groupsOf.get(rarest)!.filter((group) => group.part < 0)
    groupsOf.delete(rarest)
    const sizes = new Map(own.map((group) => [group, countOf(group, rarest)]))
    // The sort is stable: groups of one size stay in the seed's order.
    for (const group of own.sort((a, b) => sizes.get(b)! - sizes.get(a)!)) {
      const isKept = keepsSingles && hasSingle(group, wants)
      group.part = isKept ? wants.shares.findIndex((share) => share > 0) : choosePart(group, rarest, wants)
      wants.give(group, group.part)
      for (const [index, count] of group.counts) left[index]! -= count
    }
  }
}

/** The part that wants most of the class; of several, the one that wants most of the group's classes, then of all. */
function choosePart(group: Group, rarest: number, wants: Wants): number {
  let best = -1
  let bestWants: number[] = []
  wants.shares.forEach((share, part) => {
    if (share === 0) return
    const own = [
      wants.of(rarest, part),
      group.counts.reduce((total, [index]) => total + wants.of(index, part), 0),
      wants.ofAll(part),
    ]
    const decider = own.findIndex((want, rank) => Math.abs(want - (bestWants[rank] ?? -Infinity)) > 1e-9)
    if (best >= 0 && (decider < 0 || own[decider]! < bestWants[decider]!)) return
    best = part
    bestWants = own
  })
  return best
}

/** Enough for it to come to rest; a bound for what nobody has thought of. */
const improvingRounds = 50

function improve(groups: readonly Group[], wants: Wants): void {
  for (let round = 0; round < improvingRounds; round++) {
    let hasMoved = false
    for (const group of groups) {
      let to = -1
      let most = 1e-9
      wants.shares.forEach((share, part) => {
        if (share === 0 || part === group.part) return
        const gain = wants.gainOfMove(group, group.part, part)
        if (gain > most) [to, most] = [part, gain]
      })
      if (to < 0) continue
      move(group, to, wants)
      hasMoved = true
    }
    if (!hasMoved) return
  }
}

function move(group: Group, to: number, wants: Wants): void {
  wants.take(group, group.part)
  wants.give(group, to)
  group.part = to
}

/** Brings each class, the rarest first, into the parts that have none of it, where another part can spare a group. */
function cover(groups: readonly Group[], wants: Wants): void {
  const parts = wants.shares.flatMap((share, part) => (share > 0 ? [part] : []))
  const isBare = (index: number): boolean =>
    wants.groups[index]! >= 2 && parts.some((part) => wants.groupsIn(index, part) === 0)
  const bare = Array.from({ length: wants.classCount }, (_, index) => index)
    .filter(isBare)
    .sort((a, b) => wants.groups[a]! - wants.groups[b]! || a - b)
  for (const index of bare)
    for (const part of parts) {
      if (wants.groupsIn(index, part) > 0) continue
      // A group may leave where each of its classes keeps another one; what this takes from no class is preferred.
      const spare = groups
        .filter(
          (group) =>
            group.part !== part &&
            group.counts.some(([other]) => other === index) &&
            group.counts.every(([other]) => wants.groupsIn(other, group.part) > 1),
        )
        .map((group) => ({ group, gain: wants.gainOfMove(group, group.part, part) }))
        .sort((a, b) => b.gain - a.gain)[0]
      if (spare) move(spare.group, part, wants)
    }
}
