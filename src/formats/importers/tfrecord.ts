/**
 * TFRecords: tf.train.Example as Earmark writes them (`key`, `json`, `log_mel`), and AudioSet's embeddings (SequenceExample
 * with video_id, start_time_seconds, end_time_seconds, labels and 128 quantised values a second as `audio_embedding`;
 * research.google.com/audioset/download.html). Recordings are known by name: the files hold no sound that can be played.
 */
import { AppError } from '../../shared/errors'
import { noSound } from '../../shared/job/named-drafts'
import type { ClassDraft, ClipDraft, EmbeddingDraft, ImportIssue, RecordingDraft } from '../../shared/job/worker-event'
import { classesOfDrafts, fromClipRecord } from '../clip-record'
import { concatBytes } from '../containers/protobuf'
import { decodeExample, decodeFeatureLists, type ReadFeature } from '../containers/tf-example'
import { readRecords } from '../containers/tfrecord'
import { audiosetEmbedding } from '../exporters/tfrecord-embeddings'
import type { DatasetFolder, Importer } from './import-plan'
import { readJsonObject } from './json-value'
import { decodeText, readCsv } from './read-csv'
import { isSpan } from './read-number'
import { quote } from './quote'
import { isHidden, isSoundFile, toNamedPath } from './sound-file'

const own = new Set(['duration'])
const mostNameSigns = 200
const filesOf = (listing: readonly string[]): string[] =>
  listing.filter((path) => /\.tfrecords?$/i.test(path) && !isHidden(path))

/** The names of AudioSet's class numbers, where the table is there. */
async function readIndices(folder: DatasetFolder): Promise<Map<number, ClassDraft>> {
  const classes = new Map<number, ClassDraft>()
  const path = folder.listing.find((name) => /(^|\/)class_labels_indices\.csv$/i.test(name) && !isHidden(name))
  if (path === undefined) return classes
  const taken = new Set<string>()
  for (const { fields } of readCsv(decodeText(await folder.readBytes(path), path)).rows) {
    const [code = '', mid = '', given = ''] = fields.map((field) => field.trim().normalize('NFC'))
    const name = taken.has(given) ? mid : given
    if (!/^\d{1,6}$/.test(code) || name === '' || mid === '' || taken.has(name)) continue
    taken.add(name)
    classes.set(Number(code), { name, code: Number(code), mid })
  }
  return classes
}

const textOf = (feature: ReadFeature | undefined): string | null =>
  feature?.bytes[0] === undefined ? null : new TextDecoder().decode(feature.bytes[0]).normalize('NFC')

interface Taken {
  path: string
  clip: ClipDraft
}

/** One of AudioSet's records, null where it is no such. */
function readEmbedding(
  record: Uint8Array,
  context: Map<string, ReadFeature>,
  nameOf: (index: number) => string,
): Taken | string | null {
  const ytid = textOf(context.get('video_id'))
  if (ytid === null) return null
  const startSeconds = context.get('start_time_seconds')?.numbers[0] ?? NaN
  const endSeconds = context.get('end_time_seconds')?.numbers[0] ?? NaN
  if (!/^\S{1,200}$/.test(ytid) || toNamedPath(ytid) !== ytid) return 'the record has no usable video_id'
  if (!isSpan(startSeconds, endSeconds)) return 'the record has no span of seconds'
  const indices = [...new Set(context.get('labels')?.numbers ?? [])]
  const stray = indices.find((index) => !(Number.isInteger(index) && index >= 0 && index < 1e6))
  if (stray !== undefined) return `its label ${stray} is no number of a class`
  const embeddings = readEmbeddings(record)
  if (typeof embeddings === 'string') return embeddings
  const labels = indices.map((index) => ({ className: nameOf(index), state: 'present' as const }))
  return {
    path: ytid,
    clip: { startSeconds, endSeconds, fold: null, group: null, labels, source: {}, embeddings },
  }
}

