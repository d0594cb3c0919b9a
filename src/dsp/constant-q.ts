/**
 * Constant-Q transform (Brown 1991; Schörkhuber & Klapuri 2010) as librosa.cqt and librosa.vqt define it: bands at
 * f_k = minHz·2^(k/B), each heard through a filter of L_k = Q·rate/(f_k + γ/α) samples, Q = filterScale/α,
 * α = (2^(2/B) − 1)/(2^(2/B) + 1); C[k,t] = √L_k·⟨y around sample t·hop, h_k⟩ with Σ|h_k| = 1.
 *
 * The inner products are computed as sums over the filters' samples. Lower octaves are heard at halved rates, where
 * the filters are shorter; librosa does the same with another low-pass and in the frequency domain, where it drops the
 * smallest weights (1 % of each filter's sum by default).
 */
import type { ConstantQFrontEnd } from './front-end'
import { halvedPassShare, halveRate } from './half-band'
import { reflectIndex } from './stft'
import { makeWindow } from './window'

type ConstantQShape = Omit<ConstantQFrontEnd, 'kind' | 'channel' | 'level' | 'steps' | 'segments' | 'conditioning'>

interface Filter {
  band: number
  /** How many times the rate is halved before it. */
  halvings: number
  /** Samples from the middle of a frame to the filter's first. */
  start: number
  real: Float64Array
  imaginary: Float64Array
  scale: number
}

/** Tables of one shape, for any number of signals. */
export class ConstantQPlan {
  readonly bandHz: Float32Array
  readonly #shape: ConstantQShape
  readonly #filters: Filter[]
  /** Samples that the longest filter reaches beyond the ends, a whole number of the most halved rate's. */
  readonly #margin: number
  readonly #halvings: number

  /** Throws RangeError for bands that reach beyond half the sample rate. */
  constructor(shape: ConstantQShape) {
    this.#shape = shape
    const { sampleRateHz, minHz, count, bandsPerOctave, filterScale, gammaHz, hopSamples } = shape
    if (!Number.isInteger(hopSamples) || hopSamples < 1)
      throw new RangeError(`the hop must be 1 sample or more, not ${hopSamples}`)
    const alpha = (2 ** (2 / bandsPerOctave) - 1) / (2 ** (2 / bandsPerOctave) + 1)
    const quality = filterScale / alpha
    const frequencies = Float64Array.from({ length: count }, (_, band) => minHz * 2 ** (band / bandsPerOctave))
    const upperEdges = frequencies.map((hz) => hz * (1 + (0.5 * noiseBandwidth(shape)) / quality) + 0.5 * gammaHz)
    const nyquist = sampleRateHz / 2
    if (!(upperEdges[count - 1]! <= nyquist)) {
      const reached = upperEdges[count - 1]!.toFixed(1)
      throw new RangeError(`the highest band reaches ${reached} Hz, beyond half the sample rate (${nyquist} Hz)`)
    }
    this.bandHz = Float32Array.from(frequencies)
    const early = Math.max(0, Math.ceil(Math.log2(nyquist / upperEdges[count - 1]!)) - 2)
    this.#filters = Array.from(frequencies, (hz, band) => {
      const octave = Math.floor((count - 1 - band) / bandsPerOctave)
      const group = upperEdges[count - 1 - octave * bandsPerOctave]!
      let halvings = 0
      while (
        halvings < early + octave &&
        hopSamples % 2 ** (halvings + 1) === 0 &&
        group <= (halvedPassShare * nyquist) / 2 ** (halvings + 1)
      )
        halvings++
      return makeFilter(shape, band, hz, (quality * sampleRateHz) / (hz + gammaHz / alpha), halvings)
    })
    this.#halvings = Math.max(...this.#filters.map(({ halvings }) => halvings))
    const furthest = Math.max(...this.#filters.map(({ start, halvings }) => (1 - start) * 2 ** halvings))
    const step = 2 ** this.#halvings
    // Beyond the filters' reach, what the low-passes still hear.
    this.#margin = Math.ceil((furthest + 64 * step) / step) * step
  }

  /** |C|^power, frame by frame; 1 + ⌊n/hop⌋ frames, centred at multiples of the hop. */
  compute(samples: Float32Array): Float64Array {
    if (samples.length < 1) throw new RangeError('a constant-Q transform needs at least one sample')
    const { hopSamples, count, power } = this.#shape
    const frames = 1 + Math.floor(samples.length / hopSamples)
    const output = new Float64Array(frames * count)
    let signal = this.#padded(samples)
    for (let halvings = 0; halvings <= this.#halvings; halvings++) {
      if (halvings > 0) signal = halveRate(signal)
      const origin = this.#margin / 2 ** halvings
      const hop = hopSamples / 2 ** halvings
      for (const filter of this.#filters) {
        if (filter.halvings !== halvings) continue
        const { real, imaginary, start, scale, band } = filter
        for (let frame = 0; frame < frames; frame++) {
          const from = origin + frame * hop + start
          let re = 0
          let im = 0
          for (let n = 0; n < real.length; n++) {
            const sample = signal[from + n]!
            re += sample * real[n]!
            im += sample * imaginary[n]!
          }
          const energy = scale * scale * (re * re + im * im)
          output[frame * count + band] = power === 2 ? energy : Math.sqrt(energy)
        }
      }
    }
    return output
  }

  #padded(samples: Float32Array): Float64Array {
    const margin = this.#margin
    const { padMode } = this.#shape
    const padded = new Float64Array(samples.length + 2 * margin)
    padded.set(samples, margin)
    if (padMode === 'constant') return padded
    for (let i = 0; i < margin; i++) {
      const after = samples.length + i
      padded[margin - 1 - i] = padMode === 'edge' ? samples[0]! : samples[reflectIndex(-1 - i, samples.length)]!
      padded[margin + after] = padMode === 'edge' ? samples.at(-1)! : samples[reflectIndex(after, samples.length)]!
    }
    return padded
  }
}

/** Samples −⌈L/2⌉ … ⌊L/2⌋ − 1 of the windowed turn at the halved rate, as librosa.filters.wavelet takes them. */
function makeFilter(shape: ConstantQShape, band: number, hz: number, samples: number, halvings: number): Filter {
  const length = samples / 2 ** halvings
  const first = Math.floor(-length / 2)
  const window = makeWindow(shape, Math.floor(length / 2) - first)
  let sum = 0
  for (const value of window) sum += Math.abs(value)
  const step = (2 * Math.PI * hz * 2 ** halvings) / shape.sampleRateHz
  // librosa convolves where the definition correlates: the filter is taken backwards, which its magnitude does not show.
  const backwards = Array.from(window, (value, i): [number, number] => [value / sum, (first + i) * step]).reverse()
  return {
    band,
    halvings,
    start: -(first + window.length - 1),
    real: Float64Array.from(backwards, ([value, angle]) => value * Math.cos(angle)),
    imaginary: Float64Array.from(backwards, ([value, angle]) => value * Math.sin(angle)),
    scale: shape.isScaled ? Math.sqrt(samples) : samples,
  }
}

/** Equivalent noise bandwidth of a window in bins: 1.5 for Hann's. */
function noiseBandwidth(shape: ConstantQShape): number {
  const window = makeWindow(shape, 1000)
  let sum = 0
  let squares = 0
  for (const value of window) {
    sum += Math.abs(value)
    squares += value * value
  }
  return (1000 * squares) / sum ** 2
}
