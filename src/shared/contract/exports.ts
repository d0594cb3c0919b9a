import { z } from 'zod'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import type { Leak } from './splits'
import { pathSchema, type FormatInfo } from './recordings'

export interface ExportPreview {
  clips: number
  seconds: number
  /** Clips the format cannot hold, by reason. */
  left: { reason: string; count: number }[]
  /** What is on both sides of the split, or of the folds: the first few, and how many in all. */
  leaks: Leak[]
  leakCount: number
}

const format = z.string().min(1).max(50)

export const exportCalls = {
  formats: call(z.void()).returns<FormatInfo[]>(),
  preview: call(z.strictObject({ format, query: clipQuerySchema })).returns<ExportPreview>(),
  /** Writes a new folder; an existing one that is not empty is refused, and so are leaks that are not allowed. */
  start: call(
    z.strictObject({ format, out: pathSchema, query: clipQuerySchema, allowsLeaks: z.boolean().default(false) }),
  ).returns<{ jobId: string }>(),
}
