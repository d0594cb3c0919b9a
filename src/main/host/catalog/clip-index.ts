import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ClipFacets } from '../../../shared/contract/clips'
import { type ClipColumns, refreshColumns, splitCode } from './clip-columns'
import { type ClipCondition, listConditions, namedRun, type QuickCondition, runJoin } from './clip-query'
import { ClipSet } from './clip-set'
import { sortFolds } from './clips'
import { type Database, foldText, type SqlValue } from './database'

/** Answers that are kept: a library asks of one query again and again while it scrolls. */
const keptSets = 40
const keptLists = 6

interface OntologyRow {
  key: number
  id: string
  name: string
}

/** Answers queries from columns in memory; what the columns do not hold it asks of the database, one condition at a time. */
export class ClipIndex {
  private readonly sets = new Map<string, ClipSet>()
  private readonly lists = new Map<string, Int32Array>()
  private readonly ranks = new Map<string, Int32Array>()
  private postings: { starts: Uint32Array; positions: Int32Array } | null = null
  private ontology: OntologyRow[] = []
  private version = -1

  /** @param database where the clips are as they are now */
  constructor(
    private readonly database: Database,
    private readonly columns: ClipColumns,
  ) {
    this.forget()
  }

  get size(): { clips: number; labels: number } {
    return { clips: this.columns.keys.length, labels: this.columns.labels.length }
  }

  /** How many clips each class is present on, by its key. */
  countClasses(): Map<number, number> {
    const { starts } = (this.postings ??= this.sortLabels())
    return new Map(this.ontology.map(({ key }) => [key, (starts[key * 2 + 2] ?? 0) - (starts[key * 2 + 1] ?? 0)]))
  }

  /** Reads some clips anew. @returns false when all must be loaded again */
  refresh(keys: readonly number[]): boolean {
    this.forget()
    this.postings = null
    return this.columns.laterTexts.size < 5000 && refreshColumns(this.database, this.columns, keys)
  }

  /** Keys of a part of a query's clips. */
  page(query: ClipQuery, offset: number, limit: number): { total: number; keys: number[] } {
    const positions = this.listPositions(query)
    const keys = Array.from(positions.subarray(offset, offset + limit), (position) => this.columns.keys[position]!)
    return { total: positions.length, keys }
  }

  /** The place of a clip in a query's list, −1 when it is not in it. */
  placeOf(query: ClipQuery, key: number): number {
    const position = this.columns.positions[key] ?? -1
    return position < 0 ? -1 : this.listPositions(query).indexOf(position)
  }

  facets(query: ClipQuery): ClipFacets {
    this.forgetWhenOthersWrote()
    const { columns } = this
    const positions = this.findSet(query).toArray()
    const present = new Uint32Array(Math.max(0, ...this.ontology.map((entry) => entry.key)) + 1)
    const folds = new Uint32Array(columns.foldNames.length + 1)
    let totalSeconds = 0
    let unlabeled = 0
    for (const position of positions) {
      totalSeconds += columns.seconds[position]!
      folds[columns.folds[position]! + 1]!++
      const key = columns.keys[position]!
      const end = columns.labelStarts[key + 1]!
      const start = columns.labelStarts[key]!
      if (start === end) unlabeled++
      for (let at = start; at < end; at++) {
        const code = columns.labels[at]!
        if ((code & 1) === 1) present[code >>> 1]!++
      }
    }
    return {
      total: positions.length,
      totalSeconds,
      unlabeled,
      classes: this.ontology.map(({ key, id, name }) => ({ id, name, count: present[key]! })),
      folds: sortFolds(
        [null, ...columns.foldNames]
          .map((fold, index) => ({ fold, count: folds[index]! }))
          .filter(({ count }) => count > 0),
      ),
    }
  }

  private forget(): void {
    this.sets.clear()
    this.lists.clear()
    this.ranks.clear()
    this.ontology = this.database.all('SELECT key, id, name FROM ontology_classes ORDER BY code NULLS LAST, name')
  }

  /** Edits are told to `refresh`; what is not told (predictions that come in) shows in this number. */
  private forgetWhenOthersWrote(): void {
    const version = this.database.sqlite.pragma('data_version', { simple: true }) as number
    if (version !== this.version) this.forget()
    this.version = version
  }

  private listPositions(query: ClipQuery): Int32Array {
    this.forgetWhenOthersWrote()
    return keep(this.lists, keptLists, JSON.stringify(query), () => {
      const positions = this.findSet(query).toArray()
      const isDescending = query.direction === 'descending'
      if (query.order === 'path' || (query.order === 'score' && query.runId === null))
        return isDescending ? positions.reverse() : positions
      return sortByRank(positions, this.rankOf(query), isDescending)
    })
  }

  private findSet(query: ClipQuery): ClipSet {
    const { keys } = this.columns
    const set = ClipSet.full(keys.length)
    const conditions = listConditions(query)
    if (query.runId !== null) conditions.unshift({ sql: '1', values: [], quick: null })
    for (const condition of conditions) {
      const name = JSON.stringify([condition.sql, condition.values, query.runId])
      set.intersect(keep(this.sets, keptSets, name, () => this.findByCondition(condition, query.runId)))
    }
    return set
  }

