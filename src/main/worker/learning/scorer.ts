/** Runs a trained network over whole clips. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { coverStarts, cutCrop, repeatToLength } from './crops'
import { countColumns, type Picture } from './features'

const cropsPerBatch = 64

/**
 * Softmax scores of every clip, in class order, averaged over crops that cover the clip with half a crop of overlap.
 *
 * @param pictures standardised; short ones are repeated to the length of a crop
 */
export async function scorePictures(
  model: tfl.LayersModel,
  pictures: readonly Picture[],
  cropFrames: number,
  classCount: number,
): Promise<Float32Array[]> {
  const scores = pictures.map(() => new Float32Array(classCount))
  const crops = pictures.flatMap((short, clip) => {
    const picture = repeatToLength(short, cropFrames)
    const starts = coverStarts(picture.frames, cropFrames)
    return starts.map((start) => ({ picture, clip, start, share: 1 / starts.length }))
  })
  for (let first = 0; first < crops.length; first += cropsPerBatch) {
    const batch = crops.slice(first, first + cropsPerBatch)
    const { bands, channels = 1 } = batch[0]!.picture
    const values = new Float32Array(batch.length * cropFrames * bands * channels)
    for (const [row, { picture, start }] of batch.entries()) {
      values.set(cutCrop(picture, start, cropFrames), row * cropFrames * countColumns(picture))
    }
    const output = tf.tidy(() =>
      tf.softmax(model.apply(tf.tensor(values, [batch.length, cropFrames, bands, channels])) as tf.Tensor2D),
    )
    const probabilities = await output.data()
    output.dispose()
    for (const [row, { clip, share }] of batch.entries()) {
      for (let label = 0; label < classCount; label++) {
        scores[clip]![label]! += share * probabilities[row * classCount + label]!
      }
    }
  }
  return scores
}

/** Mean cross-entropy in nats and accuracy of scores against the true classes. */
export function judgeScores(
  scores: readonly ArrayLike<number>[],
  classIndexes: readonly number[],
): { loss: number; accuracy: number } {
  let loss = 0
  let correct = 0
  for (const [clip, row] of scores.entries()) {
    const truth = classIndexes[clip]!
    loss -= Math.log(Math.max(row[truth]!, 1e-12))
    if (findHighest(row) === truth) correct++
  }
  return { loss: loss / scores.length, accuracy: correct / scores.length }
}

/** Index of the largest value, the first of equals. */
export function findHighest(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index
  return best
}
