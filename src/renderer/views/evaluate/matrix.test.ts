import { describe, expect, it } from 'vitest'
import {
  classErrors,
  largestConfusions,
  moveInGrid,
  nameCell,
  normalise,
  orderClasses,
  scaleMaximum,
  summariseFolds,
} from './matrix'

// Rows are true: 8 dogs (6 right, 2 called rain), 4 rain (3 right, 1 called dog), no clip of "clock tick".
const classes = ['dog', 'rain', 'clock tick']
const matrix = [
  [6, 2, 0],
  [1, 3, 0],
  [0, 0, 0],
]

describe('normalise', () => {
  it('leaves counts as they are', () => {
    expect(normalise(matrix, 'count')).toEqual(matrix)
  })

  it('divides a row by the clips of its true class, so that the diagonal is recall', () => {
    expect(normalise(matrix, 'row').slice(0, 2)).toEqual([
      [0.75, 0.25, 0],
      [0.25, 0.75, 0],
    ])
  })

  it('divides a column by the clips of its predicted class, so that the diagonal is precision', () => {
    const shares = normalise(matrix, 'column')
    expect(shares[0]![0]).toBeCloseTo(6 / 7, 12)
    expect(shares[0]![1]).toBeCloseTo(2 / 5, 12)
  })

  it('says nothing of an empty row or column rather than 0 %', () => {
    expect(normalise(matrix, 'row')[2]).toEqual([null, null, null])
    expect(normalise(matrix, 'column').map((row) => row[2])).toEqual([null, null, null])
  })
})

describe('orderClasses', () => {
  it('sorts by name as people do, numbers by value', () => {
    expect(orderClasses(['b', 'a10', 'a2', 'A1'], [[], [], [], []], 'name', 'en')).toEqual([3, 2, 1, 0])
  })

  it('puts the class with most errors first: rain misses 1 and takes 2 of 6, dog 3 of 9', () => {
    expect(classErrors(matrix)).toEqual([3 / 9, 3 / 6, 0])
    expect(orderClasses(classes, matrix, 'error', 'en')).toEqual([1, 0, 2])
  })

  it('puts the largest class first by support', () => {
    expect(orderClasses(classes, matrix, 'support', 'en')).toEqual([0, 1, 2])
  })
})

describe('largestConfusions', () => {
  it('lists wrong cells only, most clips first, with the share of the true class', () => {
    expect(largestConfusions(matrix, 10)).toEqual([
      { truth: 0, predicted: 1, count: 2, share: 0.25 },
      { truth: 1, predicted: 0, count: 1, share: 0.25 },
    ])
    expect(largestConfusions(matrix, 1)).toHaveLength(1)
  })
})

describe('scaleMaximum', () => {
  it('is 1 for shares, the largest count for counts, and the largest error without the diagonal', () => {
    expect(scaleMaximum(normalise(matrix, 'row'), 'row', true)).toBe(1)
    expect(scaleMaximum(matrix, 'count', true)).toBe(6)
    expect(scaleMaximum(matrix, 'count', false)).toBe(2)
    expect(scaleMaximum([[4]], 'count', false)).toBe(1)
  })
})

describe('the grid', () => {
  it('names cells for people who hear them', () => {
    expect(nameCell('dog', 'rain', 3)).toBe('true dog, predicted rain: 3 clips')
    expect(nameCell('dog', 'rain', 1)).toBe('true dog, predicted rain: 1 clip')
  })

  it('moves with the arrows and stops at the edges', () => {
    expect(moveInGrid('ArrowRight', 0, 0, 3, false)).toEqual({ row: 0, column: 1 })
    expect(moveInGrid('ArrowLeft', 0, 0, 3, false)).toEqual({ row: 0, column: 0 })
    expect(moveInGrid('PageDown', 0, 1, 3, false)).toEqual({ row: 2, column: 1 })
    expect(moveInGrid('End', 0, 0, 3, true)).toEqual({ row: 2, column: 2 })
    expect(moveInGrid('x', 0, 0, 3, false)).toBeNull()
  })
})

describe('summariseFolds', () => {
  it('gives the mean and the population standard deviation', () => {
    const summary = summariseFolds([0.8, 0.9, 0.7, 0.8])!
    expect(summary.mean).toBeCloseTo(0.8, 12)
    expect(summary.deviation).toBeCloseTo(Math.sqrt(0.005), 12)
    expect(summariseFolds([])).toBeNull()
  })
})
