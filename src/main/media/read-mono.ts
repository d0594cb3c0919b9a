import { mixDown } from '../../dsp/mixdown'
import type { ChannelChoice } from '../../dsp/recipe'
import { Resampler } from '../../dsp/resample'
import type { OpenSound } from './open-sound'

/** So that many channels of a long span are never in memory together. */
const blockFrames = 262_144

/** Samples `from` to `to` of one channel, or of the mean of all: the caller's own. Throws RangeError for no such channel. */
export async function readMono(
  sound: OpenSound,
  from: number,
  to: number,
  channel: ChannelChoice,
): Promise<Float32Array> {
  if (to - from <= blockFrames) return mixDown(await sound.read(from, to), channel)
  const samples = new Float32Array(to - from)
  let into: Float32Array[] | undefined
  for (let at = from; at < to; at += blockFrames) {
    const end = Math.min(to, at + blockFrames)
    into = await sound.read(at, end, into?.[0]?.length === end - at ? into : undefined)
    samples.set(mixDown(into, channel), at - from)
  }
  return samples
}

/**
 * The same at another rate. Of the recording only a block at its own rate is in memory at a time, so that a long one
 * takes what its samples at the new rate take.
 *
 * @throws RangeError also for a rate that is no positive whole number
 */
export async function readMonoAt(
  sound: OpenSound,
  from: number,
  to: number,
  channel: ChannelChoice,
  rateHz: number,
): Promise<Float32Array> {
  if (rateHz === sound.sampleRateHz) return readMono(sound, from, to, channel)
  const resampler = new Resampler(sound.sampleRateHz, rateHz)
  const samples = new Float32Array(resampler.countOutputs(to - from))
  let written = 0
  const take = (part: Float32Array): void => {
    samples.set(part, written)
    written += part.length
  }
  for (let at = from; at < to; at += blockFrames)
    resampler.push(mixDown(await sound.read(at, Math.min(to, at + blockFrames)), channel), take)
  resampler.finish(take)
  return samples
}

/** Of what readMonoAt gives, bit for bit the samples `first` to `end`; only what they are made of is read. */
export async function readMonoPart(
  sound: OpenSound,
  { from, to }: { from: number; to: number },
  { channel, sampleRateHz }: { channel: ChannelChoice; sampleRateHz: number },
  first: number,
  end: number,
): Promise<Float32Array> {
  const resampler = new Resampler(sound.sampleRateHz, sampleRateHz)
  const input = resampler.inputOf(first, end)
  const part = await readMonoAt(sound, from + input.from, Math.min(to, from + input.to), channel, sampleRateHz)
  return part.subarray(first - input.output, end - input.output)
}

/** The same with zeros where the recording, or the part of it that is asked for, has no sound: before and after it. */
export async function readPadded(
  sound: OpenSound,
  from: number,
  to: number,
  channel: ChannelChoice,
  within: { from: number; to: number } = { from: 0, to: sound.frames },
): Promise<Float32Array> {
  const [first, end] = [Math.max(within.from, from), Math.min(within.to, to)]
  if (first === from && end === to) return readMono(sound, from, to, channel)
  const samples = new Float32Array(to - from)
  if (end > first) samples.set(await readMono(sound, first, end, channel), first - from)
  return samples
}

/** `count` pieces of `size` samples of the mean of all channels, evenly spread over a long span, one after another. */
export async function readSpread(
  sound: OpenSound,
  from: number,
  to: number,
  count: number,
  size: number,
): Promise<Float32Array> {
  const samples = new Float32Array(count * size)
  for (let piece = 0; piece < count; piece++) {
    const at = Math.floor(from + ((piece + 0.5) * (to - from)) / count - size / 2)
    samples.set(await readMono(sound, at, at + size, 'mean'), piece * size)
  }
  return samples
}
