import type { ExportClip, ExportManifest } from '../../shared/job/manifest'
import type { ClipPlace, Losses } from '../round-trip'

/** One sound file to write: a span of a recording. */
export interface PlannedAudio {
  clipId: string
  /** Relative to the export's folder, with forward slashes. */
  path: string
  /** Absolute path of the recording. */
  from: string
  /** The recording's hash when it was imported; null when it was not there then. */
  contentHash: string | null
  /** Whether the recording is copied byte for byte; else the span is cut in the encoding that was asked for. */
  isCopy: boolean
  startSeconds: number
  endSeconds: number
  /** What `pack` is given, where the plan packs; a file's bytes if not said. */
  as?: 'file' | 'samples' | 'features'
}

/** Sound as it was read for a plan that packs it. */
export type ReadSound =
  | { kind: 'file'; bytes: Uint8Array }
  /** One channel, at the rate asked for. */
  | { kind: 'samples'; samples: Float32Array; sampleRateHz: number }
  /** Log-mel values, frame by frame: frames × bands. */
  | { kind: 'features'; values: Float32Array; frames: number; bands: number }

/**
 * A file of the export that is not a clip's sound, relative to its folder. Pieces of one path follow each other in the
 * file, so that a large one need never be whole in memory.
 */
export interface PlannedFile {
  path: string
  content: string | Uint8Array
}

export interface SkippedClip {
  clipId: string
  /** The clip as a person knows it: its recording and, where it is a part of it, its span. */
  clip: string
  reason: string
}

/** What is written once it is known which sound files could be. */
export interface ExportTexts {
  files: Iterable<PlannedFile>
  clips: number
  /** Every decision that the format forced, in a sentence each. */
  choices: string[]
  /** What else the report should hold, by name. */
  details: Record<string, unknown>
}

export interface ExportPlan {
  audio: PlannedAudio[]
  skipped: SkippedClip[]
  /** Where sound is packed into larger files: the pieces to append for one clip, in the plan's order. */
  pack?(audio: PlannedAudio, sound: ReadSound): PlannedFile[]
  /** Where the importer finds a clip; without it, as the whole of its sound file. */
  placeOf?(clip: ExportClip): ClipPlace | null
  /** What is lost by the clips that it was made of, beside the format's own losses. */
  losses?: Losses
  /** The text files, without the clips whose sound could not be written (by clip id). */
  finish(failed: ReadonlySet<string>): ExportTexts
}

export interface ExportContext {
  createdAt: Date
  /** What a recording's file is by its first bytes, whatever its name; null is anything else. */
  containerOf(path: string): SoundContainer | null
}

export type SoundContainer = 'wav' | 'ogg' | 'flac' | 'mp3' | 'aiff'

/** Writes one dataset format. Pure: it plans, the worker writes. */
export interface Exporter {
  id: string
  name: string
  description: string
  /** Whether the format holds sound; else only text is written and the recordings are not opened. */
  holdsAudio: boolean
  /** Whether it can do without: rows then name the recordings where they are. */
  isSoundOptional?: boolean
  /** Whether files are named by the template that a person gives. */
  takesNames?: boolean
  /** Whether it writes numbers for classes, so that unknown has to become one. */
  asksUnknown?: boolean
  /** Heading under which it is offered. */
  family: string
  /** The importer that reads it again for the round-trip certificate; null where there is none. */
  importer: string | null
  /** What the format cannot carry, by what is compared: why, for every clip or by the clip. */
  losses: Losses
  /** Why the format cannot hold this clip, the same words for every clip of the kind; null when it can. */
  accept(clip: ExportClip): string | null
  plan(manifest: ExportManifest, context: ExportContext): ExportPlan
}

/** A clip as a person knows it: `audio/x.wav`, or `audio/x.wav [1.250–3.000 s]` where it is a part. */
export function describeClip(clip: ExportClip): string {
  if (isWholeRecording(clip)) return clip.recordingPath
  return `${clip.recordingPath} [${clip.startSeconds.toFixed(3)}–${clip.endSeconds.toFixed(3)} s]`
}

/** Whether a clip spans its recording to within half a millisecond, less than a sample can be heard or seen. */
export function isWholeRecording(clip: ExportClip): boolean {
  const { startSeconds, endSeconds, recordingSeconds } = clip
  return startSeconds < 0.0005 && recordingSeconds !== null && endSeconds > recordingSeconds - 0.0005
}

/** Splits a manifest's clips by what the format takes. */
export function sortOut(
  clips: readonly ExportClip[],
  accept: Exporter['accept'],
): { taken: ExportClip[]; skipped: SkippedClip[] } {
  const taken: ExportClip[] = []
  const skipped: SkippedClip[] = []
  for (const clip of clips) {
    const reason = clip.endSeconds > clip.startSeconds ? accept(clip) : 'the clip has no length'
    if (reason === null) taken.push(clip)
    else skipped.push({ clipId: clip.id, clip: describeClip(clip), reason })
  }
  return { taken, skipped }
}

/** The catalog's classes, and those that only a clip's labels name. */
export function classesOf(manifest: ExportManifest): ExportManifest['classes'] {
  const classes = new Map(manifest.classes.map((info) => [info.name, info]))
  for (const { className, classCode, mid } of manifest.clips.flatMap((clip) => clip.labels)) {
    if (!classes.has(className)) classes.set(className, { name: className, code: classCode, mid })
  }
  return [...classes.values()]
}

/** `3 clips`, `1 clip`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
