/**
 * ESC-50's layout (K. J. Piczak, ESC: Dataset for Environmental Sound Classification, ACM MM 2015):
 * `audio/{FOLD}-{CLIP_ID}-{TAKE}-{TARGET}.wav` and `meta/esc50.csv`. Subsets and datasets made in its
 * image name the CSV otherwise and may hold Ogg Vorbis, so the CSV is found by its header.
 */
import { AppError } from '../../shared/errors'
import { AudioIndex } from './audio-index'
import { readEsc50Rows } from './esc50-rows'
import type { DatasetFolder, Importer } from './import-plan'
import { pairRows } from './pair-rows'
import { decodeText, readCsv, type CsvTable } from './read-csv'
import { guessDelimiter, requireColumns } from './read-table'
import { isHidden, isSoundFile } from './sound-file'

export const esc50Columns = ['filename', 'fold', 'target', 'category', 'esc10', 'src_file', 'take'] as const

/** Folder that holds `meta/` and `audio/`, '' or ending in a slash: archives often wrap a dataset in one more folder. */
function baseOf(csvPath: string): string {
  return csvPath.replace(/meta\/[^/]+$/i, '')
}

/** CSV files where ESC-50's layout puts them: in `meta/`, at most two folders down. */
function metaFiles(listing: readonly string[]): string[] {
  return listing.filter((path) => /^([^/]+\/){0,2}meta\/[^/]+\.csv$/i.test(path) && !isHidden(path))
}

function soundFilesUnder(listing: readonly string[], folder: string): string[] {
  return listing.filter((path) => path.startsWith(folder) && isSoundFile(path) && !isHidden(path))
}

interface MetaFile {
  path: string
  table: CsvTable
  header: string[]
}

async function readMeta(folder: DatasetFolder, path: string): Promise<MetaFile> {
  const text = decodeText(await folder.readBytes(path), path)
  const table = readCsv(text, guessDelimiter(text, ','))
  return { path, table, header: (table.header?.fields ?? []).map((name) => name.trim().toLowerCase()) }
}

function missingColumns(header: string[]): string[] {
  return esc50Columns.filter((column) => !header.includes(column))
}

/** The CSV with all of ESC-50's columns; of several the one with most rows, as esc50.csv beside esc10.csv. */
async function findMeta(folder: DatasetFolder): Promise<MetaFile> {
  const paths = metaFiles(folder.listing)
  if (paths.length === 0) {
    throw new AppError('unsupported-format', 'There is no CSV file in a folder named “meta”, as ESC-50 has it.', {
      hint: 'Choose the folder that holds “audio” and “meta”, or import it as a folder of sound files.',
    })
  }
  const files = await Promise.all(paths.map((path) => readMeta(folder, path)))
  const complete = files.filter((file) => missingColumns(file.header).length === 0)
  const [best] = complete.sort((a, b) => b.table.rows.length - a.table.rows.length)
  if (best) return best
  const [nearest] = files.sort((a, b) => missingColumns(a.header).length - missingColumns(b.header).length)
  requireColumns(nearest!.path, nearest!.header, esc50Columns)
  return nearest!
}

async function readEsc50(folder: DatasetFolder): ReturnType<Importer['read']> {
  const meta = await findMeta(folder)
  const audioFolder = `${baseOf(meta.path)}audio/`
  const audio = new AudioIndex(soundFilesUnder(folder.listing, audioFolder), audioFolder)
  const { classes, rows, issues: rowIssues } = readEsc50Rows(meta.path, audioFolder, meta.header, meta.table)

  const { recordings, issues } = pairRows(
    meta.path,
    rows.map(({ row, filename, clip }) => ({
      row,
      name: `${audioFolder}${filename}`,
      path: audio.find(filename),
      clip,
    })),
    audio.paths,
  )
  return { classes, recordings, issues: [...rowIssues, ...issues], skipped: 0 }
}

export const esc50Importer: Importer = {
  id: 'esc50',
  name: 'ESC-50',
  description: 'audio/ and meta/*.csv with ESC-50’s columns: classes, folds and source groups. ESC-10 too.',

  detect(listing) {
    for (const meta of metaFiles(listing)) {
      const sounds = soundFilesUnder(listing, `${baseOf(meta)}audio/`).length
      if (sounds > 0) {
        return { confidence: 0.95, audioFiles: sounds, summary: `${sounds} sound files in ESC-50’s layout, ${meta}` }
      }
    }
    return null
  },

  read: readEsc50,
}
