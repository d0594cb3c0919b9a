/** Short-time Fourier transform with the frame positions and padding of librosa.stft (0.10 and later). */
import { RealFft } from './fft'
import type { FrontEnd } from './recipe'
import { paddedWindow } from './window'

export type StftShape = Pick<FrontEnd, 'fftSamples' | 'windowSamples' | 'window' | 'hopSamples' | 'center' | 'padMode'>

/**
 * Number of frames of a signal: centred 1 + ⌊n/hop⌋, else 1 + ⌊(n − fft)/hop⌋.
 * Throws RangeError for an empty signal, and for one shorter than the FFT where frames are not centred.
 */
export function countFrames(samples: number, shape: StftShape): number {
  if (samples < 1) throw new RangeError('a spectrogram needs at least one sample')
  if (shape.center) return 1 + Math.floor(samples / shape.hopSamples)
  if (samples < shape.fftSamples)
    throw new RangeError(`${samples} samples are fewer than one frame of ${shape.fftSamples} without centring`)
  return 1 + Math.floor((samples - shape.fftSamples) / shape.hopSamples)
}

/** Position in the signal that mirror padding (numpy's 'reflect') puts at `index`; any distance outside. */
export function reflectIndex(index: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const inPeriod = ((index % period) + period) % period
  return inPeriod < length ? inPeriod : period - inPeriod
}

/**
 * Power spectra |X[k,t]|² frame by frame; frame t is centred at sample t·hop when centred, else begins there.
 * The same plan serves any number of signals; not to be shared between calls in flight.
 */
export class StftPlan {
  readonly shape: StftShape
  readonly bins: number
  readonly #fft: RealFft
  readonly #window: Float64Array

  constructor(shape: StftShape) {
    if (!Number.isInteger(shape.hopSamples) || shape.hopSamples < 1)
      throw new RangeError(`the hop must be 1 sample or more, not ${shape.hopSamples}`)
    this.shape = shape
    this.#fft = new RealFft(shape.fftSamples)
    this.bins = this.#fft.bins
    this.#window = paddedWindow(shape.window, shape.windowSamples, shape.fftSamples)
  }

  /** Calls `visit` once a frame with its power spectrum (`bins` values, valid during the call only). */
  forEachFrame(samples: Float32Array, visit: (power: Float64Array, frame: number) => void): number {
    const frames = countFrames(samples.length, this.shape)
    const power = new Float64Array(this.bins)
    const { real, imaginary } = this.#fft
    for (let frame = 0; frame < frames; frame++) {
      this.#loadFrame(samples, frame)
      this.#fft.transform()
      for (let k = 0; k < power.length; k++) power[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!
      visit(power, frame)
    }
    return frames
  }

  #loadFrame(samples: Float32Array, frame: number): void {
    const { fftSamples, hopSamples, center, padMode } = this.shape
    const start = frame * hopSamples - (center ? fftSamples / 2 : 0)
    const window = this.#window
    const input = this.#fft.input
    if (start >= 0 && start + fftSamples <= samples.length) {
      for (let i = 0; i < fftSamples; i++) input[i] = window[i]! * samples[start + i]!
      return
    }
    for (let i = 0; i < fftSamples; i++) {
      const at = start + i
      const inside = at >= 0 && at < samples.length
      const value = inside ? samples[at]! : padMode === 'constant' ? 0 : samples[reflectIndex(at, samples.length)]!
      input[i] = window[i]! * value
    }
  }
}
