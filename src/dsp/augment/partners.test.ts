import { describe, expect, it } from 'vitest'
import { applyChain, type ChainPartner } from './apply-chain'
import type { AugmentationChain, MixingStep } from './chain'
import { type DrawPlace, partnerPlace } from './draw-place'
import { mixBetween, mixSamples } from './mixing'
import { PartnerPool } from './partners'
import type { AugmentedSound } from './sound'

const place = (example: number, className: string | null = 'dog'): DrawPlace => ({
  seed: 1,
  epoch: 2,
  example,
  className,
})
const between: MixingStep = { kind: 'between-class', ratio: [0, 1] }
const mixup: MixingStep = { kind: 'sound-mixup', alpha: 10, labels: 'shares' }

describe('the clip that is mixed in', () => {
  const names = ['dog', 'dog', 'dog', 'dog', 'dog', 'dog', 'rain', 'rain', 'cat']
  const drawAll = (step: MixingStep, isBalanced: boolean): number[] => {
    const pool = new PartnerPool(names, isBalanced)
    return Array.from({ length: 900 }, (_, example) => pool.draw(step, place(example), 0)!)
  }

  it('is of another class in between-class mixing, and of any in mixup', () => {
    expect(new Set(drawAll(between, false))).toEqual(new Set([6, 7, 8]))
    expect(new Set(drawAll(mixup, false))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]))
  })

  it('is drawn from the clips evenly, or from the classes where they are balanced', () => {
    const shareOfCat = (clips: number[]): number => clips.filter((clip) => clip === 8).length / clips.length
    expect(shareOfCat(drawAll(mixup, false))).toBeCloseTo(1 / 9, 1)
    expect(shareOfCat(drawAll(mixup, true))).toBeCloseTo(1 / 3, 1)
  })

  it('is of no class that the step is not for; a clip of such a class is not mixed', () => {
    expect(new Set(drawAll({ ...between, exceptClasses: ['rain'] }, true))).toEqual(new Set([8]))
    expect(new Set(drawAll({ ...mixup, onlyClasses: ['dog', 'rain'] }, true)).has(8)).toBe(false)
    const pool = new PartnerPool(names, true)
    expect(pool.draw({ ...mixup, exceptClasses: ['dog'] }, place(1), 0)).toBeNull()
    expect(pool.draw({ ...mixup, probability: 0 }, place(1), 0)).toBeNull()
    expect(() => pool.draw({ ...between, onlyClasses: ['dog'] }, place(1), 0)).toThrow(
      'step 1 of the chain (between-class) has no clip to mix in',
    )
  })
})

describe('a chain that mixes', () => {
  const sound = (seed: number, length = 4000): AugmentedSound => ({
    samples: Float32Array.from({ length }, (_, n) => Math.sin(n / seed) / 2),
    sampleRateHz: 8000,
    segments: [{ startSeconds: 0.1, endSeconds: 0.2, index: 0 }],
  })
  const partner = (of: AugmentedSound): ChainPartner => ({ id: 'other', className: 'rain', sound: of, materials: [] })
  const gain = { kind: 'gain', decibels: [-6, 6] } as const

  it('puts the other clip through the steps before it by draws of its own, and says which it was', () => {
    const chain: AugmentationChain = { steps: [gain, mixup, { kind: 'polarity' }] as AugmentationChain['steps'] }
    const [own, other] = [sound(7), sound(11)]
    const { sound: mixed, drawn } = applyChain(own, chain, place(4), [], [null, partner(other), null])
    expect(drawn[1]).toMatchObject({ kind: 'sound-mixup', isDone: true, partner: 'other' })
    const before: AugmentationChain = { steps: [gain] as unknown as AugmentationChain['steps'] }
    const ownBefore = applyChain(own, before, place(4))
    const otherBefore = applyChain(other, before, partnerPlace(place(4), 1, 'rain'))
    expect(otherBefore.drawn[0]!.values).not.toEqual(ownBefore.drawn[0]!.values)
    const wanted = mixSamples(ownBefore.sound.samples, otherBefore.sound.samples, drawn[1]!.values['share']!)
    expect(mixed.samples).toEqual(wanted.map((value) => -value))
  })

  it('keeps the segments of both, those of the other marked, and moved where it is longer', () => {
    const chain: AugmentationChain = { steps: [between] }
    const { sound: mixed, drawn } = applyChain(sound(7), chain, place(2), [], [partner(sound(11, 8000))])
    const { place: at, share, weight } = drawn[0]!.values as { place: number; share: number; weight: number }
    const offset = Math.floor(at * 4001)
    const part = sound(11, 8000).samples.slice(offset, offset + 4000)
    const wanted = mixBetween(sound(7).samples, part, share, 8000)!
    expect(mixed.samples).toEqual(wanted.samples)
    expect(weight).toBe(wanted.weight)
    const others = mixed.segments.filter(({ isPartners }) => isPartners)
    expect(mixed.segments.filter(({ isPartners }) => !isPartners)).toEqual(sound(7).segments)
    for (const { startSeconds } of others) expect(startSeconds).toBeCloseTo(Math.max(0, 0.1 - offset / 8000), 6)
  })

  it('leaves a silent clip, or one with a silent partner, all itself', () => {
    const silent = { ...sound(7), samples: new Float32Array(4000) }
    for (const [own, other] of [
      [silent, sound(11)],
      [sound(7), silent],
    ] as const) {
      const { sound: mixed, drawn } = applyChain(own, { steps: [between] }, place(2), [], [partner(other)])
      expect(mixed.samples).toEqual(own.samples)
      expect(drawn[0]!.values).toEqual({ share: 1 })
    }
    const none = { ...sound(7), samples: new Float32Array(0), segments: [] }
    expect(applyChain(none, { steps: [mixup] }, place(2), [], [partner(sound(11))]).sound.samples).toHaveLength(0)
  })

  it('cannot do without the other clip', () => {
    expect(() => applyChain(sound(7), { steps: [mixup] }, place(2))).toThrow(
      'step 1 of the chain (sound-mixup) has no clip to mix in',
    )
  })
})
