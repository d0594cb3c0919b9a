/** A compressed recording as a WAV file beside the catalog, so that any span of it can be read at once. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { SoundHeader } from '../../formats/audio/decoded-audio'
import { makeWavHeader, type WavEncoding, wavLayout, writeSamples } from '../../formats/audio/encode-wav'
import { frameBytesOf } from '../../formats/audio/pcm'
import { SoundReader } from '../../formats/audio/sound-reader'
import { AppError } from '../../shared/errors'
import { FileSource } from './file-source'

let nextPartial = 1

/** What loses nothing: integers of a lossless file as they were, the floats that lossy decoders give. */
export function decodedEncoding({ bitDepth }: Pick<SoundHeader, 'bitDepth'>): WavEncoding {
  if (bitDepth === null || bitDepth > 24) return 'wav-float'
  return bitDepth > 16 ? 'wav24' : 'wav16'
}

/**
 * Decodes a file of any length into a WAV file (RF64 beyond 4 GiB), in bounded memory. The file appears whole or not
 * at all.
 * @param onFrames how many samples per channel have been decoded, a few times a second
 * @throws AppError 'bad-file' (see SoundReader), 'no-space', 'cancelled'
 */
export async function decodeToFile(
  path: string,
  place: string,
  onFrames: (frames: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<void> {
  const source = new FileSource(path)
  const partial = `${place}.${process.pid}-${nextPartial++}.partial`
  let output: number | null = null
  try {
    const reader = new SoundReader(source, path)
    const { sampleRateHz, channelCount } = reader.facts
    const encoding = decodedEncoding(reader.facts)
    const frameBytes = frameBytesOf(wavLayout({ channelCount, encoding }))
    mkdirSync(dirname(place), { recursive: true })
    output = openSync(partial, 'wx')
    const shape = { sampleRateHz, channelCount, encoding, isLong: true }
    let at = makeWavHeader({ ...shape, frames: 0 }).length
    let frames = 0
    let toldAt = performance.now()
    for (let block = await reader.next(); block; block = await reader.next()) {
      const bytes = new Uint8Array(block[0]!.length * frameBytes)
      writeSamples(block, encoding, bytes, 0)
      writeAll(output, bytes, at)
      at += bytes.length
      frames += block[0]!.length
      if (performance.now() - toldAt < 100) continue
      // Lets a cancellation in.
      await setImmediate()
      if (signal?.aborted) throw new AppError('cancelled', `${path}: cancelled`)
      onFrames(frames)
      toldAt = performance.now()
    }
    writeAll(output, makeWavHeader({ ...shape, frames }), 0)
    closeSync(output)
    output = null
    renameSync(partial, place)
  } finally {
    if (output !== null) closeSync(output)
    rmSync(partial, { force: true })
    source.close()
  }
}

function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done)
}
