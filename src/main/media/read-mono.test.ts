import { describe, expect, it } from 'vitest'
import { mixDown } from '../../dsp/mixdown'
import { referenceNoise } from '../../dsp/reference-signals'
import { resample } from '../../dsp/resample'
import type { OpenSound } from './open-sound'
import { readMonoAt } from './read-mono'

const noise = referenceNoise(700_001)
const channels = [noise, noise.map((value) => value * 0.3).reverse()]

/** Sound of which it is known how much was asked for at a time. */
function openCounted(sampleRateHz: number): { sound: OpenSound; mostFrames: () => number } {
  let most = 0
  const sound: OpenSound = {
    sampleRateHz,
    channelCount: channels.length,
    bitDepth: 32,
    frames: noise.length,
    heldBytes: 0,
    read: async (from, to) => {
      most = Math.max(most, to - from)
      return channels.map((samples) => samples.subarray(from, to))
    },
    isThere: () => true,
    close: async () => undefined,
  }
  return { sound, mostFrames: () => most }
}

describe('sound at another rate', () => {
  it.each([22_050, 44_100, 48_000])('at %i Hz is that of the whole, though it is read by blocks', async (rateHz) => {
    const { sound, mostFrames } = openCounted(44_100)
    const [from, to] = [1000, noise.length]
    const samples = await readMonoAt(sound, from, to, 'mean', rateHz)
    const whole = channels.map((channel) => channel.slice(from, to))
    expect(samples).toEqual(resample(mixDown(whole, 'mean'), 44_100, rateHz))
    expect(mostFrames()).toBeLessThanOrEqual(262_144)
  })

  it('is refused for a rate that cannot be', async () => {
    await expect(readMonoAt(openCounted(44_100).sound, 0, 100, 0, 0)).rejects.toThrow(/sample rate/)
  })
})
