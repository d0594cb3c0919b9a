import type { AnnotationDraft, ClipDraft, ImportIssue, RecordingDraft } from '../../shared/job/worker-event'
import { noSound } from '../../shared/job/named-drafts'
import { pointSeconds } from '../point'
import { ClassList } from './class-list'
import type { ImportPlan, PlannedRecording } from './import-plan'
import { quote, shorten } from './quote'
import { mostSeconds } from './read-number'
import { SoundFinder, toRelativePath } from './sound-finder'

/** A recording as annotation files tell of it. */
export interface AnnotatedRecording {
  path: string
  /** Whether the listing has its sound. */
  isHere: boolean
  row: number | null
  /** Its length, where the file says so. */
  seconds: number | null
  clips: ClipDraft[]
}

/** A span with its labels, as a file writes it: nothing is checked yet. */
export type SegmentDraft = Pick<AnnotationDraft, 'startSeconds' | 'endSeconds'> & Partial<AnnotationDraft>

const mostHertz = 1e6

/**
 * Gathers what annotation files say, recording by recording. Rows that tell of one span with several classes become one
 * annotation with several labels. What is wrong with a span is an issue.
 */
export class AnnotatedRecordings {
  readonly issues: ImportIssue[] = []
  private readonly sounds: SoundFinder
  private readonly recordings = new Map<string, AnnotatedRecording>()
  private readonly whole = new Map<AnnotatedRecording, ClipDraft>()
  private readonly spans = new Map<ClipDraft, Map<string, AnnotationDraft>>()
  private readonly classes = new ClassList('code')
  private readonly mids = new Map<string, string>()
  /** Ids that files give to annotations. */
  private readonly ids = new Set<string>()

  constructor(listing: readonly string[]) {
    this.sounds = new SoundFinder(listing)
  }

  /** The recording that a file names by path. */
  named(name: string, tablePath: string, row: number | null): AnnotatedRecording {
    return this.ensure(this.sounds.find(name, tablePath), toRelativePath(name), row)
  }

  /** As `named`, for lists of files: a recording that is not here is passed over. */
  namedIfHere(name: string, tablePath: string, row: number | null): AnnotatedRecording | null {
    const found = this.sounds.find(name, tablePath)
    return found === null ? null : this.ensure(found, found, row)
  }

  /** The recording that a file lies beside. @param stem the annotation file's own name without its ending */
  beside(annotationPath: string, stem: string): AnnotatedRecording {
    const folder = annotationPath.slice(0, annotationPath.lastIndexOf('/') + 1)
    return this.ensure(this.sounds.findBeside(annotationPath, stem), toRelativePath(folder + stem), null)
  }

  private ensure(found: string | null, name: string, row: number | null): AnnotatedRecording {
    const path = found ?? name
    let recording = this.recordings.get(path)
    if (!recording) {
      recording = { path, isHere: found !== null, row, seconds: null, clips: [] }
      this.recordings.set(path, recording)
    }
    return recording
  }

  /** The clip over all of a recording, made when it is first asked for. */
  wholeClip(recording: AnnotatedRecording): ClipDraft {
    let clip = this.whole.get(recording)
    if (!clip) {
      clip = newClip(0, null)
      this.whole.set(recording, clip)
      recording.clips.push(clip)
    }
    return clip
  }

  /** A name for use as a class, or null where there is nothing but space. */
  className(text: string, mid: string | null = null): string | null {
    const name = text.normalize('NFC').replace(/\s+/g, ' ').trim()
    if (name === '') return null
    this.classes.add(name, null)
    if (mid !== null) this.mids.set(name, mid)
    return name
  }

  /** Judges one class on a clip; the first judgement counts. */
  addLabel(clip: ClipDraft, text: string, state: 'present' | 'absent'): void {
    const className = this.className(text)
    if (className !== null && !clip.labels.some((label) => label.className === className))
      clip.labels.push({ className, state })
  }

