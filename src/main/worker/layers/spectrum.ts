/**
 * Spectrograms inside the network, as convolutions with cosines and sines: the FFT of tfjs has no gradient. Frozen
 * they are a front end that is exported with the model; trained, the kernels and the filter bank are weights.
 */
import * as tf from '@tensorflow/tfjs-core'

export interface FourierKernels {
  /** [n, 1, bins]: window · cos(2πkm/n) */
  real: Float32Array
  /** [n, 1, bins]: −window · sin(2πkm/n) */
  imaginary: Float32Array
  /** n/2 + 1 */
  bins: number
}

/**
 * The kernels of a short-time Fourier transform.
 *
 * @param window of n values, which is also the length of the transform; n even
 */
export function fourierKernels(window: ArrayLike<number>): FourierKernels {
  const n = window.length
  if (n < 2 || n % 2 !== 0) throw new RangeError(`a transform needs an even length, not ${n}`)
  const bins = n / 2 + 1
  const real = new Float32Array(n * bins)
  const imaginary = new Float32Array(n * bins)
  for (let m = 0; m < n; m++) {
    for (let k = 0; k < bins; k++) {
      // The product modulo n keeps the angle small and so exact.
      const angle = (2 * Math.PI * ((k * m) % n)) / n
      real[m * bins + k] = window[m]! * Math.cos(angle)
      imaginary[m * bins + k] = -window[m]! * Math.sin(angle)
    }
  }
  return { real, imaginary, bins }
}

export interface SpectrumOptions {
  /** Samples from one frame to the next. */
  hop: number
  /** 'valid': frames inside the sound; 'same': ceil(samples / hop) frames, zeros around (kapre). */
  padding: 'valid' | 'same'
  /** Exponent of the magnitude: 1 or 2. */
  power: number
}

/**
 * (re² + im² + 1e-12)^(power/2) of every frame.
 *
 * @param sound [batch, samples]
 * @param real and `imaginary`: [n, 1, bins], constants or trained weights
 * @returns [batch, frames, bins]
 */
export function spectrum(
  sound: tf.Tensor2D,
  real: tf.Tensor3D,
  imaginary: tf.Tensor3D,
  { hop, padding, power }: SpectrumOptions,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [n, , bins] = real.shape
    const picture = tf.reshape(sound, [sound.shape[0], sound.shape[1], 1, 1]) as tf.Tensor4D
    const kernels = tf.reshape(tf.concat([real, imaginary], 2), [n, 1, 1, 2 * bins]) as tf.Tensor4D
    const both = tf.conv2d(picture, kernels, [hop, 1], padding)
    const frames = both.shape[1]
    const squares = tf.square(tf.reshape(both, [both.shape[0], frames, 2, bins]))
    const energy = tf.add(tf.sum(squares, 2), 1e-12)
    return (power === 2 ? energy : tf.pow(tf.sqrt(energy), power)) as tf.Tensor3D
  })
}

/**
 * Bands of a spectrum.
 *
 * @param frames [batch, frames, bins]
 * @param filterBank [bins, bands]
 */
export function applyFilterBank(frames: tf.Tensor3D, filterBank: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, count, bins] = frames.shape
    const bands = tf.matMul(tf.reshape(frames, [batch * count, bins]) as tf.Tensor2D, filterBank)
    return tf.reshape(bands, [batch, count, filterBank.shape[1]])
  })
}

/**
 * Decibels below the loudest value of each example: 10 · exponent · log10(max(x, least)), nothing under the
 * maximum minus `rangeDb`. kapre takes magnitudes with exponent 1, least 1e-5 and 80 dB.
 *
 * @param x [batch, frames, bands], 0 or more
 * @param exponent 1 for energies (and kapre's magnitudes), 2 for true decibels of magnitudes
 */
export function toDecibels(
  x: tf.Tensor3D,
  { least, rangeDb, exponent = 1 }: { least: number; rangeDb: number; exponent?: number },
): tf.Tensor3D {
  return tf.tidy(() => {
    const level = tf.mul(tf.log(tf.maximum(x, least)), (10 * exponent) / Math.LN10)
    const relative = tf.sub(level, tf.max(level, [1, 2], true))
    return tf.maximum(relative, -rangeDb) as tf.Tensor3D
  })
}
