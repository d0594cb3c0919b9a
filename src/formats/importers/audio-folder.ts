/**
 * Hugging Face's AudioFolder (huggingface.co/docs/datasets/audio_dataset): `metadata.csv`, `.jsonl` or `.parquet` with
 * `file_name`, relative to the table's folder, at the top or in each split's folder. `label` and any list among the
 * columns that Earmark writes are read; every other column is metadata.
 */
import { AppError } from '../../shared/errors'
import type { ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { classesOfDrafts, fromClipRecord } from '../clip-record'
import { readParquet } from '../containers/parquet'
import { AudioIndex } from './audio-index'
import type { DatasetFolder, Importer } from './import-plan'
import { readJson, readJsonObject } from './json-value'
import { pairRows, type AudioRow } from './pair-rows'
import { decodeText } from './read-csv'
import { readTable } from './read-table'
import { isHidden, isSoundFile } from './sound-file'

const tablePattern = /^([^/]+\/)?metadata\.(csv|jsonl|parquet)$/i
/** A line longer than this is no row of a table. */
const maxLine = 10_000_000
const own = new Set(['file_name'])
const lists = new Set(['labels', 'absent', 'segments', 'metadata'])

interface Row {
  row: number
  value: Record<string, unknown>
}

const tablesOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => tablePattern.test(path) && !isHidden(path))

async function readRows(folder: DatasetFolder, path: string): Promise<{ rows: Row[]; issues: ImportIssue[] }> {
  if (/parquet$/i.test(path)) return { rows: await readParquetRows(await folder.readBytes(path), path), issues: [] }
  if (/jsonl$/i.test(path)) return readJsonLines(decodeText(await folder.readBytes(path), path), path)
  return readTable(folder, path, ['file_name'])
}

/** @throws AppError bad-file, bad-row */
async function readParquetRows(bytes: Uint8Array, path: string): Promise<Row[]> {
  const rows = await readParquet(bytes, path)
  if (rows.length > 0 && !('file_name' in rows[0]!))
    throw new AppError('bad-row', `${path} has no column file_name.`, { hint: 'AudioFolder needs it.' })
  return rows.map((value, index) => ({ row: index + 1, value }))
}

/** One JSON object a line; what is none is an issue. */
export function readJsonLines(text: string, path: string): { rows: Row[]; issues: ImportIssue[] } {
  const rows: Row[] = []
  const issues: ImportIssue[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.trim() === '') continue
    const { value, reason } =
      line.length > maxLine ? { value: null, reason: `a line of ${line.length} characters` } : readJsonObject(line)
    if (reason === null) rows.push({ row: index + 1, value })
    else issues.push({ file: path, row: index + 1, reason: `unreadable row: ${reason}` })
  }
  return { rows, issues }
}

/** Tables have text only: what is a list by its name is parsed, and yes is a word. */
function unfold(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      if (name === 'fully_annotated') return [name, field === true || field === 'true']
      if (!lists.has(name) || typeof field !== 'string' || !/^[[{]/.test(field)) return [name, field]
      const { value: parsed, reason } = readJson(field)
      return [name, reason === null ? parsed : field]
    }),
  )
}

/** The split that a folder's name gives, as Hugging Face takes it. */
function splitOfPath(path: string): ClipDraft['split'] {
  for (const part of path.toLowerCase().split('/').slice(0, -1)) {
    if (part === 'train' || part === 'training') return 'train'
    if (part === 'test' || part === 'testing' || part === 'eval' || part === 'evaluation') return 'test'
    if (part === 'validation' || part === 'valid' || part === 'dev' || part === 'val') return 'validation'
  }
  return null
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const tables = tablesOf(folder.listing)
  if (tables.length === 0)
    throw new AppError('unsupported-format', 'There is no metadata.csv, metadata.jsonl or metadata.parquet.')
  const sounds = folder.listing.filter((path) => isSoundFile(path) && !isHidden(path))
  const issues: ImportIssue[] = []
  const audioRows: AudioRow[] = []
  for (const table of tables) {
    const base = table.slice(0, table.lastIndexOf('/') + 1)
    const audio = new AudioIndex(sounds, base)
    const read = await readRows(folder, table)
    issues.push(...read.issues)
    for (const { row, value } of read.rows) {
      const name = typeof value['file_name'] === 'string' ? value['file_name'].replace(/^\.\//, '') : ''
      if (name === '') {
        issues.push({ file: table, row, reason: 'unreadable row: the file name is empty' })
        continue
      }
      const path = audio.find(name)
      const complain = (reason: string): void => void issues.push({ file: path ?? `${base}${name}`, row, reason })
      const fields = unfold(value)
      const clip = fromClipRecord(fields, { startSeconds: 0, endSeconds: null }, own, complain)
      // A column says it, else the folder does.
      const split = 'split' in fields ? clip.split : splitOfPath(`${base}${name}`)
      audioRows.push({ row, name: `${base}${name}`, path, clip: { ...clip, split: split ?? null } })
    }
  }
  const paired = pairRows(tables.join(', '), audioRows, sounds)
  issues.push(...paired.issues)
  const classes = classesOfDrafts(paired.recordings.flatMap(({ clips }) => clips))
  return { classes, recordings: paired.recordings, issues, skipped: 0 }
}

export const audioFolderImporter: Importer = {
  id: 'audio-folder',
  name: 'Hugging Face AudioFolder',
  description: 'Sound files and metadata.csv, .jsonl or .parquet with file_name; split folders.',
  detect(listing) {
    const tables = tablesOf(listing)
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    if (tables.length === 0 || sounds === 0) return null
    return { confidence: 0.9, audioFiles: sounds, summary: `${sounds} sound files and ${tables.join(', ')}` }
  },
  read,
}
