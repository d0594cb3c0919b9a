/**
 * AudioSet's strong labels (Hershey et al., ICASSP 2021; research.google.com/audioset/download_strong.html): a TSV with
 * segment_id (`YTID_startms`), start and end within the ten-second clip, and the class's id; names from
 * `mid_to_display_name.tsv` or `class_labels_indices.csv`. A clip's labels are the classes of its segments.
 */
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type {
  AnnotationDraft,
  ClassDraft,
  ClipDraft,
  ImportIssue,
  PlannedRecording,
  RecordingDraft,
} from '../../shared/job/worker-event'
import { readLines } from './audioset-segments'
import type { DatasetFolder, Importer } from './import-plan'
import { quote } from './quote'
import { decodeText, readCsv } from './read-csv'
import { describeSpreadsheetDamage } from './read-table'
import { fileNameOf, isHidden, isSoundFile, toNamedPath } from './sound-file'

const clipSeconds = 10

const tablesOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /audioset[^/]*strong[^/]*\.tsv$/i.test(path) && !isHidden(path))

async function readNames(folder: DatasetFolder): Promise<Map<string, ClassDraft>> {
  const classes = new Map<string, ClassDraft>()
  const taken = new Set<string>()
  const add = (mid: string | undefined, name: string | undefined, code: number | null): void => {
    if (!mid || !name || classes.has(mid)) return
    // Two ids of one name would be one class.
    const own = taken.has(name) ? `${name} (${mid})` : name
    taken.add(own)
    classes.set(mid, { name: own, code, mid })
  }
  for (const path of folder.listing) {
    if (isHidden(path)) continue
    if (/(^|\/)mid_to_display_name\.tsv$/i.test(path)) {
      for (const line of decodeText(await folder.readBytes(path), path)
        .replace(/^\uFEFF/, '')
        .split(/\r\n|\n|\r/)) {
        const [mid, name] = line.split('\t').map((field) => field.trim().normalize('NFC'))
        add(mid, name, null)
      }
    } else if (/(^|\/)class_labels_indices\.csv$/i.test(path)) {
      for (const { fields } of readCsv(decodeText(await folder.readBytes(path), path)).rows) {
        const [code = '', mid, name] = fields.map((field) => field.trim().normalize('NFC'))
        add(mid, name, /^\d{1,6}$/.test(code) ? Number(code) : null)
      }
    }
  }
  return classes
}

interface Segment {
  id: string
  ytid: string
  startMs: number
  event: AnnotationDraft
}

function readSegment(line: string, nameOf: (mid: string) => string): Segment | string | null {
  const fields = line
    .replace(/\r$/, '')
    .split('\t')
    .map((field) => field.trim())
  if (fields[0] === 'segment_id') return null
  const damage = describeSpreadsheetDamage(fields)
  if (damage !== null) return damage
  if (fields.length !== 4) return `unreadable row: ${fields.length} columns instead of 4`
  const [id = '', from = '', to = '', mid = ''] = fields
  const [, ytid, startMs] = /^([^\s/\\]{1,200})_(\d{1,9})$/.exec(id) ?? []
  if (ytid === undefined || startMs === undefined || toNamedPath(ytid) !== ytid)
    return `${quote(id)} is no id of a segment (YTID_milliseconds)`
  const startSeconds = Number(from)
  const endSeconds = Number(to)
  if (from === '' || to === '' || !(startSeconds >= 0) || !(endSeconds > startSeconds) || !Number.isFinite(endSeconds))
    return `${quote(from)} to ${quote(to)} is no span of seconds`
  if (mid === '') return 'no class is named'
  const labels = [{ className: nameOf(mid), state: 'present' as const }]
  const event = {
    startSeconds,
    endSeconds,
    lowHz: null,
    highHz: null,
    tier: 'human',
    author: null,
    score: null,
    note: '',
    labels,
  }
  return { id, ytid, startMs: Number(startMs), event }
}

function toClip(events: readonly AnnotationDraft[], startSeconds: number, endSeconds: number | null): ClipDraft {
  const names = new Set(events.flatMap(({ labels }) => labels.map(({ className }) => className)))
  return {
    startSeconds,
    endSeconds,
    fold: null,
    group: null,
    labels: [...names].map((className) => ({ className, state: 'present' })),
    source: {},
    annotations: events.map((event) => ({
      ...event,
      startSeconds: startSeconds + event.startSeconds,
      endSeconds: startSeconds + event.endSeconds,
    })),
  }
}

/** Sound cut to the clip, called by the segment's id, or by the video's as downloaders do. */
function indexSounds(listing: readonly string[]): (segment: Segment) => string | null {
  const sounds = new Map<string, string>()
  for (const path of listing)
    if (isSoundFile(path) && !isHidden(path)) sounds.set(fileNameOf(path).replace(/\.[^.]*$/, ''), path)
  return ({ id, ytid }) => sounds.get(id) ?? sounds.get(`Y${id}`) ?? sounds.get(ytid) ?? sounds.get(`Y${ytid}`) ?? null
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const tables = tablesOf(folder.listing)
  if (tables.length === 0) throw new AppError('unsupported-format', 'No file is called audioset_…_strong.tsv.')
  const issues: ImportIssue[] = []
  const named = await readNames(folder)
  const classes = new Map([...named.values()].map((info) => [info.name, info]))
  const nameOf = (mid: string): string => {
    const info = named.get(mid) ?? { name: mid, code: null, mid }
    classes.set(info.name, info)
    return info.name
  }
  const clips = new Map<string, { first: Segment; row: number; events: AnnotationDraft[] }>()
  for (const path of tables) {
    for (const { row, line } of readLines(await folder.readBytes(path), path)) {
      const segment = readSegment(line.replace(/^\uFEFF/, ''), nameOf)
      if (segment === null) continue
      if (typeof segment === 'string') issues.push({ file: path, row, reason: segment })
      else {
        const known = clips.get(segment.id)
        if (known) known.events.push(segment.event)
        else clips.set(segment.id, { first: segment, row, events: [segment.event] })
      }
    }
  }
  const findSound = indexSounds(folder.listing)
  const planned = new Map<string, PlannedRecording>()
  const unheard = new Map<string, RecordingDraft>()
  for (const { first, row, events } of clips.values()) {
    const sound = findSound(first)
    if (sound !== null && !planned.has(sound)) {
      planned.set(sound, { path: sound, row, clips: [toClip(events, 0, null)] })
      continue
    }
    const startSeconds = first.startMs / 1000
    const clip = toClip(events, startSeconds, startSeconds + clipSeconds)
    const known = unheard.get(first.ytid)
    if (known) known.clips.push(clip)
    else unheard.set(first.ytid, { path: first.ytid, ...noSound, clips: [clip] })
  }
  return {
    classes: [...classes.values()],
    recordings: [...planned.values()],
    withoutSound: [...unheard.values()],
    issues,
    skipped: 0,
  }
}

export const audiosetStrongImporter: Importer = {
  id: 'audioset-strong',
  name: 'AudioSet strong labels',
  description: 'audioset_…_strong.tsv: start and end of every sound event in AudioSet’s clips, with or without sound.',
  detect(listing) {
    const tables = tablesOf(listing)
    if (tables.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.96, audioFiles: sounds, summary: `AudioSet: ${tables.map(fileNameOf).join(', ')}` }
  },
  read,
}
