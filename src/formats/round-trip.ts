/**
 * The round-trip certificate: what was exported beside what the format's importer reads of it, compared by meaning.
 * Each difference is one that the format is known to make, or a fault.
 */
import type { ExportAnnotation, ExportClip, ExportEmbedding } from '../shared/job/manifest'
import type { AnnotationDraft, ClipDraft, EmbeddingDraft, RoundTripSummary } from '../shared/job/worker-event'
import { toProvenanceRecord } from './provenance-record'

/** Where the format's importer finds a clip again; a null end is the end of the file. */
export interface ClipPlace {
  path: string
  startSeconds: number
  endSeconds: number | null
}

/** What is compared of a clip. */
export type Aspect =
  | 'clip'
  | 'span'
  | 'labels'
  | 'absent'
  | 'exhaustive'
  | 'segments'
  | 'bounds'
  | 'details'
  | 'origin'
  | 'fold'
  | 'split'
  | 'group'
  | 'metadata'
  | 'note'
  | 'embeddings'

export type Losses = Partial<Record<Aspect, string | ((clip: ExportClip) => string | null)>>

export interface Difference {
  clip: string
  what: Aspect
  was: string
  is: string
  kind: 'expected' | 'fault'
  reason: string
}

export interface Certificate extends RoundTripSummary {
  /** The first of them; the counts are of all. */
  examples: Difference[]
}

/** Times in formats have milliseconds at least. */
const toleranceSeconds = 0.0011
const maxExamples = 200

/** One class on one span, whichever way a format groups them. */
interface Span {
  className: string
  state: string
  startSeconds: number
  endSeconds: number
  bounds: string
  details: string
  origin: string
}

/** A clip that was exported, and where the importer finds it again. */
export interface PlacedClip {
  clip: ExportClip
  place: ClipPlace
}

/**
 * Compares clips with what was read again, in whatever order the two come: what has found its match is forgotten, so that
 * where both come in one order nothing is held.
 */
export class RoundTrip {
  private readonly examples: Difference[] = []
  private readonly counts = new Map<string, RoundTripSummary['differences'][number]>()
  /** By the path of their recording: what the other side has not brought yet. */
  private readonly expected = new Map<string, PlacedClip[]>()
  private readonly found = new Map<string, ClipDraft[]>()
  private compared = 0

  constructor(private readonly losses: Losses) {}

  /** One clip that was exported. */
  expect(placed: PlacedClip): void {
    this.compared++
    const { path } = placed.place
    const draft = takeFrom(this.found, path, (own) => isAt(own, placed.place))
    if (draft) this.compare(placed, draft)
    else addTo(this.expected, path, placed)
  }

  /** What was read of one recording. */
  offer(path: string, drafts: readonly ClipDraft[]): void {
    for (const draft of drafts) {
      const placed = takeFrom(this.expected, path, ({ place }) => isAt(draft, place))
      if (placed) this.compare(placed, draft)
      else addTo(this.found, path, draft)
    }
  }

  /** The certificate, once both sides have come to their end. */
  finish(): Certificate {
    for (const list of this.expected.values())
      for (const { clip, place } of list)
        this.note(clip, 'clip', `${place.path} ${place.startSeconds}–${place.endSeconds ?? 'end'}`, 'nothing')
    for (const [path, drafts] of this.found)
      for (let left = drafts.length; left > 0; left--) this.note(null, 'clip', 'nothing', 'one more clip', path)
    const differences = [...this.counts.values()]
    const verdict = differences.some(({ kind }) => kind === 'fault')
      ? 'faults'
      : differences.length > 0
        ? 'expected-losses'
        : 'identical'
    return { verdict, clips: this.compared, differences, examples: this.examples }
  }

  private compare({ clip, place }: PlacedClip, draft: ClipDraft): void {
    for (const [what, was, is] of compareClip(clip, draft, place)) this.note(clip, what, was, is)
  }

  private note(clip: ExportClip | null, what: Aspect, was: string, is: string, path = ''): void {
    const loss = this.losses[what]
    const known = typeof loss === 'function' ? (clip === null ? null : loss(clip)) : (loss ?? null)
    const kind = known === null ? 'fault' : 'expected'
    const reason = known ?? 'it should have come back'
    if (this.examples.length < maxExamples) {
      const name = clip === null ? path : nameClip(clip)
      this.examples.push({ clip: name, what, was, is, kind, reason })
    }
    const key = `${what}\n${reason}`
    const entry = this.counts.get(key) ?? { what, kind, count: 0, reason }
    entry.count++
    this.counts.set(key, entry)
  }
}

const nameClip = ({ recordingPath, startSeconds, endSeconds }: ExportClip): string =>
  `${recordingPath} ${startSeconds.toFixed(3)}–${endSeconds.toFixed(3)} s`

function addTo<T>(lists: Map<string, T[]>, path: string, item: T): void {
  const own = lists.get(path)
  if (own) own.push(item)
  else lists.set(path, [item])
}

/** Takes the first that fits out of a list. */
function takeFrom<T>(lists: Map<string, T[]>, path: string, fits: (item: T) => boolean): T | null {
  const own = lists.get(path)
  const index = own?.findIndex(fits) ?? -1
  if (!own || index < 0) return null
  const [item] = own.splice(index, 1)
  if (own.length === 0) lists.delete(path)
  return item!
}

/** Compares clips with drafts by the path of their recording. */
export function compareRoundTrip(
  placed: Iterable<PlacedClip>,
  returned: Iterable<readonly [string, readonly ClipDraft[]]>,
  losses: Losses,
): Certificate {
  const trip = new RoundTrip(losses)
  for (const [path, drafts] of returned) trip.offer(path, drafts)
  for (const one of placed) trip.expect(one)
  return trip.finish()
}

