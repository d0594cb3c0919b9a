/** Cuts of equal length out of pictures of any length. */
import type { Recipe } from '../../../dsp/recipe'
import { countColumns, type Picture } from './features'

/** Frames of a crop of `seconds`, at least 1. */
export function countCropFrames(seconds: number, frameSeconds: number): number {
  return Math.max(1, Math.round(seconds / frameSeconds))
}

/** Frames of the crops that the network of a recipe is given. @throws RangeError for a model that has none */
export function cropFramesOf({ frontEnd, model }: Pick<Recipe, 'frontEnd' | 'model'>): number {
  if (model.kind !== 'logmel-cnn') throw new RangeError(`${model.kind} cuts no crops`)
  return countCropFrames(model.cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
}

/** A picture repeated from its start until it has at least `frames` frames; longer ones are returned as they are. */
export function repeatToLength(picture: Picture, frames: number): Picture {
  if (picture.frames >= frames) return picture
  const values = new Float32Array(frames * countColumns(picture))
  for (let start = 0; start < values.length; start += picture.values.length) {
    values.set(picture.values.subarray(0, values.length - start), start)
  }
  return { ...picture, frames, values }
}

/** A copy of `frames` frames from `start`. */
export function cutCrop(picture: Picture, start: number, frames: number): Float32Array {
  const columns = countColumns(picture)
  return picture.values.slice(start * columns, (start + frames) * columns)
}

/** First frames of the crops that cover a picture evenly with at least half a crop of overlap, ends included. */
export function coverStarts(pictureFrames: number, cropFrames: number): number[] {
  const spare = pictureFrames - cropFrames
  if (spare <= 0) return [0]
  const count = Math.ceil(spare / (cropFrames / 2)) + 1
  return Array.from({ length: count }, (_, index) => Math.round((spare * index) / (count - 1)))
}