/** Frames of a record: AudioSet's under the name of its dataset, others under that of their list. */
function readEmbeddings(record: Uint8Array): EmbeddingDraft[] | string {
  const embeddings = new Map<string, EmbeddingDraft>()
  for (const [list, features] of decodeFeatureLists(record)) {
    const name = list === audiosetEmbedding.list ? audiosetEmbedding.name : list.normalize('NFC')
    const isBytes = features.some(({ bytes }) => bytes.length > 0)
    const frames = features.flatMap(({ bytes, numbers }) =>
      isBytes ? bytes.slice(0, 1) : numbers.length > 0 ? [new Uint8Array(Float32Array.from(numbers).buffer)] : [],
    )
    const size = frames[0]?.length ?? 0
    if (frames.some(({ length }) => length !== size)) return `the frames of ${quote(list)} differ in size`
    if (size === 0 || name === '' || name.length > mostNameSigns || !name.isWellFormed()) continue
    const shape = isBytes
      ? { dimensions: size, dtype: 'uint8' as const }
      : { dimensions: size / 4, dtype: 'float32' as const }
    if (!embeddings.has(name))
      embeddings.set(name, { name, frames: frames.length, ...shape, data: concatBytes(frames) })
  }
  return [...embeddings.values()]
}

/** One of Earmark's records. */
function readExample(features: Map<string, ReadFeature>, complain: (reason: string) => void): Taken | string {
  const path = textOf(features.get('key'))
  const json = textOf(features.get('json'))
  if (path === null || json === null) return 'neither AudioSet’s nor Earmark’s: it has no video_id, and no key and json'
  const { value: fields, reason } = readJsonObject(json)
  if (reason !== null) return `unreadable record: ${reason}`
  if (toNamedPath(path) !== path) return 'its key is no path'
  const duration = fields['duration']
  if (typeof duration !== 'number' || !isSpan(0, duration)) return 'its length is not told'
  const frames = features.get('frames')?.numbers[0] ?? 0
  const bands = features.get('bands')?.numbers[0] ?? 0
  const values = features.get('log_mel')?.numbers ?? new Float64Array()
  const embeddings: EmbeddingDraft[] =
    frames > 0 && bands > 0 && frames * bands === values.length
      ? [
          {
            name: 'log_mel',
            frames,
            dimensions: bands,
            dtype: 'float32',
            data: new Uint8Array(Float32Array.from(values).buffer),
          },
        ]
      : []
  const span = { startSeconds: 0, endSeconds: duration }
  return { path, clip: { ...fromClipRecord(fields, span, own, complain), embeddings } }
}

async function read(folder: DatasetFolder): ReturnType<Importer['read']> {
  const files = filesOf(folder.listing)
  if (files.length === 0) throw new AppError('unsupported-format', 'There are no .tfrecord files.')
  const issues: ImportIssue[] = []
  const indices = await readIndices(folder)
  const classes = new Map<string, ClassDraft>([...indices.values()].map((info) => [info.name, info]))
  const nameOf = (index: number): string => {
    const info = indices.get(index) ?? { name: `class ${index}`, code: index, mid: null }
    if (!classes.has(info.name)) classes.set(info.name, info)
    return info.name
  }
  const recordings = new Map<string, RecordingDraft>()
  for (const file of files) {
    for (const entry of readRecords(await folder.readBytes(file))) {
      const complain = (reason: string): void => void issues.push({ file, row: entry.number, reason })
      if ('reason' in entry) {
        complain(entry.reason)
        continue
      }
      const taken = readRecord(entry.record, nameOf, complain)
      if (typeof taken === 'string') {
        complain(taken)
        continue
      }
      const { path, clip } = taken
      const known = recordings.get(path)
      if (!known) recordings.set(path, { path, ...noSound, clips: [clip] })
      else if (known.clips.some((one) => one.startSeconds === clip.startSeconds && one.endSeconds === clip.endSeconds))
        complain(`${path} stands twice: this record was left`)
      else known.clips.push(clip)
    }
  }
  const withoutSound = [...recordings.values()]
  for (const info of classesOfDrafts(withoutSound.flatMap(({ clips }) => clips)))
    if (!classes.has(info.name)) classes.set(info.name, info)
  return { classes: [...classes.values()], recordings: [], withoutSound, issues, skipped: 0 }
}

function readRecord(
  record: Uint8Array,
  nameOf: (index: number) => string,
  complain: (reason: string) => void,
): Taken | string {
  try {
    const features = decodeExample(record)
    return readEmbedding(record, features, nameOf) ?? readExample(features, complain)
  } catch (thrown) {
    if (thrown instanceof RangeError) return `unreadable record: ${thrown.message}`
    throw thrown
  }
}

export const tfrecordImporter: Importer = {
  id: 'tfrecord',
  name: 'TFRecord',
  description: 'AudioSet’s embeddings, and examples as Earmark writes them; labels and features without sound.',
  detect(listing) {
    const files = filesOf(listing)
    if (files.length === 0) return null
    const sounds = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return { confidence: 0.9, audioFiles: sounds, summary: `${files.length} TFRecord files` }
  },
  read,
}
