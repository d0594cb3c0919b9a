/**
 * DCASE's sound event tables (DESED, Turpault et al., DCASE 2019): strong ones with filename, onset, offset and
 * event_label in any order, or without a header; weak ones with filename and event_labels. The columns, not the file's
 * name, decide. A file's labels are those of its weak row, else the classes of its events.
 */
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type {
  AnnotationDraft,
  ClipDraft,
  ImportIssue,
  PlannedRecording,
  RecordingDraft,
} from '../../shared/job/worker-event'
import { classesOfDrafts } from '../clip-record'
import type { DatasetFolder, Importer } from './import-plan'
import { quote } from './quote'
import { decodeText, readCsv, type CsvRow } from './read-csv'
import { describeSpreadsheetDamage } from './read-table'
import { fileNameOf, isHidden, isSoundFile, toNamedPath } from './sound-file'

/** The length of DESED's clips, for files that are not here. */
const usualSeconds = 10

const tablesOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /\.tsv$/i.test(path) && !isHidden(path))

interface FileRows {
  row: number
  weak: string[] | null
  events: AnnotationDraft[]
}

interface Columns {
  filename: number
  onset: number
  offset: number
  label: number
  labels: number
}

/** Which column is which, by the header; without one, filename onset offset label, or filename and labels. */
function findColumns(header: readonly string[]): { columns: Columns; isHeader: boolean } | null {
  const names = header.map((name) => name.trim().toLowerCase())
  const at = (...wanted: string[]): number => names.findIndex((name) => wanted.includes(name))
  const columns = {
    filename: at('filename', 'file', 'file_name'),
    onset: at('onset', 'start'),
    offset: at('offset', 'end'),
    label: at('event_label', 'label', 'event'),
    labels: at('event_labels', 'labels'),
  }
  if (
    columns.filename >= 0 &&
    (columns.labels >= 0 || (columns.onset >= 0 && columns.offset >= 0 && columns.label >= 0))
  )
    return { columns, isHeader: true }
  const first = names[0] ?? ''
  if (!isSoundFile(first)) return null
  if (names.length === 4)
    return { columns: { filename: 0, onset: 1, offset: 2, label: 3, labels: -1 }, isHeader: false }
  if (names.length === 2)
    return { columns: { filename: 0, onset: -1, offset: -1, label: -1, labels: 1 }, isHeader: false }
  return null
}

function isNothing(text: string): boolean {
  return text === '' || /^nan$/i.test(text)
}

/** One row: adds to its file, or says what is wrong. */
function takeRow(
  fields: readonly string[],
  row: number,
  columns: Columns,
  files: Map<string, FileRows>,
): string | null {
  const value = (at: number): string => (at < 0 ? '' : (fields[at] ?? '').trim()).normalize('NFC')
  const damage = describeSpreadsheetDamage(fields)
  if (damage !== null) return damage
  const name = toNamedPath(value(columns.filename))
  if (name === null) return 'unreadable row: no usable file name'
  const file = files.get(name) ?? { row, weak: null, events: [] }
  if (columns.labels >= 0) {
    if (file.weak !== null) return `another row has the labels of ${name} already: this row was left`
    const labels = value(columns.labels)
      .split(',')
      .map((label) => label.trim())
    file.weak = [...new Set(labels.filter((label) => !isNothing(label)))]
  } else {
    const [onset, offset, label] = [value(columns.onset), value(columns.offset), value(columns.label)]
    // A file in which nothing is to be heard.
    if (!(isNothing(onset) && isNothing(offset) && isNothing(label))) {
      const startSeconds = Number(onset.replace(',', '.'))
      const endSeconds = Number(offset.replace(',', '.'))
      if (
        isNothing(onset) ||
        isNothing(offset) ||
        !(startSeconds >= 0) ||
        !(endSeconds > startSeconds) ||
        !Number.isFinite(endSeconds)
      )
        return `${quote(onset)} to ${quote(offset)} is no span of seconds`
      if (isNothing(label)) return 'the event has no label'
      const labels = [{ className: label, state: 'present' as const }]
      file.events.push({
        startSeconds,
        endSeconds,
        lowHz: null,
        highHz: null,
        tier: 'human',
        author: null,
        score: null,
        note: '',
        labels,
      })
    }
  }
  files.set(name, file)
  return null
}

