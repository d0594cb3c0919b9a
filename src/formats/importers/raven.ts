/**
 * Raven's selection tables (Cornell Lab of Ornithology): text divided by tabs with a header. Begin Time counts over all
 * files that were opened in a row, so where a table is of several files, File Offset says where in its own file a
 * selection begins. A selection may stand once for each view. The column of the label has no fixed name.
 */
import { AppError } from '../../shared/errors'
import { AnnotatedRecordings, type AnnotatedRecording } from './annotated-recordings'
import type { DatasetFolder, Importer } from './import-plan'
import { readEach } from './read-each'
import { readDecimal } from './read-number'
import { parseTable, splitAtTabs, tabsOr, type Table, type TableRow } from './read-table'
import { fileNameOf, isHidden, isSoundFile } from './sound-file'

const tableEnding = /((\.table\.\d+)?\.selections?|\.selection\.table)\.txt$/i
const isTable = (path: string): boolean => tableEnding.test(path) && !isHidden(path)
const isListFile = (path: string): boolean => /\.listfile\.txt$/i.test(path) && !isHidden(path)

const begin = 'begin time (s)'
const end = 'end time (s)'

const labelColumns = [
  'annotation',
  'annotations',
  'label',
  'species',
  'common name',
  'species code',
  'class',
  'tag',
  'type',
  'id',
]
const scoreColumns = ['confidence', 'score']
const noteColumns = ['comments', 'comment', 'notes', 'note']

function firstOf(table: Table, names: readonly string[]): string | null {
  return names.find((name) => table.header.includes(name)) ?? null
}

/** One row for each selection, the spectrogram's where it stands once for each view. */
function oneRowEach(rows: readonly TableRow[]): TableRow[] {
  const bySelection = new Map<string, TableRow>()
  for (const row of rows) {
    const selection = row.value['selection'] ?? ''
    const key = selection === '' ? `row ${row.row}` : [selection, row.value[begin], row.value['begin path']].join('\t')
    const own = bySelection.get(key)
    const isOtherView = own !== undefined && own.value['view'] !== row.value['view']
    if (own === undefined) bySelection.set(key, row)
    else if (!isOtherView) bySelection.set(`row ${row.row}`, row)
    else if (/^spectrogram/i.test(row.value['view'] ?? '')) bySelection.set(key, row)
  }
  return [...bySelection.values()]
}

function readSelections(table: Table, gathered: AnnotatedRecordings): void {
  const label = firstOf(table, labelColumns)
  const score = firstOf(table, scoreColumns)
  const note = firstOf(table, noteColumns)
  const stem = fileNameOf(table.path)
    .replace(tableEnding, '')
    .replace(/\.birdnet$/i, '')
  const soundOf = (value: Record<string, string>): string => value['begin path'] || value['begin file'] || ''
  const isOfSeveral = new Set(table.rows.map(({ value }) => soundOf(value))).size > 1
  for (const { row, value } of oneRowEach(table.rows)) {
    const at = { file: table.path, row }
    const from = readDecimal(value[begin] ?? '')
    const to = readDecimal(value[end] ?? '')
    const offset = readDecimal(value['file offset (s)'] ?? '')
    if (from === null || to === null) {
      gathered.issues.push({ ...at, reason: 'unreadable row: Begin Time or End Time is no number' })
      continue
    }
    if (offset === null && isOfSeveral) {
      const reason = 'this table is of several files and the row has no File Offset (s): where in its file is not known'
      gathered.issues.push({ ...at, reason })
      continue
    }
    const sound = soundOf(value)
    const recording: AnnotatedRecording =
      sound === '' ? gathered.beside(table.path, stem) : gathered.named(sound, table.path, row)
    const startSeconds = offset ?? from
    const open = value['open bounds'] ?? ''
    const bound = (column: string, name: string): number | null =>
      open === name || open === 'both' ? null : readDecimal(value[column] ?? '')
    gathered.addSegment(
      gathered.wholeClip(recording),
      {
        id: value['uuid'] ?? '',
        startSeconds,
        endSeconds: Number((startSeconds + (to - from)).toFixed(9)),
        lowHz: bound('low freq (hz)', 'low'),
        highHz: bound('high freq (hz)', 'high'),
        tier: value['tier'] ?? '',
        author: value['author'] ?? null,
        score: score === null ? null : readDecimal(value[score] ?? ''),
        note: note === null ? '' : (value[note] ?? ''),
      },
      label === null
        ? []
        : [{ className: value[label] ?? '', state: value['state'] === 'absent' ? 'absent' : 'present' }],
      at,
    )
  }
}

/** Recordings of a list that Raven opens in a row; the silent ones are in no table. */
async function readListFiles(folder: DatasetFolder, gathered: AnnotatedRecordings): Promise<void> {
  await readEach(folder, folder.listing.filter(isListFile), gathered.issues, (text, path) => {
    for (const [index, line] of text.split(/\r\n|\n|\r/).entries())
      if (line.trim() !== '') gathered.namedIfHere(line, path, index + 1)
  })
}

export const ravenImporter: Importer = {
  id: 'raven',
  name: 'Raven selection table',
  description: 'Selection tables (*.selections.txt) of one or of several recordings: boxes with labels. BirdNET’s too.',

  detect(listing) {
    const tables = listing.filter(isTable)
    if (tables.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return {
      confidence: 0.9,
      audioFiles,
      summary: `${tables.length} selection table${tables.length === 1 ? '' : 's'} and ${audioFiles} sound files`,
    }
  },

  async read(folder) {
    const paths = folder.listing.filter(isTable)
    if (paths.length === 0)
      throw new AppError('unsupported-format', 'No file is called ….selections.txt, as Raven’s tables are.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const isTabs = tabsOr(text) === '\t'
      const table = parseTable(text, path, [begin, end], isTabs ? splitAtTabs : undefined)
      gathered.issues.push(...table.issues)
      readSelections(table, gathered)
    })
    await readListFiles(folder, gathered)
    return gathered.finish()
  },
}
