/**
 * UrbanSound8K's layout (Salamon, Jacoby, Bello: A Dataset and Taxonomy for Urban Sound Research, ACM MM 2014):
 * `audio/fold1…fold10/{fsID}-{classID}-{occurrenceID}-{sliceID}.wav` and `metadata/UrbanSound8K.csv`. The
 * ten folds are the dataset's own and keep the slices of one recording together.
 */
import { AppError } from '../../shared/errors'
import type { ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { AudioIndex } from './audio-index'
import { ClassList, wholeNumber } from './class-list'
import type { DatasetFolder, Importer } from './import-plan'
import { noteCount, pairRows, type AudioRow } from './pair-rows'
import { quote } from './quote'
import { readTable } from './read-table'
import { fileNameOf, isHidden, isSoundFile } from './sound-file'

const columns = ['slice_file_name', 'fsid', 'start', 'end', 'salience', 'fold', 'classid', 'class']
const wholeCount = 8732
const foldCount = 10
/** Columns with a place of their own in the catalog. */
const placed = new Set(['fold', 'classid', 'class'])
const originalNames = new Map([['fsid', 'fsID']])

/** The table, in `metadata/` or beside the folds (as some mirrors have it), at most one folder down. */
function findMetadata(listing: readonly string[]): string | null {
  return listing.find((path) => /^([^/]+\/)?(metadata\/)?UrbanSound8K\.csv$/i.test(path) && !isHidden(path)) ?? null
}

/** The folder that holds `fold1` and so on: `audio/`, or the one of the table itself. */
function audioFolderOf(listing: readonly string[], metadata: string): string {
  const base = metadata.replace(/(metadata\/)?[^/]+$/i, '')
  return listing.some((path) => path.startsWith(`${base}audio/`)) ? `${base}audio/` : base
}

function soundsOf(listing: readonly string[], metadata: string): string[] {
  const folder = audioFolderOf(listing, metadata)
  return listing.filter(
    (path) =>
      path.startsWith(folder) &&
      /^fold\d+\/[^/]+$/i.test(path.slice(folder.length)) &&
      isSoundFile(path) &&
      !isHidden(path),
  )
}

/** Finds the slice in the folder of its fold, or in the only other fold that has it. */
class SliceFinder {
  private readonly byName = new Map<string, string[]>()

  constructor(private readonly audio: AudioIndex) {
    for (const path of audio.paths) {
      const name = fileNameOf(path).toLowerCase()
      this.byName.set(name, [...(this.byName.get(name) ?? []), path])
    }
  }

  find(name: string, fold: number | null): { path: string | null; misplaced: boolean } {
    const path = fold === null ? null : this.audio.find(`fold${fold}/${name}`)
    if (path !== null) return { path, misplaced: false }
    const others = this.byName.get(name.toLowerCase()) ?? []
    return others.length === 1 ? { path: others[0]!, misplaced: fold !== null } : { path: null, misplaced: false }
  }
}

/** What the row says of its slice; whatever is wrong in a single value is told and left out. */
function readClip(
  value: Record<string, string>,
  fold: number | null,
  classes: ClassList,
  complain: (reason: string) => void,
): ClipDraft {
  if (fold === null)
    complain(`bad fold ${quote(value['fold'] ?? '')}, not a number from 1 to ${foldCount}: taken without a fold`)
  const className = (value['class'] ?? '').normalize('NFC')
  const classId = wholeNumber(value['classid'] ?? '')
  if (className === '') complain('no class: taken without a label')
  else {
    if (classId === null)
      complain(`bad classID ${quote(value['classid'] ?? '')}, not a whole number: taken by its class`)
    const conflict = classes.add(className, classId)
    if (conflict) complain(conflict)
  }
  const [, nameId, nameClass] = /^(\d+)-(\d+)-\d+-\d+\./.exec(value['slice_file_name'] ?? '') ?? []
  if (nameId !== undefined && nameId !== value['fsid'])
    complain(`the file name says fsID ${nameId}, the row ${quote(value['fsid'] ?? '')}: kept the row’s`)
  if (nameClass !== undefined && classId !== null && Number(nameClass) !== classId)
    complain(`the file name says classID ${nameClass}, the row ${classId}: kept the row’s`)
  const source = Object.entries(value)
    .filter(([column, text]) => !placed.has(column) && text !== '')
    .map(([column, text]) => [originalNames.get(column) ?? column, text])
  return {
    startSeconds: 0,
    endSeconds: null,
    fold: fold === null ? null : String(fold),
    group: value['fsid'] ? value['fsid'] : (nameId ?? null),
    labels: className === '' ? [] : [{ className, state: 'present' }],
    source: { licence: 'CC BY-NC 3.0', ...Object.fromEntries(source) },
  }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const metadata = findMetadata(folder.listing)
  if (metadata === null) {
    throw new AppError('unsupported-format', 'There is no metadata/UrbanSound8K.csv.', {
      hint: 'Choose the folder that holds “audio” and “metadata”.',
    })
  }
  const table = await readTable(folder, metadata, columns)
  const audioFolder = audioFolderOf(folder.listing, metadata)
  const audio = new AudioIndex(soundsOf(folder.listing, metadata), audioFolder)
  const finder = new SliceFinder(audio)
  const classes = new ClassList('classID')
  const issues: ImportIssue[] = [...table.issues]
  const rows: AudioRow[] = []
  for (const { row, value } of table.rows) {
    const slice = value['slice_file_name'] ?? ''
    if (slice === '') {
      issues.push({ file: metadata, row, reason: 'unreadable row: the file name is empty' })
      continue
    }
    const number = wholeNumber(value['fold'] ?? '')
    const fold = number !== null && number >= 1 && number <= foldCount ? number : null
    const { path, misplaced } = finder.find(slice, fold)
    const name = `${audioFolder}${fold === null ? '' : `fold${fold}/`}${slice}`
    if (misplaced) issues.push({ file: path!, row, reason: `lies outside its fold ${fold}: kept the row’s fold` })
    const complain = (reason: string): void => void issues.push({ file: path ?? name, row, reason })
    rows.push({ row, name, path, clip: readClip(value, fold, classes, complain) })
  }
  const paired = pairRows(metadata, rows, audio.paths)
  issues.push(
    ...paired.issues,
    ...noteCount(metadata, paired.recordings.length, [wholeCount], 'the whole of UrbanSound8K'),
  )
  return { classes: classes.sorted(), recordings: paired.recordings, issues, skipped: 0 }
}

export const urbansound8kImporter: Importer = {
  id: 'urbansound8k',
  name: 'UrbanSound8K',
  description:
    'audio/fold1…fold10 and metadata/UrbanSound8K.csv: classes, the ten given folds, Freesound ids as groups.',

  detect(listing) {
    const metadata = findMetadata(listing)
    const sounds = metadata === null ? 0 : soundsOf(listing, metadata).length
    if (sounds === 0) return null
    return {
      confidence: 0.97,
      audioFiles: sounds,
      summary: `${sounds} sound files in UrbanSound8K’s layout, ${metadata}`,
    }
  },

  read,
}
