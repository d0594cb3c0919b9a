/** Facets of a query's clips by SQL alone: what `FacetCounter` answers from the columns of a large catalog. */
import { type ClipQuery, clipStatuses, datasetParts } from '../../../shared/contract/clip-query'
import {
  type ClipFacets,
  type Facet,
  type FacetValue,
  type FacetValues,
  leaveOut,
} from '../../../shared/contract/facets'
import { compileClipQuery } from './clip-query'
import { sortFolds } from './clips'
import { type Database, foldText, type SqlValue } from './database'

export function readFacets(database: Database, query: ClipQuery): ClipFacets {
  const { counted, values } = compileClipQuery(query)
  const isLabeled = 'EXISTS (SELECT 1 FROM clip_labels WHERE clip_key = c.key)'
  const isAnnotated = 'EXISTS (SELECT 1 FROM annotations WHERE clip_key = c.key)'
  const isMissing = '(SELECT is_missing FROM recordings WHERE key = c.recording_key)'
  const totals = database.get<Omit<ClipFacets, 'classes' | 'folds' | 'splits' | 'statuses' | 'metadata'>>(
    `SELECT count(*) AS total, total(c.end_seconds - c.start_seconds) AS totalSeconds,
       coalesce(sum(NOT ${isLabeled}), 0) AS unlabeled, coalesce(sum(${isAnnotated}), 0) AS annotated,
       coalesce(sum(c.is_fully_annotated), 0) AS complete, coalesce(sum(${isMissing}), 0) AS missing ${counted}`,
    ...values,
  )!
  const classes = database.all<ClipFacets['classes'][number]>(
    `WITH counted AS (SELECT l.class_key, sum(l.state = 1) AS present, sum(l.state = 0) AS absent FROM clip_labels l
       WHERE l.clip_key IN (SELECT c.key ${counted}) GROUP BY l.class_key)
     SELECT k.id, k.name, coalesce(counted.present, 0) AS count, coalesce(counted.absent, 0) AS absent
       FROM ontology_classes k
       LEFT JOIN counted ON counted.class_key = k.key ORDER BY k.code NULLS LAST, k.name`,
    ...values,
  )
  const split = countColumn(database, query, 'split')
  const status = countColumn(database, query, 'status')
  return {
    ...totals,
    classes,
    folds: sortFolds([...countColumn(database, query, 'fold')].map(([fold, count]) => ({ fold, count }))),
    splits: [...datasetParts, null].map((name) => ({ split: name, count: split.get(name) ?? 0 })),
    statuses: clipStatuses.map((name) => ({ status: name, count: status.get(name) ?? 0 })),
    metadata: listMetadataNames(database),
  }
}

/** Names of metadata that a clip has, from the index alone. */
export function listMetadataNames(database: Database): string[] {
  return database.pluck(
    `SELECT name FROM metadata_names n WHERE EXISTS (SELECT 1 FROM clip_metadata m WHERE m.name_key = n.key)
       ORDER BY name`,
  )
}

function countColumn(
  database: Database,
  query: ClipQuery,
  column: 'fold' | 'split' | 'status',
): Map<string | null, number> {
  const { counted, values } = compileClipQuery(leaveOut(query, { kind: column }))
  const rows = database.all<{ value: string | null; count: number }>(
    `SELECT c.${column} AS value, count(*) AS count ${counted} GROUP BY c.${column}`,
    ...values,
  )
  return new Map(rows.map(({ value, count }) => [value, count]))
}

/** The runs that are listed. */
export const newestRuns = `SELECT key, 'run' || number AS name FROM runs ORDER BY number DESC LIMIT 50`

export interface FacetQuestion {
  query: ClipQuery
  facet: Facet
  search: string
  limit: number
}

export function readFacetValues(database: Database, { query, facet, search, limit }: FacetQuestion): FacetValues {
  const { counted, values } = compileClipQuery(leaveOut(query, facet))
  const clips = `(SELECT c.key ${counted})`
  const { sql, bound } = pairsOf(facet, clips, values)
  const found = database.all<{ value: string; count: number }>(
    `SELECT value, count(*) AS count FROM (${sql}) GROUP BY value`,
    ...bound,
  )
  const { without } = database.get<{ without: number }>(
    `SELECT count(*) AS without FROM ${clips} WHERE key NOT IN (SELECT clip FROM (${sql}))`,
    ...values,
    ...bound,
  )!
  return { ...chooseValues(database, facet, found, search, limit), without, isPartial: false }
}

/** SQL of each clip once with each of its values. */
function pairsOf(facet: Facet, clips: string, values: SqlValue[]): { sql: string; bound: SqlValue[] } {
  switch (facet.kind) {
    case 'author':
      return {
        sql: `SELECT clip_key AS clip, author AS value FROM clip_labels WHERE clip_key IN ${clips}
          UNION SELECT clip_key, author FROM annotations WHERE clip_key IN ${clips}
          UNION SELECT a.clip_key, own.author FROM annotation_labels own JOIN annotations a ON a.key = own.annotation_key
            WHERE a.clip_key IN ${clips}`,
        bound: [...values, ...values, ...values],
      }
    case 'run':
      return {
        sql: `SELECT p.clip_key AS clip, r.name AS value FROM (${newestRuns}) r JOIN predictions p ON p.run_key = r.key
          WHERE p.clip_key IN ${clips}`,
        bound: values,
      }
    case 'metadata':
      return {
        sql: `SELECT m.clip_key AS clip, m.value FROM clip_metadata m
          WHERE m.name_key = (SELECT key FROM metadata_names WHERE name = ?) AND m.clip_key IN ${clips}`,
        bound: [facet.name, ...values],
      }
  }
}

/**
 * Those of a facet's values that are shown: the most frequent first (runs: the newest), of those that have the text.
 * @param found values with the number of their clips
 */
export function chooseValues(
  database: Database,
  facet: Facet,
  found: readonly { value: string; count: number }[],
  search: string,
  limit: number,
): Pick<FacetValues, 'values' | 'more'> {
  const wanted = foldText(search)
  const fitting = found.filter(({ value, count }) => count > 0 && foldText(value).includes(wanted))
  const numberOf = (run: string): number => Number(run.slice(3))
  if (facet.kind === 'run') fitting.sort((a, b) => numberOf(b.value) - numberOf(a.value))
  else fitting.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const values = fitting.slice(0, limit).map((entry): FacetValue => ({ ...entry, detail: '' }))
  for (const entry of values) entry.detail = describeValue(database, facet, entry.value)
  return { values, more: fitting.length - values.length }
}

function describeValue(database: Database, facet: Facet, value: string): string {
  if (facet.kind === 'author') return value === 'import' ? 'what came with a dataset' : ''
  if (facet.kind !== 'run') return ''
  const run = database.get<{ recipe: string; status: string; at: string }>(
    `SELECT recipe ->> '$.name' AS recipe, status, created_at AS at FROM runs WHERE 'run' || number = ?`,
    value,
  )!
  return `${run.recipe}, ${run.status}, ${run.at.slice(0, 10)}`
}
