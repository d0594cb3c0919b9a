import { AppError } from '../../../shared/errors'
import type { Database } from './database'

/** The recording behind a clip, as the catalog last saw it, and the clip's place in it. */
export interface ClipSound {
  recordingId: string
  rootPath: string
  recordingPath: string
  startSeconds: number
  endSeconds: number
  contentHash: string
  sizeBytes: number
  modifiedMs: number
  format: string
  sampleRateHz: number
  channelCount: number
  recordingSeconds: number
}

/** @throws AppError 'not-found' for a clip that is not there, and for a recording that its dataset names but nobody has */
export function readClipSound(database: Database, clipId: string): ClipSound {
  const row = database.get<Omit<ClipSound, 'contentHash'> & { contentHash: string | null }>(
    `SELECT r.id AS recordingId, roots.path AS rootPath, r.path AS recordingPath, c.start_seconds AS startSeconds,
       c.end_seconds AS endSeconds, r.content_hash AS contentHash, r.size_bytes AS sizeBytes,
       r.modified_ms AS modifiedMs, r.format, r.sample_rate_hz AS sampleRateHz, r.channel_count AS channelCount,
       r.duration_seconds AS recordingSeconds
     FROM clips c JOIN recordings r ON r.key = c.recording_key JOIN roots ON roots.key = r.root_key WHERE c.id = ?`,
    clipId,
  )
  if (!row) throw new AppError('not-found', `There is no clip with the id ${clipId}.`)
  const { contentHash, rootPath, recordingPath } = row
  if (contentHash === null)
    throw new AppError('not-found', `The sound of ${recordingPath} is not here: only the dataset’s tables name it.`, {
      hint: `Put the file below ${rootPath} and import the dataset again.`,
    })
  return { ...row, contentHash }
}
