import { describe, expect, it } from 'vitest'
import { Random } from '../random'
import { applyChain } from './apply-chain'
import { mixBabble } from './babble'
import type { AugmentationChain } from './chain'
import { drawMaterials } from './materials'
import { meanSquare } from './noise'

const rateHz = 16_000
const place = { seed: 5, epoch: 1, example: 0, className: null }
const chain: AugmentationChain = {
  steps: [{ kind: 'babble', source: { query: 'label:speech' }, voices: [3, 5], snrDb: [7, 7], level: 'rms' }],
}
/** A tone, of which only the last share is heard. */
const voice = (hz: number, amplitude: number, share = 1, length = rateHz): Float32Array =>
  Float32Array.from({ length }, (_, n) =>
    n < (1 - share) * length ? 0 : amplitude * Math.sin((2 * Math.PI * hz * n) / rateHz),
  )

/** Mean square of what is heard of a tone of whole cycles. */
function powerAt(samples: Float32Array, hz: number): number {
  let [re, im] = [0, 0]
  for (let n = 0; n < samples.length; n++) {
    re += samples[n]! * Math.cos((2 * Math.PI * hz * n) / rateHz)
    im += samples[n]! * Math.sin((2 * Math.PI * hz * n) / rateHz)
  }
  return (2 * (re * re + im * im)) / samples.length ** 2
}

describe('babble', () => {
  it('takes as many voices as the range says, evenly', () => {
    const counts = new Map<number, number>()
    for (let example = 0; example < 900; example++) {
      const [picks] = drawMaterials(chain, { ...place, example }, [40])
      counts.set(picks!.length, (counts.get(picks!.length) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([3, 4, 5])
    // Four standard deviations of 900 draws of a third.
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(57)
  })

  it('has every voice at one active level, pauses or not, loud or soft', () => {
    const voices = [voice(500, 0.9), voice(1000, 0.01), voice(2000, 0.2)]
    const mixed = mixBabble(voices, rateHz, rateHz, new Random(1))
    for (const hz of [500, 1000, 2000]) expect(powerAt(mixed, hz)).toBeCloseTo(1, 5)
    const pausing = mixBabble([voice(1000, 0.3, 0.5)], rateHz, rateHz, new Random(1))
    expect(meanSquare(pausing)).toBeCloseTo(0.5, 2)
    expect(mixBabble([new Float32Array(99), voice(500, 0.1)], rateHz, rateHz, new Random(1))).toEqual(
      mixBabble([new Float32Array(99), voice(500, 0.1)], rateHz, rateHz, new Random(1)),
    )
    expect(mixBabble([new Float32Array(99)], 10, rateHz, new Random(1))).toEqual(new Float32Array(10))
  })

  it('lies under a clip at its ratio, and is the same again', () => {
    const samples = voice(440, 0.1)
    const materials = [[voice(500, 0.9), voice(1000, 0.01, 0.3, 5000), voice(2000, 0.2, 1, 40_000)]]
    const run = () => applyChain({ samples, sampleRateHz: rateHz, segments: [] }, chain, place, materials)
    const { sound, drawn } = run()
    expect(run().sound.samples).toEqual(sound.samples)
    const soft = 10 ** (-drawn[0]!.values['softenedDb']! / 20)
    const added = sound.samples.map((value, n) => value / soft - samples[n]!)
    expect(Math.abs(10 * Math.log10(meanSquare(samples) / meanSquare(added)) - 7)).toBeLessThan(0.01)
    expect(drawn[0]!.values).toMatchObject({ voices: 3, snrDb: 7 })
  })
})