  private findByCondition(condition: ClipCondition, runId: string | null): ClipSet {
    const set = new ClipSet(this.columns.keys.length)
    if (condition.quick) return this.findQuick(set, condition.quick, runId)
    const { sql, values } = conditionSql(condition, runId)
    for (const key of this.database.pluck<number>(sql, ...values)) this.addKey(set, key)
    return set
  }

  private addKey(set: ClipSet, key: number): void {
    const position = this.columns.positions[key] ?? -1
    if (position >= 0) set.add(position)
  }

  private findQuick(set: ClipSet, quick: QuickCondition, runId: string | null): ClipSet {
    const { columns } = this
    const addWhere = (isIn: (position: number) => boolean): ClipSet => {
      for (let position = 0; position < set.size; position++) if (isIn(position)) set.add(position)
      return set
    }
    switch (quick.kind) {
      case 'word':
        return this.findWord(set, foldText(quick.word))
      case 'label': {
        const name = foldAscii(quick.name)
        const keys = this.ontology.filter((entry) => foldAscii(entry.name) === name).map((entry) => entry.key)
        this.addLabeled(set, new Set(keys.flatMap((key) => quick.states.map((state) => key * 2 + state))))
        return quick.isNegated ? set.negate() : set
      }
      case 'folds': {
        const known = quick.folds.filter((fold) => fold === null || columns.foldNames.includes(fold))
        const codes = new Set(known.map((fold) => (fold === null ? -1 : columns.foldNames.indexOf(fold))))
        return addWhere((position) => codes.has(columns.folds[position]!))
      }
      case 'splits': {
        const codes = new Set(quick.splits.map(splitCode))
        return addWhere((position) => codes.has(columns.splits[position]!))
      }
      case 'classless': {
        this.addLabeled(set, new Set(this.ontology.map((entry) => entry.key * 2 + 1)))
        return set.negate()
      }
      case 'keys':
        for (const key of this.database.pluck<number>(quick.sql, ...quick.values)) this.addKey(set, key)
        return set
      case 'not': {
        const all = ClipSet.full(set.size)
        for (const part of quick.conditions) all.intersect(this.findByCondition(part, runId))
        return all.negate()
      }
      case 'rest':
        for (const key of this.database.pluck<number>(quick.sql, ...quick.values)) this.addKey(set, key)
        return set.negate()
      case 'seconds':
        return addWhere((position) => {
          const seconds = columns.seconds[position]!
          return seconds >= quick.least && seconds <= quick.most
        })
      case 'labeled':
        return addWhere((position) => {
          const key = columns.keys[position]!
          return columns.labelStarts[key] === columns.labelStarts[key + 1] ? quick.isNegated : !quick.isNegated
        })
      case 'annotated':
        return addWhere((position) => columns.annotationCounts[position]! > 0)
      case 'missing':
        return addWhere((position) => columns.isMissing[position] === 1)
    }
  }

  private addLabeled(set: ClipSet, codes: ReadonlySet<number>): void {
    const { starts, positions } = (this.postings ??= this.sortLabels())
    for (const code of codes)
      for (let at = starts[code] ?? 0, end = starts[code + 1] ?? 0; at < end; at++) set.add(positions[at]!)
  }

  /** The positions of the clips with each label: `positions[starts[code] … starts[code + 1]]`. */
  private sortLabels(): { starts: Uint32Array; positions: Int32Array } {
    const { labels, labelStarts, positions: positionOf } = this.columns
    let top = 0
    for (const code of labels) if (code > top) top = code
    const starts = new Uint32Array(top + 2)
    for (const code of labels) starts[code + 1]!++
    for (let code = 0; code <= top; code++) starts[code + 1]! += starts[code]!
    const next = starts.slice()
    const positions = new Int32Array(labels.length)
    for (let key = 0, at = 0; key < positionOf.length; key++)
      for (const end = labelStarts[key + 1]!; at < end; at++) positions[next[labels[at]!]!++] = positionOf[key]!
    return { starts, positions }
  }

  private findWord(set: ClipSet, word: string): ClipSet {
    const { columns } = this
    columns.notes.search(word, (position) => {
      if (!columns.laterTexts.has(position)) set.add(position)
    })
    for (const [position, text] of columns.laterTexts) if (foldText(text).includes(word)) set.add(position)
    columns.paths.search(word, (first) => {
      for (let position = first; position < first + columns.siblings[first]!; position++) set.add(position)
    })
    const named = this.ontology.filter((entry) => foldText(entry.name).includes(word))
    this.addLabeled(set, new Set(named.map((entry) => entry.key * 2 + 1)))
    return set
  }

