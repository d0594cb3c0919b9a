/** The three ways in which any span of a sound file is read. */
import { existsSync } from 'node:fs'
import { type DecodedAudio, type SoundHeader, truncatedFile } from '../../formats/audio/decoded-audio'
import { frameBytesOf, readPcm, silenceBadSamples } from '../../formats/audio/pcm'
import { SoundReader } from '../../formats/audio/sound-reader'
import { AppError } from '../../shared/errors'
import { FileSource } from './file-source'

/** A sound file of which any span can be read. */
export interface OpenSound {
  sampleRateHz: number
  channelCount: number
  /** Bits of one stored sample; null for lossy formats. */
  bitDepth: number | null
  /** Samples per channel. */
  frames: number
  /** Memory that is held as long as the sound is open. */
  heldBytes: number
  /**
   * Samples `from` to `to` (exclusive) of every channel. Shared memory: copy before changing or transferring them.
   * @param into arrays of `to` − `from` that may be filled and returned, for who reads again and again
   */
  read(from: number, to: number, into?: Float32Array[]): Promise<Float32Array[]>
  /** Whether it can still be read: what was kept in a file may have been thrown away. */
  isThere(): boolean
  close(): Promise<void>
}

/** A span of an open sound, in samples. */
export interface SoundSpan {
  sound: OpenSound
  from: number
  to: number
}

/**
 * Linear samples in a file, read by place.
 * @param place the file that is read
 * @param path the recording's name, for messages
 * @param origin what the recording itself says, where `place` is only its decode
 * @throws AppError 'bad-file' for a file that holds less than it declares
 */
export function openPcm(place: string, path: string, origin?: SoundHeader): OpenSound {
  const file = new FileSource(place)
  try {
    const { pcm, facts } = new SoundReader(file, place)
    if (!pcm) throw new AppError('internal', `${place} holds no linear samples.`)
    const { frames, declaredFrames, sampleRateHz, channelCount } = pcm
    if (frames < declaredFrames) throw truncatedFile(path, frames, declaredFrames, sampleRateHz)
    const { bitDepth } = origin ?? facts
    const frameBytes = frameBytesOf(pcm)
    const read = (from: number, to: number, into?: Float32Array[]): Float32Array[] => {
      const bytes = file.read(pcm.dataAt + from * frameBytes, (to - from) * frameBytes)
      if (bytes.length < (to - from) * frameBytes)
        throw truncatedFile(path, from + Math.floor(bytes.length / frameBytes), frames, sampleRateHz)
      const channels = readPcm(bytes, 0, to - from, pcm, into)
      if (pcm.encoding === 'float') silenceBadSamples(channels)
      return channels
    }
    return {
      sampleRateHz,
      channelCount,
      bitDepth,
      frames,
      heldBytes: 0,
      read: async (from, to, into) => read(from, to, into),
      isThere: () => existsSync(place),
      close: async () => file.close(),
    }
  } catch (thrown) {
    file.close()
    throw thrown
  }
}

/** Samples in memory. */
export function openMemory({ sampleRateHz, channels, bitDepth }: DecodedAudio): OpenSound {
  return {
    sampleRateHz,
    channelCount: channels.length,
    bitDepth,
    frames: channels[0]!.length,
    heldBytes: channels.reduce((sum, samples) => sum + samples.byteLength, 0),
    read: async (from, to) => channels.map((samples) => samples.subarray(from, to)),
    isThere: () => true,
    close: async () => undefined,
  }
}

/** A compressed file that is decoded up to each span: slow, and in bounded memory. Spans in order are read in one go. */
export async function openSequential(path: string): Promise<OpenSound> {
  const { facts, frames } = await measure(path)
  let open: { source: FileSource; reader: SoundReader; block: Float32Array[] | null; at: number } | null = null
  const close = async (): Promise<void> => {
    await open?.reader.close()
    open?.source.close()
    open = null
  }
  const restart = async (): Promise<NonNullable<typeof open>> => {
    await close()
    const source = new FileSource(path)
    const reader = new SoundReader(source, path)
    return (open = { source, reader, block: await reader.next(), at: 0 })
  }
  return {
    ...facts,
    frames,
    heldBytes: 0,
    isThere: () => true,
    close,
    async read(from, to) {
      const channels = Array.from({ length: facts.channelCount }, () => new Float32Array(to - from))
      const state = open && open.at <= from ? open : await restart()
      for (;;) {
        const { block, at } = state
        if (!block) return channels
        const end = at + block[0]!.length
        const [first, last] = [Math.max(from, at), Math.min(to, end)]
        if (first < last)
          channels.forEach((samples, c) => samples.set(block[c]!.subarray(first - at, last - at), first - from))
        if (end >= to) return channels
        state.block = await state.reader.next()
        state.at = end
      }
    },
  }
}

async function measure(path: string): Promise<{ facts: SoundHeader; frames: number }> {
  const source = new FileSource(path)
  try {
    const reader = new SoundReader(source, path)
    return { facts: reader.facts, frames: reader.facts.declaredSamples ?? (await reader.measure()) }
  } finally {
    source.close()
  }
}
