import { describe, expect, it } from 'vitest'
import { countCropFrames, coverStarts, cutCrop, repeatToLength } from './crops'

const picture = { frames: 3, bands: 2, values: Float32Array.of(0, 1, 10, 11, 20, 21) }

describe('crops', () => {
  it('repeats a short clip from its start', () => {
    expect([...repeatToLength(picture, 5).values]).toEqual([0, 1, 10, 11, 20, 21, 0, 1, 10, 11])
    expect(repeatToLength(picture, 3)).toBe(picture)
  })

  it('cuts copies', () => {
    const crop = cutCrop(picture, 1, 2)
    crop[0] = 99
    expect([...crop]).toEqual([99, 11, 20, 21])
    expect(picture.values[2]).toBe(10)
  })

  it('covers a clip from its first to its last frame with half a crop of overlap at least', () => {
    expect(coverStarts(10, 10)).toEqual([0])
    expect(coverStarts(11, 10)).toEqual([0, 1])
    const starts = coverStarts(216, 129)
    expect(starts[0]).toBe(0)
    expect(starts.at(-1)).toBe(216 - 129)
    for (let i = 1; i < starts.length; i++) expect(starts[i]! - starts[i - 1]!).toBeLessThanOrEqual(65)
  })

  it('counts the frames of a crop', () => {
    expect(countCropFrames(3, 512 / 22050)).toBe(129)
    expect(countCropFrames(0.001, 512 / 22050)).toBe(1)
  })
})
