import { z } from 'zod'
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

export const recordingCalls = {
  importFormats: call(z.void()).returns<FormatInfo[]>(),
  preview: call(z.strictObject({ path: pathSchema })).returns<ImportPreview>(),
  /** Starts an import; a path that does not exist is refused at once. */
  import: call(z.strictObject({ path: pathSchema, format: z.string().min(1).max(50) })).returns<{ jobId: string }>(),
}
