/** A sound file as a stream of samples, in bounded memory whatever its length. */
import type { ByteSource } from './byte-source'
import { type AacConfig, AacDecoder, readAacConfig } from './aac/aac-decoder'
import { frameSamples } from './aac/filter-bank'
import { adtsPackets, isMp4, readAdtsHeader } from './adts'
import { type AudioFormat, badFile, type SoundHeader, truncatedFile } from './decoded-audio'
import { readFlacInfo } from './flac-info'
import { type PacketTable, readMp4 } from './mp4'
import { endsInsideFrame, findFirstFrame, readMpegLength } from './mpeg'
import { isOgg, type OggSummary, readOggHead, summariseOgg } from './ogg'
import { frameBytesOf, type PcmPlace, readPcm, silenceBadSamples } from './pcm'
import { describeMismatch, id3Length, sniffAudio, tailTagAt } from './sniff'
import { locateAiff } from './aiff'
import { locateW64, locateWav } from './wav'

/** Bytes that a decoder is given at a time: a few seconds of sound. */
const chunkBytes = 65_536
/** Hydrophones and lightning are sampled at a few million. */
const mostHertz = 1e7
/** Samples per channel of one block of linear samples. */
const blockFrames = 65_536

interface Decoded {
  channelData: Float32Array[]
}

/** What every decoder gives: samples as they come, and the rest at the end. */
interface Decoder {
  decode(bytes: Uint8Array): Decoded
  flush?(): Decoded
  free(): void
}

/** Bytes that one decoder reads from beginning to end. */
interface Part {
  /** As much as the decoder takes at a time: any pieces, or one packet after the other. */
  chunks(): Iterable<Uint8Array>
  /** Samples to leave out at the start that the decoder does not. */
  skipSamples: number
  /** No more than this comes out; null where the file does not say. */
  maxSamples: number | null
}

/** How one kind of compressed file is read. */
interface Stream {
  facts: SoundHeader
  parts: Part[]
  open(): Promise<Decoder>
  /** Changes samples to the scale that the other readers have. */
  mend?(samples: Float32Array): void
  /** What is known at the end: a warning, or an error thrown. */
  finish?(samples: number): string | null
}

interface PcmSound {
  facts: SoundHeader
  pcm: PcmPlace
}

/**
 * Reads a WAV, Wave64, FLAC, MP3, AAC, Ogg Vorbis, Opus or AIFF file, told apart by content, from its first sample to its
 * last: `next` until it gives null. Encoder delay and padding are taken off where the file tells of them (LAME's and
 * iTunes' tags, edit lists, Opus' pre-skip, granule positions), so that sample n is the n-th of what was encoded.
 */
export class SoundReader {
  readonly facts: SoundHeader
  /** Where the samples lie in the file, for files of linear samples. */
  readonly pcm: PcmPlace | null
  /** Something a person should know although the file can be read; complete when `next` has given null. */
  warning: string | null
  readonly #blocks: AsyncGenerator<Float32Array[]>
  readonly #finish: (samples: number) => string | null
  #samples = 0
  #badSamples = 0
  #isAtEnd = false

  /**
   * @param name the file's name, for messages and for the warning about a wrong extension
   * @throws AppError 'bad-file' that names the file and says why: empty, not audio, unsupported
   */
  constructor(
    source: ByteSource,
    private readonly name: string,
  ) {
    const sound = locateSound(source, name)
    this.facts = sound.facts
    const { sampleRateHz } = sound.facts
    if (!(sampleRateHz >= 1 && sampleRateHz <= mostHertz))
      throw badFile(name, `the header says a sample rate of ${sampleRateHz} Hz`)
    this.warning = describeMismatch(name, sound.facts.format)
    this.pcm = 'pcm' in sound ? sound.pcm : null
    this.#blocks = 'pcm' in sound ? pcmBlocks(source, sound.pcm) : decodedBlocks(sound, name)
    this.#finish = 'pcm' in sound ? () => null : (samples) => sound.finish?.(samples) ?? null
  }

