/**
 * FSD50K (Fonseca, Favory, Pons, Font, Serra, TASLP 2022; zenodo.org/record/4060432): `FSD50K.dev_audio/` and
 * `FSD50K.eval_audio/` with `{freesound id}.wav`, `FSD50K.ground_truth/{dev,eval,vocabulary}.csv` and, where it
 * is there, `FSD50K.metadata/` with licences, uploaders and raters' votes. Labels are already propagated to ancestors.
 */
import { AppError } from '../../shared/errors'
import type { ClassDraft, ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { AudioIndex } from './audio-index'
import { wholeNumber } from './class-list'
import { judgeVotes, readClipInfos, readRatings, type ClipInfo, type Ratings } from './fsd50k-info'
import type { DatasetFolder, Importer, PlannedRecording } from './import-plan'
import { noteCount, pairRows } from './pair-rows'
import { quote, shorten } from './quote'
import { decodeText, readCsv } from './read-csv'
import { describeSpreadsheetDamage, guessDelimiter, readTable } from './read-table'
import { isHidden, isSoundFile } from './sound-file'

const sets = [
  { name: 'dev', count: 40_966, columns: ['fname', 'labels', 'mids', 'split'], annotation: 'possibly incomplete' },
  { name: 'eval', count: 10_231, columns: ['fname', 'labels', 'mids'], annotation: 'exhaustive' },
] as const
const splits = new Map([
  ['train', 'train'],
  ['val', 'validation'],
])

/** Names of classes by AudioSet id, each met once; the vocabulary's number comes with it. */
class Vocabulary {
  private readonly drafts = new Map<string, ClassDraft>()
  private readonly names = new Map<string, string>()
  private readonly codes = new Set<number>()

  /** Returns what is contradictory, or null. */
  add(name: string, code: number | null, mid: string | null): string | null {
    const known = this.drafts.get(name)
    const owner = mid === null ? undefined : this.names.get(mid)
    const midClash =
      (owner !== undefined && owner !== name) ||
      (known !== undefined && mid !== null && known.mid !== null && known.mid !== mid)
    const codeClash = code !== null && this.codes.has(code)
    if (!known) {
      this.drafts.set(name, { name, code: codeClash ? null : code, mid: midClash ? null : mid })
      if (code !== null) this.codes.add(code)
    } else if (known.mid === null && !midClash) known.mid = mid
    if (mid !== null && !midClash) this.names.set(mid, name)
    return midClash ? `${quote(name)} and ${shorten(mid ?? '', 100)} do not belong together in other rows` : null
  }

  nameOf(mid: string): string | undefined {
    return this.names.get(mid)
  }

  sorted(): ClassDraft[] {
    return [...this.drafts.values()].sort(
      (a, b) => (a.code ?? Infinity) - (b.code ?? Infinity) || (a.name < b.name ? -1 : 1),
    )
  }
}

/** `FSD50K.dev_audio` and the like, whose prefix some mirrors leave away; at most one folder down. */
function findPath(listing: readonly string[], folder: string, file: string): string | null {
  const pattern = new RegExp(`^([^/]+/)?(FSD50K\\.)?${folder}/${file}$`, 'i')
  return listing.find((path) => pattern.test(path) && !isHidden(path)) ?? null
}

function soundsOf(listing: readonly string[], set: string): { folder: string; sounds: string[] } {
  const pattern = new RegExp(`^([^/]+/)?(FSD50K\\.)?${set}_audio/`, 'i')
  const sounds = listing.filter((path) => pattern.test(path) && isSoundFile(path) && !isHidden(path))
  return { folder: pattern.exec(sounds[0] ?? '')?.[0] ?? `FSD50K.${set}_audio/`, sounds }
}

/** `vocabulary.csv` has no header: index, label, mid. */
async function readVocabulary(folder: DatasetFolder, issues: ImportIssue[]): Promise<Vocabulary> {
  const vocabulary = new Vocabulary()
  const path = findPath(folder.listing, 'ground_truth', 'vocabulary.csv')
  if (path === null) return vocabulary
  const text = decodeText(await folder.readBytes(path), path)
  const { header, rows, unreadable } = readCsv(text, guessDelimiter(text, ','))
  issues.push(...unreadable.map(({ row, reason }) => ({ file: path, row, reason: `unreadable row: ${reason}` })))
  for (const { row, fields } of [...(header ? [header] : []), ...rows]) {
    const [code = '', name = '', mid = ''] = fields.map((field) => field.trim().normalize('NFC'))
    const damage = describeSpreadsheetDamage(fields)
    const number = wholeNumber(code)
    if (damage !== null) issues.push({ file: path, row, reason: damage })
    else if (fields.length !== 3 || number === null || name === '' || mid === '') {
      if (row !== 1 || mid.toLowerCase() !== 'mid')
        issues.push({ file: path, row, reason: 'not index, label, mid: left' })
    } else {
      const conflict = vocabulary.add(name, number, mid)
      if (conflict) issues.push({ file: path, row, reason: conflict })
    }
  }
  return vocabulary
}

function splitList(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim().normalize('NFC'))
  return parts.filter((part) => part !== '')
}

interface SetContext {
  annotation: string
  infos: Map<string, ClipInfo>
  ratings: Map<string, Ratings>
  vocabulary: Vocabulary
}

