import type { ClipList, ExportAnnotation, ExportClip, ExportLabel } from '../../shared/job/manifest'
import type { ClipPlace, Losses } from '../round-trip'
import { again, isWholeRecording, tally, type PlacedClip } from './export-plan'
import { TextNumbers } from './text-numbers'
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

/** Recordings in the order in which their first clips stand, each made when its turn comes. */
export interface RecordingList extends Iterable<ExportedRecording> {
  readonly length: number
}

/**
 * The recordings of clips, however their clips are mixed. Of every clip only its place in the list and the number of its
 * recording are kept; the clips of one recording are in memory together.
 */
export function groupByRecording(clips: ClipList): RecordingList {
  const numbers = new TextNumbers()
  const recordingOf = new Uint32Array(clips.length)
  let place = 0
  for (const { path } of clips) {
    let number = numbers.get(path)
    if (number === undefined) numbers.set(path, (number = numbers.size))
    recordingOf[place++] = number
  }
  const length = numbers.size
  // The places of the clips, recording by recording.
  const firsts = new Uint32Array(length + 1)
  for (const number of recordingOf) firsts[number + 1]!++
  for (let number = 0; number < length; number++) firsts[number + 1]! += firsts[number]!
  const places = new Uint32Array(clips.length)
  const next = firsts.slice()
  recordingOf.forEach((number, index) => (places[next[number]!++] = index))
  return {
    length,
    *[Symbol.iterator]() {
      const names = new UniqueNames()
      const stems = new UniqueNames()
      for (let number = 0; number < length; number++) {
        const own = Array.from(places.subarray(firsts[number], firsts[number + 1]), (index) => clips.at(index)!)
        yield makeRecording(own, names, stems)
      }
    },
  }
}

function makeRecording(clips: ExportClip[], names: UniqueNames, stems: UniqueNames): ExportedRecording {
  const [first] = clips as [ExportClip]
  const { recordingPath } = first
  const dot = recordingPath.lastIndexOf('.')
  const stem = dot > recordingPath.lastIndexOf('/') + 1 ? recordingPath.slice(0, dot) : recordingPath
  return {
    path: first.path,
    name: names.next(recordingPath),
    stem: stems.next(stem),
    seconds: first.recordingSeconds,
    sampleRateHz: first.sampleRateHz ?? null,
    channelCount: first.channelCount ?? null,
    clips,
    annotations: clips
      .flatMap(({ annotations }) => annotations)
      .sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds),
  }
}

/** Clips in their own order, with the names that `groupByRecording` gives their recordings. */
export function* withRecordingNames(clips: Iterable<ExportClip>): Generator<{ clip: ExportClip; name: string }> {
  const names = new UniqueNames()
  for (const clip of clips) yield { clip, name: names.nameOf(clip.path, clip.recordingPath) }
}

/** Where clips come back as spans of recordings that are known by `withRecordingNames`. */
export function placesByName(clips: ClipList): Iterable<PlacedClip> {
  return again(function* () {
    for (const { clip, name } of withRecordingNames(clips))
      yield { clip, place: { path: name, startSeconds: clip.startSeconds, endSeconds: clip.endSeconds } }
  })
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
  recordings: RecordingList,
  pathOf: (recording: ExportedRecording) => string,
): Iterable<PlacedClip> {
  return again(function* () {
    for (const recording of recordings) {
      const place: ClipPlace = { path: pathOf(recording), startSeconds: 0, endSeconds: null }
      for (const clip of recording.clips) yield { clip, place }
    }
  })
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
  origin: 'the format does not say which proposal a segment was',
}

/** What the losses of an export come to, in sentences for its report. */
export function describeSegmentLosses(clips: ClipList, kept: { absent?: boolean; clips?: boolean }): string[] {
  const sums = tally(clips, {
    absent: ({ annotations }) =>
      annotations.reduce((sum, { labels }) => sum + labels.length - presentOf(labels).length, 0),
    labels: ({ labels }) => labels.length,
    parts: isPart,
  })
  const say = (number: number, text: string): string[] => (number > 0 ? [`${text}: ${number}.`] : [])
  return [
    ...(kept.absent ? [] : say(sums.absent, 'Left out: “absent” labels on segments; the format lists what is present')),
    ...(kept.clips ? [] : say(sums.labels, 'Left out: labels of whole clips; the format has segments only')),
    ...(kept.clips
      ? []
      : say(sums.parts, 'Written with their recording, not as clips of their own: parts of recordings')),
  ]
}
