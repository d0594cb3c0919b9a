/**
 * Acoustic scenes of DCASE: TUT 2016 and 2017 (`meta.txt` without a header: audio/x.wav, scene and, in 2017, the
 * original recording, divided by tabs; `error.txt`) and TUT Urban 2018 and its successors (`meta.csv` with
 * filename, scene_label, identifier, source_label), each with `evaluation_setup/`. Mesaros, Heittola, Virtanen:
 * TUT database for acoustic scene classification, EUSIPCO 2016; A multi-device dataset …, DCASE 2018.
 */
import { AppError } from '../../shared/errors'
import type { ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { AudioIndex } from './audio-index'
import { ClassList } from './class-list'
import { findDelimiter, readDcaseFolds, type DcaseFolds } from './dcase-folds'
import type { DatasetFolder, Importer } from './import-plan'
import { noteCount, pairRows, type AudioRow } from './pair-rows'
import { quote } from './quote'
import { decodeText, readCsv } from './read-csv'
import { describeSpreadsheetDamage, readTable, type TableRow } from './read-table'
import { fileNameOf, isHidden, isSoundFile } from './sound-file'

/** Development and evaluation sets of 2016 and 2017. */
const tutCounts = [1170, 390, 4680, 1620]
/** 2018 tasks 1A and 1B. */
const urbanCounts = [8640, 10_080]
const metaPattern = /^([^/]+\/)?meta\.(txt|csv)$/i

interface Layout {
  meta: string
  base: string
  sounds: string[]
}

/** The first folder, the root or one below it, with a table and sound beside it. One pass: listings are long. */
function findLayout(listing: readonly string[]): Layout | null {
  const metas = new Map<string, string>()
  const sounds = new Map<string, string[]>()
  for (const path of listing) {
    if (isHidden(path)) continue
    const meta = metaPattern.exec(path)
    if (meta && !metas.has(meta[1] ?? '')) metas.set(meta[1] ?? '', path)
    const base = isSoundFile(path) ? /^((?:[^/]+\/)?)audio\//.exec(path)?.[1] : undefined
    if (base === undefined) continue
    const own = sounds.get(base)
    if (own) own.push(path)
    else sounds.set(base, [path])
  }
  for (const [base, meta] of metas) {
    const own = sounds.get(base)
    if (own) return { meta, base, sounds: own }
  }
  return null
}

/** The rows of `meta.txt`, named as the columns of `meta.csv` where they say the same. */
async function readMetaText(folder: DatasetFolder, path: string): Promise<{ rows: TableRow[]; issues: ImportIssue[] }> {
  const text = decodeText(await folder.readBytes(path), path)
  const { header, rows, unreadable } = readCsv(text, findDelimiter(text))
  const issues = unreadable.map(({ row, reason }) => ({ file: path, row, reason: `unreadable row: ${reason}` }))
  const read: TableRow[] = []
  for (const { row, fields } of [...(header ? [header] : []), ...rows]) {
    const [filename = '', scene = '', recording = '', ...rest] = fields.map((field) => field.trim())
    const damage = describeSpreadsheetDamage(fields)
    if (damage !== null) issues.push({ file: path, row, reason: damage })
    else if (fields.length < 2 || rest.some((field) => field !== ''))
      issues.push({ file: path, row, reason: `unreadable row: ${fields.length} columns instead of 2 or 3` })
    else read.push({ row, value: { filename, scene_label: scene, recording } })
  }
  return { rows: read, issues }
}

/** `error.txt`: spans in which the microphone failed or a telephone interfered, kept as text with the clip. */
async function readErrors(folder: DatasetFolder, layout: Layout, audio: AudioIndex): Promise<Map<string, string>> {
  const path = `${layout.base}error.txt`
  const errors = new Map<string, string>()
  if (!folder.listing.includes(path)) return errors
  const { header, rows } = readCsv(decodeText(await folder.readBytes(path), path), '\t')
  for (const { fields } of [...(header ? [header] : []), ...rows]) {
    const [name = '', start = '', end = '', what = ''] = fields.map((field) => field.trim())
    const sound = audio.find(name)
    const span = `${start}–${end} s ${what}`.trim()
    if (sound !== null) errors.set(sound, errors.has(sound) ? `${errors.get(sound)!}; ${span}` : span)
  }
  return errors
}

/** Where it was recorded: the row's identifier or recording, else what the file name says. */
function locationOf(value: Record<string, string>): {
  group: string | null
  city: string | null
  device: string | null
} {
  const stem = fileNameOf(value['filename'] ?? '').replace(/\.[^.]+$/, '')
  // Scene-city-location-segment-device, as of 2018; else recording_start_end.
  const [, city, location, device] = /^[^-]+-([^-]+)-([^-]+)-[^-]+-([^-]+)$/.exec(stem) ?? []
  const recording = /^(.+)_\d+_\d+$/.exec(stem)?.[1]
  const named = city === undefined ? recording : `${city}-${location}`
  const given = value['identifier'] || value['recording']
  return { group: given || (named ?? null), city: city ?? null, device: value['source_label'] || (device ?? null) }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const layout = findLayout(folder.listing)
  if (layout === null) {
    throw new AppError('unsupported-format', 'There is no meta.txt or meta.csv beside a folder “audio”.', {
      hint: 'Choose the folder that holds “audio”, “evaluation_setup” and meta.txt or meta.csv.',
    })
  }
  const { meta, base, sounds } = layout
  const isText = /\.txt$/i.test(meta)
  const { rows, issues } = isText
    ? await readMetaText(folder, meta)
    : await readTable(folder, meta, ['filename', 'scene_label'])
  const audio = new AudioIndex(sounds, base)
  const errors = await readErrors(folder, layout, audio)
  const folds = await readDcaseFolds(folder, base, audio)
  issues.push(...folds.issues)
  if (!folds.found)
    issues.push({
      file: `${base}evaluation_setup`,
      row: null,
      kind: 'note',
      reason: 'note: no lists of folds: taken without folds',
    })

  const classes = new ClassList('number')
  const audioRows = rows.flatMap(({ row, value }): AudioRow[] => {
    const filename = (value['filename'] ?? '').replace(/^\.\//, '')
    if (filename === '') {
      issues.push({ file: meta, row, reason: 'unreadable row: the file name is empty' })
      return []
    }
    const path = audio.find(filename)
    const name = `${base}${filename}`
    const complain = (reason: string): void => void issues.push({ file: path ?? name, row, reason })
    const error = path === null ? undefined : errors.get(path)
    return [{ row, name, path, clip: readClip(value, path, folds, classes, error, complain) }]
  })
  const paired = pairRows(meta, audioRows, sounds)
  const counts = isText ? tutCounts : urbanCounts
  issues.push(...paired.issues, ...noteCount(meta, paired.recordings.length, counts, 'a whole set'))
  return { classes: classes.sorted(), recordings: paired.recordings, issues, skipped: 0 }
}

function readClip(
  value: Record<string, string>,
  path: string | null,
  folds: DcaseFolds,
  classes: ClassList,
  error: string | undefined,
  complain: (reason: string) => void,
): ClipDraft {
  const scene = (value['scene_label'] ?? '').normalize('NFC')
  if (scene === '') complain('no scene: taken without a label')
  else classes.add(scene, null)
  const listed = path === null ? undefined : folds.sceneOf.get(path)
  if (listed !== undefined && listed.scene.normalize('NFC') !== scene)
    complain(`${listed.file}, row ${listed.row}, says ${quote(listed.scene)}: kept ${quote(scene)}`)
  const { group, city, device } = locationOf(value)
  const entries = Object.entries({ ...value, city, device, error, licence: 'the dataset’s own (EULA or LICENSE file)' })
  const source = entries.filter(([name, text]) => name !== 'scene_label' && name !== 'source_label' && Boolean(text))
  return {
    startSeconds: 0,
    endSeconds: null,
    fold: path === null ? null : (folds.foldOf.get(path) ?? null),
    group,
    labels: scene === '' ? [] : [{ className: scene, state: 'present' }],
    source: Object.fromEntries(source) as Record<string, string>,
  }
}

export const dcaseScenesImporter: Importer = {
  id: 'dcase-scenes',
  name: 'DCASE acoustic scenes',
  description: 'audio/, meta.txt or meta.csv and evaluation_setup/: scenes, the given folds, locations as groups.',

  detect(listing) {
    const layout = findLayout(listing)
    if (layout === null) return null
    const hasSetup = listing.some((path) => path.startsWith(`${layout.base}evaluation_setup/`))
    return {
      confidence: hasSetup ? 0.92 : 0.7,
      audioFiles: layout.sounds.length,
      summary: `${layout.sounds.length} sound files in the layout of DCASE’s acoustic scenes, ${layout.meta}`,
    }
  },

  read,
}
