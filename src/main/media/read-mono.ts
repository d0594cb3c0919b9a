import { mixDown } from '../../dsp/mixdown'
import type { ChannelChoice } from '../../dsp/recipe'
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
  for (let at = from; at < to; at += blockFrames)
    samples.set(mixDown(await sound.read(at, Math.min(to, at + blockFrames)), channel), at - from)
  return samples
}
