/** Bytes of a sound file to samples, or an error that says what is wrong with the file. */
import { readAiff } from './aiff'
import { badFile, truncatedFile, type AudioFormat, type DecodedAudio, type RawAudio } from './decoded-audio'
import { readFlacInfo } from './flac-info'
import { declaredMpegSamples, endsInsideFrame, findFirstFrame } from './mpeg'
import { isOgg, summariseOgg, type OggSummary } from './ogg'
import { describeMismatch, id3Length, sniffAudio, withoutTags } from './sniff'
import { readWav } from './wav'

/** Hydrophones and lightning are sampled at a few million. */
const mostHertz = 1e7

/**
 * Decodes a whole sound file: WAV, FLAC, MP3, Ogg Vorbis, Opus or AIFF, told apart by content.
 * The decoders read broken files short and without a word, so the result is held against the length that the
 * container declares.
 *
 * @param name the file's name, for messages and for the warning about a wrong extension
 * @throws AppError 'bad-file' that names the file and says why: empty, not audio, unsupported, no samples,
 *   truncated or damaged (how many seconds of how many)
 */
export async function decodeAudio(bytes: Uint8Array, name: string): Promise<DecodedAudio> {
  if (bytes.length === 0) throw badFile(name, 'the file is empty (0 bytes)', 'Copy or download the file again.')
  const sniffed = sniffAudio(bytes)
  if (sniffed.format === null)
    throw badFile(
      name,
      sniffed.kind ? `not a sound file that can be read: it is ${sniffed.kind}` : 'not a sound file',
      'WAV, FLAC, MP3, Ogg Vorbis, Opus and AIFF can be read.',
    )
  const { format } = sniffed
  const raw = await readAs(format, bytes, name)
  const samples = raw.channels[0]?.length ?? 0
  const { declaredSamples, slackSamples = 0, sampleRateHz, bitDepth, channels } = raw
  if (samples > 0 && !(sampleRateHz >= 1 && sampleRateHz <= mostHertz))
    throw badFile(name, `damaged: it says ${sampleRateHz} samples a second, which no sound has`)
  if (declaredSamples !== null && samples < declaredSamples - slackSamples)
    throw truncatedFile(name, samples, declaredSamples, sampleRateHz)
  if (samples === 0) throw badFile(name, `the ${format} file holds no sound (0 samples)`)
  const notes = [describeMismatch(name, format), raw.warning ?? null, silenceBadSamples(channels)]
  return {
    sampleRateHz,
    channels,
    format,
    bitDepth,
    durationSeconds: samples / sampleRateHz,
    warning: notes.filter((note) => note !== null).join('; ') || null,
  }
}

async function readAs(format: AudioFormat, bytes: Uint8Array, name: string): Promise<RawAudio> {
  switch (format) {
    case 'wav':
      return readWav(bytes, name)
    case 'aiff':
      return readAiff(bytes, name)
    case 'flac':
      return readFlac(bytes, name)
    case 'mp3':
      return readMp3(bytes, name)
    case 'ogg-vorbis':
      return readOgg((await import('@audio/decode-vorbis')).default, bytes, name)
    case 'opus':
      return readOgg((await import('@audio/decode-opus')).default, bytes, name)
  }
}

interface CodecResult {
  channelData: Float32Array[]
  sampleRate: number
}

/** A decoder that stumbles over a file throws whatever it likes; a person needs the file's name. */
async function decodeWith(decode: (bytes: Uint8Array) => Promise<CodecResult>, bytes: Uint8Array, name: string) {
  try {
    return await decode(bytes)
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw badFile(name, `damaged: the decoder stopped with “${reason}”`, 'Copy or download the file again.')
  }
}

/** The FLAC decoder takes a tag behind the sound for a part of the last frame, and loses it: it gets none. */
async function readFlac(bytes: Uint8Array, name: string): Promise<RawAudio> {
  const info = readFlacInfo(bytes, name)
  const { default: decode } = await import('@audio/decode-flac')
  const { channelData } = await decodeWith(decode, withoutTags(bytes), name)
  const { sampleRateHz, bitDepth, declaredSamples } = info
  if (isOgg(bytes)) requireWholeStream(summariseOgg(bytes), channelData, sampleRateHz, name)
  for (const samples of channelData) restoreScale(samples, bitDepth)
  return { sampleRateHz, bitDepth, channels: channelData, declaredSamples }
}

/** The FLAC decoder divides by 2^(bits−1) − 1; every other reader here divides by 2^(bits−1). Exact up to 24 bits. */
function restoreScale(samples: Float32Array, bitDepth: number): void {
  if (bitDepth > 24) return
  const half = 2 ** (bitDepth - 1)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(samples[i]! * (half - 1)) / half
}

async function readMp3(bytes: Uint8Array, name: string): Promise<RawAudio> {
  const first = findFirstFrame(bytes, id3Length(bytes))!
  const { default: decode } = await import('@audio/decode-mp3')
  const { channelData, sampleRate } = await decodeWith(decode, bytes, name)
  const declaredSamples = declaredMpegSamples(bytes, first)
  const isCut = endsInsideFrame(bytes, first)
  return {
    sampleRateHz: sampleRate || first.sampleRateHz,
    bitDepth: null,
    // The decoder always gives two channels.
    channels: first.channelCount === 1 ? channelData.slice(0, 1) : channelData,
    declaredSamples,
    slackSamples: first.samplesPerFrame,
    ...(isCut ? { warning: 'the last MP3 frame is cut off; the file may be truncated' } : {}),
  }
}

async function readOgg(
  decode: (bytes: Uint8Array) => Promise<CodecResult>,
  bytes: Uint8Array,
  name: string,
): Promise<RawAudio> {
  const summary = summariseOgg(bytes)
  const { channelData, sampleRate } = await decodeWith(decode, bytes, name)
  const sampleRateHz = sampleRate || summary.sampleRateHz
  requireWholeStream(summary, channelData, sampleRateHz, name)
  const { declaredSamples } = summary
  return { sampleRateHz, bitDepth: null, channels: channelData, declaredSamples, slackSamples: 1024 }
}

/** An Ogg file that is cut off does not know how long it was: its last page tells the least. */
function requireWholeStream(summary: OggSummary, channels: Float32Array[], sampleRateHz: number, name: string): void {
  if (summary.isComplete) return
  const seconds = (samples: number) => (samples / (sampleRateHz || 1)).toFixed(2)
  throw badFile(
    name,
    `truncated: the stream stops before its end, ${seconds(channels[0]?.length ?? 0)} s of at least ` +
      `${seconds(summary.declaredSamples)} s can be read`,
    'Copy or download the file again.',
  )
}

/** Float files can hold NaN and infinity, which would poison every sum: they become silence, and a warning says so. */
function silenceBadSamples(channels: Float32Array[]): string | null {
  let count = 0
  for (const samples of channels) {
    for (let i = 0; i < samples.length; i++) {
      if (Number.isFinite(samples[i]!)) continue
      samples[i] = 0
      count++
    }
  }
  return count === 0 ? null : `${count} samples are not numbers and were read as silence`
}
