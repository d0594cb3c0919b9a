import { expect, it } from 'vitest'
import { queryOf } from './cell-link'
import { planCell } from './cell-session'

const classes = [
  { id: 'd', name: 'dog' },
  { id: 'r', name: 'rain' },
]

it('asks for both classes of a cell on each of its clips, whole and judged or not', () => {
  const place = { truth: 'rain', predicted: 'dog' }
  const plan = planCell({ query: queryOf('run', place), runId: 'run', place }, classes)
  expect(plan).toMatchObject({ query: queryOf('run', place), skipsJudged: false, gold: null, segmentSeconds: 600 })
  expect(plan.proposals).toEqual({ labels: false, run: null, classIds: ['r', 'd'] })
})

it('asks once where both are the same, and not for a class that is gone', () => {
  const right = { truth: 'dog', predicted: 'dog' }
  expect(planCell({ query: queryOf('run', right), runId: 'run', place: right }, classes).proposals.classIds).toEqual([
    'd',
  ])
  const gone = { truth: 'owl', predicted: 'dog' }
  expect(planCell({ query: queryOf('run', gone), runId: 'run', place: gone }, classes).proposals.classIds).toEqual([
    'd',
  ])
})

it('asks behind all mistakes on a class also for what the run heard instead', () => {
  const place = { truth: 'dog', predicted: null }
  expect(planCell({ query: queryOf('run', place), runId: 'run', place }, classes).proposals).toEqual({
    labels: false,
    run: { runId: 'run', minScore: 0.5 },
    classIds: ['d'],
  })
})
