import { expect, it } from 'vitest'
import { placeLabels } from './place-labels'

it('leaves labels alone that are far apart', () => {
  expect(
    placeLabels(
      [
        { x: 0, y: 10 },
        { x: 0, y: 40 },
        { x: 300, y: 11 },
      ],
      70,
      13,
      200,
    ),
  ).toEqual([10, 40, 11])
})

it('separates labels that would cover each other, keeping their order', () => {
  const placed = placeLabels(
    [
      { x: 0, y: 52 },
      { x: 5, y: 50 },
      { x: 0, y: 50 },
    ],
    70,
    13,
    200,
  )
  expect(placed).toEqual([76, 50, 63])
})

it('pushes up what would fall under the edge', () => {
  expect(
    placeLabels(
      [
        { x: 0, y: 98 },
        { x: 0, y: 99 },
      ],
      70,
      13,
      100,
    ),
  ).toEqual([87, 100])
})
