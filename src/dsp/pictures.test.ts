import { describe, expect, it } from 'vitest'
import { colormap, colormapNames, paintLevels } from './colormap'
import { computePeaks } from './peaks'
import { displayFrontEnd } from './presets'
import { computeThumbnail } from './thumbnail'

describe('colour maps', () => {
  it('have 256 colours each; the ends are those of matplotlib', () => {
    for (const name of colormapNames) expect(colormap(name)).toHaveLength(768)
    const ends = (name: (typeof colormapNames)[number]) => [...colormap(name).slice(0, 3), ...colormap(name).slice(-3)]
    expect(ends('magma')).toEqual([0, 0, 3, 251, 252, 191])
    expect(ends('viridis')).toEqual([68, 1, 84, 253, 231, 36])
    expect(ends('grey')).toEqual([0, 0, 0, 255, 255, 255])
    expect(ends('inverted-grey')).toEqual([255, 255, 255, 0, 0, 0])
  })

  it('grow lighter all the way, so that louder is never mistaken for quieter', () => {
    for (const name of ['magma', 'viridis', 'inferno', 'cividis', 'grey'] as const) {
      const table = colormap(name)
      const lightness = (i: number) => 0.2126 * table[3 * i]! + 0.7152 * table[3 * i + 1]! + 0.0722 * table[3 * i + 2]!
      for (let i = 8; i < 256; i++) expect(lightness(i)).toBeGreaterThan(lightness(i - 8))
    }
  })

  it('paint a range of levels, clamped', () => {
    const pixels = paintLevels([-200, -80, -40, 0, 50], 'grey', -80, 0)
    expect(Array.from(pixels.filter((_, i) => i % 4 === 0))).toEqual([0, 0, 128, 255, 255])
    expect(Array.from(pixels.filter((_, i) => i % 4 === 3))).toEqual([255, 255, 255, 255, 255])
  })
})

describe('peaks', () => {
  it('are the extremes of each part', () => {
    expect(Array.from(computePeaks(Float32Array.of(0, 1, -1, 0.5, 0.25, 0.75), 3))).toEqual([0, 1, -1, 0.5, 0.25, 0.75])
  })

  it('lose no sample whatever the count', () => {
    const samples = new Float32Array(1000)
    samples[777] = 0.9
    samples[123] = -0.8
    for (const count of [1, 7, 333, 999]) {
      const peaks = computePeaks(samples, count)
      expect(Math.max(...peaks)).toBeCloseTo(0.9)
      expect(Math.min(...peaks)).toBeCloseTo(-0.8)
      const part = Math.floor(peaks.indexOf(Math.max(...peaks)) / 2)
      expect(Math.abs(part - (777 * count) / 1000)).toBeLessThanOrEqual(1)
    }
  })

  it('repeat samples when there are fewer than parts, and are flat for silence', () => {
    expect(Array.from(computePeaks(Float32Array.of(0.5, -0.5), 4))).toEqual([
      0.5, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5, -0.5,
    ])
    expect(Array.from(computePeaks(new Float32Array(0), 2))).toEqual([0, 0, 0, 0])
    expect(() => computePeaks(new Float32Array(3), 0)).toThrow(RangeError)
  })
})

describe('thumbnails', () => {
  const rate = 22050
  const frontEnd = displayFrontEnd(rate)

  it('show a tone where and when it is', () => {
    const samples = new Float32Array(2 * rate)
    for (let n = rate; n < 2 * rate; n++) samples[n] = 0.3 * Math.sin((2 * Math.PI * 2850 * n) / rate)
    const { values, width, height } = computeThumbnail(samples, frontEnd, 96, 32)
    expect(values).toHaveLength(96 * 32)
    const row = height - 1 - Math.floor((2850 / (rate / 2)) * height)
    expect(values[row * width + 80]).toBeGreaterThan(250)
    expect(values[row * width + 20]).toBe(0)
    expect(values[4 * width + 80]).toBeLessThan(30)
  })

  it('keep a click visible, and silence dark', () => {
    const click = new Float32Array(5 * rate)
    click[2 * rate] = 1
    const { values } = computeThumbnail(click, frontEnd, 96, 32)
    expect(Math.max(...values.filter((_, i) => i % 96 === 38))).toBeGreaterThan(200)
    expect(Math.max(...computeThumbnail(new Float32Array(rate), frontEnd, 8, 8).values)).toBe(0)
  })

  it('stretch a clip shorter than the picture', () => {
    const { values } = computeThumbnail(Float32Array.of(0.5), frontEnd, 5, 40)
    expect(new Set(values.subarray(0, 5)).size).toBe(1)
  })
})
