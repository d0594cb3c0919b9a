/**
 * NeMo's manifests (docs.nvidia.com/nemo-framework, ASR datasets): JSON lines of `audio_filepath`, `duration`, and
 * perhaps `offset`, `label`, `text`. A path that is not in the folder names a recording without sound.
 */
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type { ClipDraft, ImportIssue, PlannedRecording, RecordingDraft } from '../../shared/job/worker-event'
import { classesOfDrafts, fromClipRecord } from '../clip-record'
import { AudioIndex } from './audio-index'
import { readJsonLines } from './audio-folder'
import type { DatasetFolder, Importer } from './import-plan'
import { decodeText } from './read-csv'
import { isSpan, mostSeconds } from './read-number'
import { isHidden, isSoundFile, toNamedPath } from './sound-file'

const own = new Set(['audio_filepath', 'offset', 'duration'])
const manifestsOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /(^|[/_.-])manifest[^/]*\.(json|jsonl)$/i.test(path) && !isHidden(path))

interface Found {
  /** Of the listing, or null. */
  sound: string | null
  path: string
}

/** The file that a manifest means, beside it or at the top; else the path itself, without what leads out of a folder. */
function findSound(name: string, base: string, sounds: readonly AudioIndex[]): Found | null {
  const parts = name.replaceAll('\\', '/').split('/')
  const path = parts.filter((part) => part !== '' && part !== '.').join('/')
  for (const index of sounds) {
    const sound = index.find(path)
    if (sound !== null) return { sound, path: sound }
  }
  const named = parts.includes('..') ? null : toNamedPath(`${name.startsWith('/') ? '' : base}${path}`)
  return named === null ? null : { sound: null, path: named }
}

/** Where the row's clip lies: the whole file where it says no offset, and its length where it says one. */
function spanOf(
  value: Record<string, unknown>,
  hasSound: boolean,
): { startSeconds: number; endSeconds: number | null } | null {
  const { offset, duration } = value
  const isNumber = (number: unknown): number is number => typeof number === 'number' && Number.isFinite(number)
  const startSeconds = offset === undefined || offset === null ? 0 : offset
  if (!isNumber(startSeconds) || !isSpan(startSeconds, mostSeconds)) return null
  if (duration === undefined || duration === null) return hasSound ? { startSeconds, endSeconds: null } : null
  if (!isNumber(duration) || !isSpan(startSeconds, startSeconds + duration)) return null
  // Without an offset it is the whole file, whose own length is the better one.
  const isWhole = hasSound && (offset === undefined || offset === null)
  return { startSeconds, endSeconds: isWhole ? null : startSeconds + duration }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const manifests = manifestsOf(folder.listing)
  if (manifests.length === 0) throw new AppError('unsupported-format', 'There is no manifest.json or manifest.jsonl.')
  const sounds = folder.listing.filter((path) => isSoundFile(path) && !isHidden(path))
  const issues: ImportIssue[] = []
  const planned = new Map<string, PlannedRecording>()
  const unheard = new Map<string, RecordingDraft>()
  const clips: ClipDraft[] = []
  for (const manifest of manifests) {
    const base = manifest.slice(0, manifest.lastIndexOf('/') + 1)
    const indices = [...new Set([base, ''])].map((place) => new AudioIndex(sounds, place))
    const read = readJsonLines(decodeText(await folder.readBytes(manifest), manifest), manifest)
    issues.push(...read.issues)
    for (const { row, value } of read.rows) {
      const complain = (reason: string): void => void issues.push({ file: manifest, row, reason })
      const name = value['audio_filepath']
      const found = typeof name === 'string' ? findSound(name.normalize('NFC'), base, indices) : null
      const span = found && spanOf(value, found.sound !== null)
      if (!found || !span) {
        complain(found ? 'unreadable row: offset and duration are no span' : 'unreadable row: no usable audio_filepath')
        continue
      }
      const clip = fromClipRecord(value, span, own, complain)
      const known = found.sound === null ? unheard.get(found.path) : planned.get(found.path)
      if (
        known?.clips.some((other) => other.startSeconds === clip.startSeconds && other.endSeconds === clip.endSeconds)
      ) {
        complain(`an earlier row has this span of ${found.path} already: this row was left`)
        continue
      }
      clips.push(clip)
      if (known) known.clips.push(clip)
      else if (found.sound === null) unheard.set(found.path, { path: found.path, ...noSound, clips: [clip] })
      else planned.set(found.path, { path: found.path, row, clips: [clip] })
    }
  }
  return {
    classes: classesOfDrafts(clips),
    recordings: [...planned.values()],
    withoutSound: [...unheard.values()],
    issues,
    skipped: sounds.length - planned.size,
  }
}

export const nemoImporter: Importer = {
  id: 'nemo',
  name: 'NeMo manifest',
  description: 'manifest.json or .jsonl: one JSON object a line with audio_filepath, offset, duration, label or text.',
  detect(listing) {
    const manifests = manifestsOf(listing)
    if (manifests.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.85, audioFiles: sounds, summary: `${manifests.join(', ')}, ${sounds} sound files` }
  },
  read,
}