async function readFiles(
  folder: DatasetFolder,
  issues: ImportIssue[],
): Promise<{ files: Map<string, FileRows>; isAny: boolean }> {
  const files = new Map<string, FileRows>()
  let isAny = false
  for (const path of tablesOf(folder.listing)) {
    const { header, rows, unreadable } = readCsv(decodeText(await folder.readBytes(path), path), '\t')
    const found = header && findColumns(header.fields)
    if (!found) {
      issues.push({
        file: path,
        row: null,
        reason: 'no table of events: it has no columns filename, onset, offset, event_label',
      })
      continue
    }
    isAny = true
    issues.push(...unreadable.map(({ row, reason }) => ({ file: path, row, reason: `unreadable row: ${reason}` })))
    const all: CsvRow[] = found.isHeader ? rows : [header, ...rows]
    for (const { row, fields } of all) {
      const reason = takeRow(fields, row, found.columns, files)
      if (reason !== null) issues.push({ file: path, row, reason })
    }
  }
  return { files, isAny }
}

function toClip({ weak, events }: FileRows, endSeconds: number | null): ClipDraft {
  const names = weak ?? [...new Set(events.flatMap(({ labels }) => labels.map(({ className }) => className)))]
  return {
    startSeconds: 0,
    endSeconds,
    fold: null,
    group: null,
    labels: names.map((className) => ({ className, state: 'present' })),
    source: {},
    annotations: events,
  }
}

/** Sound files by the end of their path, since tables name them without their folder; null where two end alike. */
function indexSounds(sounds: readonly string[]): (name: string) => string | null {
  const byName = new Map<string, string | null>()
  for (const path of sounds) {
    const name = fileNameOf(path).normalize('NFC')
    byName.set(name, byName.has(name) ? null : path)
  }
  const all = new Map(sounds.map((path) => [path.normalize('NFC'), path]))
  const bases = [...new Set(sounds.map((path) => path.slice(0, path.length - fileNameOf(path).length)))].slice(0, 1000)
  return (name) => {
    const exact = all.get(name) ?? (name.includes('/') ? undefined : byName.get(name))
    if (exact !== undefined) return exact
    const tops = [...new Set(bases.map((base) => base.split('/')[0]!))]
    const found = tops.flatMap((top) => all.get(`${top}/${name}`) ?? [])
    return found.length === 1 ? found[0]! : null
  }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const issues: ImportIssue[] = []
  const { files, isAny } = await readFiles(folder, issues)
  if (!isAny)
    throw new AppError('unsupported-format', 'No .tsv has the columns of event tables.', {
      hint: 'They are filename, onset, offset, event_label, or filename and event_labels.',
    })
  const sounds = folder.listing.filter((path) => isSoundFile(path) && !isHidden(path))
  const findSound = indexSounds(sounds)
  const planned = new Map<string, PlannedRecording>()
  const withoutSound: RecordingDraft[] = []
  for (const [name, rows] of files) {
    const path = findSound(name)
    if (path === null) {
      const endSeconds = rows.events.reduce((end, event) => Math.max(end, event.endSeconds), usualSeconds)
      withoutSound.push({ path: name, ...noSound, clips: [toClip(rows, endSeconds)] })
    } else if (planned.has(path))
      issues.push({ file: path, row: rows.row, reason: 'named twice, with and without its folder' })
    else planned.set(path, { path, row: rows.row, clips: [toClip(rows, null)] })
  }
  const recordings = [...planned.values()]
  const unnamed = sounds.length - planned.size
  if (unnamed > 0)
    issues.push({ file: 'all tables', row: null, reason: `note: no row names ${unnamed} of the sound files` })
  const clips = [...recordings, ...withoutSound].flatMap((recording) => recording.clips)
  return { classes: classesOfDrafts(clips), recordings, withoutSound, issues, skipped: 0 }
}

export const desedImporter: Importer = {
  id: 'desed',
  name: 'DCASE / DESED events',
  description:
    'Tables (.tsv) of filename, onset, offset, event_label, or of filename and event_labels; with or without sound.',
  detect(listing) {
    const tables = tablesOf(listing)
    if (tables.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    const isNamed = tables.some((path) => /(strong|weak)/i.test(path)) && !tables.some((path) => /audioset/i.test(path))
    return {
      confidence: isNamed ? 0.75 : 0.25,
      audioFiles: sounds,
      summary: `${tables.length} event tables, ${sounds} sound files`,
    }
  },
  read,
}