function readClip(
  value: Record<string, string>,
  set: string,
  context: SetContext,
  complain: (reason: string) => void,
): ClipDraft {
  const { infos, ratings, vocabulary } = context
  const id = value['fname']!.replace(/\.wav$/i, '')
  const names = splitList(value['labels'] ?? '')
  const mids = splitList(value['mids'] ?? '')
  if (names.length === 0) complain('no labels: taken without a label')
  if (names.length !== mids.length) complain(`${names.length} labels but ${mids.length} mids: taken by the labels`)
  const labels = new Map<string, 'present' | 'absent'>()
  for (const [index, name] of names.entries()) {
    const conflict = vocabulary.add(name, null, names.length === mids.length ? mids[index]! : null)
    if (conflict) complain(conflict)
    labels.set(name, 'present')
  }
  for (const [mid, votes] of ratings.get(id) ?? []) {
    const name = vocabulary.nameOf(mid)
    const verdict = judgeVotes(votes)
    if (name === undefined || verdict === null) continue
    if (!labels.has(name)) labels.set(name, verdict)
    else if (verdict === 'absent' && labels.get(name) === 'present')
      complain(`raters found no ${quote(name)}, the ground truth has it: kept as present`)
  }
  const split = (value['split'] ?? '').toLowerCase()
  const fold = set === 'eval' ? 'test' : (splits.get(split) ?? null)
  if (fold === null) complain(`bad split ${quote(split)}, neither train nor val: taken without a fold`)
  const info = infos.get(id)
  if (!info && infos.size > 0) complain('no entry in the clips’ info: taken without licence and uploader')
  const source = {
    id,
    set,
    annotation: context.annotation,
    licence: info?.licence,
    uploader: info?.uploader,
    title: info?.title,
  }
  return {
    startSeconds: 0,
    endSeconds: null,
    fold,
    group: info?.uploader ?? null,
    labels: [...labels].map(([className, state]) => ({ className, state })),
    source: Object.fromEntries(Object.entries(source).filter(([, text]) => Boolean(text))) as Record<string, string>,
  }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const { listing } = folder
  const issues: ImportIssue[] = []
  const recordings: PlannedRecording[] = []
  const tables = sets.map((set) => ({ ...set, path: findPath(listing, 'ground_truth', `${set.name}\\.csv`) }))
  if (tables.every(({ path }) => path === null)) {
    throw new AppError('unsupported-format', 'There is no FSD50K.ground_truth/dev.csv or eval.csv.', {
      hint: 'Choose the folder that holds the folders FSD50K.ground_truth and FSD50K.dev_audio.',
    })
  }
  const vocabulary = await readVocabulary(folder, issues)
  const ratingsPath = findPath(listing, 'metadata', 'pp_pnp_ratings(_FSD50K)?\\.json')
  const ratings = ratingsPath === null ? new Map<string, Ratings>() : await readRatings(folder, ratingsPath, issues)
  for (const { name: set, count, columns, annotation, path } of tables) {
    const { folder: audioFolder, sounds } = soundsOf(listing, set)
    // One half without the other is a usual download; without its table its sounds have no labels.
    if (path === null) {
      issues.push(...sounds.map((file) => ({ file, row: null, reason: `there is no ${set}.csv to name this file` })))
      continue
    }
    const table = await readTable(folder, path, columns)
    issues.push(...table.issues)
    if (sounds.length === 0) {
      issues.push({
        file: path,
        row: null,
        reason: `none of its ${table.rows.length} sound files is there: ${audioFolder}`,
      })
      continue
    }
    const infoPath = findPath(listing, 'metadata', `${set}_clips_info_FSD50K\\.json`)
    if (infoPath === null)
      issues.push({
        file: path,
        row: null,
        reason: `no ${set}_clips_info_FSD50K.json: taken without licences and uploaders`,
      })
    const infos = infoPath === null ? new Map<string, ClipInfo>() : await readClipInfos(folder, infoPath, issues)
    const audio = new AudioIndex(sounds, audioFolder)
    const context: SetContext = { annotation, infos, ratings, vocabulary }
    const rows = table.rows.flatMap(({ row, value }) => {
      const fname = value['fname']!
      if (fname === '') {
        issues.push({ file: path, row, reason: 'unreadable row: the file name is empty' })
        return []
      }
      // Without its extension, as published; some mirrors add it.
      const found = audio.find(`${fname}.wav`) ?? audio.find(fname)
      const name = `${audioFolder}${fname.replace(/\.wav$/i, '')}.wav`
      const complain = (reason: string): void => void issues.push({ file: found ?? name, row, reason })
      return [{ row, name, path: found, clip: readClip(value, set, context, complain) }]
    })
    const paired = pairRows(path, rows, sounds)
    recordings.push(...paired.recordings)
    issues.push(...paired.issues, ...noteCount(path, paired.recordings.length, [count], `the whole ${set} set`))
  }
  return { classes: vocabulary.sorted(), recordings, issues, skipped: 0 }
}

export const fsd50kImporter: Importer = {
  id: 'fsd50k',
  name: 'FSD50K',
  description:
    'FSD50K.dev_audio, eval_audio, ground_truth, metadata: labels and absences, the split, licences, uploaders.',

  detect(listing) {
    if (sets.every(({ name }) => findPath(listing, 'ground_truth', `${name}\\.csv`) === null)) return null
    const sounds = sets.reduce((sum, { name }) => sum + soundsOf(listing, name).sounds.length, 0)
    return sounds === 0
      ? null
      : { confidence: 0.98, audioFiles: sounds, summary: `${sounds} sound files in FSD50K’s layout` }
  },

  read,
}
