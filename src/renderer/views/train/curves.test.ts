import { describe, expect, it } from 'vitest'
import type { RunEpoch } from '../../../shared/contract/runs'
import { drawCurves, writeEpochsCsv } from './curves'

const epoch = (fold: string, number: number, validationLoss: number | null): RunEpoch => ({
  fold,
  epoch: number,
  loss: 2 / number,
  accuracy: 0.5,
  validationLoss,
  validationAccuracy: validationLoss === null ? null : 0.25,
  seconds: 1.5,
})

describe('drawCurves', () => {
  it('draws a training and a validation line for each fold', () => {
    const curves = drawCurves([epoch('1', 1, 3), epoch('1', 2, 2), epoch('2', 1, null)], 'loss')
    expect(curves.map((curve) => curve.name)).toEqual(['fold 1 training', 'fold 1 validation', 'fold 2 training'])
    expect(curves[0]!.points).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect(curves[1]!.points).toEqual([
      [1, 3],
      [2, 2],
    ])
  })

  it('leaves out epochs without a validation measure', () => {
    const curves = drawCurves([epoch('1', 1, null), epoch('1', 2, 2)], 'accuracy')
    expect(curves[1]!.points).toEqual([[2, 0.25]])
  })
})

it('writes the table with a header, quotes where needed, and nothing for what was not measured', () => {
  expect(writeEpochsCsv([epoch('a,b', 1, null)])).toBe(
    'fold,epoch,loss,accuracy,validation_loss,validation_accuracy,seconds\r\n"a,b",1,2,0.5,,,1.5\r\n',
  )
})
