import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { toAppError } from '../../shared/errors'
import type { KnownRecording } from '../../shared/job/manifest'
import type { SoundFacts } from '../../shared/job/sound-facts'
import type { MediaRunner } from './media-runner'

export interface ProbeOutcome {
  /** null when the file cannot be taken; then `reason` says why. */
  facts: SoundFacts | null
  /** What is wrong with the file, or what was taken with a reservation. */
  reason: string | null
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
        return { facts: factsOf(known), reason: null }
      }
    }
    const { warning, ...facts } = await media.run('probe', { path: file })
    return { facts, reason: warning }
  } catch (thrown) {
    return { facts: null, reason: withoutName(toAppError(thrown).message, path) }
  }
}

function factsOf({
  contentHash,
  sizeBytes,
  modifiedMs,
  format,
  sampleRateHz,
  channelCount,
  durationSeconds,
}: KnownRecording): SoundFacts {
  return { contentHash, sizeBytes, modifiedMs, format, sampleRateHz, channelCount, durationSeconds }
}

/** Messages begin with the file's path or name; an issue has a column for it. */
function withoutName(message: string, path: string): string {
  const end = message.indexOf(`${basename(path)}: `)
  return end < 0 ? message : message.slice(end + basename(path).length + 2)
}
