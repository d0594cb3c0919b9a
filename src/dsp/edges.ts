/** Edge maps of a picture (Wu & Lee 2019, "Enhancing Sound Texture in CNN-based Acoustic Scene Classification", ICASSP). */

/** One or more channels of a picture: band b, channel c of frame t is `values[(t · bands + b) · channels + c]`. */
export interface Image {
  frames: number
  bands: number
  channels: number
  values: Float32Array
}

/**
 * Difference of two Gaussian blurs, the narrower minus the wider, as scipy.ndimage.gaussian_filter(mode='nearest',
 * truncate=4) blurs: edges go on beyond the ends.
 *
 * @throws RangeError where the deviations are not above 0 and in order
 */
export function differenceOfGaussians(image: Image, narrowSigma: number, wideSigma: number): Float32Array {
  if (!(narrowSigma > 0 && narrowSigma < wideSigma))
    throw new RangeError(`the two deviations must be above 0 and rise, not ${narrowSigma} and ${wideSigma}`)
  const narrow = blur(image, gaussian(narrowSigma))
  const wide = blur(image, gaussian(wideSigma))
  return Float32Array.from(narrow, (value, i) => value - wide[i]!)
}

/**
 * Sobel's gradients: [1, 2, 1] across and [−1, 0, 1] along the axis, edges repeated (scipy.ndimage.sobel, 'nearest'). A
 * ramp of one a cell has the gradient 8.
 */
export function sobelGradients(image: Image): { alongTime: Float64Array; alongFrequency: Float64Array } {
  const smooth = Float64Array.of(1, 2, 1)
  const slope = Float64Array.of(-1, 0, 1)
  return {
    alongTime: correlate(correlate(Float64Array.from(image.values), image, 'time', slope), image, 'frequency', smooth),
    alongFrequency: correlate(
      correlate(Float64Array.from(image.values), image, 'frequency', slope),
      image,
      'time',
      smooth,
    ),
  }
}

/** Length of Sobel's gradient in every cell. */
export function sobelMagnitude(image: Image): Float32Array {
  const { alongTime, alongFrequency } = sobelGradients(image)
  return Float32Array.from(alongTime, (value, i) => Math.hypot(value, alongFrequency[i]!))
}

function gaussian(sigma: number): Float64Array {
  const reach = Math.floor(4 * sigma + 0.5)
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

function blur(image: Image, weights: Float64Array): Float64Array {
  return correlate(correlate(Float64Array.from(image.values), image, 'time', weights), image, 'frequency', weights)
}

/** Slides an odd number of weights along one axis; beyond the ends the edge goes on. */
function correlate(
  values: Float64Array,
  { frames, bands, channels }: Image,
  axis: 'time' | 'frequency',
  weights: Float64Array,
): Float64Array {
  const reach = (weights.length - 1) / 2
  const stride = axis === 'time' ? bands * channels : channels
  const last = (axis === 'time' ? frames : bands) - 1
  const output = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const place = Math.floor(i / stride) % (last + 1)
    const origin = i - place * stride
    let sum = 0
    for (let j = -reach; j <= reach; j++) {
      const at = place + j
      sum += weights[j + reach]! * values[origin + (at < 0 ? 0 : at > last ? last : at) * stride]!
    }
    output[i] = sum
  }
  return output
}
