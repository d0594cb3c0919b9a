/** A run's epochs as the lines of a chart and as a table of numbers. */
import type { RunEpoch } from '../../../shared/contract/runs'

export interface Curve {
  name: string
  /** The fold; lines of one fold share a colour. */
  group: string
  isValidation: boolean
  points: [x: number, y: number][]
}

export type Measure = 'loss' | 'accuracy'

/** Training and validation lines of each fold, folds in the order they were trained. */
export function drawCurves(epochs: RunEpoch[], measure: Measure): Curve[] {
  const folds = [...new Set(epochs.map((epoch) => epoch.fold))]
  return folds.flatMap((fold) => {
    const own = epochs.filter((epoch) => epoch.fold === fold)
    const name = folds.length > 1 || fold !== 'all' ? `fold ${fold}` : ''
    const trained: Curve = {
      name: `${name} training`.trim(),
      group: fold,
      isValidation: false,
      points: own.map((epoch) => [epoch.epoch, epoch[measure]]),
    }
    const key = measure === 'loss' ? 'validationLoss' : 'validationAccuracy'
    const validated: Curve = {
      name: `${name} validation`.trim(),
      group: fold,
      isValidation: true,
      points: own.flatMap((epoch): [number, number][] => {
        const value = epoch[key]
        return value === null ? [] : [[epoch.epoch, value]]
      }),
    }
    return validated.points.length > 0 ? [trained, validated] : [trained]
  })
}

/** Comma-separated values of every epoch, header first, lines ended as RFC 4180 says; empty where not measured. */
export function writeEpochsCsv(epochs: RunEpoch[]): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const rows = epochs.map((epoch) =>
    [
      quote(epoch.fold),
      epoch.epoch,
      epoch.loss,
      epoch.accuracy,
      epoch.validationLoss ?? '',
      epoch.validationAccuracy ?? '',
      epoch.seconds,
    ].join(','),
  )
  return ['fold,epoch,loss,accuracy,validation_loss,validation_accuracy,seconds', ...rows, ''].join('\r\n')
}
