/** Windows of the STFT, equal to scipy.signal.get_window. */
import { besselI0 } from './bessel'
import type { WindowName, WindowShape } from './recipe'

interface WindowFamily {
  /** The window at `x`, −1 at its first and +1 at its last sample. */
  at: (x: number, parameter: number, samples: number) => number
  /** Of windows with a parameter: what it is where none is given, and which are possible. */
  parameter?: { meaning: string; usual: number; least: number; most: number }
}

/** A sum of cosines with these weights (Harris 1978), x = 0 in the middle. */
const cosines =
  (...weights: number[]): WindowFamily['at'] =>
  (x) =>
    weights.reduce((sum, weight, order) => sum + weight * Math.cos(Math.PI * order * x), 0)

const families: Record<WindowName, WindowFamily> = {
  rectangular: { at: () => 1 },
  hann: { at: cosines(0.5, 0.5) },
  hamming: { at: cosines(0.54, 0.46) },
  blackman: { at: cosines(0.42, 0.5, 0.08) },
  'blackman-harris': { at: cosines(0.35875, 0.48829, 0.14128, 0.01168) },
  nuttall: { at: cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411) },
  'flat-top': { at: cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368) },
  bartlett: { at: (x) => 1 - Math.abs(x) },
  bohman: {
    at: (x) => (1 - Math.abs(x)) * Math.cos(Math.PI * x) + Math.sin(Math.PI * Math.abs(x)) / Math.PI,
  },
  // Between the first and the last of N samples x spans 2, a cosine window N/(N − 1) times as much.
  cosine: { at: (x, _, samples) => Math.cos((Math.PI / 2) * x * ((samples - 1) / samples)) },
  /** Kaldi's: a Hann window to the power of 0.85. */
  povey: { at: (x) => Math.max(0, 0.5 + 0.5 * Math.cos(Math.PI * x)) ** 0.85 },
  kaiser: {
    at: (x, beta) => besselI0(beta * Math.sqrt(Math.max(0, 1 - x * x))) / besselI0(beta),
    parameter: { meaning: 'β', usual: 8.6, least: 0, most: 40 },
  },
  gaussian: {
    at: (x, deviation) => Math.exp(-0.5 * (x / (2 * deviation)) ** 2),
    parameter: { meaning: 'standard deviation (share of the length)', usual: 0.2, least: 0.01, most: 10 },
  },
  tukey: {
    at: (x, share) =>
      Math.abs(x) <= 1 - share ? 1 : 0.5 + 0.5 * Math.cos((Math.PI * (Math.abs(x) - 1 + share)) / share),
    parameter: { meaning: 'tapered share', usual: 0.5, least: 0.001, most: 1 },
  },
}

export const windowNames = Object.keys(families) as WindowName[]

/** What the parameter of a window means, its usual value and its range; null for windows without one. */
export function windowParameter(name: WindowName): NonNullable<WindowFamily['parameter']> | null {
  return families[name].parameter ?? null
}

/**
 * A window of `samples` values. Periodic (what an STFT needs; scipy's fftbins=True) it is one period, the first
 * `samples` of a symmetric one that is a sample longer; symmetric (numpy.hamming, Kaldi) it ends as it begins.
 *
 * @throws RangeError for a length under 1 or a parameter that the window does not have or that is out of range
 */
export function makeWindow(
  { window, windowParameter: given, windowSymmetry }: WindowShape,
  samples: number,
): Float64Array {
  if (!Number.isInteger(samples) || samples < 1) throw new RangeError(`a window needs 1 sample or more, not ${samples}`)
  const { at, parameter: known } = families[window]
  if (given !== undefined && !known) throw new RangeError(`a ${window} window has no parameter, ${given} was given`)
  const parameter = given ?? known?.usual ?? 0
  if (known && !(parameter >= known.least && parameter <= known.most))
    throw new RangeError(
      `the ${known.meaning} of a ${window} window is ${known.least} to ${known.most}, not ${parameter}`,
    )
  if (samples === 1) return Float64Array.of(1)
  const whole = windowSymmetry === 'symmetric' ? samples : samples + 1
  return Float64Array.from({ length: samples }, (_, i) => at((2 * i - whole + 1) / (whole - 1), parameter, whole))
}

/** The window in the middle of `fftSamples` zeros, ⌊(fft − window)/2⌋ of them on the left, as in librosa.stft. */
export function paddedWindow(shape: WindowShape, windowSamples: number, fftSamples: number): Float64Array {
  if (windowSamples > fftSamples)
    throw new RangeError(`the window (${windowSamples} samples) is longer than the FFT (${fftSamples})`)
  const padded = new Float64Array(fftSamples)
  padded.set(makeWindow(shape, windowSamples), Math.floor((fftSamples - windowSamples) / 2))
  return padded
}