function isAt(draft: ClipDraft, place: ClipPlace): boolean {
  if (Math.abs(draft.startSeconds - place.startSeconds) > toleranceSeconds) return false
  if (draft.endSeconds === null || place.endSeconds === null) return draft.endSeconds === place.endSeconds
  return Math.abs(draft.endSeconds - place.endSeconds) <= toleranceSeconds
}

function* compareClip(clip: ExportClip, draft: ClipDraft, place: ClipPlace): Generator<[Aspect, string, string]> {
  const pair = (what: Aspect, was: string, is: string): [Aspect, string, string][] =>
    was === is ? [] : [[what, was, is]]
  const placed = place.endSeconds === null ? null : place.endSeconds - place.startSeconds
  const length = clip.endSeconds - clip.startSeconds
  if (placed !== null && Math.abs(placed - length) > toleranceSeconds)
    yield ['span', `${length.toFixed(3)} s`, `${placed.toFixed(3)} s`]
  yield* pair('labels', listLabels(clip.labels, 'present'), listLabels(draft.labels, 'present'))
  yield* pair('absent', listLabels(clip.labels, 'absent'), listLabels(draft.labels, 'absent'))
  yield* pair('exhaustive', String(clip.isFullyAnnotated), String(draft.isFullyAnnotated ?? false))
  yield* compareSpans(clip, draft, place)
  yield* pair('fold', clip.fold ?? '', draft.fold ?? '')
  yield* pair('split', clip.split ?? '', draft.split ?? '')
  yield* pair('group', clip.group ?? '', draft.group ?? '')
  yield* pair('note', clip.note, draft.note ?? '')
  yield* pair('metadata', describeValues(clip.source), describeValues(draft.source))
  // Given only where the format takes them.
  if (clip.embeddings) yield* compareEmbeddings(clip.embeddings, draft.embeddings ?? [])
}

function* compareEmbeddings(
  was: readonly ExportEmbedding[],
  is: readonly EmbeddingDraft[],
): Generator<[Aspect, string, string]> {
  const describe = (own: readonly (ExportEmbedding | EmbeddingDraft)[]): string =>
    own.map(({ name, frames, dimensions, dtype }) => `${name} ${frames} × ${dimensions} ${dtype}`).join(', ')
  const areSame = was.every(({ data }, index) => isSameData(data, is[index]?.data))
  if (describe(was) !== describe(is)) yield ['embeddings', describe(was), describe(is)]
  else if (!areSame) yield ['embeddings', describe(was), 'the same, of other values']
}

function isSameData(base64: string, bytes: Uint8Array | undefined): boolean {
  const signs = atob(base64)
  return bytes?.length === signs.length && bytes.every((byte, at) => byte === signs.charCodeAt(at))
}

function listLabels(labels: readonly { className: string; state: string }[], state: string): string {
  return labels
    .filter((label) => label.state === state)
    .map((label) => label.className.normalize('NFC'))
    .sort()
    .join(', ')
}

function describeValues(values: Record<string, string | number>): string {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

function* compareSpans(clip: ExportClip, draft: ClipDraft, place: ClipPlace): Generator<[Aspect, string, string]> {
  const shift = place.startSeconds - clip.startSeconds
  const length = clip.endSeconds - clip.startSeconds
  const clamp = (seconds: number): number =>
    Math.min(Math.max(seconds + shift, place.startSeconds), place.startSeconds + length)
  const was = toSpans(clip.annotations, clamp)
  const is = toSpans(draft.annotations ?? [], (seconds) => seconds)
  const areSame =
    was.length === is.length &&
    was.every((span, index) => {
      const other = is[index]!
      return (
        span.className === other.className &&
        span.state === other.state &&
        Math.abs(span.startSeconds - other.startSeconds) <= toleranceSeconds &&
        Math.abs(span.endSeconds - other.endSeconds) <= toleranceSeconds
      )
    })
  if (!areSame) {
    yield ['segments', describeSpans(was), describeSpans(is)]
    return
  }
  for (const what of ['bounds', 'details', 'origin'] as const) {
    const first = was.findIndex((span, index) => span[what] !== is[index]![what])
    if (first >= 0) yield [what, was[first]![what], is[first]![what]]
  }
}

function toSpans(
  annotations: readonly (ExportAnnotation | AnnotationDraft)[],
  move: (seconds: number) => number,
): Span[] {
  const spans = annotations.flatMap((annotation): Span[] => {
    const { lowHz, highHz, tier, author, score, note } = annotation
    const common = {
      // Whole milliseconds, so that equal times sort alike on both sides.
      startSeconds: Number(move(annotation.startSeconds).toFixed(3)),
      endSeconds: Number(move(annotation.endSeconds).toFixed(3)),
      bounds: lowHz === null && highHz === null ? '' : `${lowHz?.toFixed(1) ?? ''}–${highHz?.toFixed(1) ?? ''} Hz`,
      details: [tier, author ?? '', score ?? '', note].join(' · '),
      origin: Object.entries(toProvenanceRecord(annotation))
        .map(([part, record]) => `${part}: ${describeValues(record)}`)
        .join(' · '),
    }
    if (annotation.labels.length === 0) return [{ ...common, className: '', state: '' }]
    return annotation.labels.map(({ className, state }) => ({ ...common, className, state }))
  })
  return spans.sort(
    (a, b) =>
      compare(a.className, b.className) ||
      compare(a.state, b.state) ||
      a.startSeconds - b.startSeconds ||
      a.endSeconds - b.endSeconds ||
      compare(a.bounds, b.bounds),
  )
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function describeSpans(spans: readonly Span[]): string {
  return spans
    .slice(0, 20)
    .map(({ className, startSeconds, endSeconds }) => `${className} ${startSeconds}–${endSeconds}`)
    .join('; ')
}
