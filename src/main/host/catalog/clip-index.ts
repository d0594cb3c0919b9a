/** Answers queries from columns in memory; what these do not hold it asks of the database, by its indexes. */
import { isDeepStrictEqual } from 'node:util'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import { type ClipFacets, type Facet, type FacetValues, mostFacetValues } from '../../../shared/contract/facets'
import type { CertainClasses } from './class-counts'
import { type ClipColumns, LabelCursor } from './clip-columns'
import type { FacetQuestion } from './clip-facets'
import { type ClipCondition, listConditions } from './clip-query'
import { Ranking, rankNames, rankNumbers } from './clip-ranks'
import { ClipSet } from './clip-set'
import type { Coverage } from '../../../shared/contract/coverage'
import { ConditionFinder, type OntologyRow } from './condition-finder'
import type { CoverageQuestion } from './coverage'
import { countCoverage } from './coverage-counter'
import type { Database } from './database'
import { FacetCounter } from './facet-counter'
import { LabelPostings } from './label-postings'
import type { ClassCounts } from './ontology'
import { PredictionColumns } from './prediction-columns'
import { refreshColumns, settleLabels } from './refresh-columns'
import { UnderCounts } from './under-counts'
import { ValueColumns } from './value-columns'

/** Answers that are kept: a library asks of one query again and again while it scrolls. */
const keptSets = 40
const keptLists = 6
/** One for each order but that of paths. */
const keptRankings = 4

/** More edited texts than this are not looked through one by one. */
const mostLaterTexts = 50_000

/** What a query with a run has beside its conditions: the run predicted the clip. */
const isPredicted: ClipCondition = { sql: '', values: [], quick: { kind: 'prediction', test: { kind: 'any' } } }

export class ClipIndex {
  readonly values: ValueColumns
  private readonly predictions: PredictionColumns
  private readonly finder: ConditionFinder
  private readonly counter: FacetCounter
  private readonly sets = new Map<string, ClipSet>()
  private readonly lists = new Map<string, Int32Array>()
  private readonly rankings = new Map<string, Ranking>()
  private kept: LabelPostings | null = null
  private ontology: OntologyRow[] = []
  private version = -1
  private under: UnderCounts | null = null

  /**
   * @param database where the clips are as they are now
   * @param openReader opens a connection of its own, for what is read in pieces
   * @param mostValues of one name of metadata that are kept as numbers
   */
  constructor(
    private readonly database: Database,
    private readonly columns: ClipColumns,
    openReader: () => Database,
    mostValues = mostFacetValues,
  ) {
    this.values = new ValueColumns(database, columns, openReader, mostValues)
    this.predictions = new PredictionColumns(database, columns)
    const parts = {
      database,
      columns,
      values: this.values,
      predictions: this.predictions,
      ontology: () => this.ontology,
    }
    this.finder = new ConditionFinder({ ...parts, postings: () => this.postings })
    this.counter = new FacetCounter({
      ...parts,
      findSet: (query) => this.findSet(query),
      findValued: (name) => this.finder.findValued(name),
    })
    this.forget()
  }

  get size(): { clips: number; labels: number } {
    return { clips: this.columns.keys.length, labels: this.postings.size }
  }

  /** On how many clips each class is present. */
  countClasses(certain: CertainClasses): ClassCounts {
    if (!this.under || !isDeepStrictEqual(this.under.certain, certain))
      this.under = new UnderCounts(this.columns, certain)
    return { present: this.postings.countPresent([...certain.keys()]), under: this.under.toMap() }
  }

  /** Reads some clips anew. @returns false when all must be loaded again */
  refresh(keys: readonly number[]): boolean {
    this.forget()
    if (keys.length === 0) return true
    if (this.columns.laterTexts.size > mostLaterTexts) return false
    const positions = [...new Set(keys)].map((key) => this.columns.positions[key] ?? -1)
    if (positions.includes(-1)) return false
    for (const position of positions) this.under?.count(position, -1)
    const refreshed = refreshColumns(this.database, this.columns, keys)
    if (refreshed === null) {
      this.under = null
      return false
    }
    for (const position of positions) this.under?.count(position, 1)
    if (settleLabels(this.columns)) this.kept = null
    if (refreshed.areSecondsOthers) this.rankings.delete('duration')
    if (refreshed.areFoldsOthers) this.rankings.delete('fold')
    if (refreshed.areLabelsOthers) this.rankings.get('label')?.change(positions, this.makeLabelRanker())
    this.values.refresh(keys)
    return true
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
    return this.counter.facets(query)
  }

