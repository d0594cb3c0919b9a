import type { NamedRows } from './named-rows'
import type { RecordingDraft } from './worker-event'

/** What is known of a recording that is not here. */
export const noSound = {
  contentHash: null,
  sizeBytes: null,
  modifiedMs: null,
  format: null,
  sampleRateHz: null,
  channelCount: null,
  durationSeconds: null,
}

/** The same as drafts. */
export function toDrafts(rows: NamedRows): RecordingDraft[] {
  if (rows.labelCounts.length === 0) return []
  let at = 0
  return rows.paths.split('\n').map((path, index) => {
    const own = rows.labels.subarray(at, (at += rows.labelCounts[index]!))
    const labels = Array.from(own, (place) => ({ className: rows.classNames[place]!, state: 'present' as const }))
    const startSeconds = rows.startSeconds[index]!
    const endSeconds = rows.endSeconds[index]!
    const clip = { startSeconds, endSeconds, fold: null, group: null, split: rows.split, labels, source: {} }
    return { path, ...noSound, clips: [clip] }
  })
}
