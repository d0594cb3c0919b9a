/** Facets of a query's clips from columns in memory: the same as `readFacets` and `readFacetValues` say by SQL. */
import { type ClipQuery, clipStatuses, datasetParts } from '../../../shared/contract/clip-query'
import { type ClipFacets, type FacetValues, isAbout, leaveOut } from '../../../shared/contract/facets'
import { type ClipColumns, clipFlag, LabelCursor, splitCode } from './clip-columns'
import { chooseValues, type FacetQuestion, listMetadataNames } from './clip-facets'
import { ClipSet } from './clip-set'
import { sortFolds } from './clips'
import type { OntologyRow } from './condition-finder'
import type { Database } from './database'
import type { PredictionColumns } from './prediction-columns'
import { suggestValues } from './query-suggestions'
import type { ValueColumns } from './value-columns'

export interface CounterParts {
  database: Database
  columns: ClipColumns
  values: ValueColumns
  predictions: PredictionColumns
  ontology(): readonly OntologyRow[]
  findSet(query: ClipQuery): ClipSet
  findValued(name: string): ClipSet
}

export class FacetCounter {
  constructor(private readonly parts: CounterParts) {}

  facets(query: ClipQuery): ClipFacets {
    const { columns, database } = this.parts
    const positions = this.parts.findSet(query).toArray()
    const ontology = this.parts.ontology()
    const labels = new Uint32Array(2 * Math.max(0, ...ontology.map((entry) => entry.key)) + 2)
    const counted = { total: 0, totalSeconds: 0, unlabeled: 0, annotated: 0, complete: 0, missing: 0 }
    const { flags, annotationCounts, seconds } = columns
    const cursor = new LabelCursor(columns)
    for (const position of positions) {
      const { codes, start, end } = cursor.seek(position)
      for (let at = start; at < end; at++) labels[codes[at]!]!++
      const own = flags[position]!
      counted.total++
      counted.totalSeconds += seconds[position]!
      if (start === end) counted.unlabeled++
      if (annotationCounts[position]! > 0) counted.annotated++
      if ((own & clipFlag.complete) !== 0) counted.complete++
      if ((own & clipFlag.missing) !== 0) counted.missing++
    }
    // What the query says of one of these is left out for it; mostly it says nothing.
    const count = (kind: 'fold' | 'split' | 'status', codes: Int16Array | Int8Array | Uint8Array, size: number) => {
      const counts = new Uint32Array(size + 1)
      const isOwn = isAbout(query, { kind })
      const wanted = isOwn ? this.parts.findSet(leaveOut(query, { kind })).toArray() : positions
      for (const position of wanted) counts[codes[position]! + 1]!++
      return counts
    }
    const folds = count('fold', columns.folds, columns.foldNames.length)
    const splits = count('split', columns.splits, datasetParts.length)
    const statuses = count('status', columns.statuses, clipStatuses.length)
    return {
      ...counted,
      classes: ontology.map(({ key, id, name }) => ({
        id,
        name,
        count: labels[key * 2 + 1]!,
        absent: labels[key * 2]!,
      })),
      folds: sortFolds(
        [null, ...columns.foldNames]
          .map((fold, index) => ({ fold, count: folds[index]! }))
          .filter(({ count }) => count > 0),
      ),
      splits: [...datasetParts, null].map((split) => ({ split, count: splits[splitCode(split) + 1]! })),
      statuses: clipStatuses.map((status, code) => ({ status, count: statuses[code + 1]! })),
      metadata: listMetadataNames(database),
    }
  }

  values(question: FacetQuestion): FacetValues {
    const { database } = this.parts
    const { facet, query, search, limit } = question
    const set = this.parts.findSet(leaveOut(query, facet))
    const choose = (found: { value: string; count: number }[], without: number): FacetValues => ({
      ...chooseValues(database, facet, found, search, limit),
      without,
      isPartial: false,
    })
    if (facet.kind === 'metadata') return this.valuesOfMetadata(question, facet.name, set)
    const sets =
      facet.kind === 'author'
        ? [...this.parts.columns.authors]
        : this.parts.predictions.listRuns().map(({ name, clips }) => [name, clips] as const)
    const any = new ClipSet(set.size)
    for (const [, own] of sets) any.unite(own)
    const found = sets.map(([value, own]) => ({ value, count: own.countIn(set) }))
    return choose(found, set.count() - any.countIn(set))
  }

  private valuesOfMetadata(question: FacetQuestion, name: string, set: ClipSet): FacetValues {
    const { database, columns, values } = this.parts
    const { facet, search, limit } = question
    const column = values.get(name)
    if (column && 'numbers' in column) {
      const counts = new Uint32Array(column.values.length + 1)
      for (const position of set.toArray()) counts[column.codes[position]!]!++
      const found = column.values.map((value, index) => ({ value, count: counts[index + 1]! }))
      return { ...chooseValues(database, facet, found, search, limit), without: counts[0]!, isPartial: false }
    }
    // Too many to be counted each: those that begin with what is searched, by their order.
    const found = suggestValues(database, name, search).map(({ value }) => {
      const own = new ClipSet(set.size)
      const keys = database.pluck<number>(
        `SELECT clip_key FROM clip_metadata
           WHERE name_key = (SELECT key FROM metadata_names WHERE name = ?) AND value = ?`,
        name,
        value,
      )
      for (const key of keys) if ((columns.positions[key] ?? -1) >= 0) own.add(columns.positions[key]!)
      return { value, count: own.countIn(set) }
    })
    const without = set.count() - this.parts.findValued(name).countIn(set)
    return { ...chooseValues(database, facet, found, '', limit), without, isPartial: true }
  }
}
