import { describe, expect, it } from 'vitest'
import { warpErrors } from '../../../scripts/signal-docs/picture-rows'
import type { AugmentationStep } from './chain'
import type { DrawPlace } from './draw-place'
import { addGain, type PictureCrop, warpTime } from './picture-changes'
import { applyPictureSteps, type PictureRow } from './picture-chain'

const place = (example: number, className: string | null = null): DrawPlace => ({
  seed: 3,
  epoch: 1,
  example,
  className,
})
const flat = (frames: number, bands: number, channels = 1): PictureCrop => ({
  frames,
  bands,
  channels,
  values: new Float32Array(frames * bands * channels).fill(1),
})
/** One picture through one step, as the example of this number. */
function draw(crop: PictureCrop, step: AugmentationStep, example: number) {
  const row = { crop, targets: new Float32Array(1), place: place(example) }
  const [[drawn]] = applyPictureSteps([row], { steps: [step] }, new Float32Array(crop.bands * crop.channels)) as [
    [never],
  ]
  return drawn as { isDone: boolean; values: Record<string, number> }
}

describe('SpecAugment', () => {
  it('masks whole bands in all channels, as many and as wide as it says it drew', () => {
    const seen = new Set<number>()
    for (let example = 0; example < 200; example++) {
      const crop = flat(5, 8, 2)
      const { values } = draw(crop, { kind: 'frequency-mask', masks: 1, widestBands: 3 }, example)
      for (let index = 0; index < crop.values.length; index++) {
        const band = Math.floor(index / 2) % 8
        const isMasked = band >= values['mask1FirstBand']! && band < values['mask1FirstBand']! + values['mask1Bands']!
        expect(crop.values[index]).toBe(isMasked ? 0 : 1)
      }
      seen.add(values['mask1Bands']!)
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3])
  })

  it('masks whole frames, no more than the share of the length that is allowed', () => {
    const seen = new Set<number>()
    for (let example = 0; example < 200; example++) {
      const crop = flat(20, 3)
      const step = { kind: 'time-mask', masks: 2, widestFrames: 70, widestShare: 0.2 } as const
      const { values } = draw(crop, step, example)
      const masked = new Set<number>()
      for (const mask of [1, 2])
        for (let frame = 0; frame < values[`mask${mask}Frames`]!; frame++)
          masked.add(values[`mask${mask}FirstFrame`]! + frame)
      for (let frame = 0; frame < 20; frame++)
        expect([...crop.values.subarray(3 * frame, 3 * frame + 3)]).toEqual(
          new Array(3).fill(masked.has(frame) ? 0 : 1),
        )
      seen.add(values['mask1Frames']!)
    }
    expect(Math.max(...seen)).toBe(4)
    expect(Math.min(...seen)).toBe(0)
  })

  it('warps time as Lingvo does, and by how much it differs from the spline of the paper', () => {
    const { linear, spline } = warpErrors()
    expect(linear).toBeLessThan(1e-6)
    // Shares of the frames that the drawn one moves by.
    expect(spline.center).toBeLessThan(0.25)
    expect(spline.edge).toBeLessThan(0.4)
  })

  it('warps by no more than was asked for, keeps the ends, and leaves alone what is too short', () => {
    const ramp = (): PictureCrop => ({
      frames: 30,
      bands: 1,
      channels: 1,
      values: Float32Array.from({ length: 30 }, (_, n) => n),
    })
    const moved = new Set<number>()
    for (let example = 0; example < 300; example++) {
      const crop = ramp()
      const { values } = draw(crop, { kind: 'time-warp', widestFrames: 4 }, example)
      moved.add(values['movedFrames']!)
      expect([crop.values[0], crop.values[29]]).toEqual([0, 29])
      expect(crop.values[values['fromFrame']! + values['movedFrames']!]).toBeCloseTo(values['fromFrame']!, 4)
      for (let n = 1; n < 30; n++) expect(crop.values[n]).toBeGreaterThan(crop.values[n - 1]!)
    }
    expect([...moved].sort((a, b) => a - b)).toEqual([-4, -3, -2, -1, 0, 1, 2, 3, 4])
    for (const frames of [1, 2, 3, 4]) {
      const short = flat(frames, 2)
      draw(short, { kind: 'time-warp', widestFrames: 80 }, 1)
      expect(short.values).toEqual(flat(frames, 2).values)
    }
    expect(() => warpTime(flat(5, 1), 0, 2)).toThrow('between the frames 0 and 4')
  })
})

