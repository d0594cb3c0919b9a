import { z } from 'zod'
import { type ClipQuery, type ClipStatus, type DatasetPart, parseTerms } from './clip-query'

/** What a query's clips have. Every class, part and status is listed, also with none. */
export interface ClipFacets {
  total: number
  totalSeconds: number
  /** Without a judged class. */
  unlabeled: number
  /** With segments. */
  annotated: number
  /** Fully annotated. */
  complete: number
  /** Whose sound is not there. */
  missing: number
  /** On how many clips the class is present (`count`), and absent; on all others it is unknown. */
  classes: { id: string; name: string; count: number; absent: number }[]
  /** These three leave out what the query says of the same: as many clips as another choice would leave. */
  folds: { fold: string | null; count: number }[]
  splits: { split: DatasetPart | null; count: number }[]
  statuses: { status: ClipStatus; count: number }[]
  /** Names of metadata that the catalog has. */
  metadata: string[]
}

/** Facets whose values may be many: asked one by one, and only while somebody looks at them. */
export const facetSchema = z.discriminatedUnion('kind', [
  /** Who judged a class or drew an annotation. */
  z.strictObject({ kind: z.literal('author') }),
  /** Runs that predicted clips. */
  z.strictObject({ kind: z.literal('run') }),
  z.strictObject({ kind: z.literal('metadata'), name: z.string().min(1).max(200) }),
])
export type Facet = z.infer<typeof facetSchema>

/** What a value of a facet is a choice among; the query's own choice there is left out when they are counted. */
export type FacetGroup = Facet | { kind: 'fold' | 'split' | 'status' }

export interface FacetValue {
  /** As it stands after the key of the query. */
  value: string
  count: number
  /** What it is, where the value does not say so. */
  detail: string
}

/** The most frequent values among a query's clips; what the query itself says of the facet is left out. */
export interface FacetValues {
  values: FacetValue[]
  /** How many more values there are, as far as they were looked for. */
  more: number
  /** Clips that have no value. */
  without: number
  /** The facet has so many values that they are found by how they begin, and not all were counted. */
  isPartial: boolean
}

/** More different values than this are not counted each. */
export const mostFacetValues = 50_000

/** The query without what it says of a facet: what any of its values is then a choice among. */
export function leaveOut(query: ClipQuery, group: FacetGroup): ClipQuery {
  const rest = clear(structuredClone(query), group)
  rest.not = rest.not.filter((term) => !isAbout(parseTerms(term), group))
  return rest
}

/** Whether a query says anything of a facet, also by a negated term. */
export function isAbout(query: ClipQuery, group: FacetGroup): boolean {
  return JSON.stringify(leaveOut(query, group)) !== JSON.stringify(query)
}

/** Whether clips of a fold can be among the query's: the counts of folds leave out what it says of them. */
export function admitsFold(query: ClipQuery, fold: string): boolean {
  if (query.lacks.includes('fold') || (query.folds.length > 0 && !query.folds.includes(fold))) return false
  return !query.not.some((term) => parseTerms(term).folds.includes(fold))
}

/** Takes away every term but the negated ones. */
function clear(query: ClipQuery, group: FacetGroup): ClipQuery {
  const lack = (name: string): void => void (query.lacks = query.lacks.filter((other) => other !== name))
  switch (group.kind) {
    case 'fold':
      query.folds = []
      lack('fold')
      break
    case 'split':
      query.splits = []
      lack('split')
      break
    case 'status':
      query.statuses = []
      break
    case 'author':
      query.authors = []
      break
    case 'metadata':
      query.metadata = query.metadata.filter(({ name }) => name !== group.name)
      lack(group.name)
      break
    case 'run': {
      query.runId = query.minScore = query.maxScore = query.truth = query.predicted = query.was = null
      query.is = query.is.filter((flag) => flag !== 'right' && flag !== 'wrong')
      if (query.order === 'score') query.order = 'path'
      break
    }
  }
  return query
}
