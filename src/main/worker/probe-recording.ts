import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { toAppError } from '../../shared/errors'
import type { KnownRecording } from '../../shared/job/manifest'
import type { RecordingDraft } from '../../shared/job/worker-event'
import type { MediaRunner } from './media-runner'

/** A sound file's own facts, without what a dataset says of it. */
export type RecordingFacts = Omit<RecordingDraft, 'path' | 'clips'>

export interface ProbeOutcome {
  /** null when the file cannot be taken; then `reason` says why. */
  facts: RecordingFacts | null
  /** What is wrong with the file, or what was taken with a reservation. */
  reason: string | null
  isUnchanged: boolean
}

/** Finds a file's facts: those the catalog knows when size and time are the same, else by decoding and hashing it. */
export async function probeRecording(
  root: string,
  path: string,
  known: KnownRecording | undefined,
  media: MediaRunner,
): Promise<ProbeOutcome> {
  try {
    const file = join(root, path)
    if (known) {
      const info = await stat(file)
      if (info.size === known.sizeBytes && Math.abs(info.mtimeMs - known.modifiedMs) < 1) {
        const { path: _, ...facts } = known
        return { facts, reason: null, isUnchanged: true }
      }
    }
    const { warning, ...facts } = await media.run('probe', { path: file })
    return { facts, reason: warning, isUnchanged: false }
  } catch (thrown) {
    const { message } = toAppError(thrown)
    return { facts: null, reason: message, isUnchanged: false }
  }
}
