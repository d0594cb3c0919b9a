/** Changes of a standardised picture, in place: masks, time warp and gain. 0 is the mean of each band. */

import { addToRows } from '../sample-loops'

/** Frame by frame: band b and channel c of frame t are `values[(t · bands + b) · channels + c]`. */
export interface PictureCrop {
  frames: number
  bands: number
  channels: number
  values: Float32Array
}

/** All channels of these bands become 0, the mean (SpecAugment, Park et al. 2019). */
export function maskBands({ frames, bands, channels, values }: PictureCrop, first: number, count: number): void {
  const columns = bands * channels
  for (let frame = 0; frame < frames; frame++)
    values.fill(0, frame * columns + first * channels, frame * columns + (first + count) * channels)
}

/** These frames become 0, the mean (SpecAugment). */
export function maskFrames({ bands, channels, values }: PictureCrop, first: number, count: number): void {
  values.fill(0, first * bands * channels, (first + count) * bands * channels)
}

/**
 * SpecAugment's time warp along a line: what was at frame `from` comes to frame `to`, the first and the last frame stay,
 * and time runs evenly on either side, in every band alike; between two frames values are interpolated linearly. So does
 * Lingvo, the later code of the paper's authors; the paper's own, by TensorFlow's sparse_image_warp, bends by a spline.
 *
 * @param from a frame between the first and the last, as `to` is @throws RangeError for another
 */
export function warpTime({ frames, bands, channels, values }: PictureCrop, from: number, to: number): void {
  const last = frames - 1
  if (!(from > 0 && from < last && to > 0 && to < last))
    throw new RangeError(`time is warped between the frames 0 and ${last}, not from ${from} to ${to}`)
  const columns = bands * channels
  const given = values.slice()
  for (let frame = 1; frame < last; frame++) {
    const place = frame < to ? (frame * from) / to : from + ((frame - to) * (last - from)) / (last - to)
    const left = Math.min(last - 1, Math.floor(place))
    const share = place - left
    const source = left * columns
    const target = frame * columns
    for (let column = 0; column < columns; column++) {
      const value = given[source + column]!
      values[target + column] = value + share * (given[source + columns + column]! - value)
    }
  }
}

/**
 * As if the sound were `gainDb` louder.
 *
 * @param decibel what one decibel more adds to each value of a standardised frame
 */
export function addGain({ values }: PictureCrop, decibel: Float32Array, gainDb: number): void {
  const row = new Float64Array(decibel.length)
  for (let column = 0; column < row.length; column++) row[column] = gainDb * decibel[column]!
  addToRows(values, row)
}
