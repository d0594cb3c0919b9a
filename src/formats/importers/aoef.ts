/**
 * Whombat's AOEF (Acoustic Open Event Format, `soundevent` 2.x, version 1.1.0): a JSON of users, tags, recordings, clips and
 * sound events that name each other by id; datasets, annotation projects, evaluation sets and model runs.
 */
import { AppError } from '../../shared/errors'
import type { ClipDraft } from '../../shared/job/worker-event'
import { fromProvenanceRecord } from '../provenance-record'
import { AnnotatedRecordings, newClip, type AnnotatedRecording, type SegmentDraft } from './annotated-recordings'
import { applyTag, readTags, type AoefTag } from './aoef-tags'
import type { Importer } from './import-plan'
import { isObject, numberOf, numberOrNull, objectOf, objectsOf, parseJson, textOf, type JsonObject } from './json-value'
import { quote, shorten } from './quote'
import { readEach } from './read-each'
import { isSpan } from './read-number'
import { isExportReport, isHidden, isSoundFile } from './sound-file'

const isJson = (path: string): boolean => /\.(json|aoef)$/i.test(path) && !isHidden(path) && !isExportReport(path)

interface Geometry {
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
  /** Whether it is another shape, of which this is the box around it. */
  isRounded: boolean
}

/** The span and band of a geometry; null where it has none. */
function readGeometry(value: unknown): Geometry | null {
  const { type, coordinates } = objectOf(value)
  const flat = Array.isArray(coordinates) ? (coordinates.flat(4) as unknown[]).map(numberOf) : [numberOf(coordinates)]
  if (flat.length === 0 || flat.some((number) => !Number.isFinite(number))) return null
  const none = { lowHz: null, highHz: null, isRounded: false }
  if (type === 'TimeStamp') return { startSeconds: flat[0]!, endSeconds: flat[0]!, ...none }
  if (type === 'TimeInterval' && flat.length === 2) return { startSeconds: flat[0]!, endSeconds: flat[1]!, ...none }
  if (flat.length % 2 !== 0) return null
  const bound = (parity: number, pick: (...values: number[]) => number): number =>
    flat.filter((_value, index) => index % 2 === parity).reduce((a, b) => pick(a, b))
  const low = bound(1, Math.min)
  const high = bound(1, Math.max)
  return {
    startSeconds: bound(0, Math.min),
    endSeconds: bound(0, Math.max),
    lowHz: low,
    highHz: high > low ? high : null,
    isRounded: type !== 'BoundingBox',
  }
}

const notesOf = (value: unknown): string =>
  objectsOf(value)
    .map(({ message }) => textOf(message))
    .filter((text) => text !== '')
    .join('\n')

/** An id for a message. */
const idOf = (value: unknown): string => shorten(textOf(value), 100)

class AoefReader {
  private readonly tags: ReadonlyMap<number, AoefTag>
  private readonly users: ReadonlyMap<string, JsonObject>
  private readonly events: ReadonlyMap<string, JsonObject>
  private readonly recordings = new Map<string, AnnotatedRecording>()
  private readonly clips = new Map<string, { clip: ClipDraft; recording: AnnotatedRecording }>()
  private rounded = 0

  constructor(
    private readonly gathered: AnnotatedRecordings,
    private readonly data: JsonObject,
    private readonly path: string,
  ) {
    this.tags = readTags(data['tags'])
    this.users = this.byUuid('users')
    this.events = this.byUuid('sound_events')
  }

  read(): void {
    this.readRecordings()
    this.readClips()
    const told = new Set<string>()
    for (const kind of ['annotations', 'predictions'] as const) {
      const events = this.byUuid(`sound_event_${kind}`)
      for (const entry of objectsOf(this.data[`clip_${kind}`])) {
        const own = this.clips.get(textOf(entry['clip']))
        if (!own) {
          this.complain(`a clip of which ${idOf(entry['uuid']) || kind} tells is missing`)
          continue
        }
        this.readClipEntry(own.clip, entry)
        for (const id of Array.isArray(entry['sound_events']) ? (entry['sound_events'] as unknown[]).map(textOf) : []) {
          const event = events.get(id)
          if (event) this.readEvent(own.clip, event, kind)
          else this.complain(`the sound event ${shorten(id, 100) || 'without id'} that a clip names is missing`)
          told.add(id)
        }
      }
      for (const [id, event] of events) if (!told.has(id)) this.readLooseEvent(event, kind)
    }
    if (this.rounded > 0)
      this.gathered.issues.push({
        file: this.path,
        row: null,
        kind: 'note',
        reason: `note: ${this.rounded} points, lines and polygons were taken as the boxes around them`,
      })
  }

  /** The objects of a list by their ids; of two with one id the first, and it is said. */
  private byUuid(list: string): Map<string, JsonObject> {
    const byId = new Map<string, JsonObject>()
    for (const entry of objectsOf(this.data[list])) {
      const id = textOf(entry['uuid'])
      if (byId.has(id)) this.complain(`${list}: the id ${quote(id)} stands twice, the second was left out`)
      else byId.set(id, entry)
    }
    return byId
  }

  private complain(reason: string): void {
    this.gathered.issues.push({ file: this.path, row: null, reason })
  }

  private readRecordings(): void {
    for (const entry of objectsOf(this.data['recordings'])) {
      const path = textOf(entry['path'])
      if (path === '') {
        this.complain(`the recording ${idOf(entry['uuid'])} has no path`)
        continue
      }
      const recording = this.gathered.named(path, this.path, null)
      recording.seconds ??= numberOrNull(entry['duration'])
      this.recordings.set(textOf(entry['uuid']), recording)
    }
  }

