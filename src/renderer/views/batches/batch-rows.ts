/** What is shown of the examples of a batch. Pure, so that it can be tested. */
import type { RunBatch } from '../../../shared/contract/batches'
import { findRange, paintInput } from '../annotate/model/model-paint'

/** The tensor of one example, frame by frame; shares its memory with the batch. */
export function valuesOf({ values, examples }: Pick<RunBatch, 'values' | 'examples'>, row: number): Float32Array {
  const size = values.length / examples.length
  return values.subarray(row * size, (row + 1) * size)
}

export interface ValueFacts {
  lowest: number
  highest: number
  mean: number
  /** Of all values, not of a sample of them. */
  deviation: number
}

/** @throws RangeError for no values */
export function measureValues(values: Float32Array): ValueFacts {
  if (values.length === 0) throw new RangeError('there are no values to measure')
  let [lowest, highest, sum] = [Infinity, -Infinity, 0]
  for (const value of values) {
    if (value < lowest) lowest = value
    if (value > highest) highest = value
    sum += value
  }
  const mean = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { lowest, highest, mean, deviation: Math.sqrt(squares / values.length) }
}

/** The classes that an example has a share of, the largest first; of equal ones the first of the run. */
export function targetsOf({ targets, classes }: RunBatch, row: number): { name: string; share: number }[] {
  return classes
    .map(({ name }, index) => ({ name, share: targets[row * classes.length + index]! }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
}

/**
 * The tensor of one example as pixels, a cell each, the highest band at the top: painted as the model view paints it.
 * @param colours 256 whole pixels
 */
export function paintRow(batch: RunBatch, row: number, channel: number, colours: Uint32Array): ImageData {
  const { frames, bands, channels } = batch
  const cells = { bands, channels, values: valuesOf(batch, row) }
  const image = new ImageData(frames, bands)
  const from = Int32Array.from({ length: frames }, (_, frame) => frame)
  const range = findRange({ ...cells, isStandardised: true }, channel)
  const look = { channel, range, colours, map: null, share: 0 }
  paintInput(cells, { from, to: from.map((frame) => frame + 1) }, look, bands, new Uint32Array(image.data.buffer))
  return image
}

/** Which batch is on so many: over the ends of epochs, and no further than the first and the last. */
export function stepBatch(
  { epoch, batch }: { epoch: number; batch: number },
  by: number,
  { epochs, batchesPerEpoch }: { epochs: number; batchesPerEpoch: number },
): { epoch: number; batch: number } {
  const last = epochs * batchesPerEpoch - 1
  const place = Math.min(last, Math.max(0, (epoch - 1) * batchesPerEpoch + batch - 1 + by))
  return { epoch: Math.floor(place / batchesPerEpoch) + 1, batch: (place % batchesPerEpoch) + 1 }
}
