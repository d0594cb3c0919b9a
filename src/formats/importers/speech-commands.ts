/**
 * Speech Commands (P. Warden, arXiv 1804.03209): `{word}/{speaker}_nohash_{n}.wav`, `_background_noise_/*.wav`,
 * `validation_list.txt` and `testing_list.txt`. What neither list names is for training.
 */
import { AppError } from '../../shared/errors'
import type { ClassDraft, ImportIssue } from '../../shared/job/worker-event'
import { AudioIndex } from './audio-index'
import type { DatasetFolder, Importer, PlannedRecording } from './import-plan'
import { noteCount } from './pair-rows'
import { shorten } from './quote'
import { decodeText } from './read-csv'
import { describeSpreadsheetDamage } from './read-table'
import { fileNameOf, isHidden, isSoundFile } from './sound-file'

const noiseFolder = '_background_noise_'
const lists = [
  { file: 'testing_list.txt', fold: 'test' },
  { file: 'validation_list.txt', fold: 'validation' },
] as const
/** Versions 0.01 and 0.02, without the background noise. */
const wholeCounts = [64_727, 105_829]
const utterancePattern = /^([0-9a-f]{8})_nohash_(\d+)\.[^.]+$/i

interface Layout {
  /** '' or ending in a slash. */
  base: string
  sounds: string[]
  utterances: number
}

/** The folder with the word folders: the root or one below it. One pass: listings are long. */
function findLayout(listing: readonly string[]): Layout | null {
  const layouts = new Map<string, Layout>()
  let best: Layout | null = null
  for (const path of listing) {
    if (!isSoundFile(path) || isHidden(path)) continue
    const base = /^((?:[^/]+\/)?)[^/]+\/[^/]+$/.exec(path)?.[1]
    if (base === undefined) continue
    const layout: Layout = layouts.get(base) ?? { base, sounds: [], utterances: 0 }
    layouts.set(base, layout)
    layout.sounds.push(path)
    if (utterancePattern.test(fileNameOf(path))) layout.utterances++
    if (layout.utterances > (best?.utterances ?? 0)) best = layout
  }
  return best
}

/**
 * The part a speaker falls in by the dataset's own rule, which the lists were made with: SHA-1 of the file name
 * up to `_nohash_`, modulo 2²⁷ as a percentage; below 10 validation, below 20 testing.
 */
export async function foldOfSpeaker(speaker: string): Promise<'train' | 'validation' | 'test'> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-1', new TextEncoder().encode(speaker)))
  const low = ((hash[16]! & 0x07) << 24) | (hash[17]! << 16) | (hash[18]! << 8) | hash[19]!
  const percent = (low * 100) / (2 ** 27 - 1)
  return percent < 10 ? 'validation' : percent < 20 ? 'test' : 'train'
}

/** Folds by path as the lists give them, and which lists there are. */
async function readLists(
  folder: DatasetFolder,
  base: string,
  audio: AudioIndex,
): Promise<{ foldOf: Map<string, string>; missing: string[]; issues: ImportIssue[] }> {
  const foldOf = new Map<string, string>()
  const missing: string[] = []
  const issues: ImportIssue[] = []
  for (const { file, fold } of lists) {
    const path = `${base}${file}`
    if (!folder.listing.includes(path)) {
      missing.push(file)
      continue
    }
    const text = decodeText(await folder.readBytes(path), path).replace(/^\ufeff/, '')
    for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
      const row = index + 1
      // A spreadsheet leaves quotes and empty columns behind.
      const name = (/[^,;"\s](?:.*[^,;"\s])?/s.exec(line)?.[0] ?? '').replace(/^\.\//, '')
      if (name === '') continue
      const damage = describeSpreadsheetDamage([name])
      const sound = damage === null ? audio.find(name) : null
      const given = sound === null ? undefined : foldOf.get(sound)
      if (damage !== null) issues.push({ file: path, row, reason: damage })
      else if (sound === null)
        issues.push({ file: `${base}${shorten(name, 300)}`, row, reason: `no such file, though ${path} names it` })
      else if (given === undefined) foldOf.set(sound, fold)
      else {
        const reason = given === fold ? `${file} names it twice` : `in both lists: kept as ${given}`
        issues.push({ file: sound, row, reason })
      }
    }
  }
  return { foldOf, missing, issues }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const layout = findLayout(folder.listing)
  if (layout === null) {
    throw new AppError(
      'unsupported-format',
      'No file lies like yes/0a7c2a8d_nohash_0.wav, as Speech Commands has it.',
      {
        hint: 'Choose the folder that holds the words’ folders.',
      },
    )
  }
  const { base, sounds } = layout
  const { foldOf, missing, issues } = await readLists(folder, base, new AudioIndex(sounds, base))
  if (missing.length > 0) {
    const reason = 'no such list: what no list names is split by the rule that the lists were made with'
    issues.push(...missing.map((file) => ({ file: `${base}${file}`, row: null, reason })))
  }
  const ruleOf = new Map<string, string>()
  const recordings: PlannedRecording[] = []
  const classes = new Set<string>()
  for (const path of sounds) {
    const className = path.slice(base.length, path.lastIndexOf('/')).normalize('NFC')
    const isNoise = className === noiseFolder
    const [, given, take] = utterancePattern.exec(fileNameOf(path)) ?? []
    const speaker = given?.toLowerCase()
    if (speaker === undefined && !isNoise)
      issues.push({ file: path, row: null, reason: 'not named {speaker}_nohash_{n}: taken without a speaker' })
    let fold = foldOf.get(path) ?? (isNoise || speaker === undefined ? null : 'train')
    if (missing.length > 0 && speaker !== undefined && !foldOf.has(path)) {
      fold = ruleOf.get(speaker) ?? (await foldOfSpeaker(speaker))
      ruleOf.set(speaker, fold)
    }
    classes.add(className)
    recordings.push({
      path,
      row: null,
      clips: [
        {
          startSeconds: 0,
          endSeconds: null,
          fold,
          group: speaker ?? (isNoise ? fileNameOf(path) : null),
          labels: [{ className, state: 'present' }],
          source: { licence: 'CC BY 4.0', ...(speaker === undefined ? {} : { speaker, take: take! }) },
        },
      ],
    })
  }
  issues.push(
    ...noteCount(
      base === '' ? 'all folders' : base,
      layout.utterances,
      wholeCounts,
      'the whole dataset (0.01 or 0.02)',
    ),
  )
  const drafts: ClassDraft[] = [...classes].sort().map((name) => ({ name, code: null, mid: null }))
  return { classes: drafts, recordings, issues, skipped: folder.listing.length - sounds.length }
}

export const speechCommandsImporter: Importer = {
  id: 'speech-commands',
  name: 'Speech Commands',
  description:
    'A folder per word, validation_list.txt and testing_list.txt: words, the given split, speakers as groups.',

  detect(listing) {
    const layout = findLayout(listing)
    if (layout === null) return null
    const spoken = layout.sounds.filter((path) => !path.startsWith(`${layout.base}${noiseFolder}/`)).length
    if (layout.utterances < spoken * 0.8) return null
    const words = new Set(layout.sounds.map((path) => path.slice(0, path.lastIndexOf('/')))).size
    return {
      confidence: 0.93,
      audioFiles: layout.sounds.length,
      summary: `${layout.sounds.length} sound files in ${words} folder${words === 1 ? '' : 's'}, as Speech Commands has them`,
    }
  },

  read,
}
