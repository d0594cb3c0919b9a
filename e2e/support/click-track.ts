/** Recordings of silence with clicks at known samples, in every kind of file whose encoder delays the sound. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeWavHeader } from '../../src/formats/audio/encode-wav'

export const clickKinds = ['wav', 'mp3', 'opus', 'm4a'] as const
export type ClickKind = (typeof clickKinds)[number]

const sampleRateHz = 44_100

/** The encoders that ffmpeg must have; null where the machine has none of them. */
export function findEncoders(): string | null {
  const { stdout } = spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' })
  return ['libmp3lame', 'libopus', ' aac '].every((name) => stdout?.includes(name)) ? 'ffmpeg' : null
}

/** Samples at which a track of so many seconds clicks: near its start, its middle and its end, at no even place. */
export function clickSamples(seconds: number): number[] {
  return [0.5, seconds / 2, seconds - 1].map((at, n) => Math.round(at * sampleRateHz) + 37 * n + 11)
}

/**
 * Writes one track in every kind: `clicks-<seconds>.<kind>`. A click is 2 ms of a decaying 3 kHz tone that begins at its
 * sample, so that codecs keep it; MP3 has a variable bit rate.
 */
export function writeClickTracks(folder: string, seconds: number): Record<ClickKind, string> {
  const place = (kind: ClickKind): string => join(folder, `clicks-${seconds}.${kind}`)
  const frames = seconds * sampleRateHz
  const file = openSync(`${place('wav')}.partial`, 'w')
  try {
    writeSync(file, makeWavHeader({ sampleRateHz, channelCount: 1, frames, encoding: 'wav16' }))
    const blockFrames = 60 * sampleRateHz
    for (let from = 0; from < frames; from += blockFrames) {
      const block = new Int16Array(Math.min(blockFrames, frames - from))
      for (const click of clickSamples(seconds))
        for (let n = Math.max(0, from - click); n < clickShape.length && click + n < from + block.length; n++)
          block[click + n - from] = Math.round(32_000 * clickShape[n]!)
      writeSync(file, new Uint8Array(block.buffer))
    }
  } finally {
    closeSync(file)
  }
  renameSync(`${place('wav')}.partial`, place('wav'))
  const encode = (kind: ClickKind, ...options: string[]): void => {
    const { status, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', place('wav'), ...options, place(kind)])
    if (status !== 0) throw new Error(`ffmpeg: ${String(stderr)}`)
  }
  encode('mp3', '-c:a', 'libmp3lame', '-q:a', '4')
  encode('opus', '-c:a', 'libopus', '-b:a', '96k')
  encode('m4a', '-c:a', 'aac', '-b:a', '96k')
  return { wav: place('wav'), mp3: place('mp3'), opus: place('opus'), m4a: place('m4a') }
}

const clickShape = Float32Array.from(
  { length: 88 },
  (_, n) => Math.exp(-n / 30) * Math.sin((2 * Math.PI * 3000 * (n + 0.5)) / sampleRateHz),
)

/**
 * Where a click begins in a signal, to a fraction of a sample: where the click's shape, at the signal's own rate, fits
 * best, as the peak of their correlation.
 */
export function findClick(signal: Float32Array, rateHz: number): number {
  const length = Math.round((clickShape.length * rateHz) / sampleRateHz)
  const shape = Float64Array.from({ length }, (_, n) => {
    const at = (n * sampleRateHz) / rateHz
    return Math.exp(-at / 30) * Math.sin((2 * Math.PI * 3000 * (at + 0.5)) / sampleRateHz)
  })
  // It may begin with the first sample, or not all of it be there.
  const reach = length + 1
  const fitAt = (at: number): number => {
    let sum = 0
    for (let n = 0; n < length; n++) sum += shape[n]! * (signal[at + n] ?? 0)
    return sum
  }
  let best = -reach
  let most = -Infinity
  for (let at = -reach; at < signal.length; at++) {
    const fit = fitAt(at)
    if (fit > most) [best, most] = [at, fit]
  }
  const [before, peak, after] = [fitAt(best - 1), most, fitAt(best + 1)]
  const bend = before - 2 * peak + after
  return best + (bend === 0 ? 0 : (before - after) / (2 * bend))
}
