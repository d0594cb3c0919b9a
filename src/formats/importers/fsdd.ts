/**
 * Free Spoken Digit Dataset (Z. Jackson and others, github.com/Jakobovski/free-spoken-digit-dataset):
 * `recordings/{digit}_{speaker}_{index}.wav`. Everything is in the file names. Recordings 0 to 4 of each digit
 * and speaker are the official test set.
 */
import { AppError } from '../../shared/errors'
import type { ClassDraft, ImportIssue } from '../../shared/job/worker-event'
import type { Importer, ImportPlan, PlannedRecording } from './import-plan'
import { noteCount } from './pair-rows'
import { extensionOf, fileNameOf, isHidden, isSoundFile } from './sound-file'

const namePattern = /^(\d)_(\p{L}[\p{L}\p{M}\p{N}.-]*)_(\d{1,6})\.[^.]+$/u
const wholeCount = 3000
const lastTestIndex = 4

interface Layout {
  /** '' or ending in a slash. */
  folder: string
  sounds: string[]
  named: number
}

/** The folder of the recordings: `recordings/`, at most one folder down, or the root itself. One pass: listings are long. */
function findLayout(listing: readonly string[]): Layout | null {
  const layouts = new Map<string, Layout>()
  let best: Layout | null = null
  for (const path of listing) {
    if (!isSoundFile(path) || isHidden(path)) continue
    const folder = /^((?:[^/]+\/)?recordings\/|)[^/]+$/i.exec(path)?.[1]
    if (folder === undefined) continue
    const layout: Layout = layouts.get(folder) ?? { folder, sounds: [], named: 0 }
    layouts.set(folder, layout)
    layout.sounds.push(path)
    if (namePattern.test(fileNameOf(path).normalize('NFC'))) layout.named++
    if (layout.named > (best?.named ?? 0)) best = layout
  }
  return best
}

function plan(listing: readonly string[]): ImportPlan {
  const layout = findLayout(listing)
  if (layout === null) {
    throw new AppError('unsupported-format', 'No file is named like 7_jackson_32.wav, as this dataset has it.', {
      hint: 'Choose the folder that holds “recordings”.',
    })
  }
  const digits = new Set<string>()
  const recordings: PlannedRecording[] = []
  const issues: ImportIssue[] = []
  const firstOf = new Map<string, string>()
  for (const path of layout.sounds) {
    const [, digit, speaker, index] = namePattern.exec(fileNameOf(path).normalize('NFC')) ?? []
    if (digit === undefined || speaker === undefined || index === undefined) {
      issues.push({ file: path, row: null, reason: 'not named {digit}_{speaker}_{index}: left' })
      continue
    }
    const id = `${digit}_${speaker}_${Number(index)}`
    const first = firstOf.get(id)
    if (first !== undefined) {
      issues.push({ file: path, row: null, reason: `the same digit, speaker and index as ${first}: left` })
      continue
    }
    firstOf.set(id, path)
    digits.add(digit)
    recordings.push({
      path,
      row: null,
      clips: [
        {
          startSeconds: 0,
          endSeconds: null,
          fold: Number(index) <= lastTestIndex ? 'test' : 'train',
          group: speaker,
          labels: [{ className: digit, state: 'present' }],
          source: { licence: 'CC BY-SA 4.0', digit, speaker, index },
        },
      ],
    })
  }
  const classes: ClassDraft[] = [...digits].sort().map((name) => ({ name, code: Number(name), mid: null }))
  const place = layout.folder === '' ? `*.${extensionOf(layout.sounds[0]!)}` : layout.folder
  issues.push(...noteCount(place, recordings.length, [wholeCount], 'the whole dataset'))
  return { classes, recordings, issues, skipped: listing.length - layout.sounds.length }
}

export const fsddImporter: Importer = {
  id: 'fsdd',
  name: 'Free Spoken Digit Dataset',
  description:
    'recordings/{digit}_{speaker}_{index}.wav: digits as classes, speakers as groups, the official test set.',

  detect(listing) {
    const layout = findLayout(listing)
    if (layout === null || layout.named < layout.sounds.length * 0.8) return null
    const { named, folder } = layout
    const files = `${named} spoken digit${named === 1 ? '' : 's'}`
    return {
      confidence: 0.9,
      audioFiles: layout.sounds.length,
      summary: `${files} named as in the Free Spoken Digit Dataset${folder === '' ? '' : `, ${folder}`}`,
    }
  },

  read: ({ listing }) => Promise.resolve().then(() => plan(listing)),
}
