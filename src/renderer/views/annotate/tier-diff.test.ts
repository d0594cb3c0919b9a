import { expect, it } from 'vitest'
import { diffTiers } from './tier-diff'
import type { Segment } from './segment'

const segment = (
  id: string,
  tier: string,
  startSeconds: number,
  endSeconds: number,
  ...classes: string[]
): Segment => ({
  id,
  tier,
  startSeconds,
  endSeconds,
  lowHz: null,
  highHz: null,
  author: '',
  score: null,
  note: '',
  labels: classes.map((classId) =>
    classId.startsWith('!')
      ? { classId: classId.slice(1), name: '', state: 'absent', author: '' }
      : { classId, name: '', state: 'present', author: '' },
  ),
  doubts: [],
  origin: null,
  proposal: null,
  verdict: null,
  judged: null,
})

it('finds what two tiers say alike, otherwise, and alone, in time', () => {
  const segments = [
    segment('h3', 'human', 8, 9, 'dog'),
    segment('h1', 'human', 0, 1, 'dog', 'rain'),
    segment('m1', 'model', 0.1, 1.1, 'rain', 'dog', '!cat'),
    segment('h2', 'human', 3, 4, 'dog'),
    segment('m2', 'model', 3.2, 4, 'rain'),
    segment('m3', 'model', 5, 6, 'dog'),
    segment('r1', 'reviewer', 8, 9, 'dog'),
    // Less than half in common: two segments.
    segment('m4', 'model', 8.7, 9.7, 'dog'),
  ]
  const found = diffTiers(segments, 'human', 'model').map(({ kind, first, second }) => [kind, first?.id, second?.id])
  expect(found).toEqual([
    ['same', 'h1', 'm1'],
    ['labels', 'h2', 'm2'],
    ['only-second', undefined, 'm3'],
    ['only-first', 'h3', undefined],
    ['only-second', undefined, 'm4'],
  ])
  expect(diffTiers(segments, 'human', 'nobody').every(({ kind }) => kind === 'only-first')).toBe(true)
})
