import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { FrontEnd } from './front-end'
import { compareFrontEnds, hashFrontEnd, shortHash } from './front-end-identity'
import { findFrontEndPreset, frontEndPresets } from './front-end-presets'
import { logmelFrontEnd } from './presets'
import { sha256Hex } from './sha256'

describe('SHA-256', () => {
  it('is that of Node', () => {
    for (const text of ['', 'abc', 'ä€𝄞', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'y'.repeat(1000)])
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
  })
})

describe('the identity of a front end', () => {
  it('does not depend on the order of fields, nor on saying what goes without saying', () => {
    const { sampleRateHz, level, ...rest } = logmelFrontEnd
    const said: FrontEnd = {
      ...rest,
      kind: 'spectrogram',
      windowSymmetry: 'periodic',
      uncentredFrames: 'fft',
      dividesByFft: false,
      steps: [],
      level: { ...level, kind: 'decibel', weighting: undefined },
      bands: { ...rest.bands, flanks: 'hz', maxHz: 11025 },
      sampleRateHz,
    }
    expect(hashFrontEnd(said)).toBe(hashFrontEnd(logmelFrontEnd))
    expect(compareFrontEnds(said, logmelFrontEnd)).toEqual([])
    const kaiser: FrontEnd = { ...logmelFrontEnd, window: 'kaiser' }
    expect(hashFrontEnd({ ...kaiser, windowParameter: 8.6 })).toBe(hashFrontEnd(kaiser))
    expect(hashFrontEnd({ ...kaiser, windowParameter: 9 })).not.toBe(hashFrontEnd(kaiser))
  })

  it('is another for every preset, and stays what it was', () => {
    expect(new Set(frontEndPresets.map(({ frontEnd }) => hashFrontEnd(frontEnd))).size).toBe(frontEndPresets.length)
    expect(shortHash(logmelFrontEnd)).toMatch(/^[0-9a-f]{8}$/)
    // Runs show it: it may not change between versions.
    expect(shortHash(logmelFrontEnd)).toBe('e1c61d3a')
  })

  it('names every field that differs, steps and segments too', () => {
    const vggish = findFrontEndPreset('vggish')!.frontEnd
    const yamnet = findFrontEndPreset('yamnet')!.frontEnd
    expect(compareFrontEnds(vggish, yamnet)).toEqual([
      { path: 'level.offset', first: '0.01', second: '0.001' },
      { path: 'segments.hop', first: '96', second: '48' },
      { path: 'conditioning.length.leastSamples', first: 'absent', second: '15600' },
      { path: 'conditioning.length.stepSamples', first: 'absent', second: '7680' },
      { path: 'conditioning.length.anchor', first: 'absent', second: '"start"' },
    ])
    const mfcc = findFrontEndPreset('mfcc-librosa')!.frontEnd
    const lifted = { ...mfcc, steps: [{ ...mfcc.steps![0]!, lifter: 22 }] } as FrontEnd
    expect(compareFrontEnds(mfcc, lifted)).toEqual([{ path: 'steps.0.lifter', first: '0', second: '22' }])
  })
})
