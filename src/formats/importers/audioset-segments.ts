/**
 * AudioSet's segment lists (Gemmeke et al., ICASSP 2017; research.google.com/audioset/download.html):
 * `{balanced_train,unbalanced_train,eval}_segments.csv` with `#` lines and `YTID, start_seconds, end_seconds,
 * positive_labels`, and `class_labels_indices.csv` or `ontology.json` for the names of the classes. The lists name sound
 * that nobody has: a recording without a file is known by its YouTube id. Read line by line, for there are two million.
 */
import { AppError } from '../../shared/errors'
import { type NamedRows, NamedRowsBuilder } from '../../shared/job/named-rows'
import type { ClassDraft, ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { wholeNumber } from './class-list'
import type { DatasetFolder, Importer, NamedBatch, PlannedRecording } from './import-plan'
import { objectsOf, parseJson, textOf } from './json-value'
import { quote, shorten } from './quote'
import { decodeText, isUtf16, readCsv } from './read-csv'
import { readDecimal } from './read-number'
import { describeSpreadsheetDamage } from './read-table'
import { fileNameOf, isHidden, isSoundFile, toNamedPath } from './sound-file'

const batchRows = 25_000
const chunkBytes = 1 << 20
const lineBreak = 10

const isSegments = (path: string): boolean => /(^|[/_])segments\.csv$/i.test(path) && !isHidden(path)

/** Sound files by the id of their recording, named as downloaders name them: `ID.wav` or `YID.wav`, cut to the segment. */
function indexSounds(listing: readonly string[]): Map<string, string> {
  const sounds = new Map<string, string>()
  for (const path of listing) {
    if (!isSoundFile(path) || isHidden(path)) continue
    const stem = fileNameOf(path).replace(/\.[^.]*$/, '')
    sounds.set(stem, path)
    if (/^Y[\w-]{11}$/.test(stem)) sounds.set(stem.slice(1), path)
  }
  return sounds
}

async function readClasses(folder: DatasetFolder, issues: ImportIssue[]): Promise<Map<string, ClassDraft>> {
  const classes = new Map<string, ClassDraft>()
  const indices = folder.listing.find((path) => /(^|\/)class_labels_indices\.csv$/i.test(path) && !isHidden(path))
  if (indices !== undefined) {
    const { rows, unreadable } = readCsv(decodeText(await folder.readBytes(indices), indices))
    issues.push(...unreadable.map(({ row, reason }) => ({ file: indices, row, reason: `unreadable row: ${reason}` })))
    const taken = new Set<string>()
    for (const { row, fields } of rows) {
      const [code = '', mid = '', name = ''] = fields.map((field) => field.trim())
      if (mid === '' || name === '' || classes.has(mid)) continue
      const isTaken = taken.has(name)
      if (isTaken)
        issues.push({
          file: indices,
          row,
          reason: `${quote(name)} is another class too: ${shorten(mid, 100)} is called by its id`,
        })
      const own = isTaken ? mid : name
      taken.add(own)
      classes.set(mid, { name: own, code: wholeNumber(code), mid })
    }
    return classes
  }
  const ontology = folder.listing.find((path) => /(^|\/)ontology\.json$/i.test(path) && !isHidden(path))
  if (ontology === undefined) return classes
  const nodes = parseJson(decodeText(await folder.readBytes(ontology), ontology), ontology)
  const taken = new Set<string>()
  for (const node of objectsOf(nodes)) {
    const [id, given] = [textOf(node['id']), textOf(node['name']).normalize('NFC').trim()]
    if (id === '' || classes.has(id)) continue
    const name = given === '' || taken.has(given) ? id : given
    taken.add(name)
    classes.set(id, { name, code: null, mid: id })
  }
  if (classes.size === 0) throw new AppError('bad-file', `${ontology} is not AudioSet’s ontology: it has no classes.`)
  return classes
}

/**
 * Lines of a text file with their numbers, a piece of it at a time where it is UTF-8.
 * @throws AppError bad-file
 */
export function* readLines(bytes: Uint8Array, file: string): Generator<{ row: number; line: string; end: number }> {
  let row = 0
  // A line break has two bytes in UTF-16, and its first may be another sign's.
  const pieceBytes = isUtf16(bytes) ? bytes.length : chunkBytes
  for (let start = 0; start < bytes.length;) {
    const cut = bytes.indexOf(lineBreak, Math.min(bytes.length, start + pieceBytes))
    const end = cut < 0 ? bytes.length : cut + 1
    const lines = decodeText(bytes.subarray(start, end), file).split('\n')
    // What follows the last line break is the next piece.
    if (cut >= 0) lines.pop()
    for (const whole of lines) {
      const inner = whole.indexOf('\r')
      // Mostly none, or the one before the line feed.
      for (const line of inner < 0 || inner === whole.length - 1 ? [whole] : whole.split(/\r(?!$)/)) {
        row++
        if (line.trim() !== '') yield { row, line, end }
      }
    }
    start = end
  }
}

/** As YouTube makes them. */
const usualId = /^[\w-]{11}$/
/** AudioSet has 527 classes. */
const mostLabels = 1000
/** As many different classes as a batch can number, but for those of one more row. */
const mostClasses = 65_535 - mostLabels

interface Segment {
  ytid: string
  startSeconds: number
  endSeconds: number
  classNames: string[]
}

/** One line of a list: a segment, or why it is none. */
function readSegment(line: string, nameOf: (mid: string) => string): Segment | string {
  const fields = divide(line)
  if (fields === null) return 'this is no row of four values'
  const [ytid, from, to, list] = fields
  const damage = describeSpreadsheetDamage([ytid, from, to])
  if (damage !== null) return damage
  if (!usualId.test(ytid) && (!/^\S{1,200}$/.test(ytid) || toNamedPath(ytid) !== ytid))
    return `${quote(ytid)} is no id of a recording`
  const startSeconds = secondsOf(from)
  const endSeconds = secondsOf(to)
  if (!(startSeconds >= 0) || !(endSeconds > startSeconds) || !Number.isFinite(endSeconds))
    return `${quote(from)} to ${quote(to)} is no span of seconds`
  const classNames: string[] = []
  for (const mid of list.split(',')) {
    const trimmed = mid.trim()
    if (trimmed === '') continue
    if (!/^\/[a-z]\/\S+$/.test(trimmed)) return `${quote(trimmed)} is no id of a class`
    const name = nameOf(trimmed)
    if (!classNames.includes(name)) classNames.push(name)
    if (classNames.length > mostLabels) return `more than ${mostLabels} classes are named`
  }
  if (classNames.length === 0) return 'no class is named'
  return { ytid, startSeconds, endSeconds, classNames }
}

/** The four values of a line, at its commas or, where a spreadsheet has saved it, semicolons or tabs. */
function divide(line: string): [string, string, string, string] | null {
  const delimiter = line.includes(';') ? ';' : line.includes('\t') ? '\t' : ','
  const first = line.indexOf(delimiter)
  const second = line.indexOf(delimiter, first + 1)
  const third = line.indexOf(delimiter, second + 1)
  if (first < 0 || second < 0 || third < 0) return null
  const ends = [first, second, third, line.length]
  return [0, 1, 2, 3].map((at) => unquote(line.slice(at === 0 ? 0 : ends[at - 1]! + 1, ends[at]).trim())) as [
    string,
    string,
    string,
    string,
  ]
}

/** Without the quotes around it, also where they are doubled. */
function unquote(field: string): string {
  let start = 0
  let end = field.length
  while (start < end && field[start] === '"') start++
  while (end > start && field[end - 1] === '"') end--
  return start === 0 && end === field.length ? field : field.slice(start, end).trim()
}

/** Number is faster than the reader that knows decimal commas, and there are millions. */
function secondsOf(text: string): number {
  const seconds = text === '' ? NaN : Number(text)
  return Number.isNaN(seconds) ? (readDecimal(text) ?? NaN) : seconds
}

const splitOf = (path: string): NamedRows['split'] =>
  /eval_segments/i.test(path) ? 'test' : /train_segments/i.test(path) ? 'train' : null

async function* readNamed(
  folder: DatasetFolder,
  paths: readonly string[],
  nameOf: (mid: string) => string,
  sounds: ReadonlyMap<string, string>,
): AsyncGenerator<NamedBatch> {
  for (const path of paths) {
    const bytes = await folder.readBytes(path)
    const split = splitOf(path)
    let rows = new NamedRowsBuilder(split)
    let planned: PlannedRecording[] = []
    let issues: ImportIssue[] = []
    const take = (done: number): NamedBatch => {
      const batch = { rows: rows.build(), planned, issues, done, total: bytes.length, message: path }
      rows = new NamedRowsBuilder(split)
      planned = []
      issues = []
      return batch
    }
    for (const { row, line, end } of readLines(bytes, path)) {
      // A comment, unless a spreadsheet has written an error over the id.
      if (line.startsWith('#') && describeSpreadsheetDamage([line.split(',')[0]!]) === null) continue
      const segment = readSegment(line.replace(/^\uFEFF/, ''), nameOf)
      if (typeof segment === 'string') issues.push({ file: path, row, reason: segment })
      else {
        const sound = sounds.get(segment.ytid)
        if (sound !== undefined) planned.push(planSound(sound, row, segment, split))
        else rows.add(segment.ytid, segment.startSeconds, segment.endSeconds, segment.classNames)
      }
      const isFull = rows.length + planned.length + issues.length >= batchRows || rows.classCount >= mostClasses
      if (isFull) yield take(end)
    }
    yield take(bytes.length)
  }
}

/** The file is the segment; where it lay in the video is kept beside it. */
function planSound(path: string, row: number, segment: Segment, split: NamedRows['split']): PlannedRecording {
  const clip: ClipDraft = {
    startSeconds: 0,
    endSeconds: null,
    fold: null,
    group: null,
    split,
    labels: segment.classNames.map((className) => ({ className, state: 'present' })),
    source: { start_seconds: segment.startSeconds.toFixed(3), end_seconds: segment.endSeconds.toFixed(3) },
  }
  return { path, row, clips: [clip] }
}

export const audiosetSegmentsImporter: Importer = {
  id: 'audioset-csv',
  name: 'AudioSet segments',
  description: 'AudioSet’s lists of labeled segments, with or without their sound',
  detect(listing) {
    const lists = listing.filter(isSegments)
    if (lists.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return {
      confidence: 0.95,
      audioFiles: sounds,
      summary: `AudioSet: ${lists.map(fileNameOf).join(', ')}${sounds === 0 ? '; no sound' : ''}`,
    }
  },
  async read(folder) {
    const issues: ImportIssue[] = []
    const lists = folder.listing.filter(isSegments)
    if (lists.length === 0)
      throw new AppError('unsupported-format', 'No file is called …segments.csv, as AudioSet’s lists are.')
    const classes = await readClasses(folder, issues)
    // A class that no table names is called by its id.
    const nameOf = (mid: string): string => classes.get(mid)?.name ?? mid
    return {
      classes: [...classes.values()],
      recordings: [],
      issues,
      skipped: 0,
      named: readNamed(folder, lists, nameOf, indexSounds(folder.listing)),
    }
  },
}
