/** A training batch as one .npz for other programs. */
import { zipSync } from 'fflate'
import { encodeNpy, encodeNpyTexts } from '../../../formats/containers/npy'
import type { RunBatch } from '../../../shared/contract/batches'
import { AppError } from '../../../shared/errors'
import { writeFileWhole } from '../../disk/write-file-whole'

/** @throws AppError 'invalid-argument' for a name that ends otherwise */
export function requireNpz(out: string): void {
  if (!out.toLowerCase().endsWith('.npz')) throw new AppError('invalid-argument', `${out} does not end in .npz.`)
}

/** Writes `x` and `y` as the network was given them, and where their rows come from. @returns the shape of `x` */
export function writeBatchFile(out: string, batch: RunBatch): number[] {
  const { examples, frames, bands, channels, values, targets, classes, clips } = batch
  const rows = examples.length
  const shape = [rows, frames, bands, channels]
  const texts = (of: (row: RunBatch['examples'][number]) => string): Uint8Array => encodeNpyTexts(examples.map(of))
  const numbers = (of: (row: RunBatch['examples'][number]) => number): Uint8Array =>
    encodeNpy({ dtype: '<f8', shape: [rows], data: bytesOf(Float64Array.from(examples, of)) })
  const content = zipSync(
    {
      'x.npy': encodeNpy({ dtype: '<f4', shape, data: bytesOf(values) }),
      'y.npy': encodeNpy({ dtype: '<f4', shape: [rows, classes.length], data: bytesOf(targets) }),
      'classes.npy': encodeNpyTexts(classes.map(({ name }) => name)),
      'clips.npy': texts(({ clipId }) => clipId),
      'recordings.npy': texts(({ clipId }) => clips[clipId]!.recordingPath),
      'examples.npy': numbers(({ example }) => example),
      'starts.npy': numbers(({ startSeconds }) => startSeconds),
      'ends.npy': numbers(({ endSeconds }) => endSeconds),
      'drawn.npy': texts(({ drawn }) => JSON.stringify(drawn)),
    },
    { level: 1 },
  )
  writeFileWhole(out, content)
  return shape
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