  /**
   * The next samples of every channel, all of one length and the caller's own; null at the end.
   * @throws AppError 'bad-file' for a file that is damaged, holds fewer samples than it declares, or none
   */
  async next(): Promise<Float32Array[] | null> {
    if (this.#isAtEnd) return null
    const { value, done } = await this.#blocks.next()
    if (!done) {
      this.#samples += value[0]?.length ?? 0
      this.#badSamples += silenceBadSamples(value)
      return value
    }
    this.#isAtEnd = true
    this.#end()
    return null
  }

  /** Holds what was read against what the file declares. */
  #end(): void {
    const { facts, name } = this
    const remark = this.#finish(this.#samples)
    const { declaredSamples, slackSamples, sampleRateHz, format } = facts
    if (declaredSamples !== null && this.#samples < declaredSamples - slackSamples)
      throw truncatedFile(name, this.#samples, declaredSamples, sampleRateHz)
    if (this.#samples === 0) throw badFile(name, `the ${format} file holds no sound (0 samples)`)
    const bad = this.#badSamples > 0 ? `${this.#badSamples} samples are not numbers and were read as silence` : null
    this.warning = [this.warning, remark, bad].filter((note) => note !== null).join('; ') || null
  }

  /**
   * Reads what must be read to know that the file is sound, from its first sample on.
   * @returns samples per channel
   * @throws AppError as `next`
   */
  async measure(): Promise<number> {
    if (this.pcm && this.pcm.encoding !== 'float') {
      // Any bits are good integers: their number is all that can be wrong.
      await this.close()
      this.#samples = this.pcm.frames
      this.#end()
    } else while (await this.next());
    return this.#samples
  }

  /** Gives back what a decoder holds, for a reader that is left before its end. */
  async close(): Promise<void> {
    this.#isAtEnd = true
    await this.#blocks.return(undefined)
  }
}

function locateSound(source: ByteSource, name: string): PcmSound | Stream {
  if (source.size === 0) throw badFile(name, 'the file is empty (0 bytes)', 'Copy or download the file again.')
  const sniffed = sniffAudio(source)
  switch (sniffed.format) {
    case null:
      throw badFile(
        name,
        sniffed.kind ? `not a sound file that can be read: it is ${sniffed.kind}` : 'not a sound file',
        'WAV, FLAC, MP3, AAC (M4A), Ogg Vorbis, Opus and AIFF can be read.',
      )
    case 'wav':
      return pcmSound(sniffed.format, locateWav(source, name))
    case 'w64':
      return pcmSound(sniffed.format, locateW64(source, name))
    case 'aiff':
      return pcmSound(sniffed.format, locateAiff(source, name))
    case 'aac':
      return isMp4(source) ? mp4Stream(source, name) : adtsStream(source, name)
    case 'flac':
      return flacStream(source, name)
    case 'mp3':
      return mp3Stream(source)
    case 'ogg-vorbis':
      return oggStream(source, name, 'ogg-vorbis', async () => (await import('@audio/decode-vorbis')).decoder())
    case 'opus':
      return oggStream(source, name, 'opus', async () => (await import('@audio/decode-opus')).decoder())
  }
}

function pcmSound(format: AudioFormat, pcm: PcmPlace): PcmSound {
  const { sampleRateHz, channelCount, bitDepth, declaredFrames } = pcm
  return {
    facts: { format, sampleRateHz, channelCount, bitDepth, declaredSamples: declaredFrames, slackSamples: 0 },
    pcm,
  }
}

async function* pcmBlocks(source: ByteSource, pcm: PcmPlace): AsyncGenerator<Float32Array[]> {
  const frameBytes = frameBytesOf(pcm)
  for (let frame = 0; frame < pcm.frames; frame += blockFrames) {
    const frames = Math.min(blockFrames, pcm.frames - frame)
    const bytes = source.read(pcm.dataAt + frame * frameBytes, frames * frameBytes)
    yield readPcm(bytes, 0, Math.min(frames, Math.floor(bytes.length / frameBytes)), pcm)
  }
}

async function* decodedBlocks(stream: Stream, name: string): AsyncGenerator<Float32Array[]> {
  const { facts, parts, mend } = stream
  for (const part of parts) {
    const decoder = await stream.open()
    let toSkip = part.skipSamples
    let left = part.maxSamples ?? Infinity
    try {
      for (const { channelData } of decodeAll(decoder, part.chunks(), name)) {
        const samples = channelData[0]?.length ?? 0
        const from = Math.min(toSkip, samples)
        const to = Math.min(samples, from + left)
        toSkip -= from
        left -= to - from
        if (to === from) continue
        if (channelData.length < facts.channelCount)
          throw badFile(
            name,
            `damaged: its header says ${facts.channelCount} channels, its sound has ${channelData.length}`,
            'Copy or download the file again.',
          )
        // A decoder may give two channels for one, and its own memory.
        const block = channelData.slice(0, facts.channelCount).map((channel) => channel.slice(from, to))
        if (mend) block.forEach(mend)
        yield block
      }
    } finally {
      decoder.free()
    }
  }
}

const noSamples = { channelData: [] as Float32Array[] }

function* decodeAll(decoder: Decoder, chunks: Iterable<Uint8Array>, name: string): Generator<Decoded> {
  for (const chunk of chunks) yield decodeWith(() => decoder.decode(chunk), name)
  yield decodeWith(() => decoder.flush?.() ?? noSamples, name)
}

/** The bytes between two places, a decoder's own. */
function* piecesOf(source: ByteSource, from: number, to: number): Generator<Uint8Array> {
  for (let at = from; at < to; at += chunkBytes) yield source.read(at, Math.min(chunkBytes, to - at)).slice()
}

/** A decoder that stumbles over a file throws whatever it likes; a person needs the file's name. */
function decodeWith<T>(decode: () => T, name: string): T {
  try {
    return decode()
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw badFile(name, `damaged: the decoder stopped with “${reason}”`, 'Copy or download the file again.')
  }
}

/** The FLAC decoder takes a tag behind the sound for a part of the last frame, and loses it: it gets none. */
function flacStream(source: ByteSource, name: string): Stream {
  const { sampleRateHz, channelCount, bitDepth, declaredSamples } = readFlacInfo(source, name)
  const ogg = isOgg(source) ? summariseOgg(source) : null
  return {
    facts: { format: 'flac', sampleRateHz, channelCount, bitDepth, declaredSamples, slackSamples: 0 },
    parts: [{ chunks: () => piecesOf(source, id3Length(source), tailTagAt(source)), skipSamples: 0, maxSamples: null }],
    open: async () => (await import('@audio/decode-flac')).decoder(),
    mend: (samples) => restoreScale(samples, bitDepth),
    finish: (samples) => ogg && requireWholeStream(ogg, samples, sampleRateHz, name),
  }
}

/** The FLAC decoder divides by 2^(bits−1) − 1; every other reader here divides by 2^(bits−1). Exact up to 24 bits. */
function restoreScale(samples: Float32Array, bitDepth: number): void {
  if (bitDepth > 24) return
  const half = 2 ** (bitDepth - 1)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i]! * (half - 1)) / half
}

function mp3Stream(source: ByteSource): Stream {
  const first = findFirstFrame(source, id3Length(source))!
  const { sampleRateHz, channelCount, samplesPerFrame } = first
  const length = readMpegLength(source, first)
  return {
    facts: {
      format: 'mp3',
      sampleRateHz,
      channelCount,
      bitDepth: null,
      declaredSamples: length?.declaredSamples ?? null,
      slackSamples: samplesPerFrame,
    },
    parts: [
      {
        chunks: () => piecesOf(source, 0, source.size),
        skipSamples: length?.leadSamples ?? 0,
        maxSamples: length?.declaredSamples ?? null,
      },
    ],
    open: async () => (await import('@audio/decode-mp3')).decoder(),
    finish: () => (endsInsideFrame(source, first) ? 'the last MP3 frame is cut off; the file may be truncated' : null),
  }
}

/** AAC in an MPEG-4 file: packets by the file's tables, the encoder's lead-in and padding by its edit list or iTunes' tag. */
function mp4Stream(source: ByteSource, name: string): Stream {
  const table = readMp4(source, name)
  const config = configOf(() => readAacConfig(table.config), name)
  const { sampleRateHz, channelCount } = config
  const { ticksPerPacket, ticksPerSecond, totalTicks, lead } = table
  // Twice as many samples as the core has: spectral band replication that the configuration does not tell of.
  if (ticksPerPacket * sampleRateHz > 1.5 * frameSamples * ticksPerSecond)
    throw badFile(name, 'HE-AAC (spectral band replication) is not read')
  const perTick = sampleRateHz / ticksPerSecond
  const skipSamples = Math.round((lead?.samples ?? 0) * perTick)
  const count = lead?.count ?? totalTicks - (lead?.samples ?? 0)
  const declaredSamples = Math.max(0, Math.round(count * perTick))
  return {
    facts: { format: 'aac', sampleRateHz, channelCount, bitDepth: null, declaredSamples, slackSamples: frameSamples },
    parts: [{ chunks: () => packetsOf(source, table, name), skipSamples, maxSamples: declaredSamples }],
    open: async () => openAac(config),
    finish: () => (lead ? null : noLead),
  }
}

/** AAC packets with a header each, and nothing else: nobody says where the sound begins in them. */
function adtsStream(source: ByteSource, name: string): Stream {
  const first = readAdtsHeader(source, id3Length(source))!
  const config = configOf(() => readAacConfig(first.config), name)
  const { sampleRateHz, channelCount } = config
  return {
    facts: { format: 'aac', sampleRateHz, channelCount, bitDepth: null, declaredSamples: null, slackSamples: 0 },
    parts: [{ chunks: () => adtsPackets(source, first, name), skipSamples: 0, maxSamples: null }],
    open: async () => openAac(config),
    finish: () => noLead,
  }
}

const noLead = 'the file does not say how much silence its encoder put before the sound: times may be 20 to 50 ms late'

function openAac(config: AacConfig): Decoder {
  const decoder = new AacDecoder(config)
  return { decode: (packet) => ({ channelData: decoder.decode(packet) }), free: () => undefined }
}

function configOf(read: () => AacConfig, name: string): AacConfig {
  try {
    return read()
  } catch (thrown) {
    throw badFile(name, thrown instanceof Error ? thrown.message : String(thrown))
  }
}

function* packetsOf(source: ByteSource, { offsets, sizes }: PacketTable, name: string): Generator<Uint8Array> {
  for (let n = 0; n < sizes.length; n++) {
    const packet = source.read(offsets[n]!, sizes[n]!)
    if (packet.length < sizes[n]!)
      throw badFile(
        name,
        `truncated: ${n} of ${sizes.length} packets of sound are there`,
        'Copy or download the file again.',
      )
    yield packet
  }
}

function oggStream(
  source: ByteSource,
  name: string,
  format: 'ogg-vorbis' | 'opus',
  open: () => Promise<Decoder>,
): Stream {
  const { sampleRateHz, channelCount } = readOggHead(source)!
  const ogg = summariseOgg(source)
  return {
    facts: {
      format,
      sampleRateHz,
      channelCount,
      bitDepth: null,
      declaredSamples: countDeclared(ogg),
      slackSamples: 1024,
    },
    parts: ogg.links.map(({ from, to, declaredSamples }) => ({
      chunks: () => piecesOf(source, from, to),
      skipSamples: 0,
      // A link that is cut off ends where its last page was to end.
      maxSamples: ogg.isComplete ? declaredSamples : null,
    })),
    open,
    finish: (samples) => requireWholeStream(ogg, samples, sampleRateHz, name),
  }
}

const countDeclared = ({ links }: OggSummary): number =>
  links.reduce((sum, { declaredSamples }) => sum + declaredSamples, 0)

/** An Ogg file that is cut off does not know how long it was: its last page tells the least. */
function requireWholeStream(ogg: OggSummary, samples: number, sampleRateHz: number, name: string): null {
  if (ogg.isComplete) return null
  const seconds = (count: number) => (count / (sampleRateHz || 1)).toFixed(2)
  throw badFile(
    name,
    `truncated: the stream stops before its end, ${seconds(samples)} s of at least ` +
      `${seconds(countDeclared(ogg))} s can be read`,
    'Copy or download the file again.',
  )
}
