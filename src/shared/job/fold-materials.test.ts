import { describe, expect, it } from 'vitest'
import { findSilentStep, listFoldMaterials } from './fold-materials'
import type { ManifestMaterial, TrainClip } from './manifest'

const clip = (name: string, fold: string | null, group = name): TrainClip => ({
  id: name,
  path: `/sounds/${name}.wav`,
  contentHash: `hash-${name}`,
  startSeconds: 0,
  endSeconds: 1,
  fold,
  group,
  classIndex: 0,
})
const material = (name: string, changes: Partial<ManifestMaterial> = {}): ManifestMaterial => ({
  path: `/sounds/${name}.wav`,
  contentHash: `hash-${name}`,
  startSeconds: 0,
  endSeconds: null,
  fold: null,
  group: null,
  ...changes,
})

describe('the sounds that a fold may learn from', () => {
  const train = [clip('a', '1'), clip('b', '2')]
  const heldOut = [clip('c', '3'), clip('d', '3', 'street')]

  it.each([
    ['the same file', material('c', { contentHash: null })],
    ['the same content under another name', material('copy', { contentHash: 'hash-c' })],
    ['another clip of the same group', material('e', { group: 'street' })],
    ['a clip of the fold that is tested', material('f', { fold: '3' })],
  ])('are without %s', (_, own) => {
    expect(listFoldMaterials([material('a'), own, material('hum')], train, heldOut)).toEqual([
      material('a'),
      material('hum'),
    ])
  })

  it('are with clips of a fold that is trained too, and of what nobody knows', () => {
    const open = [...heldOut, { ...clip('g', '1'), contentHash: '' }, clip('h', null)]
    const own = [material('x', { fold: '1' }), material('y', { fold: null, contentHash: null })]
    expect(listFoldMaterials(own, train, open)).toEqual(own)
  })

  it('miss for a fold whose test clips have them all, which is said', () => {
    const chain = {
      steps: [
        { kind: 'polarity' as const },
        {
          kind: 'recorded-noise' as const,
          source: { query: '' },
          snrDb: [0, 9] as [number, number],
          level: 'rms' as const,
        },
      ],
    }
    const clips = [clip('a', '1'), clip('b', '2')]
    const folds = [
      { name: '1', train: [1], test: [0] },
      { name: '2', train: [0], test: [1] },
    ]
    const say = (own: ManifestMaterial[][]): string | null => findSilentStep({ chain, materials: own, clips, folds })
    expect(say([[], [material('a'), material('b')]])).toBeNull()
    expect(say([[], [material('b')]])).toBe(
      'Step 2 of the chain (recorded-noise) has no sound for fold “2”: what its source has (1) belongs to what the fold is tested on.',
    )
    expect(say([[], []])).toBe('Step 2 of the chain (recorded-noise) takes other sounds, and its source has none.')
    expect(say([])).toContain('its source has none')
  })
})
