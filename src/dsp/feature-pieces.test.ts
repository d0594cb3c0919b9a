import { describe, expect, it } from 'vitest'
import { FeaturePieces, reasonForWhole } from './feature-pieces'
import type { FrontEnd, SpectrogramFrontEnd } from './front-end'
import { frontEndPresets } from './front-end-presets'
import { referenceNoise } from './reference-signals'
import { computeSegments, type PictureSegment } from './segments'

const spectrogram = frontEndPresets.find(({ name }) => name === 'logmel-librosa')!.frontEnd as SpectrogramFrontEnd

/** Loud and quiet in turn, so that the loudest frame is in one piece only. */
const sound = (length: number): Float32Array =>
  referenceNoise(length).map((value, n) => value * (n > length / 2 && n < length / 2 + 2000 ? 1 : 1e-3))

async function computeInPieces(samples: Float32Array, frontEnd: FrontEnd, atOnce: number): Promise<PictureSegment[]> {
  const pieces = new FeaturePieces(frontEnd, samples.length, async (from, to) => {
    if (!(from >= 0 && to <= samples.length && from < to)) throw new Error(`nothing from ${from} to ${to}`)
    return samples.slice(from, to)
  })
  let loudest: number | undefined
  if (pieces.wantsLoudest) {
    loudest = 0
    for (let first = 0; first < pieces.frames; first += 37)
      loudest = Math.max(loudest, await pieces.loudest(first, Math.min(37, pieces.frames - first)))
  }
  const all: PictureSegment[] = []
  for (let first = 0; first < pieces.units; first += atOnce)
    all.push(...(await pieces.compute(first, Math.min(atOnce, pieces.units - first), loudest)))
  return all
}

async function expectSame(samples: Float32Array, frontEnd: FrontEnd): Promise<void> {
  const whole = computeSegments(samples, frontEnd)
  for (const atOnce of [1, 7, 50]) {
    const parts = await computeInPieces(samples, frontEnd, atOnce)
    if (frontEnd.segments) {
      expect(parts.map(({ startSeconds }) => startSeconds)).toEqual(whole.map(({ startSeconds }) => startSeconds))
      for (const [index, { picture }] of parts.entries()) expect(picture.values).toEqual(whole[index]!.picture.values)
    } else {
      const values = whole[0]!.picture.values
      let at = 0
      for (const { picture } of parts) {
        expect(picture.values).toEqual(values.subarray(at, at + picture.values.length))
        at += picture.values.length
      }
      expect(at).toBe(values.length)
    }
  }
}

const streamed = frontEndPresets.filter(({ frontEnd }) => reasonForWhole(frontEnd) === null)

describe('features in pieces', () => {
  it.each(streamed.map(({ name, frontEnd }) => ({ name, frontEnd })))(
    'are, bit for bit, those of the whole: $name',
    async ({ frontEnd }) => {
      await expectSame(sound(2 * frontEnd.sampleRateHz + 77), frontEnd)
    },
  )

  it.each(['reflect', 'edge', 'constant'] as const)('so at the ends, padded by %s, centred or not', async (padMode) => {
    for (const center of [true, false])
      for (const uncentredFrames of ['fft', 'window', 'window-padded'] as const) {
        const frontEnd = { ...spectrogram, padMode, center, uncentredFrames, windowSamples: 1500 }
        for (const length of [1501, 2049, 2560, 9000])
          if (center || uncentredFrames !== 'fft' || length >= 2048) await expectSame(sound(length), frontEnd)
      }
  })

  it('so with gain and pre-emphasis, any level that looks at one frame, magnitudes and other lengths of the FFT', async () => {
    const samples = sound(20_000)
    await expectSame(samples, { ...spectrogram, conditioning: { gain: 3, preEmphasis: 0.97 } })
    await expectSame(samples, { ...spectrogram, power: 1 })
    await expectSame(samples, { ...spectrogram, fftSamples: 1000, windowSamples: 1000 })
    await expectSame(samples, { ...spectrogram, level: { referencePower: 'maximum', aminPower: 1e-10, topDb: 60 } })
    await expectSame(samples, { ...spectrogram, level: { kind: 'plain' } })
    await expectSame(samples, {
      ...spectrogram,
      segments: { of: 'frames', length: 9, hop: 4, rest: 'pad', quietest: -70 },
      steps: [{ kind: 'crop', firstBand: 3, count: 20 }],
    })
  })

  it('say why a front end must have the sound whole', () => {
    const whole = Object.fromEntries(
      frontEndPresets.flatMap(({ name, frontEnd }) => {
        const reason = reasonForWhole(frontEnd)
        return reason === null ? [] : [[name, reason]]
      }),
    )
    expect(whole['constant-q']).toMatch(/whole sound/)
    expect(reasonForWhole({ ...spectrogram, conditioning: { peak: 1 } })).toMatch(/loudest sample/)
    expect(reasonForWhole({ ...spectrogram, conditioning: { removesMean: true } })).toMatch(/mean/)
    const delta = { kind: 'delta', method: 'regression', width: 9, order: 1, into: 'bands' } as const
    expect(reasonForWhole({ ...spectrogram, steps: [delta] })).toMatch(/“delta” looks across frames/)
    const pcen = {
      kind: 'pcen',
      gain: 1,
      bias: 2,
      power: 0.5,
      epsilon: 1e-6,
      timeConstantSeconds: 0.4,
      start: 'one',
      scale: 1,
    } as const
    expect(reasonForWhole({ ...spectrogram, level: pcen })).toMatch(/PCEN/)
    expect(() => new FeaturePieces({ ...spectrogram, level: pcen }, 10_000, async () => new Float32Array(1))).toThrow(
      /PCEN/,
    )
  })

  it('are too loud for pieces where some of them would get another arithmetic than the whole', async () => {
    const loud = sound(9000).map((value, n) => (n > 6000 ? 1e17 : value))
    const pieces = new FeaturePieces(spectrogram, loud.length, async (from, to) => loud.slice(from, to))
    expect(await pieces.loudest(0, 4)).toBeLessThan(1e6)
    expect(await pieces.loudest(10, 5)).toBe(Infinity)
  })
})
