import { describe, expect, it } from 'vitest'
import { drawScene } from '../../../scripts/signal-docs/scene'
import { lagOf } from '../../../scripts/signal-docs/measure-lag'
import { RealFft } from '../fft'
import { referenceNoise } from '../reference-signals'
import { applyChain } from './apply-chain'
import type { AugmentationStep } from './chain'
import { meanSquare } from './noise'
import { throughOpus, withCoders } from './opus'

const rateHz = 44_100
const chain = (kilobits: number): { steps: AugmentationStep[] } => ({
  steps: [{ kind: 'opus', kilobits: [kilobits, kilobits] }],
})
const place = { seed: 1, epoch: 1, example: 0, className: null }
const code = (samples: Float32Array, kilobits: number, sampleRateHz = rateHz): Promise<Float32Array> =>
  withCoders(chain(kilobits), () => throughOpus(samples, sampleRateHz, kilobits))

const scene = drawScene(rateHz).map((value) => 0.7 * value)
const noise = referenceNoise(2 * rateHz).map((value) => 0.3 * value)

/** Power from `hz` up, in dB of the whole. */
function aboveDb(samples: Float32Array, hz: number): number {
  const size = 4096
  const fft = new RealFft(size)
  let [above, all] = [0, 0]
  for (let from = 0; from + size <= samples.length; from += size / 2) {
    for (let n = 0; n < size; n++) fft.input[n] = samples[from + n]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size))
    fft.transform()
    for (let bin = 0; bin < fft.bins; bin++) {
      const power = fft.real[bin]! ** 2 + fft.imaginary[bin]! ** 2
      all += power
      if ((bin * rateHz) / size >= hz) above += power
    }
  }
  return 10 * Math.log10(above / all)
}

describe('Opus', () => {
  it.each([8, 16, 32, 128])(
    'at %d kbit/s leaves a sound where it was, to a sample or a fifth of a millisecond',
    async (kilobits) => {
      for (const hz of [16_000, 22_050, 44_100]) {
        const samples = drawScene(hz)
        const heard = await code(samples, kilobits, hz)
        expect(heard).toHaveLength(samples.length)
        // Its coder of speech, which low rates go to, delays a little of its own.
        const most = kilobits < 16 ? 0.0002 * hz : 1
        expect(Math.abs(lagOf(samples, heard, 200)), `${hz} Hz`).toBeLessThanOrEqual(most)
      }
    },
  )

  it('keeps less of the top the fewer its bits are, and comes closer the more they are', async () => {
    expect(aboveDb(noise, 9000)).toBeGreaterThan(-3)
    expect(aboveDb(await code(noise, 8), 9000)).toBeLessThan(-40)
    expect(aboveDb(await code(noise, 96), 9000)).toBeGreaterThan(-6)
    const errors: number[] = []
    for (const kilobits of [8, 24, 64, 192]) {
      const heard = await code(scene, kilobits)
      errors.push(meanSquare(heard.map((value, n) => value - scene[n]!)) / meanSquare(scene))
    }
    expect(errors).toEqual([...errors].sort((a, b) => b - a))
    expect(10 * Math.log10(errors[3]!)).toBeLessThan(-15)
  })

  it('gives the same again, whatever its coders heard before, and takes any length', async () => {
    const first = await code(scene, 24)
    await code(noise, 12)
    expect(await code(scene, 24)).toEqual(first)
    for (const length of [0, 1, 2, 881, 882, 883]) {
      const heard = await code(noise.slice(0, length), 24)
      expect(heard).toHaveLength(length)
      expect(heard.every(Number.isFinite)).toBe(true)
    }
  })

  it('is a step of a chain, for a clip and for what is mixed in', async () => {
    const sound = { samples: scene, sampleRateHz: rateHz, segments: [] }
    const partner = { id: 'other', className: 'rain', materials: [], sound: { ...sound, samples: noise } }
    const steps: AugmentationStep[] = [...chain(24).steps, { kind: 'sound-mixup', alpha: 1, labels: 'shares' }]
    const run = () => withCoders({ steps }, () => applyChain(sound, { steps }, place, [], [null, partner]))
    const { sound: mixed, drawn } = await run()
    expect(drawn[0]).toMatchObject({ kind: 'opus', isDone: true, values: { kilobits: 24 } })
    expect(await run()).toEqual({ sound: mixed, drawn })
    expect(() => applyChain(sound, chain(24), place)).toThrow('no coder')
  })
})
