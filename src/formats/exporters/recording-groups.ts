import type { ExportAnnotation, ExportClip, ExportLabel } from '../../shared/job/manifest'
import type { ClipPlace, Losses } from '../round-trip'
import { isWholeRecording } from './export-plan'
import { UniqueNames } from './unique-names'

/** A recording of an export with all that is written of it. */
export interface ExportedRecording {
  /** Absolute. */
  path: string
  /** Its path in the catalog, with a number where two roots have the same. */
  name: string
  /** Its name without extension, one of its own. */
  stem: string
  seconds: number | null
  sampleRateHz: number | null
  channelCount: number | null
  clips: ExportClip[]
  /** Of all its clips, by start. */
  annotations: ExportAnnotation[]
}

/** The recordings of clips, in the order met. */
export function groupByRecording(clips: readonly ExportClip[]): ExportedRecording[] {
  const names = new UniqueNames()
  const stems = new UniqueNames()
  const byPath = new Map<string, ExportedRecording>()
  for (const clip of clips) {
    let recording = byPath.get(clip.path)
    if (!recording) {
      const { recordingPath } = clip
      const dot = recordingPath.lastIndexOf('.')
      const stem = dot > recordingPath.lastIndexOf('/') + 1 ? recordingPath.slice(0, dot) : recordingPath
      recording = {
        path: clip.path,
        name: names.nameOf(clip.path, recordingPath),
        stem: stems.nameOf(clip.path, stem),
        seconds: clip.recordingSeconds,
        sampleRateHz: clip.sampleRateHz ?? null,
        channelCount: clip.channelCount ?? null,
        clips: [],
        annotations: [],
      }
      byPath.set(clip.path, recording)
    }
    recording.clips.push(clip)
    recording.annotations.push(...clip.annotations)
  }
  for (const { annotations } of byPath.values())
    annotations.sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds)
  return [...byPath.values()]
}

/** How long a recording is at least. */
export function lengthOf({ seconds, clips, annotations }: ExportedRecording): number {
  const ends = [...clips, ...annotations].map(({ endSeconds }) => endSeconds)
  return seconds ?? ends.reduce((most, end) => Math.max(most, end), 0)
}

/** Where a box without an upper bound is drawn where the recording's sample rate is not known. */
export const usualTopHz = 24_000

/** The upper bound of a box for formats that know no open ones: half the sample rate, or else above the lower bound. */
export function topOf(annotation: ExportAnnotation, sampleRateHz: number | null): number {
  const { lowHz, highHz } = annotation
  if (highHz !== null) return highHz
  const top = sampleRateHz === null ? usualTopHz : sampleRateHz / 2
  return top > (lowHz ?? 0) ? top : (lowHz ?? 0) * 2
}

/** Where clips come back in formats that tell of whole recordings. */
export function placesInRecordings(
  recordings: readonly ExportedRecording[],
  pathOf: (recording: ExportedRecording) => string,
): (clip: ExportClip) => ClipPlace | null {
  const paths = new Map(recordings.flatMap((own) => own.clips.map((clip) => [clip.id, pathOf(own)] as const)))
  return (clip) => {
    const path = paths.get(clip.id)
    return path === undefined ? null : { path, startSeconds: 0, endSeconds: null }
  }
}

export const presentOf = (labels: readonly ExportLabel[]): string[] =>
  labels.filter(({ state }) => state === 'present').map(({ className }) => className)

const isPart = (clip: ExportClip): boolean => clip.recordingSeconds !== null && !isWholeRecording(clip)

/** Why a part of a recording does not come back as a clip; null of whole recordings. */
export function losePart(clip: ExportClip): string | null {
  return isPart(clip) ? 'the format tells of whole recordings, not of clips in them' : null
}

/** Why the segments of a part of a recording come back among others; null of whole recordings. */
export function mixSegments(clip: ExportClip): string | null {
  return isPart(clip) ? 'segments of all clips of a recording stand together' : null
}

/** Why segments lose labels where the format cannot say “absent”. */
export function loseAbsent(clip: ExportClip): string | null {
  const hasAbsent = clip.annotations.some(({ labels }) => labels.length > presentOf(labels).length)
  return hasAbsent ? 'the format lists what is present' : null
}

/** What formats lose of clips that hold the segments of recordings and nothing else. */
export const segmentsOnly: Losses = {
  clip: losePart,
  segments: mixSegments,
  labels: 'the format has segments only, no labels of a whole clip',
  absent: 'the format has segments only, no labels of a whole clip',
  exhaustive: 'the format cannot say that a clip is fully annotated',
  fold: 'the format has no folds',
  split: 'the format has no splits',
  group: 'the format has no groups',
  metadata: 'the format has no metadata of recordings',
  note: 'the format has no notes on clips',
}

/** What the losses of an export come to, in sentences for its report. */
export function describeSegmentLosses(
  recordings: readonly ExportedRecording[],
  kept: { absent?: boolean; clips?: boolean },
): string[] {
  const annotations = recordings.flatMap((recording) => recording.annotations)
  const clips = recordings.flatMap((recording) => recording.clips)
  const labels = clips.reduce((sum, clip) => sum + clip.labels.length, 0)
  const absent = annotations.reduce((sum, { labels: own }) => sum + own.length - presentOf(own).length, 0)
  const parts = clips.filter(isPart).length
  const say = (number: number, text: string): string[] => (number > 0 ? [`${text}: ${number}.`] : [])
  return [
    ...(kept.absent ? [] : say(absent, 'Left out: “absent” labels on segments; the format lists what is present')),
    ...(kept.clips ? [] : say(labels, 'Left out: labels of whole clips; the format has segments only')),
    ...(kept.clips ? [] : say(parts, 'Written with their recording, not as clips of their own: parts of recordings')),
  ]
}
