/**
 * The Million Song Dataset's Taste Profile (Bertin-Mahieux et al., ISMIR 2011; millionsongdataset.com/tasteprofile):
 * `train_triplets.txt` and the like, `user<TAB>song<TAB>play count` a line without a header, 48,373,586 of them. Songs that
 * `sid_mismatches.txt` names are other songs than the dataset's sound of that id: their lines are left, as its authors ask.
 * `taste_profile_song_to_tracks.txt` says by which tracks, after which sound is called, a song is heard.
 */
import { AppError } from '../../shared/errors'
import { describeTwice, InteractionRowsBuilder } from '../../shared/job/interaction-rows'
import type { ImportIssue } from '../../shared/job/worker-event'
import type { DatasetFolder, Importer, InteractionBatch } from './import-plan'
import { quote, unquote } from './quote'
import { readDecimal } from './read-number'
import { type LineBatch, readLineBatches } from './read-lines'
import { describeSpreadsheetDamage } from './read-table'
import { isHidden, isSoundFile } from './sound-file'

const batchRows = 50_000
/** Rows at fault that are told of one by one; more would not tell more. */
const mostIssues = 10_000
/** Lines after which a list that has no triplet is none. */
const mostBadLines = 1000
/** Songs have a handful at most. */
const mostTracks = 100
/** As much as a signed number of 32 bits holds; the largest count of the dataset is 9,667. */
const mostCount = 2 ** 31 - 1

const filesOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /triplets[^/]*\.(txt|tsv)$/i.test(path) && !isHidden(path))

/** Songs whose id and sound do not belong together. */
async function readMismatches(folder: DatasetFolder): Promise<Set<string>> {
  const songs = new Set<string>()
  const path = folder.listing.find((name) => /(^|\/)sid_mismatches\.txt$/i.test(name) && !isHidden(name))
  if (path === undefined) return songs
  for await (const { lines } of readLineBatches(folder, path))
    for (const line of lines) {
      const song = /<(SO[A-Z0-9]{16})\b/.exec(line)?.[1]
      if (song !== undefined) songs.add(song)
    }
  return songs
}

/** What songs are called as tracks, in batches without a row. */
async function* readTracks(folder: DatasetFolder): AsyncGenerator<InteractionBatch> {
  const path = folder.listing.find((name) => /(^|\/)\w*song_to_tracks\.txt$/i.test(name) && !isHidden(name))
  if (path === undefined) return
  const issues: ImportIssue[] = []
  let aliases: string[] = []
  const take = (done: number, total: number): InteractionBatch => {
    const rows = { ...new InteractionRowsBuilder(path, 0).build(), aliases: aliases.join('\n') }
    aliases = []
    return { rows, issues: issues.splice(0), done, total, message: path }
  }
  for await (const { lines, firstRow, done, total } of readLineBatches(folder, path)) {
    for (const [index, line] of lines.entries()) {
      const [song = '', ...tracks] = line.split('\t').map((field) => field.trim())
      if (
        song === '' ||
        tracks.length > mostTracks ||
        ![song, ...tracks].every((name) => name === '' || isName(name))
      ) {
        if (line.trim() !== '' && issues.length < mostIssues)
          issues.push({ file: path, row: firstRow + index, reason: 'this is no row of a song and its tracks' })
        continue
      }
      for (const track of tracks) if (track !== '') aliases.push(`${track}\t${song}`)
    }
    if (aliases.length + issues.length >= batchRows) yield take(done, total)
  }
  if (aliases.length + issues.length > 0) yield take(1, 1)
}

type Triplet = [user: string, item: string, count: number]
type Fault = { reason: string; kind?: ImportIssue['kind'] }

/** One line, at its tabs or, where a spreadsheet has saved it, semicolons or commas. */
function readTriplet(line: string): Triplet | Fault {
  const delimiter = line.includes('\t') ? '\t' : line.includes(';') ? ';' : ','
  const first = line.indexOf(delimiter)
  const second = line.indexOf(delimiter, first + 1)
  if (first < 0 || second < 0 || line.includes(delimiter, second + 1))
    return { reason: 'this is no row of a user, an item and a count' }
  const user = fieldOf(line.slice(0, first))
  const item = fieldOf(line.slice(first + 1, second))
  const count = fieldOf(line.slice(second + 1))
  const damage = describeSpreadsheetDamage([user, item, count])
  if (damage !== null) return { reason: damage }
  if (!isName(user)) return { reason: `${quote(user)} is no name of a user` }
  if (!isName(item)) return { reason: `${quote(item)} is no name of an item` }
  const number = /^\d{1,9}$/.test(count) ? Number(count) : (readDecimal(count) ?? NaN)
  if (Number.isNaN(number)) return { reason: `${quote(count)} is no count` }
  if (!(Number.isInteger(number) && number >= 1 && number <= mostCount))
    return { reason: `the count ${quote(count)} is no whole number from 1 to ${mostCount}`, kind: 'outside' }
  return [user, item, number]
}

