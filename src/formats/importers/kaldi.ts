/**
 * Kaldi's data folders (kaldi-asr.org/doc/data_prep.html): `wav.scp`, and perhaps `segments`, `utt2spk`, `text` and
 * `utt2class` (classes divided by semicolons, as Earmark writes). A `wav.scp` may name commands; none is ever run: a file
 * of the folder is looked for among their words.
 */
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type { ClipDraft, ImportIssue, PlannedRecording, RecordingDraft } from '../../shared/job/worker-event'
import { classesOfDrafts } from '../clip-record'
import type { DatasetFolder, Importer } from './import-plan'
import { quote, shorten } from './quote'
import { decodeText } from './read-csv'
import { isHidden, isSoundFile, toNamedPath } from './sound-file'

const scpsOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /(^|\/)wav\.scp$/i.test(path) && !isHidden(path))

/** A map of Kaldi's: the first word of each line and the rest. */
async function readMap(
  folder: DatasetFolder,
  path: string,
  issues: ImportIssue[],
): Promise<Map<string, { row: number; rest: string }>> {
  const map = new Map<string, { row: number; rest: string }>()
  if (!folder.listing.includes(path)) return map
  const lines = decodeText(await folder.readBytes(path), path)
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
  for (const [index, line] of lines.entries()) {
    const [, key, rest = ''] = /^\s*(\S+)(?:\s+(.*))?$/s.exec(line.normalize('NFC')) ?? []
    if (key === undefined) continue
    if (map.has(key))
      issues.push({ file: path, row: index + 1, reason: `${shorten(key, 100)} stands twice: this row was left` })
    else map.set(key, { row: index + 1, rest: rest.trim() })
  }
  return map
}

interface Utterance {
  id: string
  recording: string
  row: number
  startSeconds: number
  endSeconds: number | null
}

async function readUtterances(
  folder: DatasetFolder,
  base: string,
  recordings: readonly string[],
  issues: ImportIssue[],
): Promise<Utterance[]> {
  const path = `${base}segments`
  if (!folder.listing.includes(path))
    return recordings.map((id, index) => ({ id, recording: id, row: index + 1, startSeconds: 0, endSeconds: null }))
  const known = new Set(recordings)
  return [...(await readMap(folder, path, issues))].flatMap(([id, { row, rest }]): Utterance[] => {
    const [recording = '', from = '', to = ''] = rest.split(/\s+/)
    const startSeconds = Number(from)
    // −1 is Kaldi's end of the recording.
    const endSeconds = Number(to) === -1 ? null : Number(to)
    const isSpan =
      from !== '' &&
      to !== '' &&
      startSeconds >= 0 &&
      (endSeconds === null || (endSeconds > startSeconds && Number.isFinite(endSeconds)))
    if (known.has(recording) && isSpan && Number.isFinite(startSeconds))
      return [{ id, recording, row, startSeconds, endSeconds }]
    const reason = isSpan
      ? `wav.scp has no ${shorten(recording, 100)}`
      : `${quote(from)} to ${quote(to)} is no span of seconds`
    issues.push({ file: path, row, reason })
    return []
  })
}

/** The file of the folder that an entry of wav.scp means, or null. */
function findSound(entry: string, base: string, sounds: ReadonlySet<string>): string | null {
  for (const word of [entry, ...entry.split(/\s+/)]) {
    const path = word.replace(/^(\.\/)+/, '')
    for (const place of [`${base}${path}`, path]) if (sounds.has(place)) return place
  }
  return null
}

function toClip(
  utterance: Utterance,
  speaker: string | undefined,
  text: string,
  classes: string | undefined,
): ClipDraft {
  const names = [
    ...new Set(
      (classes ?? '')
        .split(';')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    ),
  ]
  // A text made of the classes says nothing more.
  const made = [...names]
    .sort()
    .map((name) => name.replace(/\s+/g, '_'))
    .join(' ')
  const isMade = classes !== undefined && (text === made || text === '<unk>')
  return {
    startSeconds: utterance.startSeconds,
    endSeconds: utterance.endSeconds,
    fold: null,
    group: speaker === undefined || speaker === '' || speaker === utterance.id ? null : speaker,
    labels: names.map((className) => ({ className, state: 'present' })),
    source: {},
    note: isMade ? '' : text,
  }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const scps = scpsOf(folder.listing)
  if (scps.length === 0) throw new AppError('unsupported-format', 'There is no wav.scp.')
  const sounds = new Set(folder.listing.filter((path) => isSoundFile(path) && !isHidden(path)))
  const issues: ImportIssue[] = []
  const planned = new Map<string, PlannedRecording>()
  const unheard = new Map<string, RecordingDraft>()
  const clips: ClipDraft[] = []
  for (const scp of scps) {
    const base = scp.slice(0, scp.length - 'wav.scp'.length)
    const entries = await readMap(folder, scp, issues)
    const speakers = await readMap(folder, `${base}utt2spk`, issues)
    const texts = await readMap(folder, `${base}text`, issues)
    const classes = await readMap(folder, `${base}utt2class`, issues)
    for (const utterance of await readUtterances(folder, base, [...entries.keys()], issues)) {
      const { row, rest } = entries.get(utterance.recording)!
      const sound = findSound(rest, base, sounds)
      if (sound === null && utterance.endSeconds === null) {
        issues.push({
          file: scp,
          row,
          reason: `the sound of ${shorten(utterance.recording, 100)} is not in the folder, and its length is not told`,
        })
        continue
      }
      const { id } = utterance
      const clip = toClip(utterance, speakers.get(id)?.rest, texts.get(id)?.rest ?? '', classes.get(id)?.rest)
      const path = sound ?? toNamedPath(`${base}${utterance.recording}`)
      if (path === null) {
        issues.push({
          file: scp,
          row,
          reason: `${quote(utterance.recording)} is no name that a recording can have`,
        })
        continue
      }
      const known = sound === null ? unheard.get(path) : planned.get(path)
      clips.push(clip)
      if (known) known.clips.push(clip)
      else if (sound === null) unheard.set(path, { path, ...noSound, clips: [clip] })
      else planned.set(path, { path, row, clips: [clip] })
    }
  }
  return {
    classes: classesOfDrafts(clips),
    recordings: [...planned.values()],
    withoutSound: [...unheard.values()],
    issues,
    skipped: sounds.size - planned.size,
  }
}

export const kaldiImporter: Importer = {
  id: 'kaldi',
  name: 'Kaldi data folder',
  description: 'wav.scp with segments, utt2spk and text; speakers become groups, texts notes.',
  detect(listing) {
    const scps = scpsOf(listing)
    if (scps.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.93, audioFiles: sounds, summary: `${scps.join(', ')}, ${sounds} sound files` }
  },
  read,
}
