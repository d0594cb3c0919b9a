import { z } from 'zod'
import { call } from './define'
import { pathSchema } from './recordings'

export interface CatalogInfo {
  path: string
  name: string
  recordings: number
  clips: number
  labels: number
  annotations: number
  classes: number
  runs: number
}

/** A copy that stands for a catalog and can only be read. */
export interface CopyOf {
  /** The catalog's own folder. */
  path: string
  /** ISO 8601, UTC: as it was then. Null: as it is, on a disk that cannot be written. */
  at: string | null
}

export interface WorkspaceState {
  version: string
  hostKind: 'desktop' | 'headless' | 'cli'
  platform: string
  author: string
  /** A folder that exists and can be written, offered for new catalogs. */
  defaultFolder: string
  catalog: (CatalogInfo & { copyOf: CopyOf | null }) | null
  recent: { path: string; name: string; openedAt: string }[]
}

export interface VerifyReport {
  ok: boolean
  problems: string[]
}

export const workspaceCalls = {
  state: call(z.void()).returns<WorkspaceState>(),
  /** Makes a new catalog folder and opens it; refuses a folder that has other things in it. */
  create: call(z.strictObject({ path: pathSchema })).returns<WorkspaceState>(),
  open: call(z.strictObject({ path: pathSchema })).returns<WorkspaceState>(),
  close: call(z.void()).returns<WorkspaceState>(),
  /** Makes a catalog with about 60 synthesised clips in six classes; the same seed gives the same bytes. */
  createSample: call(z.strictObject({ path: pathSchema, seed: z.int().min(0).default(1) })).returns<{
    jobId: string
  }>(),
  setAuthor: call(z.strictObject({ author: z.string().trim().min(1).max(100) })).returns<WorkspaceState>(),
  /** Checks the database, its references and the run folders; reads, changes nothing. */
  verify: call(z.void()).returns<VerifyReport>(),
}
