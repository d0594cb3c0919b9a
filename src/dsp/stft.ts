/** Short-time Fourier transform with the frame positions and padding of librosa.stft (0.10 and later). */
import { bandDecibels, type BandSource, canTakeDecibels, copyRows, leastPowers, loudestBand } from './band-decibels'
import { RealFft } from './fft'
import { applyFilterBank, type FilterBank } from './filter-bank'
import type { DecibelLevel } from './front-end'
import type { Framing, WindowShape } from './recipe'
import { SpectrumKernel } from './spectrum-kernel'
import { paddedWindow } from './window'

export type StftShape = Framing & WindowShape

/** Samples that one frame spans: those of the FFT, or of the window alone where frames are counted by it. */
export function frameSpan({ center, uncentredFrames = 'fft', fftSamples, windowSamples }: Framing): number {
  return center || uncentredFrames === 'fft' ? fftSamples : windowSamples
}

/**
 * Number of frames of a signal: centred 1 + ⌊n/hop⌋; else 1 + ⌊(n − span)/hop⌋ where the rest is dropped and
 * 1 + ⌈(n − span)/hop⌉, at least 1, where it is filled up with zeros.
 * Throws RangeError for an empty signal, and for one shorter than a frame that is neither centred nor filled up.
 */
export function countFrames(samples: number, framing: Framing): number {
  if (samples < 1) throw new RangeError('a spectrogram needs at least one sample')
  if (framing.center) return 1 + Math.floor(samples / framing.hopSamples)
  const span = frameSpan(framing)
  if (framing.uncentredFrames === 'window-padded')
    return 1 + Math.max(0, Math.ceil((samples - span) / framing.hopSamples))
  if (samples < span) throw new RangeError(`${samples} samples are fewer than one frame of ${span} without centring`)
  return 1 + Math.floor((samples - span) / framing.hopSamples)
}

/** Where in the signal the middle of frame 0 lies, in samples. */
export function firstFrameCenter(framing: Framing): number {
  return framing.center ? 0 : frameSpan(framing) / 2
}

/** Position in the signal that mirror padding (numpy's 'reflect') puts at `index`; any distance outside. */
export function reflectIndex(index: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const inPeriod = ((index % period) + period) % period
  return inPeriod < length ? inPeriod : period - inPeriod
}

/** Where a frame begins, which may be before the signal's first sample. */
export function frameStart(frame: number, framing: Framing): number {
  return frame * framing.hopSamples - frameLead(framing)
}

/** Where frame 0 begins, counted back from the signal's first sample. Frames counted by the window begin with it: its zeros on the left lie before them. */
function frameLead(framing: Framing): number {
  const { center, fftSamples } = framing
  return center ? Math.floor(fftSamples / 2) : Math.floor((fftSamples - frameSpan(framing)) / 2)
}

/** Where the sample lies that frames find at a place, which may be beyond the signal's ends; −1: they find silence. */
export function paddedIndex(at: number, length: number, { center, padMode }: Framing): number {
  if (at >= 0 && at < length) return at
  const mode = center ? padMode : 'constant'
  if (mode === 'reflect') return reflectIndex(at, length)
  return mode === 'edge' ? (at < 0 ? 0 : length - 1) : -1
}

function paddedSample(samples: Float32Array, at: number, framing: Framing): number {
  return samples[paddedIndex(at, samples.length, framing)] ?? 0
}

/** The signal with what its frames find beyond its ends: frame t is the `fftSamples` samples from t·hop on. */
export function padFrames(samples: Float32Array, framing: Framing): Float32Array {
  const frames = countFrames(samples.length, framing)
  const lead = frameLead(framing)
  const padded = new Float32Array((frames - 1) * framing.hopSamples + framing.fftSamples)
  for (let i = 0; i < padded.length; i++) padded[i] = paddedSample(samples, i - lead, framing)
  return padded
}

/**
 * Spectra frame by frame; frame t is centred at sample t·hop when centred, else begins there.
 * The same plan serves any number of signals; not to be shared between calls in flight.
 */
export class StftPlan {
  readonly shape: StftShape
  readonly bins: number
  readonly #fft: RealFft
  readonly #window: Float64Array
  readonly #power: Float64Array
  /** Made when they are first wanted; null where the FFT in JavaScript has to do. */
  #kernel: SpectrumKernel<'double'> | null | undefined
  #singleKernel: SpectrumKernel<'single'> | null | undefined
  readonly #bank: FilterBank | null
  #leastPowers: Float64Array | null = null
  #exactFrames = 0

  /**
   * @param bank what `sumBands` sums by
   * @throws RangeError for a hop, an FFT or a window that cannot be
   */
  constructor(shape: StftShape, bank: FilterBank | null = null) {
    if (!Number.isInteger(shape.hopSamples) || shape.hopSamples < 1)
      throw new RangeError(`the hop must be 1 sample or more, not ${shape.hopSamples}`)
    this.shape = shape
    this.#fft = new RealFft(shape.fftSamples)
    this.bins = this.#fft.bins
    this.#window = paddedWindow(shape, shape.windowSamples, shape.fftSamples)
    this.#power = new Float64Array(this.bins)
    this.#bank = bank
  }

  /** Calls `visit` once a frame with its complex spectrum (`bins` values each, valid during the call only). */
  forEachSpectrum(
    samples: Float32Array,
    visit: (real: Float64Array, imaginary: Float64Array, frame: number) => void,
  ): number {
    const frames = countFrames(samples.length, this.shape)
    const { real, imaginary } = this.#fft
    for (let frame = 0; frame < frames; frame++) {
      this.#loadFrame(samples, frame)
      this.#fft.transform()
      visit(real, imaginary, frame)
    }
    return frames
  }