const fieldOf = (text: string): string => {
  const trimmed = text.trim()
  return trimmed.startsWith('"') || trimmed.endsWith('"') ? unquote(trimmed) : trimmed
}

const isName = (text: string): boolean => text !== '' && text.length <= 200 && !/\p{Cc}/u.test(text)

const isHeader = (line: string): boolean => /(play|listen|count)\w*"?\s*$/i.test(line) && !/\d"?\s*$/.test(line)

/** The triplets of one file. */
class TripletFile {
  private rows: InteractionRowsBuilder
  private issues: ImportIssue[] = []
  private told = 0
  private untold = 0
  private mismatched = 0
  taken = 0

  constructor(
    private readonly path: string,
    private readonly mismatches: ReadonlySet<string>,
  ) {
    this.rows = new InteractionRowsBuilder(path, batchRows)
  }

  /** @throws AppError bad-row where it begins with a thousand lines that are no triplets */
  *read({ lines, firstRow, tooLong, done, total }: LineBatch): Generator<InteractionBatch> {
    for (const row of tooLong) this.complain(row, { reason: 'this line is too long to be one of a list' })
    for (const [index, line] of lines.entries()) {
      if (line.trim() === '') continue
      const row = firstRow + index
      const triplet = readTriplet(line)
      if (Array.isArray(triplet)) this.take(triplet, row)
      else if (row > 1 || !isHeader(line)) this.complain(row, triplet)
      if (this.rows.isFull || this.issues.length >= batchRows) yield this.build(done, total)
    }
  }

  /** What is left, and what was not told one by one. */
  finish(total: number): InteractionBatch {
    const note = (reason: string): void => void this.issues.push({ file: this.path, row: null, reason, kind: 'note' })
    if (this.mismatched > 0)
      note(
        `note: ${this.mismatched} rows of songs that sid_mismatches.txt names were left: their sound is another song’s`,
      )
    if (this.untold > 0) note(`note: ${this.untold} more rows were left, for reasons like those told`)
    return this.build(total, total)
  }

  private take([user, item, count]: Triplet, row: number): void {
    if (this.mismatches.has(item)) {
      this.mismatched++
      this.taken++
      return
    }
    const before = this.rows.add(user, item, count, row)
    if (before) this.complain(row, describeTwice(user, item, count, before))
    else this.taken++
  }

  private complain(row: number, { reason, kind }: Fault): void {
    if (this.taken === 0 && this.told >= mostBadLines)
      throw new AppError('bad-row', `${this.path}: none of its first ${mostBadLines} rows is a triplet: ${reason}.`, {
        hint: 'A row is a user, an item and how often, divided by tabs.',
      })
    if (++this.told > mostIssues) this.untold++
    else this.issues.push({ file: this.path, row, reason, ...(kind ? { kind } : {}) })
  }

  private build(done: number, total: number): InteractionBatch {
    const batch = { rows: this.rows.build(), issues: this.issues, done, total, message: this.path }
    this.rows = new InteractionRowsBuilder(this.path, batchRows)
    this.issues = []
    return batch
  }
}

async function* readAll(
  folder: DatasetFolder,
  paths: readonly string[],
  mismatches: ReadonlySet<string>,
): AsyncGenerator<InteractionBatch> {
  let taken = 0
  yield* readTracks(folder)
  for (const path of paths) {
    const file = new TripletFile(path, mismatches)
    let total = 0
    for await (const lines of readLineBatches(folder, path)) {
      total = lines.total
      yield* file.read(lines)
    }
    yield file.finish(total)
    taken += file.taken
  }
  if (taken === 0)
    throw new AppError('bad-file', `${paths.join(', ').slice(0, 300)}: there is no triplet in it.`, {
      hint: 'A row is a user, an item and how often, divided by tabs.',
    })
}

export const tasteProfileImporter: Importer = {
  id: 'taste-profile',
  name: 'Taste Profile triplets',
  description: 'The Million Song Dataset’s user, song and play count a line; songs are matched with clips by their id.',
  detect(listing) {
    const files = filesOf(listing)
    if (files.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return {
      confidence: 0.9,
      audioFiles,
      summary: `Triplets of user, song and count in ${files.join(', ').slice(0, 200)}`,
    }
  },
  async read(folder) {
    const files = filesOf(folder.listing)
    if (files.length === 0) throw new AppError('unsupported-format', 'There is no file called …triplets….txt.')
    const mismatches = await readMismatches(folder)
    return { classes: [], recordings: [], issues: [], skipped: 0, interactions: readAll(folder, files, mismatches) }
  },
}
