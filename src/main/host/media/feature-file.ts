/**
 * Features as one file for other programs. A picture is a clip, or one of its segments; its array is
 * [frames, bands], or [frames, bands, channels] where the front end gives several channels.
 *
 * - .npy: one array, written as it is computed, its head at the end. Of a sound file the picture itself, or [segments, …]
 *   where the front end cuts segments; of clips [pictures, …], which all must be of one size.
 * - .npz: `features` [pictures, …], filled up to the longest with its lowest value, `frames` of each, and what is known
 *   of it: `keys`, `recordings`, `starts`, `ends`, `folds`, `labels` (JSON), `hz` of the bands, and `front_end` (JSON).
 * - .tfrecord: a tf.train.Example for each picture, written as it is computed.
 */
import { zipSync } from 'fflate'
import { hashFrontEnd } from '../../../dsp/front-end-identity'
import { pictureShape } from '../../../dsp/picture-shape'
import type { FrontEnd } from '../../../dsp/recipe'
import { encodeNpy, encodeNpyHead, encodeNpyTexts, npyHeadBytes } from '../../../formats/containers/npy'
import { encodeExample } from '../../../formats/containers/tf-example'
import { frameRecord } from '../../../formats/containers/tfrecord'
import { AppError } from '../../../shared/errors'
import { GrowingFile } from '../../disk/growing-file'
import { writeFileWhole } from '../../disk/write-file-whole'
import type { MediaOutput } from '../../media/media-task'

/** What was computed of a clip or a sound file. */
export interface FeatureRow {
  key: string
  recording: string
  /** Span in the recording. */
  startSeconds: number
  endSeconds: number
  fold: string | null
  labels: string[]
  segments: MediaOutput<'segments'>
}

export interface FeatureSummary {
  clips: number
  pictures: number
  shape: number[] | null
}

/** Takes rows and, at the end, has written them whole or not at all. */
export interface FeatureFileWriter {
  /** Whether what is computed of a sound file may be added in pieces, one row after the other. */
  readonly takesPieces: boolean
  add(row: FeatureRow): void
  finish(): FeatureSummary
  /** Leaves nothing. */
  abandon(): void
}

const formats = ['npy', 'npz', 'tfrecord'] as const
type FeatureFormat = (typeof formats)[number]

/** What an archive or a record holds is made whole in memory. */
const mostArrayBytes = 2 ** 30

/** @throws AppError 'invalid-argument' for a name that ends otherwise */
export function featureFormatOf(out: string): FeatureFormat {
  const found = formats.find((format) => out.toLowerCase().endsWith(`.${format}`))
  if (found) return found
  throw new AppError('invalid-argument', `${out} ends in none of ${formats.map((format) => `.${format}`).join(', ')}.`)
}

/** @param isOneFile of one sound file, whose only picture needs no axis of its own in .npy */
export function openFeatureFile(out: string, frontEnd: FrontEnd, isOneFile: boolean): FeatureFileWriter {
  switch (featureFormatOf(out)) {
    case 'npy':
      return openArray(out, frontEnd, isOneFile && frontEnd.segments === undefined)
    case 'npz':
      return openArchive(out, frontEnd)
    case 'tfrecord':
      return openRecords(out, frontEnd)
  }
}

/** One picture with what is known of it. */
interface Picture extends Omit<FeatureRow, 'segments'> {
  values: Float32Array
  frames: number
}

function picturesOf({ segments, ...row }: FeatureRow): Picture[] {
  const columns = segments.bands * segments.channels
  return segments.values.map((values, index) => ({
    ...row,
    startSeconds: row.startSeconds + segments.startSeconds[index]!,
    values,
    frames: values.length / columns,
  }))
}

function openRecords(out: string, frontEnd: FrontEnd): FeatureFileWriter {
  const file = new GrowingFile(out)
  const { bands, channels } = pictureShape(frontEnd)
  const hash = hashFrontEnd(frontEnd)
  const keys = new Set<string>()
  let pictures = 0
  return {
    takesPieces: frontEnd.segments !== undefined,
    abandon: () => file.abandon(),
    add(row) {
      keys.add(row.key)
      for (const { values, frames, ...facts } of picturesOf(row)) {
        pictures++
        const example = encodeExample({
          key: { kind: 'bytes', values: [facts.key] },
          features: { kind: 'floats', values },
          shape: { kind: 'integers', values: channels === 1 ? [frames, bands] : [frames, bands, channels] },
          recording: { kind: 'bytes', values: [facts.recording] },
          span: { kind: 'floats', values: Float32Array.of(facts.startSeconds, facts.endSeconds) },
          fold: { kind: 'bytes', values: facts.fold === null ? [] : [facts.fold] },
          labels: { kind: 'bytes', values: facts.labels },
          front_end_hash: { kind: 'bytes', values: [hash] },
        })
        file.append(frameRecord(example))
      }
    },
    finish() {
      file.finish()
      return { clips: keys.size, pictures, shape: null }
    },
  }
}

