/** The values of the design's own reference (audio-ml-goldens.json beside the repository), where it is there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConstantQPlan } from './constant-q'
import { computeDelta } from './delta'
import { computeFrontEnd } from './features'
import type { FrontEnd, SpectrogramFrontEnd } from './front-end'
import { findFrontEndPreset } from './front-end-presets'
import { hzToMel, melFilterBank } from './mel'
import { computeMfcc } from './mfcc'
import { referenceSignal, worstDeviation } from './reference-signals'
import { computeSegments } from './segments'
import { StftPlan } from './stft'
import { frequencyWeighting } from './weighting'

interface Table {
  shape: number[]
  frames: Record<string, number[]>
}
interface Goldens {
  stft_mag_G1: Table
  mel_filters: {
    args: { sr: number; n_fft: number; n_mels: number; htk?: boolean; norm?: null; fmin?: number; fmax?: number }
    rows_start_weights: [firstBin: number, weights: number[]][]
  }[]
  mel_G1: Table
  mel_db_ref1_G1: Table
  mel_db_refmax_G1: Table
  mfcc20_G1: Table
  mfcc20_delta_G1: Table
  mfcc20_delta2_G1: Table
  'pcen_default_scaled_2^31_G1': Table
  cqt_mag_G1_frame20_1pct: number[]
  a_weighting: { hz: number[]; db: number[] }
  hz_to_mel: { hz: number[]; slaney: number[]; htk: number[] }
  vggish_G3: { shape: number[]; example0_rows: Record<string, number[]>; mean: number; std: number }
  python_speech_features_G2: {
    mfcc_shape: number[]
    mfcc_frames: Record<string, number[]>
    logfbank_frames: Record<string, number[]>
  }
}

const path = join(
  process.env.EARMARK_DESIGN_DATA ?? join(import.meta.dirname, '../../../shared/design'),
  'audio-ml-goldens.json',
)
const goldens = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Goldens) : null
const preset = (name: string): FrontEnd => findFrontEndPreset(name)!.frontEnd
const librosa = preset('logmel-librosa') as SpectrogramFrontEnd

/** Within the reference's digits (7) and double precision. */
function expectFrames(values: Float32Array, rows: number, frames: Record<string, number[]>, atol: number): void {
  for (const [frame, column] of Object.entries(frames)) {
    const actual = values.subarray(Number(frame) * rows, (Number(frame) + 1) * rows)
    expect(worstDeviation(actual, column, 1e-4, atol), `frame ${frame}`).toBeLessThan(1)
  }
}

describe.skipIf(goldens === null)('the design’s golden values', () => {
  const g = goldens!
  const G1 = referenceSignal('G1')
  const picture = (frontEnd: FrontEnd, signal = G1) => computeFrontEnd(signal, frontEnd)

  it('STFT magnitudes', () => {
    const frames: number[][] = []
    new StftPlan(librosa).forEachFrame(G1, (power) => frames.push(Array.from(power, Math.sqrt)))
    expect([frames[0]!.length, frames.length]).toEqual(g.stft_mag_G1.shape)
    for (const [frame, column] of Object.entries(g.stft_mag_G1.frames))
      expect(worstDeviation(frames[Number(frame)]!, column, 1e-4, 1e-5)).toBeLessThan(1)
  })

  it('mel scales and filter banks', () => {
    g.hz_to_mel.hz.forEach((hz, i) => {
      expect(hzToMel(hz, 'slaney')).toBeCloseTo(g.hz_to_mel.slaney[i]!, 4)
      expect(hzToMel(hz, 'htk')).toBeCloseTo(g.hz_to_mel.htk[i]!, 3)
    })
    for (const { args, rows_start_weights } of g.mel_filters) {
      const { sr, n_fft, n_mels, htk, norm, fmin = 0, fmax = null } = args
      const bands = { scale: 'mel', count: n_mels, minHz: fmin, maxHz: fmax } as const
      const shape = { formula: htk ? 'htk' : 'slaney', norm: norm === null ? 'none' : 'slaney' } as const
      const { weights, offsets, firstBins } = melFilterBank({ ...bands, ...shape }, sr, n_fft)
      expect(rows_start_weights).toHaveLength(n_mels)
      for (const [band, [first, row]] of rows_start_weights.entries()) {
        expect(firstBins[band]).toBe(first)
        const own = weights.subarray(offsets[band], offsets[band + 1])
        expect(worstDeviation(own, row, 1e-5, 1e-9), JSON.stringify(args)).toBeLessThan(1)
      }
    }
  })

  it('mel, decibels, MFCC and deltas', () => {
    expectFrames(picture({ ...librosa, level: { kind: 'plain' } }).values, 128, g.mel_G1.frames, 1e-4)
    const db = picture(librosa)
    expectFrames(db.values, 128, g.mel_db_ref1_G1.frames, 1e-3)
    const relative = { ...librosa, level: { ...librosa.level, referencePower: 'maximum' } } as FrontEnd
    expectFrames(picture(relative).values, 128, g.mel_db_refmax_G1.frames, 1e-3)
    const mfcc = computeMfcc(db, 20)
    expectFrames(mfcc, 20, g.mfcc20_G1.frames, 1e-3)
    expectFrames(computeDelta(mfcc, 20), 20, g.mfcc20_delta_G1.frames, 1e-3)
    expectFrames(computeDelta(mfcc, 20, 9, 2), 20, g.mfcc20_delta2_G1.frames, 1e-3)
  })

  it('PCEN, constant-Q and A-weighting', () => {
    const { level } = preset('pcen') as SpectrogramFrontEnd
    const pcen = { ...librosa, power: 1, level: { ...level, start: 'one' } } as FrontEnd
    // Between the tones a band holds what rounding the samples to float32 has left, and PCEN raises it.
    expectFrames(picture(pcen).values, 128, g['pcen_default_scaled_2^31_G1'].frames, 1e-3)
    const cqt = preset('constant-q')
    if (cqt.kind !== 'constant-q') throw new Error('the preset is no constant-Q transform')
    const values = new ConstantQPlan(cqt).compute(G1).subarray(20 * 84, 21 * 84)
    // librosa drops 1 % of each filter (sparsity).
    const peak = Math.max(...g.cqt_mag_G1_frame20_1pct)
    expect(worstDeviation(values, g.cqt_mag_G1_frame20_1pct, 0, 0.01 * peak)).toBeLessThan(1)
    g.a_weighting.hz.forEach((hz, i) =>
      expect(Math.max(-80, frequencyWeighting(hz, 'A'))).toBeCloseTo(g.a_weighting.db[i]!, 3),
    )
  })

  it('VGGish and python_speech_features', () => {
    const patches = computeSegments(referenceSignal('G3'), preset('vggish')).map((segment) => segment.picture)
    expect([patches.length, patches[0]!.frames, patches[0]!.bands]).toEqual(g.vggish_G3.shape)
    expectFrames(patches[0]!.values, 64, g.vggish_G3.example0_rows, 1e-4)
    const all = patches.flatMap(({ values }) => Array.from(values))
    expect(all.reduce((sum, value) => sum + value, 0) / all.length).toBeCloseTo(g.vggish_G3.mean, 4)
    const mfcc = preset('mfcc-python-speech-features')
    const G2 = referenceSignal('G2')
    expectFrames(picture(mfcc, G2).values, 13, g.python_speech_features_G2.mfcc_frames, 1e-3)
    const bank = { ...(mfcc as SpectrogramFrontEnd), steps: [] }
    expectFrames(picture(bank, G2).values, 26, g.python_speech_features_G2.logfbank_frames, 1e-3)
  })
})
