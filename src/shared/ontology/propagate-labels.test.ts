import { expect, test } from 'vitest'
import { findCertainAncestors } from './class-graph'
import { type JudgedState, propagateLabels } from './propagate-labels'

const tree = Object.entries({
  animal: [],
  dog: ['animal'],
  cat: ['animal'],
  bark: ['dog'],
  growl: ['dog', 'cat'],
  steam: [],
  hiss: ['cat', 'steam'],
}).map(([id, parentIds]) => ({ id, parentIds }))
const follow = (labels: Record<string, JudgedState>): Record<string, JudgedState> =>
  Object.fromEntries(propagateLabels(new Map(Object.entries(labels)), tree))

test('present moves up to what is certain only', () => {
  expect(follow({ bark: 'present' })).toEqual({ bark: 'present', dog: 'present', animal: 'present' })
  expect(follow({ growl: 'present' })).toEqual({ growl: 'present', animal: 'present' })
  expect(follow({ hiss: 'present' })).toEqual({ hiss: 'present' })
  expect([...findCertainAncestors(tree).get('growl')!].sort()).toEqual(['animal', 'growl'])
})

test('absent moves down where every parent is absent, and never up', () => {
  expect(follow({ bark: 'absent' })).toEqual({ bark: 'absent' })
  expect(follow({ cat: 'absent' })).toEqual({ cat: 'absent' })
  expect(follow({ cat: 'absent', steam: 'absent' })).toEqual({ cat: 'absent', steam: 'absent', hiss: 'absent' })
  expect(follow({ animal: 'absent' })).toEqual({
    animal: 'absent',
    dog: 'absent',
    cat: 'absent',
    bark: 'absent',
    growl: 'absent',
  })
})

test('judgements stand, and where they contradict each other nothing follows', () => {
  expect(follow({ bark: 'present', dog: 'absent' })).toEqual({ bark: 'present', dog: 'absent', animal: 'present' })
  expect(follow({ animal: 'absent', bark: 'present' })).toEqual({
    animal: 'absent',
    bark: 'present',
    cat: 'absent',
  })
})