  /** What a list is sorted by, as whole numbers by position; −1 comes last. */
  private rankOf(query: ClipQuery): Int32Array {
    const name = query.order === 'score' ? `score ${query.runId}` : query.order
    return keep(this.ranks, keptLists, name, () => {
      const { columns } = this
      switch (query.order) {
        case 'fold': {
          const names = columns.foldNames.map((fold, code) => ({ fold, code }))
          names.sort((a, b) => leadingNumber(a.fold) - leadingNumber(b.fold) || (a.fold < b.fold ? -1 : 1))
          const rankOfCode = new Int32Array(names.length)
          names.forEach(({ code }, rank) => (rankOfCode[code] = rank))
          const ranks = new Int32Array(columns.folds.length).fill(-1)
          columns.folds.forEach((code, position) => {
            if (code >= 0) ranks[position] = rankOfCode[code]!
          })
          return ranks
        }
        case 'label':
          return this.rankByLabel()
        case 'score': {
          const scores = new Float64Array(columns.keys.length).fill(NaN)
          const rows = this.database.all<{ key: number; score: number }>(
            `SELECT clip_key AS key, score FROM predictions WHERE run_key = ${namedRun}`,
            query.runId,
          )
          for (const { key, score } of rows)
            if ((columns.positions[key] ?? -1) >= 0) scores[columns.positions[key]!] = score
          return rankNumbers(scores)
        }
        default:
          return rankNumbers(columns.seconds)
      }
    })
  }

  private rankByLabel(): Int32Array {
    const { columns } = this
    const byName = [...this.ontology].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    const rankOfClass = new Int32Array(Math.max(0, ...this.ontology.map((entry) => entry.key)) + 1)
    byName.forEach(({ key }, rank) => (rankOfClass[key] = rank))
    const { keys, labels, labelStarts } = columns
    const ranks = new Int32Array(keys.length).fill(-1)
    for (let position = 0; position < keys.length; position++) {
      const key = keys[position]!
      let best = -1
      for (let at = labelStarts[key]!, end = labelStarts[key + 1]!; at < end; at++) {
        const rank = rankOfClass[labels[at]! >>> 1]!
        if ((labels[at]! & 1) === 1 && (best < 0 || rank < best)) best = rank
      }
      ranks[position] = best
    }
    return ranks
  }
}

/** The keys of the clips that fulfil one condition. */
export function conditionSql(condition: ClipCondition, runId: string | null): { sql: string; values: SqlValue[] } {
  if (runId !== null && condition.sql === '1')
    return {
      sql: `SELECT clip_key FROM predictions WHERE run_key = ${namedRun}`,
      values: [runId],
    }
  const isOfRun = runId !== null && /\bp\./.test(condition.sql)
  const isOfRecording = /\br\./.test(condition.sql) ? ' JOIN recordings r ON r.key = c.recording_key' : ''
  return {
    sql: `SELECT c.key FROM clips c${isOfRecording}${isOfRun ? runJoin : ''} WHERE ${condition.sql}`,
    values: [...(isOfRun ? [runId] : []), ...condition.values],
  }
}

function keep<T>(kept: Map<string, T>, limit: number, name: string, make: () => T): T {
  const own = kept.get(name)
  const value = own ?? make()
  kept.delete(name)
  kept.set(name, value)
  if (kept.size > limit) kept.delete(kept.keys().next().value!)
  return value
}

/** As SQLite's NOCASE compares. */
const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())

/** As SQLite casts a text to a whole number. */
const leadingNumber = (text: string): number => Number(/^\s*[+-]?\d+/.exec(text)?.[0] ?? 0)

/** Ranks of numbers among their distinct values; NaN has none. */
function rankNumbers(numbers: Float64Array): Int32Array {
  // Most are as the one before: clips of a dataset are of one length.
  const distinct = new Set<number>()
  let before = NaN
  for (const value of numbers) {
    if (value !== before && !Number.isNaN(value)) distinct.add(value)
    before = value
  }
  const rankOf = new Map<number, number>()
  Float64Array.from(distinct)
    .sort()
    .forEach((value, rank) => rankOf.set(value, rank))
  const ranks = new Int32Array(numbers.length)
  let rank = -1
  before = NaN
  for (let position = 0; position < numbers.length; position++) {
    const value = numbers[position]!
    if (value !== before) rank = rankOf.get(value) ?? -1
    before = value
    ranks[position] = rank
  }
  return ranks
}

/** Positions by rank; equal ones stay in their order, and those without a rank come last whatever the direction. */
function sortByRank(positions: Int32Array, ranks: Int32Array, isDescending: boolean): Int32Array {
  let top = -1
  for (const position of positions) if (ranks[position]! > top) top = ranks[position]!
  const starts = new Uint32Array(top + 3)
  // Those without a rank have the place after the last.
  const places = new Int32Array(positions.length)
  for (let index = 0; index < positions.length; index++) {
    const rank = ranks[positions[index]!]!
    const place = rank < 0 ? top + 1 : isDescending ? top - rank : rank
    places[index] = place
    starts[place + 1]!++
  }
  for (let place = 0; place <= top; place++) starts[place + 1]! += starts[place]!
  const sorted = new Int32Array(positions.length)
  for (let index = 0; index < positions.length; index++) sorted[starts[places[index]!]!++] = positions[index]!
  return sorted
}
