import { AppError } from '../../shared/errors'

export const audioFormats = ['wav', 'w64', 'flac', 'mp3', 'aac', 'ogg-vorbis', 'opus', 'aiff'] as const

export type AudioFormat = (typeof audioFormats)[number]

/** A whole sound file as samples, −1 to 1 (float formats may exceed that). */
export interface DecodedAudio {
  sampleRateHz: number
  /** One array a channel, all of one length, at least one sample long. */
  channels: Float32Array[]
  format: AudioFormat
  /** Bits of one stored sample; null for lossy formats. */
  bitDepth: number | null
  durationSeconds: number
  /** Something a person should know although the file could be read, e.g. that its extension is wrong. */
  warning: string | null
}

/** What the headers of a sound file say. */
export interface SoundHeader {
  format: AudioFormat
  sampleRateHz: number
  channelCount: number
  /** Bits of one stored sample; null for lossy formats. */
  bitDepth: number | null
  /** Samples per channel that the container says there are; null where it does not say. */
  declaredSamples: number | null
  /** How many samples fewer than declared are no sign of damage: what a codec may leave out. */
  slackSamples: number
}

/** An error about one sound file: every message begins with its name. */
export function badFile(name: string, reason: string, hint?: string): AppError {
  return new AppError('bad-file', `${name}: ${reason}`, hint === undefined ? {} : { hint })
}

/** The error for a file that holds less sound than it says. */
export function truncatedFile(
  name: string,
  foundSamples: number,
  declaredSamples: number,
  sampleRateHz: number,
): AppError {
  const seconds = (samples: number) => (samples / sampleRateHz).toFixed(2)
  return badFile(
    name,
    `truncated or damaged: ${seconds(foundSamples)} s of ${seconds(declaredSamples)} s can be read`,
    'Copy or download the file again.',
  )
}
