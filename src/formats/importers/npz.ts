/** NumPy's npz of features as Earmark writes them: `keys`, `records` and, where they are, `features` and `frames`. */
import { unzipSync } from 'fflate'
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type { EmbeddingDraft, ImportIssue, RecordingDraft } from '../../shared/job/worker-event'
import { classesOfDrafts, fromClipRecord } from '../clip-record'
import { decodeNpy, toFloats, toTexts } from '../containers/npy'
import type { Importer } from './import-plan'
import { readJsonObject } from './json-value'
import { isHidden, toNamedPath } from './sound-file'

const own = new Set(['duration'])
/** What an archive may unpack to: more is refused before it is. */
const maxBytes = 2_000_000_000
const wanted = new Set(['keys.npy', 'records.npy', 'features.npy', 'frames.npy'])
const filesOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /\.npz$/i.test(path) && !isHidden(path))

/** @throws AppError bad-file */
function unpack(bytes: Uint8Array, path: string): Record<string, Uint8Array> {
  let total = 0
  try {
    return unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (!wanted.has(name)) return false
        total += originalSize
        // Deflate makes at most a thousandth of anything: more is a lie that would fill the memory.
        if (total > maxBytes || originalSize > size * 1100 + 1000) throw new RangeError('it unpacks to too much')
        return true
      },
    })
  } catch (cause) {
    throw new AppError('bad-file', `${path} is no zip archive that can be read: ${(cause as Error).message}.`, {
      cause,
    })
  }
}

function readFile(bytes: Uint8Array, path: string, complain: (row: number, reason: string) => void): RecordingDraft[] {
  const files = unpack(bytes, path)
  const arrayOf = (name: string) => (files[name] ? decodeNpy(files[name], `${path}/${name}`) : null)
  const keys = arrayOf('keys.npy')
  const records = arrayOf('records.npy')
  if (!keys || !records)
    throw new AppError('unsupported-format', `${path} has no arrays “keys” and “records”.`, {
      hint: 'Only npz files that Earmark has written say what their rows are.',
    })
  const names = toTexts(keys, path)
  const texts = toTexts(records, path)
  const features = arrayOf('features.npy')
  const frames = arrayOf('frames.npy')
  const values = features ? toFloats(features, path) : new Float32Array()
  const [, width = 0, bands = 0] = features?.shape ?? []
  const lengths = frames?.dtype === '<i4' ? new Int32Array(frames.data.slice().buffer) : new Int32Array()
  return names.flatMap((key, index): RecordingDraft[] => {
    const name = toNamedPath(key)
    const { value: fields, reason } = readJsonObject(texts[index] ?? '')
    if (reason !== null) {
      complain(index + 1, `unreadable record: ${reason}`)
      return []
    }
    const duration = fields['duration']
    if (name === null || typeof duration !== 'number' || !(duration > 0) || !Number.isFinite(duration)) {
      complain(index + 1, 'the row has no key, or its record no duration')
      return []
    }
    const count = Math.min(Math.max(lengths[index] ?? 0, 0), width)
    const data = values.slice(index * width * bands, (index * width + count) * bands)
    const embeddings: EmbeddingDraft[] =
      count > 0 && bands > 0 && data.length === count * bands
        ? [{ name: 'log_mel', frames: count, dimensions: bands, dtype: 'float32', data: new Uint8Array(data.buffer) }]
        : []
    const span = { startSeconds: 0, endSeconds: duration }
    const clip = fromClipRecord(fields, span, own, (reason) => complain(index + 1, reason))
    return [{ path: name, ...noSound, clips: [{ ...clip, embeddings }] }]
  })
}

export const npzImporter: Importer = {
  id: 'npz',
  name: 'NumPy npz of features',
  description: 'Features with keys and records, as Earmark writes them; labels and features without sound.',
  detect(listing) {
    const files = filesOf(listing)
    return files.length === 0 ? null : { confidence: 0.7, audioFiles: 0, summary: `${files.length} npz files` }
  },
  async read(folder) {
    const files = filesOf(folder.listing)
    if (files.length === 0) throw new AppError('unsupported-format', 'There are no .npz files.')
    const issues: ImportIssue[] = []
    const recordings = new Map<string, RecordingDraft>()
    for (const path of files) {
      const complain = (row: number, reason: string): void => void issues.push({ file: path, row, reason })
      for (const recording of readFile(await folder.readBytes(path), path, complain)) {
        if (recordings.has(recording.path))
          issues.push({ file: path, row: null, reason: `${recording.path} stands twice` })
        else recordings.set(recording.path, recording)
      }
    }
    const withoutSound = [...recordings.values()]
    const classes = classesOfDrafts(withoutSound.flatMap(({ clips }) => clips))
    return { classes, recordings: [], withoutSound, issues, skipped: 0 }
  },
}
