import { expect, it } from 'vitest'
import { placeLabels } from './place-labels'

it('leaves labels alone that are far apart', () => {
  expect(placeLabels([40, 10, 90], 13, 200)).toEqual([40, 10, 90])
})

it('separates labels that would cover each other, keeping the order of their lines', () => {
  expect(placeLabels([52, 50, 50], 13, 200)).toEqual([76, 50, 63])
})

it('pushes up what would fall under the edge', () => {
  expect(placeLabels([98, 99, 20], 13, 100)).toEqual([87, 100, 20])
})