  /** Reads what `facetValues` will ask for, in pieces. */
  async prepare(facet: Facet): Promise<void> {
    if (facet.kind === 'metadata') await this.values.load(facet.name)
  }

  /** As `prepare`, for `coverage`. */
  async prepareCoverage({ by }: CoverageQuestion): Promise<void> {
    if (by !== 'split' && by !== 'fold') await this.values.load(by === 'group' ? null : by)
  }

  /** @throws AppError 'invalid-argument' */
  coverage(question: CoverageQuestion): Coverage {
    this.forgetWhenOthersWrote()
    const { database, columns, values } = this
    return countCoverage({ database, columns, values }, this.findSet(question.query), question)
  }

  facetValues(question: FacetQuestion): FacetValues {
    this.forgetWhenOthersWrote()
    return this.counter.values(question)
  }

  private get postings(): LabelPostings {
    return (this.kept ??= new LabelPostings(this.columns))
  }

  private forget(): void {
    this.sets.clear()
    this.lists.clear()
    this.finder.forget()
    const before = JSON.stringify(this.ontology)
    this.ontology = this.database.all('SELECT key, id, name FROM ontology_classes ORDER BY code NULLS LAST, name')
    if (JSON.stringify(this.ontology) !== before) this.rankings.delete('label')
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
      const set = this.findSet(query)
      const isDescending = query.direction === 'descending'
      const ranking = this.rankingOf(query)
      if (ranking !== null) return ranking.sort(set, isDescending)
      const positions = set.toArray()
      return isDescending ? positions.reverse() : positions
    })
  }

  private findSet(query: ClipQuery): ClipSet {
    const { keys } = this.columns
    const set = ClipSet.full(keys.length)
    const { runId } = query
    for (const condition of [...(runId === null ? [] : [isPredicted]), ...listConditions(query)]) {
      const name = JSON.stringify([condition.sql, condition.values, runId])
      set.intersect(keep(this.sets, keptSets, name, () => this.finder.find(condition, runId)))
    }
    return set
  }

  /** What a list is sorted by; null: by path. */
  private rankingOf(query: ClipQuery): Ranking | null {
    const { columns } = this
    const make = (name: string, rank: () => Int32Array): Ranking =>
      keep(this.rankings, keptRankings, name, () => new Ranking(rank()))
    switch (query.order) {
      case 'path':
        return null
      case 'fold':
        return make('fold', () => rankNames(columns.folds, columns.foldNames, compareFoldNames))
      case 'label':
        return make('label', () => this.rankByLabel())
      case 'duration':
        return make('duration', () => rankNumbers(columns.seconds))
      case 'score': {
        const run = query.runId === null ? null : this.predictions.find(query.runId)
        if (run === null) return null
        return make(`score ${run.key} ${run.stamp}`, () =>
          rankNumbers(run.scores.map((score, position) => (run.predicted[position]! < 0 ? NaN : score))),
        )
      }
    }
  }

  private rankByLabel(): Int32Array {
    const rankOf = this.makeLabelRanker()
    return new Int32Array(this.columns.keys.length).map((_, position) => rankOf(position))
  }

  /** Ranks a position by its first present class in the order of names; −1: it has none. */
  private makeLabelRanker(): (position: number) => number {
    const { columns } = this
    const byName = [...this.ontology].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    const rankOfClass = new Int32Array(Math.max(0, ...this.ontology.map((entry) => entry.key)) + 1)
    byName.forEach(({ key }, rank) => (rankOfClass[key] = rank))
    const labels = new LabelCursor(columns)
    return (position) => {
      const { codes, start, end } = labels.seek(position)
      let best = -1
      for (let at = start; at < end; at++) {
        const rank = rankOfClass[codes[at]! >>> 1]!
        if ((codes[at]! & 1) === 1 && (best < 0 || rank < best)) best = rank
      }
      return best
    }
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

/** By number where folds are numbers: 10 after 9. */
const compareFoldNames = (a: string, b: string): number => leadingNumber(a) - leadingNumber(b) || (a < b ? -1 : 1)

/** As SQLite casts a text to a whole number. */
const leadingNumber = (text: string): number => Number(/^\s*[+-]?\d+/.exec(text)?.[0] ?? 0)
