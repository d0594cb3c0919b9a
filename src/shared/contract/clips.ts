import { z } from 'zod'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { type ClipFacets, type FacetValues, facetSchema } from './facets'
import type { Doubt } from './annotations'
import { type CommandResult, idSchema, type Label } from './labels'

/** A clip as a list shows it. */
export interface ClipRow {
  id: string
  recordingId: string
  /** Relative to its root, with forward slashes. */
  recordingPath: string
  startSeconds: number
  endSeconds: number
  fold: string | null
  group: string | null
  labels: Label[]
  annotationCount: number
  /** Somebody says that every class which is heard on it is labeled. */
  isFullyAnnotated: boolean
  /** The recording's file was not there when it was last looked at. */
  isMissing: boolean
  /** What the query's run says of it. */
  prediction: { classId: string; name: string; score: number } | null
}

export interface ClipDetail extends ClipRow {
  /** Classes of which somebody has said that it cannot be told. */
  doubts: Doubt[]
  absolutePath: string
  /** null, as all that follows, where the dataset names the recording but its sound is not here. */
  recordingSeconds: number | null
  sampleRateHz: number | null
  channelCount: number | null
  format: string | null
  sizeBytes: number | null
  contentHash: string | null
  /** Metadata by name: the fields of the dataset's own row and what was added since. */
  source: Record<string, string>
}

export interface ClipPage {
  total: number
  rows: ClipRow[]
}

export interface ClipPosition {
  /** From 0; −1 when the clip is not in the query's list. */
  index: number
  total: number
  previousId: string | null
  nextId: string | null
}

/** What may stand after a key of the query. */
export interface QuerySuggestion {
  value: string
  detail: string
}

export const clipCalls = {
  list: call(
    z.strictObject({
      query: clipQuerySchema,
      offset: z.int().min(0),
      limit: z.int().min(1).max(1000),
    }),
  ).returns<ClipPage>(),
  /** At most 20 values that begin with what was typed after a key; after none, names of metadata. */
  suggest: call(z.strictObject({ key: z.string().max(200), prefix: z.string().max(200) })).returns<QuerySuggestion[]>(),
  get: call(z.strictObject({ id: idSchema })).returns<ClipDetail>(),
  facets: call(z.strictObject({ query: clipQuerySchema })).returns<ClipFacets>(),
  /** The most frequent values of one facet. @param search what they have in them, in any case of letters */
  facetValues: call(
    z.strictObject({
      query: clipQuerySchema,
      facet: facetSchema,
      search: z.string().max(200).default(''),
      limit: z.int().min(1).max(500).default(12),
    }),
  ).returns<FacetValues>(),
  /** Writes the clip's note; an empty one takes it away. */
  setNote: call(z.strictObject({ id: idSchema, note: z.string().max(10_000) })).returns<CommandResult>(),
  /** Where a clip stands in a list, and its neighbours: how Annotate steps through a query. */
  position: call(z.strictObject({ query: clipQuerySchema, id: idSchema })).returns<ClipPosition>(),
  /** The ids of a query's clips in order, or of a part of them: for selecting many. */
  ids: call(
    z.strictObject({
      query: clipQuerySchema,
      offset: z.int().min(0).default(0),
      /** null: to the end of the list. */
      limit: z.int().min(1).nullable().default(null),
    }),
  ).returns<string[]>(),
}
