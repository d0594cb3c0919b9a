import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import type { TrainClip } from '../../../shared/job/manifest'
import { holdOutGroups } from './validation-split'

/** Five classes of twelve clips; every third group has two takes. */
const clips: TrainClip[] = Array.from({ length: 60 }, (_, index) => ({
  id: String(index),
  path: `/sounds/${index}.wav`,
  contentHash: '',
  startSeconds: 0,
  endSeconds: 1,
  fold: null,
  group: `source-${index % 3 === 1 ? index - 1 : index}`,
  classIndex: Math.floor(index / 12),
}))
const positions = clips.map((_, position) => position).filter((position) => position !== 5)

describe('the validation share', () => {
  it.each([1, 2, 3, 4, 5])('keeps groups together and classes in proportion, seed %d', (seed) => {
    const { train, validation } = holdOutGroups(clips, positions, 0.25, new Random(seed))
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(positions)
    const trained = new Set(train.map((position) => clips[position]!.group))
    for (const position of validation) expect(trained.has(clips[position]!.group)).toBe(false)
    for (let label = 0; label < 5; label++) {
      expect(validation.filter((position) => clips[position]!.classIndex === label).length).toBe(3)
    }
  })

  it('repeats with its seed and changes with another', () => {
    const choose = (seed: number) => holdOutGroups(clips, positions, 0.25, new Random(seed)).validation
    expect(choose(1)).toEqual(choose(1))
    expect(choose(1)).not.toEqual(choose(2))
  })

  it('holds out nothing at share 0', () => {
    expect(holdOutGroups(clips, positions, 0, new Random(1))).toEqual({ train: positions, validation: [] })
  })

  it('never takes a group that is a class’s only one', () => {
    const alone = clips.map((clip) => ({ ...clip, group: `class-${clip.classIndex}` }))
    expect(holdOutGroups(alone, positions, 0.25, new Random(1)).validation).toEqual([])
  })
})