describe('picture gain', () => {
  it('is the same number of decibels in every band, and within its bounds', () => {
    const crop = { frames: 2, bands: 2, channels: 1, values: new Float32Array(4) }
    addGain(crop, Float32Array.of(1 / 2, 1 / 4), 6)
    expect([...crop.values]).toEqual([3, 1.5, 3, 1.5])
    for (let example = 0; example < 50; example++) {
      const { values } = draw(flat(1, 1), { kind: 'picture-gain', decibels: [-6, 3] }, example)
      expect(values['gainDb']).toBeGreaterThanOrEqual(-6)
      expect(values['gainDb']).toBeLessThanOrEqual(3)
    }
  })
})

describe('mixup of pictures', () => {
  const rows = (classes: string[]): PictureRow[] =>
    classes.map((className, row) => {
      const targets = new Float32Array(classes.length)
      targets[row] = 1
      return {
        crop: { frames: 1, bands: 1, channels: 1, values: Float32Array.of(10 ** row) },
        targets,
        place: place(row, className),
      }
    })
  const mix = (of: PictureRow[], step: Partial<AugmentationStep> = {}) =>
    applyPictureSteps(
      of,
      { steps: [{ kind: 'mixup', alpha: 0.5, labels: 'shares', ...step } as AugmentationStep] },
      new Float32Array(1),
    )

  it('mixes pictures and labels by the same share, the larger one the picture’s own, and says with which row', () => {
    const all = rows(['a', 'b', 'c', 'd', 'e', 'f'])
    const drawn = mix(all)
    let mixed = 0
    for (const [row, { crop, targets }] of all.entries()) {
      const { share, partnerRow } = drawn[row]![0]!.values as { share: number; partnerRow: number }
      expect(share).toBeGreaterThanOrEqual(0.5)
      const wanted = share * 10 ** row + (1 - share) * 10 ** partnerRow
      expect(crop.values[0]! / wanted).toBeCloseTo(1, 5)
      expect(targets.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6)
      if (partnerRow !== row) {
        expect(targets[row]).toBeCloseTo(share, 6)
        expect(targets[partnerRow]).toBeCloseTo(1 - share, 6)
        mixed++
      }
    }
    expect(mixed).toBeGreaterThan(2)
  })

  it('leaves a class that it is not for alone, and takes it for no partner', () => {
    for (const classes of [{ exceptClasses: ['rain'] }, { onlyClasses: ['dog'] }]) {
      const all = rows(['dog', 'rain', 'dog', 'rain', 'dog'])
      const drawn = mix(all, classes)
      for (const row of [1, 3]) {
        expect(drawn[row]![0]!.isDone).toBe(false)
        expect(all[row]!.crop.values[0]).toBe(10 ** row)
      }
      for (const row of [0, 2, 4]) {
        expect(drawn[row]![0]!.values['partnerRow']! % 2).toBe(0)
        expect(all[row]!.targets[1]! + all[row]!.targets[3]!).toBe(0)
      }
    }
  })

  it('is as often as asked for, and of one picture nothing', () => {
    const all = Array.from({ length: 20 }, (_, batch) =>
      mix(
        rows(['a', 'b', 'c']).map((row, index) => ({ ...row, place: place(3 * batch + index, 'a') })),
        { probability: 0.5 },
      ),
    )
    const share = all.flat(2).filter(({ isDone }) => isDone).length / 60
    expect(share).toBeGreaterThan(0.3)
    expect(share).toBeLessThan(0.7)
    const [one] = [rows(['a'])]
    expect(mix(one)[0]![0]!.isDone).toBe(false)
    expect(one[0]!.crop.values[0]).toBe(1)
  })
})
