import type { TableReading } from '../../shared/job/table-columns'
import type { InteractionRows } from '../../shared/job/interaction-rows'
import type { NamedRows } from '../../shared/job/named-rows'
import type { ClassDraft, ImportIssue, PlannedRecording, RecordingDraft } from '../../shared/job/worker-event'

/** A dataset's folder as an importer sees it; the worker that walks the disk provides it. */
export interface DatasetFolder {
  /** Every file, relative to the root with forward slashes, sorted. Names are as the file system gives them. */
  listing: readonly string[]
  /** The bytes of one file of the listing. */
  readBytes(path: string): Promise<Uint8Array>
  /** The same piece by piece, for files that may be larger than memory; a folder without it has none such. */
  readPieces?(path: string): Promise<{ bytes: number; pieces: AsyncIterable<Uint8Array> }>
}

export type { PlannedRecording } from '../../shared/job/worker-event'

export interface ImportPlan {
  classes: ClassDraft[]
  recordings: PlannedRecording[]
  issues: ImportIssue[]
  /** Files that were passed over because they are hidden or are not sound. */
  skipped: number
  /** Recordings that tables name whose sound is not in the folder. */
  withoutSound?: RecordingDraft[]
  /** What tables name by the million, read while it is imported; `recordings` is what is known before. */
  named?: AsyncIterable<NamedBatch>
  /** Who used what how often, by the ten million, read while it is imported. */
  interactions?: AsyncIterable<InteractionBatch>
}

/** Some rows of a large table. */
export interface NamedBatch extends BatchOfRows {
  /** Recordings whose sound is not in the folder. */
  rows: NamedRows
  /** Those whose sound is, still to be read. */
  planned: PlannedRecording[]
}

/** Some rows of a list of users, items and counts. */
export interface InteractionBatch extends BatchOfRows {
  rows: InteractionRows
}

interface BatchOfRows {
  issues: ImportIssue[]
  /** How much of the table has been read, in a measure of its own. */
  done: number
  total: number
  message: string
}

/** What a person has said of how to read a dataset; formats that have no use for it pass over it. */
export interface ImportOptions {
  table?: TableReading
}

export interface Detection {
  /** From 0 to 1: how sure the format is that the folder is its own. */
  confidence: number
  /** Sound files that the format would take. */
  audioFiles: number
  /** What was found, in one line. */
  summary: string
}

/** Reads one dataset format: names and bytes in, drafts and issues out. Pure: never touches the disk. */
export interface Importer {
  id: string
  name: string
  description: string
  /** Looks at file names only; null when the folder cannot be of this format. */
  detect(listing: readonly string[]): Detection | null
  /** For formats whose names say too little: which files to look into, and whether the beginning of one is its own. */
  content?: {
    files(listing: readonly string[]): string[]
    /** @param head the first 64 KiB or less, perhaps cut within a line */
    recognises(head: string, path: string): boolean
    /** How sure the format is of what it recognises; 0.9 if not said. */
    confidence?: number
  }
  /**
   * Plans the import. What is wrong with single files and rows becomes an issue; what makes the whole
   * dataset unreadable throws.
   * @throws AppError bad-row (a column is missing), bad-file (not a text file), unsupported-format (another layout).
   */
  read(folder: DatasetFolder, options?: ImportOptions): Promise<ImportPlan>
}