  /**
   * Adds a span to a clip, or its labels to the same span that is there already.
   * @param labels class names as the file writes them
   */
  addSegment(
    clip: ClipDraft,
    given: Omit<SegmentDraft, 'labels'>,
    labels: readonly { className: string; state: 'present' | 'absent' }[],
    at: { file: string; row: number | null },
  ): void {
    const complain = (reason: string): void => void this.issues.push({ ...at, reason })
    const draft = checkSegment(given, complain)
    if (draft === null) return
    let spans = this.spans.get(clip)
    if (!spans) this.spans.set(clip, (spans = new Map()))
    const { id, startSeconds, endSeconds, lowHz, highHz, tier, author, score, note } = draft
    const key = JSON.stringify([id, startSeconds, endSeconds, lowHz, highHz, tier, author, score, note])
    let own = spans.get(key)
    if (!own) {
      own = draft
      if (own.id !== undefined && this.ids.has(own.id)) {
        complain(`the id ${quote(own.id)} stands twice: the segment ${startSeconds}–${endSeconds} s gets another`)
        delete own.id
      } else if (own.id !== undefined) this.ids.add(own.id)
      spans.set(key, own)
      ;(clip.annotations ??= []).push(own)
    }
    for (const { className: text, state } of labels) {
      const className = this.className(text)
      if (className !== null && !own.labels.some((label) => label.className === className))
        own.labels.push({ className, state })
    }
  }

  /** What was gathered, as a plan. */
  finish(): ImportPlan {
    const recordings: PlannedRecording[] = []
    const withoutSound: RecordingDraft[] = []
    for (const recording of this.recordings.values()) {
      const { path, row, clips } = recording
      if (clips.length === 0) this.wholeClip(recording)
      if (recording.isHere) {
        recordings.push({ path, row, clips })
        continue
      }
      const seconds = lengthOf(recording)
      if (seconds > 0) withoutSound.push({ path, ...noSound, durationSeconds: seconds, clips })
      else
        this.issues.push({
          file: shorten(path, 300),
          row,
          kind: 'unmatched',
          reason: 'its sound is not here and nothing is said of it, not even its length: left out',
        })
    }
    const classes = this.classes.sorted().map((info) => ({ ...info, mid: this.mids.get(info.name) ?? null }))
    return { classes, recordings, withoutSound, issues: this.issues, skipped: 0 }
  }
}

export function newClip(startSeconds: number, endSeconds: number | null): ClipDraft {
  return { startSeconds, endSeconds, fold: null, group: null, labels: [], source: {} }
}

/** As long as the file says, or as what it tells of reaches. */
function lengthOf({ seconds, clips }: AnnotatedRecording): number {
  let most = seconds !== null && seconds > 0 && seconds <= mostSeconds ? seconds : 0
  for (const clip of clips) {
    most = Math.max(most, clip.endSeconds ?? 0)
    for (const { endSeconds } of clip.annotations ?? []) most = Math.max(most, endSeconds)
  }
  return most
}

/** A sound span, or null after saying why there is none. Points get a length. */
function checkSegment(given: Omit<SegmentDraft, 'labels'>, complain: (reason: string) => void): AnnotationDraft | null {
  let { startSeconds, endSeconds } = given
  const span = `${given.startSeconds}–${given.endSeconds} s`
  if (!Number.isFinite(startSeconds) || !Number.isFinite(endSeconds)) {
    complain('unreadable row: its times are no numbers')
    return null
  }
  if (endSeconds < startSeconds) {
    complain(`the segment ${span} ends before it begins: left out`)
    return null
  }
  if (endSeconds > mostSeconds || endSeconds < 0) {
    complain(`the segment ${span} lies outside what a recording can have: left out`)
    return null
  }
  if (startSeconds < 0) {
    complain(`the segment ${span} begins before the recording: cut to its beginning`)
    startSeconds = 0
  }
  if (endSeconds - startSeconds < pointSeconds) endSeconds = startSeconds + pointSeconds
  const bounds = checkBounds(given.lowHz ?? null, given.highHz ?? null, complain)
  let score = given.score ?? null
  if (score !== null && !(score >= 0 && score <= 1)) {
    complain(`the score ${score} of the segment ${span} is not from 0 to 1: taken without it`)
    score = null
  }
  return {
    ...(given.id !== undefined && isUuid(given.id) ? { id: given.id.toLowerCase() } : {}),
    startSeconds,
    endSeconds,
    ...bounds,
    tier: given.tier?.trim() || 'human',
    author: given.author?.trim() || null,
    score,
    note: given.note ?? '',
    ...(given.origin ? { origin: given.origin } : {}),
    ...(given.proposal ? { proposal: given.proposal } : {}),
    labels: [],
  }
}

function checkBounds(
  lowHz: number | null,
  highHz: number | null,
  complain: (reason: string) => void,
): { lowHz: number | null; highHz: number | null } {
  const isSound = (value: number | null): boolean => value === null || (value >= 0 && value <= mostHertz)
  if (isSound(lowHz) && isSound(highHz) && (lowHz === null || highHz === null || highHz > lowHz))
    return { lowHz, highHz }
  complain(`the frequencies ${lowHz} to ${highHz} Hz are no band: taken without them`)
  return { lowHz: null, highHz: null }
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)
}
