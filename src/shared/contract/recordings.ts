import { z } from 'zod'
import { columnRoles, type TableReading } from '../job/table-columns'
import { call } from './define'

export const pathSchema = z.string().min(1).max(4096)

export interface FormatInfo {
  id: string
  name: string
  description: string
}

/** What a folder looks like before it is imported. */
export interface ImportPreview {
  /** The format the folder's layout speaks for, null when none does. */
  format: string | null
  audioFiles: number
  /** What was found, in one line. */
  summary: string
}

/** What an import would do with one file or row. */
export interface PreviewRow {
  file: string
  row: number | null
  /**
   * new: not in the catalog; known: nothing changes; changed: the dataset's fold or group replaces the catalog's;
   * conflicting: the catalog judges a label otherwise, and keeps it; outside: a span that the recording does not have;
   * unmatched: a row without its file, or a file without a row; faulty: cannot be read; note: worth knowing.
   */
  verdict: 'new' | 'known' | 'changed' | 'conflicting' | 'outside' | 'unmatched' | 'faulty' | 'note'
  detail: string
}

/** An import that was only thought through: nothing is written, and no sound is opened. */
export interface ImportDryRun {
  recordings: { new: number; known: number }
  clips: { new: number; known: number; changed: number }
  labels: { new: number; known: number; conflicting: number }
  annotations: number
  /** Of a list of who used what how often; an item is matched where a clip here is heard of it. */
  interactions?: {
    users: { new: number; known: number }
    items: { new: number; known: number; matched: number }
    pairs: { new: number; known: number; conflicting: number }
  }
  /** Of each verdict, how many rows there are; `rows` has the first of them. */
  verdicts: Record<PreviewRow['verdict'], number>
  /** At most 500, what needs a look first. */
  rows: PreviewRow[]
}

/** The beginning of a table, and what its columns seem to tell. */
export interface TableHead {
  /** Relative to the folder. */
  path: string
  header: string[]
  /** At most five. */
  rows: string[][]
  guess: TableReading['columns']
}

const columnName = z.string().min(1).max(500)

const tableReading = z.strictObject({
  columns: z.partialRecord(z.enum(columnRoles), columnName),
  labelSeparator: z.string().min(1).max(3).nullable(),
  timeUnit: z.enum(['s', 'ms']),
})

const importRequest = z.strictObject({
  path: pathSchema,
  format: z.string().min(1).max(50),
  /** How to read tables whose columns have names of their own; for the format `table`. */
  table: tableReading.optional(),
})

export const recordingCalls = {
  importFormats: call(z.void()).returns<FormatInfo[]>(),
  preview: call(z.strictObject({ path: pathSchema })).returns<ImportPreview>(),
  /** The first rows of a folder's tables, at most twenty of them, for a person to say what their columns are. */
  tables: call(z.strictObject({ path: pathSchema })).returns<TableHead[]>(),
  /** Reads the dataset's tables and holds them against the catalog; can be cancelled. */
  dryRun: call(importRequest).returns<ImportDryRun>(),
  /** Starts an import; a path that does not exist is refused at once. */
  import: call(importRequest).returns<{ jobId: string }>(),
}
