/** Bytes of a sound file to samples, or an error that says what is wrong with the file. */
import { memorySource } from './byte-source'
import type { DecodedAudio } from './decoded-audio'
import { SoundReader } from './sound-reader'

/**
 * Decodes a whole sound file that is in memory; for files of any length see SoundReader.
 * The decoders read broken files short and without a word, so the result is held against the length that the
 * container declares.
 *
 * @param name the file's name, for messages and for the warning about a wrong extension
 * @throws AppError 'bad-file' that names the file and says why: empty, not audio, unsupported, no samples,
 *   truncated or damaged (how many seconds of how many)
 */
export async function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  const reader = new SoundReader(memorySource(bytes), name)
  const blocks: Float32Array[][] = []
  for (let block = await reader.next(); block; block = await reader.next()) blocks.push(block)
  const { format, sampleRateHz, channelCount, bitDepth } = reader.facts
  const length = blocks.reduce((sum, block) => sum + block[0]!.length, 0)
  const channels = Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(length)
    let at = 0
    for (const block of blocks) {
      samples.set(block[channel]!, at)
      at += block[channel]!.length
    }
    return samples
  })
  return { sampleRateHz, channels, format, bitDepth, durationSeconds: length / sampleRateHz, warning: reader.warning }
}
