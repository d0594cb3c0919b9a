import type { ClipList, ExportClip, ExportManifest } from '../../shared/job/manifest'
import type { Losses, PlacedClip } from '../round-trip'

export type { PlacedClip } from '../round-trip'

/** One clip's sound to write: a file of its own, or what `pack` is given. */
export interface PlannedAudio {
  clip: ExportClip
  /** Relative to the export's folder, with forward slashes. */
  path: string
  /** Whether the recording is copied byte for byte; else the clip's span is cut in the encoding that was asked for. */
  isCopy: boolean
  /** The clip's name in what is packed. */
  key?: string
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
  /** No other piece of it follows: formats of a file for each recording have many. */
  isWhole?: boolean
}

/** Why a clip is left out. */
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
  /** What else the report should hold, by name; a value that may be long is written item by item. */
  details: Record<string, unknown>
  lists?: Record<string, Iterable<unknown>>
}

/** What can be walked is walked anew each time and gives the same: it is made of the clips as it goes. */
export interface ExportPlan {
  audio: Iterable<PlannedAudio>
  /** Where sound is packed into larger files: the pieces to append for one clip, in the plan's order. */
  pack?(audio: PlannedAudio, sound: ReadSound): PlannedFile[]
  /** Where the importer finds each clip; without it, as the whole of its sound file. */
  places?: Iterable<PlacedClip>
  /** What is lost by the clips that it was made of, beside the format's own losses. */
  losses?: Losses
  /** The text files, without the clips whose sound could not be written (by clip id). */
  finish(failed: ReadonlySet<string>): ExportTexts
}

export interface ExportContext {
  createdAt: Date
  /** What the file of a clip's recording is by its first bytes, whatever its name; null is anything else. */
  containerOf(clip: ExportClip): SoundContainer | null
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
  /** Whether it writes the features that came with a dataset: clips are given with theirs. */
  takesEmbeddings?: boolean
  /** Heading under which it is offered. */
  family: string
  /** The importer that reads it again for the round-trip certificate; null where there is none. */
  importer: string | null
  /** What the format cannot carry, by what is compared: why, for every clip or by the clip. */
  losses: Losses
  /** Why the format cannot hold this clip, the same words for every clip of the kind; null when it can. */
  accept(clip: ExportClip): string | null
  /** Plans an export of clips that are all accepted. */
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

/** The catalog's classes, and those that only a clip's labels name. */
export function classesOf({
  classes: given,
  clips,
}: Pick<ExportManifest, 'classes' | 'clips'>): ExportManifest['classes'] {
  const classes = new Map(given.map((info) => [info.name, info]))
  for (const { labels } of clips)
    for (const { className, classCode, mid } of labels)
      if (!classes.has(className)) classes.set(className, { name: className, code: classCode, mid })
  return [...classes.values()]
}

/** `3 clips`, `1 clip`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** What a generator makes, made anew each time that it is walked. */
export function again<T>(make: () => Iterator<T>): Iterable<T> {
  return { [Symbol.iterator]: make }
}

/** The sums of several numbers (or how often something is so) over items, in one walk. */
export function tally<T, Name extends string>(
  items: Iterable<T>,
  counters: Record<Name, (item: T) => number | boolean>,
): Record<Name, number> {
  const names = Object.keys(counters) as Name[]
  const sums = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
  for (const item of items) for (const name of names) sums[name] += Number(counters[name](item))
  return sums
}

/** Where each clip is found again: as the plan says, else as the whole of its sound file. */
export function* placesOf(plan: ExportPlan): Generator<PlacedClip> {
  if (plan.places) yield* plan.places
  else for (const { clip, path } of plan.audio) yield { clip, place: { path, startSeconds: 0, endSeconds: null } }
}

/** Clips as they are walked, without those whose sound failed. */
export function* without(clips: ClipList, failed: ReadonlySet<string>): Generator<ExportClip> {
  for (const clip of clips) if (!failed.has(clip.id)) yield clip
}