/** @param isPicture the rows are one picture, piece by piece: frames are its first axis */
function openArray(out: string, frontEnd: FrontEnd, isPicture: boolean): FeatureFileWriter {
  const { bands, channels } = pictureShape(frontEnd)
  const inner = channels === 1 ? [bands] : [bands, channels]
  const file = new GrowingFile(out)
  file.append(new Uint8Array(npyHeadBytes))
  const keys = new Set<string>()
  let [pictures, frames] = [0, 0]
  let first: Pick<Picture, 'frames' | 'recording'> | null = null
  return {
    takesPieces: true,
    abandon: () => file.abandon(),
    add(row) {
      keys.add(row.key)
      for (const picture of picturesOf(row)) {
        first ??= { frames: picture.frames, recording: picture.recording }
        if (!isPicture && first.frames !== picture.frames)
          throw new AppError(
            'invalid-argument',
            `${picture.recording} gives ${picture.frames} frames and ${first.recording} ${first.frames}: one array cannot hold both.`,
            { hint: 'Write .npz or .tfrecord, or give the front end segments or a length.' },
          )
        pictures++
        frames += picture.frames
        file.append(bytesOf(picture.values))
      }
    },
    finish() {
      const shape = isPicture ? [frames, ...inner] : [pictures, first?.frames ?? 0, ...inner]
      file.finish(encodeNpyHead('<f4', shape))
      return { clips: keys.size, pictures: isPicture ? 1 : pictures, shape }
    },
  }
}

function openArchive(out: string, frontEnd: FrontEnd): FeatureFileWriter {
  const { bands, channels } = pictureShape(frontEnd)
  const inner = channels === 1 ? [bands] : [bands, channels]
  const pictures: Picture[] = []
  const keys = new Set<string>()
  let bytes = 0
  let hz = new Float32Array(0)
  return {
    takesPieces: frontEnd.segments !== undefined,
    abandon: () => undefined,
    add(row) {
      keys.add(row.key)
      hz = Float32Array.from(row.segments.bandHz)
      for (const picture of picturesOf(row)) {
        bytes += picture.values.byteLength
        requireRoom(bytes)
        pictures.push(picture)
      }
    },
    finish() {
      const frames = pictures.reduce((most, picture) => Math.max(most, picture.frames), 0)
      const shape = [pictures.length, frames, ...inner]
      const features = encodeNpy({ dtype: '<f4', shape, data: joinPictures(pictures, frames * bands * channels) })
      writeFileWhole(out, zip(features, pictures, frontEnd, hz))
      return { clips: keys.size, pictures: pictures.length, shape }
    },
  }
}

/** @throws AppError 'invalid-argument' for more features than are held in memory at once */
export function requireRoom(bytes: number): void {
  if (bytes <= mostArrayBytes) return
  throw new AppError('invalid-argument', 'The features are more than 1 GiB, too much to be held in memory at once.', {
    hint: 'Write .npy, or .tfrecord with segments; or fewer clips at a time with --query.',
  })
}

/** One after the other, each filled up to `size` values with the lowest of all. */
function joinPictures(pictures: readonly Picture[], size: number): Uint8Array {
  const joined = new Float32Array(pictures.length * size)
  let lowest = Infinity
  for (const { values } of pictures)
    if (values.length < size) for (const value of values) lowest = Math.min(lowest, value)
  for (const [index, { values }] of pictures.entries()) {
    joined.set(values, index * size)
    if (values.length < size) joined.fill(lowest, index * size + values.length, (index + 1) * size)
  }
  return bytesOf(joined)
}

function zip(features: Uint8Array, pictures: readonly Picture[], frontEnd: FrontEnd, hz: Float32Array): Uint8Array {
  const texts = (of: (picture: Picture) => string): Uint8Array => encodeNpyTexts(pictures.map(of))
  const seconds = (of: (picture: Picture) => number): Uint8Array =>
    encodeNpy({ dtype: '<f8', shape: [pictures.length], data: bytesOf(Float64Array.from(pictures, of)) })
  return zipSync(
    {
      'features.npy': features,
      'frames.npy': encodeNpy({
        dtype: '<i4',
        shape: [pictures.length],
        data: bytesOf(Int32Array.from(pictures, ({ frames }) => frames)),
      }),
      'keys.npy': texts(({ key }) => key),
      'recordings.npy': texts(({ recording }) => recording),
      'starts.npy': seconds(({ startSeconds }) => startSeconds),
      'ends.npy': seconds(({ endSeconds }) => endSeconds),
      'folds.npy': texts(({ fold }) => fold ?? ''),
      'labels.npy': texts(({ labels }) => JSON.stringify(labels)),
      'hz.npy': encodeNpy({ dtype: '<f4', shape: [hz.length], data: bytesOf(hz) }),
      'front_end.npy': encodeNpyTexts([JSON.stringify(frontEnd)]),
    },
    { level: 1 },
  )
}

function bytesOf(values: Float32Array | Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