  /** The same with the power |X[k,t]|² of each bin; the visitor may change the values that it is given. */
  forEachFrame(samples: Float32Array, visit: (power: Float64Array, frame: number) => void): number {
    const kernel = this.#takeKernel()
    if (kernel !== null)
      return this.#loadChunks(kernel, samples, (first, count) => {
        for (let frame = 0; frame < count; frame++) {
          kernel.transform(frame)
          visit(kernel.power, first + frame)
        }
      })
    const power = this.#power
    return this.forEachSpectrum(samples, (real, imaginary, frame) => {
      for (let k = 0; k < power.length; k++) power[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!
      visit(power, frame)
    })
  }

  /** Writes the energy of each of the bank's bands, frame by frame, to `output`: |X[k,t]|² through the bands. */
  sumBands(samples: Float32Array, output: Float64Array): void {
    const bank = this.#bank
    if (!bank) throw new RangeError('the plan has no filter bank')
    const bands = bank.firstBins.length
    const kernel = this.#takeKernel()
    if (kernel === null)
      this.forEachFrame(samples, (power, frame) => applyFilterBank(bank, power, output, frame * bands))
    else
      this.#loadChunks(kernel, samples, (first, count) => {
        kernel.sumBands(count)
        copyRows(kernel, count, bands, output, first * bands)
      })
  }

  /**
   * powerToDb of what `sumBands` writes, within 5e-4 dB (see band-decibels.ts), quicker; null where that cannot be had.
   * The weighting of the level is not applied.
   *
   * @param loudestOfAll where the samples are a part of a sound: what `loudest` says of the whole
   */
  takeDecibels(samples: Float32Array, level: DecibelLevel, loudestOfAll?: number): Float32Array | null {
    const quick = canTakeDecibels(level) ? this.#takeQuick(samples) : null
    return quick && bandDecibels(quick.source, quick.kernel, level, loudestOfAll)
  }

  /** The loudest power that `takeDecibels` finds, Infinity where it would give nothing for it; null where that cannot be had. */
  loudest(samples: Float32Array, level: DecibelLevel): number | null {
    const quick = canTakeDecibels(level) ? this.#takeQuick(samples) : null
    return quick && loudestBand(quick.source, quick.kernel)
  }

  #takeQuick(samples: Float32Array): { source: BandSource; kernel: SpectrumKernel<'single'> } | null {
    const bank = this.#bank
    const double = bank && this.#takeKernel()
    if (!double) return null
    this.#singleKernel ??= SpectrumKernel.tryMake(this.#window, this.shape.hopSamples, bank, 'single')
    const kernel = this.#singleKernel
    if (!kernel) return null
    const source: BandSource = {
      frames: countFrames(samples.length, this.shape),
      least: (this.#leastPowers ??= leastPowers(bank, this.bins)),
      sumBands: (take) =>
        void this.#loadChunks(kernel, samples, (first, count) => {
          kernel.sumBands(count)
          take(first, count)
        }),
      sumExactly: (frame) => {
        this.#exactFrames++
        this.#loadSpan(double, samples, frame, 1)
        double.sumBands(1)
        return double.rows.subarray(0, bank.firstBins.length)
      },
    }
    return { source, kernel }
  }

  /** Frames of which `takeDecibels` could not trust single precision, so far. */
  get exactFrames(): number {
    return this.#exactFrames
  }

  #takeKernel(): SpectrumKernel<'double'> | null {
    if (this.#kernel === undefined)
      this.#kernel = SpectrumKernel.tryMake(this.#window, this.shape.hopSamples, this.#bank, 'double')
    return this.#kernel
  }

  /** Loads the frames of a signal into a kernel, as many at a time as it holds. */
  #loadChunks(
    kernel: SpectrumKernel<'single' | 'double'>,
    samples: Float32Array,
    visit: (first: number, count: number) => void,
  ): number {
    const frames = countFrames(samples.length, this.shape)
    for (let first = 0; first < frames; first += kernel.frames) {
      const count = Math.min(kernel.frames, frames - first)
      this.#loadSpan(kernel, samples, first, count)
      visit(first, count)
    }
    return frames
  }

  #loadFrame(samples: Float32Array, frame: number): void {
    const { fftSamples } = this.shape
    const start = frameStart(frame, this.shape)
    const window = this.#window
    const input = this.#fft.input
    if (start >= 0 && start + fftSamples <= samples.length) {
      for (let i = 0; i < fftSamples; i++) input[i] = window[i]! * samples[start + i]!
      return
    }
    for (let i = 0; i < fftSamples; i++) input[i] = window[i]! * paddedSample(samples, start + i, this.shape)
  }

  /** The samples of neighbouring frames, without the window, which the kernel applies. */
  #loadSpan(
    { samples: target }: SpectrumKernel<'single' | 'double'>,
    samples: Float32Array,
    first: number,
    count: number,
  ): void {
    const start = frameStart(first, this.shape)
    const length = (count - 1) * this.shape.hopSamples + this.shape.fftSamples
    const from = Math.min(length, Math.max(0, -start))
    const to = Math.max(from, Math.min(length, samples.length - start))
    target.set(samples.subarray(start + from, start + to), from)
    if (!this.shape.center || this.shape.padMode === 'constant') {
      target.fill(0, 0, from)
      target.fill(0, to, length)
      return
    }
    for (let i = 0; i < from; i++) target[i] = paddedSample(samples, start + i, this.shape)
    for (let i = to; i < length; i++) target[i] = paddedSample(samples, start + i, this.shape)
  }
}
