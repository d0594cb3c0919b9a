import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeWav } from '../../../formats/audio/encode-wav'
import { rootMeanSquare, sampleRateHz } from './signal'
import { listSampleClips, sampleClasses, synthesiseClip, writeSampleMeta } from './sample-set'

const clips = listSampleClips()
const signals = clips.map((clip) => synthesiseClip(1, clip))

function hashOf(seed: number, index: number): string {
  const wav = encodeWav([synthesiseClip(seed, clips[index]!)], sampleRateHz)
  return createHash('sha256').update(wav).digest('hex')
}

/** Share of the energy above a frequency, by the difference filter x[n] − x[n−1]: grows with the frequency. */
function brightness(signal: Float32Array): number {
  const differences = signal.map((value, n) => value - (signal[n - 1] ?? 0))
  return rootMeanSquare(differences) / rootMeanSquare(signal)
}

/** Loudest tenth of a second over the median one: large for barks and chirps, near 1 for rain. */
function unevenness(signal: Float32Array): number {
  const length = sampleRateHz / 10
  const levels = Array.from({ length: Math.floor(signal.length / length) }, (_, frame) =>
    rootMeanSquare(signal.subarray(frame * length, (frame + 1) * length)),
  ).toSorted((a, b) => a - b)
  return levels.at(-1)! / levels[levels.length >> 1]!
}

function medianOf(category: string, measure: (signal: Float32Array) => number): number {
  const values = signals.filter((_, index) => clips[index]!.category === category).map(measure)
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

describe('sample set', () => {
  it('has two clips a class and fold, no group in two folds, and takes that share a group', () => {
    expect(clips).toHaveLength(60)
    expect(new Set(clips.map(({ filename }) => filename)).size).toBe(60)
    for (const { name } of sampleClasses) {
      for (let fold = 1; fold <= 5; fold++) {
        expect(clips.filter((clip) => clip.category === name && clip.fold === fold)).toHaveLength(2)
      }
    }
    const foldsOfSource = new Map<number, Set<number>>()
    for (const { sourceId, fold } of clips)
      foldsOfSource.set(sourceId, (foldsOfSource.get(sourceId) ?? new Set()).add(fold))
    expect(foldsOfSource.size).toBe(42)
    expect([...foldsOfSource.values()].every((folds) => folds.size === 1)).toBe(true)
    expect(writeSampleMeta(clips).split('\n').slice(0, 2)).toEqual([
      'filename,fold,target,category,esc10,src_file,take',
      '1-1001-A-0.wav,1,0,dog,False,1001,A',
    ])
  })

  it('is the same for the same seed, byte for byte, and another for another seed', () => {
    for (const index of [0, 17, 59]) {
      expect(hashOf(7, index)).toBe(hashOf(7, index))
      expect(hashOf(7, index)).not.toBe(hashOf(8, index))
    }
    expect(new Set(signals.map((signal) => signal.slice(1000, 1010).join())).size).toBe(60)
  })

  it('makes clips of 2 to 4 s that are neither silent nor clipped', () => {
    for (const signal of signals) {
      expect(signal.length / sampleRateHz).toBeGreaterThanOrEqual(2)
      expect(signal.length / sampleRateHz).toBeLessThanOrEqual(4)
      const peak = signal.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      expect(peak).toBeGreaterThan(0.15)
      expect(peak).toBeLessThan(0.95)
      expect(signal.every(Number.isFinite)).toBe(true)
    }
  })

  it('makes classes that differ in brightness and rhythm', () => {
    for (const bright of ['crickets', 'chirping_birds', 'rain']) {
      for (const dark of ['engine', 'church_bells', 'dog']) {
        expect(medianOf(bright, brightness)).toBeGreaterThan(2 * medianOf(dark, brightness))
      }
    }
    for (const steady of ['rain', 'engine']) expect(medianOf(steady, unevenness)).toBeLessThan(1.6)
    expect(medianOf('dog', unevenness)).toBeGreaterThan(3)
    expect(medianOf('chirping_birds', unevenness)).toBeGreaterThan(1.8)
  })
})