  private readClips(): void {
    for (const entry of objectsOf(this.data['clips'])) {
      const recording = this.recordings.get(textOf(entry['recording']))
      const start = numberOf(entry['start_time'])
      const end = numberOf(entry['end_time'])
      if (!recording || !isSpan(start, end)) {
        this.complain(`the clip ${idOf(entry['uuid'])} has no recording or no span`)
        continue
      }
      // Projects name one span several times: for its task, its annotation, its prediction.
      let clip = recording.clips.find((own) => own.startSeconds === start && own.endSeconds === end)
      if (!clip) recording.clips.push((clip = newClip(start, end)))
      this.clips.set(textOf(entry['uuid']), { clip, recording })
    }
  }

  private tagsOf(value: unknown): { tag: AoefTag; score: number | null }[] {
    return (Array.isArray(value) ? (value as unknown[]) : []).flatMap((entry) => {
      const [id, score] = Array.isArray(entry) ? (entry as unknown[]) : [entry, null]
      const tag = this.tags.get(numberOf(id))
      if (!tag) this.complain(`there is no tag ${idOf(id) || 'of that id'}`)
      return tag ? [{ tag, score: numberOrNull(score) }] : []
    })
  }

  private readClipEntry(clip: ClipDraft, entry: JsonObject): void {
    for (const { tag } of this.tagsOf(entry['tags']))
      if (tag.own !== null) applyTag(clip, tag, (name) => this.gathered.addLabel(clip, name, 'absent'))
      else this.gathered.addLabel(clip, tag.className, 'present')
    const note = notesOf(entry['notes'])
    if (note !== '') clip.note = clip.note ? `${clip.note}\n${note}` : note
  }

  /** A sound event that no clip names, as in datasets of sound events alone: of the clip that it lies in. */
  private readLooseEvent(event: JsonObject, kind: 'annotations' | 'predictions'): void {
    const own = this.events.get(textOf(event['sound_event']))
    const recording = this.recordings.get(textOf(own?.['recording']))
    const geometry = readGeometry(own?.['geometry'])
    if (!recording || !geometry) {
      this.complain(`the sound event ${idOf(event['uuid'])} has no recording or no geometry`)
      return
    }
    const isIn = (clip: ClipDraft): boolean =>
      clip.startSeconds <= geometry.startSeconds && (clip.endSeconds === null || clip.endSeconds >= geometry.endSeconds)
    this.readEvent(recording.clips.find(isIn) ?? this.gathered.wholeClip(recording), event, kind)
  }

  private readEvent(clip: ClipDraft, event: JsonObject, kind: 'annotations' | 'predictions'): void {
    const geometry = readGeometry(this.events.get(textOf(event['sound_event']))?.['geometry'])
    if (!geometry) {
      this.complain(`the sound event ${idOf(event['uuid'])} has no geometry`)
      return
    }
    if (geometry.isRounded) this.rounded++
    const { startSeconds, endSeconds, lowHz, highHz } = geometry
    const user = this.users.get(textOf(event['created_by']))
    const segment: SegmentDraft = {
      id: textOf(event['uuid']),
      startSeconds,
      endSeconds,
      lowHz,
      highHz,
      tier: kind === 'predictions' ? 'model' : 'human',
      author: user ? textOf(user['username']) || textOf(user['name']) || textOf(user['email']) : null,
      score: numberOrNull(event['score']),
      note: notesOf(event['notes']),
    }
    const labels: { className: string; state: 'present' | 'absent' }[] = []
    const provenance: Record<string, Record<string, string>> = {}
    for (const { tag, score } of this.tagsOf(event['tags'])) {
      if (score !== null) segment.score ??= score
      if (tag.own === 'tier') segment.tier = tag.value
      else if (tag.own === 'author') segment.author = tag.value
      else if (tag.own === 'score') segment.score = Number(tag.value)
      else if (tag.own === 'absent') labels.push({ className: tag.value, state: 'absent' })
      else if (tag.own === 'open') {
        if (tag.value !== 'high') segment.lowHz = null
        if (tag.value !== 'low') segment.highHz = null
      } else if (tag.own !== null && /^(origin|proposal)\./.test(tag.own)) {
        const [part, name] = tag.own.split('.') as [string, string]
        ;(provenance[part] ??= {})[name] = tag.value
      } else labels.push({ className: tag.className, state: 'present' })
    }
    Object.assign(
      segment,
      fromProvenanceRecord(provenance, (reason) => this.complain(reason)),
    )
    this.gathered.addSegment(clip, segment, labels, { file: this.path, row: null })
  }
}

export const aoefImporter: Importer = {
  id: 'aoef',
  name: 'Whombat AOEF',
  description: 'Whombat’s JSON exports: datasets, annotation projects, evaluation sets and model runs.',

  detect(listing) {
    const files = listing.filter(isJson)
    if (files.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.1, audioFiles, summary: `Whombat’s format in ${files.length} JSON files` }
  },

  content: {
    files: (listing) => listing.filter(isJson),
    recognises: (head) => /"collection_type"\s*:/.test(head),
  },

  async read(folder) {
    const paths = folder.listing.filter(isJson)
    if (paths.length === 0) throw new AppError('unsupported-format', 'There is no JSON file.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const json = parseJson(text, path)
      const data = isObject(json) && isObject(json['data']) ? json['data'] : null
      if (!data || !Array.isArray(data['recordings']))
        throw new AppError('bad-file', `${path} is not of Whombat’s format: it has no recordings under “data”.`)
      new AoefReader(gathered, data, path).read()
    })
    return gathered.finish()
  },
}
