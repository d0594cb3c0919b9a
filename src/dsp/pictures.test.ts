import { describe, expect, it } from 'vitest'
import { colormap, colormapNames, paintLevels } from './colormap'
import { coarsenOutline, columnsOfOutline, computeOutline, outlineColumns } from './outline'
import { type DecibelSpectrogram, displayFrontEnd } from './presets'
import { countFrames } from './stft'
import { type Thumbnail, ThumbnailPicture } from './thumbnail'

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

describe('outlines of waveforms', () => {
  const noise = Float32Array.from({ length: 20_011 }, (_, i) => Math.sin(i * i * 0.37) * Math.cos(i / 900))

  /** Lowest, highest and mean square of samples `from` to `to`, said plainly. */
  const plain = (samples: Float32Array, from: number, to: number): number[] => {
    const part = samples.slice(from, to)
    return [Math.min(...part), Math.max(...part), part.reduce((sum, value) => sum + value * value, 0) / part.length]
  }
  const near = (expected: number[]): unknown => expected.map((value) => expect.closeTo(value, 6) as number)

  it('are extremes and mean square of each part, the last of what is left', () => {
    const outline = computeOutline(noise, 1000)
    expect(outline).toHaveLength(3 * 21)
    for (const entry of [0, 7, 19])
      expect([...outline.slice(3 * entry, 3 * entry + 3)]).toEqual(
        near(plain(noise, entry * 1000, entry * 1000 + 1000)),
      )
    // The last counts for as little as it is long.
    const [lowest, highest, square] = plain(noise, 20_000, 20_011)
    expect([...outline.slice(60)]).toEqual(near([lowest!, highest!, (square! * 11) / 1000]))
  })

  it('are coarsened without another look at the samples', () => {
    expect([...coarsenOutline(computeOutline(noise.subarray(0, 20_000), 250), 4)]).toEqual(
      near([...computeOutline(noise.subarray(0, 20_000), 1000)]),
    )
    expect(coarsenOutline(computeOutline(noise, 1000), 4)).toHaveLength(3 * 6)
  })

  it('lose no sample whatever the number of columns', () => {
    const clicks = new Float32Array(1000)
    clicks[777] = 0.9
    clicks[123] = -0.8
    for (const count of [1, 7, 333, 999])
      for (const columns of [
        outlineColumns(clicks, 0, 1000, count),
        columnsOfOutline(computeOutline(clicks, 4), 0, 250, count),
      ]) {
        const highest = Array.from({ length: count }, (_, column) => columns[3 * column + 1]!)
        const lowest = Array.from({ length: count }, (_, column) => columns[3 * column]!)
        expect(Math.max(...highest)).toBeCloseTo(0.9)
        expect(Math.min(...lowest)).toBeCloseTo(-0.8)
        expect(Math.abs(highest.indexOf(Math.max(...highest)) - (777 * count) / 1000)).toBeLessThanOrEqual(
          1 + count / 250,
        )
      }
  })

  it('cut a span anywhere, beyond the ends too', () => {
    const columns = outlineColumns(noise, 1000.5, 3000.5, 4)
    expect([...columns.slice(3, 6)]).toEqual(near(plain(noise, 1500, 2000)))
    expect(outlineColumns(noise, -500, 500, 2).slice(3)).toEqual(outlineColumns(noise, 0, 500, 1))
    expect([...outlineColumns(noise, 20_000, 21_000, 2).slice(3)]).toEqual(near(plain(noise, 20_010, 20_011)))
  })

  it('repeat samples when there are fewer than columns, and are flat for silence', () => {
    const columns = outlineColumns(Float32Array.of(0.5, -0.5), 0, 2, 4)
    expect([...columns]).toEqual([0.5, 0.5, 0.25, 0.5, 0.5, 0.25, -0.5, -0.5, 0.25, -0.5, -0.5, 0.25])
    expect([...outlineColumns(new Float32Array(0), 0, 0, 2)]).toEqual([0, 0, 0, 0, 0, 0])
    expect(() => outlineColumns(new Float32Array(3), 0, 3, 0)).toThrow(RangeError)
  })
})

describe('thumbnails', () => {
  const rate = 22050
  const frontEnd = displayFrontEnd(rate)
  const paint = (samples: Float32Array, front: DecibelSpectrogram, width: number, height: number): Thumbnail => {
    const picture = new ThumbnailPicture({ width, height }, countFrames(samples.length, front), front)
    picture.add(samples, 0)
    return picture.finish()
  }

  it('show a tone where and when it is', () => {
    const samples = new Float32Array(2 * rate)
    for (let n = rate; n < 2 * rate; n++) samples[n] = 0.3 * Math.sin((2 * Math.PI * 2850 * n) / rate)
    const { values, width, height } = paint(samples, frontEnd, 96, 32)
    expect(values).toHaveLength(96 * 32)
    const row = height - 1 - Math.floor((2850 / (rate / 2)) * height)
    expect(values[row * width + 80]).toBeGreaterThan(250)
    expect(values[row * width + 20]).toBe(0)
    expect(values[4 * width + 80]).toBeLessThan(30)
  })

  it('keep a click visible, and silence dark', () => {
    const click = new Float32Array(5 * rate)
    click[2 * rate] = 1
    const { values } = paint(click, frontEnd, 96, 32)
    expect(Math.max(...values.filter((_, i) => i % 96 === 38))).toBeGreaterThan(200)
    expect(Math.max(...paint(new Float32Array(rate), frontEnd, 8, 8).values)).toBe(0)
  })

  it('are the same when they are painted block by block', () => {
    const chirp = Float32Array.from({ length: 3 * rate }, (_, n) => 0.2 * Math.sin((n * n) / 2e5) * (n / rate))
    const apart = { ...frontEnd, center: false }
    const frames = countFrames(chirp.length, apart)
    const blocks = new ThumbnailPicture({ width: 30, height: 12 }, frames, apart)
    for (let first = 0; first < frames; first += 70) {
      const some = Math.min(70, frames - first)
      const from = first * apart.hopSamples
      blocks.add(chirp.subarray(from, from + (some - 1) * apart.hopSamples + apart.fftSamples), first)
    }
    expect(blocks.finish()).toEqual(paint(chirp, apart, 30, 12))
  })

  it('stretch a clip shorter than the picture', () => {
    const { values } = paint(Float32Array.of(0.5), frontEnd, 5, 40)
    expect(new Set(values.subarray(0, 5)).size).toBe(1)
  })
})
