import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { matchLoudness } from './ab-player'
import { useChainStore } from './chain-store'
import { subtract } from './paint-preview'
import { policies } from './mixing-kinds'
import { describeStep, infoOf, stepKinds } from './step-kinds'

describe('the chain that is built', () => {
  beforeEach(() => setActivePinia(createPinia()))
  const order = (): string[] => useChainStore().items.map(({ step }) => step.kind)

  it('passes its check with every step as it is added', () => {
    const store = useChainStore()
    // Sounds are mixed once in a chain at most.
    for (const other of ['sound-mixup', 'between-class']) {
      const makes = stepKinds.filter(({ kind }) => kind !== other).map(({ make }) => make)
      store.take({ steps: [] })
      for (const make of makes) store.add(make)
      expect(store.chain).toEqual({ steps: makes.map((make) => make()) })
    }
  })

  it('moves steps to any place, and no further than the ends', () => {
    const store = useChainStore()
    const [gain, , shift] = stepKinds.slice(0, 3).map(({ make }) => store.add(make))
    store.move(shift!, 0)
    expect(order()).toEqual(['time-shift', 'gain', 'polarity'])
    store.move(shift!, 9)
    expect(order()).toEqual(['gain', 'polarity', 'time-shift'])
    store.move(gain!, -3)
    expect(order()).toEqual(['gain', 'polarity', 'time-shift'])
    store.remove(gain!)
    expect(order()).toEqual(['polarity', 'time-shift'])
  })

  it('leaves a step out and does it again as often as before, and spares classes', () => {
    const store = useChainStore()
    const key = store.add(() => ({ kind: 'polarity', probability: 0.5 }))
    const stepOf = () => store.items[0]!.step
    store.toggle(key)
    expect(stepOf()).toEqual({ kind: 'polarity', probability: 0 })
    store.set(key, 'onlyClasses', ['dog'])
    store.toggle(key)
    expect(stepOf()).toEqual({ kind: 'polarity', probability: 0.5, onlyClasses: ['dog'] })
    store.set(key, 'probability', undefined)
    store.toggle(key)
    expect(stepOf().probability).toBe(0)
    store.toggle(key)
    expect(stepOf()).toEqual({ kind: 'polarity', onlyClasses: ['dog'] })
    store.spare(key, ['rain', 'dog'])
    store.spare(key, ['rain', 'rooster'])
    expect(stepOf().exceptClasses).toEqual(['rain', 'dog', 'rooster'])
  })

  it('says of which step what is wrong, and is none until it is right', () => {
    const store = useChainStore()
    store.add(stepKinds[1]!.make)
    const key = store.add(stepKinds[0]!.make)
    store.set(key, 'decibels', [3, NaN])
    expect(store.chain).toBeNull()
    expect([...store.issues.keys()]).toEqual([1])
    expect(store.issues.get(1)).toMatch(/^decibels: /)
    store.set(key, 'decibels', [3, 4])
    store.set(key, 'probability', 0.2)
    store.set(key, 'probability', undefined)
    expect(store.chain!.steps[1]).toEqual({ kind: 'gain', decibels: [3, 4] })
  })

  it('is told in one line a step', () => {
    const step = {
      ...stepKinds.find(({ kind }) => kind === 'noise')!.make(),
      probability: 0.25,
      onlyClasses: ['dog', 'cat'],
    }
    expect(describeStep(step)).toBe('colour pink; 5 to 20 dB; to the level of active; 25 % of the draws; only dog, cat')
    expect(describeStep({ kind: 'polarity', exceptClasses: ['rain'] })).toBe('not rain')
    const babble = stepKinds.find(({ kind }) => kind === 'babble')!.make()
    expect(describeStep(babble)).toBe('out of all clips; 3 to 6 at once; 5 to 20 dB; to the level of active')
    expect(describeStep({ ...babble, source: { folder: 'noise' } } as typeof babble)).toMatch(
      /^out of the folder noise; /,
    )
  })

  it('keeps a step that it has no form for', () => {
    expect(infoOf('from-a-file' as 'gain')).toMatchObject({ title: 'from-a-file', fields: [] })
  })
})

describe('before and after', () => {
  it('are heard at one root mean square, and neither louder than it is', () => {
    const [soft, loud] = [new Float32Array(100).fill(0.1), new Float32Array(50).fill(-0.4)]
    const { before, after } = matchLoudness(soft, loud)
    expect(before).toBe(1)
    expect(after).toBeCloseTo(0.25, 6)
    expect(matchLoudness(loud, soft).before).toBeCloseTo(0.25, 6)
    expect(matchLoudness(new Float32Array(4), loud)).toEqual({ before: 1, after: 1 })
  })

  it('are subtracted cell by cell where they are as long as each other', () => {
    const cells = (frames: number, value: number) => ({
      frames,
      bands: 2,
      values: new Float32Array(2 * frames).fill(value),
    })
    expect(subtract(cells(3, 1), cells(3, 4))).toEqual(cells(3, 3))
    expect(subtract(cells(3, 1), cells(4, 4))).toBeNull()
  })
})

describe('steps of the picture', () => {
  it('stand after those of the sound, whichever was added first; policies pass their check', () => {
    setActivePinia(createPinia())
    const store = useChainStore()
    for (const { make } of policies) for (const step of make()) store.add(() => step)
    store.add(() => ({ kind: 'polarity' }))
    expect(store.items[0]!.step.kind).toBe('polarity')
    expect(store.chain!.steps.slice(-3)).toEqual([
      { kind: 'time-warp', widestFrames: 40 },
      { kind: 'frequency-mask', masks: 2, widestBands: 27 },
      { kind: 'time-mask', masks: 2, widestFrames: 70, widestShare: 0.2 },
    ])
    expect(describeStep(store.chain!.steps.at(-1)!)).toBe('masks 2; widest 70 frames; at most 0.2 of the length')
    store.move(store.items[0]!.key, 99)
    expect(store.issues.get(12)).toContain('must stand before all steps of the picture')
  })
})
