/**
 * A front end as a graph of tfjs operations, for the accelerator: what src/dsp computes, in single precision, of many
 * clips at once. The spectrum is matrix products (matrix-fourier.ts), bands are a matrix product, and so are cepstra,
 * deltas and the follower of PCEN. Parameters of a front end can be searched so without features of it anywhere.
 */
import * as tf from '@tensorflow/tfjs-core'
import { conditionSamples } from '../../../dsp/conditioning'
import { computeDeltaBy } from '../../../dsp/delta'
import { bandWeights, requireSound } from '../../../dsp/features'
import type { FrontEnd, FrontEndStep, Level, PcenLevel, SpectrogramFrontEnd } from '../../../dsp/front-end'
import { melFilterBank } from '../../../dsp/mel'
import { computeCepstrum } from '../../../dsp/mfcc'
import { smoothingCoefficient } from '../../../dsp/pcen'
import { pictureShape } from '../../../dsp/picture-shape'
import { countFrames, padFrames } from '../../../dsp/stft'
import { frequencyWeighting } from '../../../dsp/weighting'
import { paddedWindow } from '../../../dsp/window'
import { MatrixFourier } from '../layers/matrix-fourier'

/** Values of frames in the graph at a time: bounds its memory, 64 MiB a copy. */
const mostValues = 2 ** 24

/** Why a front end cannot be computed in the graph, in words that follow its name; null where it can. */
export function graphObstacle(frontEnd: FrontEnd): string | null {
  if (frontEnd.kind === 'constant-q') return 'constant-Q transforms are computed on the processor only'
  if (frontEnd.kind === 'waveform') return 'it has no spectrum to compute'
  const { level } = frontEnd
  if (level.kind === 'pcen' && (level.maximumOverBands ?? 1) > 1)
    return 'PCEN over several bands is computed on the processor only'
  for (const step of frontEnd.steps ?? []) {
    if (step.kind === 'cepstrum' && step.startsWithEnergy)
      return 'the frames’ energy as coefficient 0 is computed on the processor only'
    if (step.kind === 'delta' && step.into === 'channels')
      return 'deltas as channels are computed on the processor only'
    if (!['mel', 'cepstrum', 'delta', 'crop'].includes(step.kind))
      return `the step “${step.kind}” is computed on the processor only`
  }
  return null
}

interface GraphPicture {
  frames: number
  bands: number
  /** Frame by frame. */
  values: Float32Array
}

/** One front end on the current backend. Its tensors stay until `dispose`. */
export class GraphFrontEnd {
  readonly #frontEnd: SpectrogramFrontEnd
  readonly #fourier: MatrixFourier
  /** Of the samples in the transform's order. */
  readonly #window: tf.Tensor2D
  readonly #sampleOrder: tf.Tensor2D
  /** From the transform's bins to the bands. */
  readonly #bands: tf.Tensor2D
  readonly #bandHz: Float32Array

  /** @throws RangeError where `graphObstacle` names a reason, or the front end is impossible */
  constructor(frontEnd: FrontEnd) {
    const obstacle = graphObstacle(frontEnd)
    if (obstacle !== null || frontEnd.kind === 'constant-q' || frontEnd.kind === 'waveform')
      throw new RangeError(obstacle ?? 'no spectrum')
    pictureShape(frontEnd)
    const { fftSamples, windowSamples } = frontEnd
    this.#frontEnd = frontEnd
    this.#fourier = new MatrixFourier(fftSamples)
    const { sampleOrder, binOrder } = this.#fourier
    const window = paddedWindow(frontEnd, windowSamples, fftSamples)
    this.#window = tf.tensor2d(
      Float32Array.from(sampleOrder, (at) => window[at]!),
      [1, fftSamples],
    )
    this.#sampleOrder = tf.tensor2d(sampleOrder, [1, fftSamples], 'int32')
    const { bandHz, matrix } = bandWeights(frontEnd)
    const bins = Math.floor(fftSamples / 2) + 1
    const bands = bandHz.length
    const ordered = new Float32Array(binOrder.length * bands)
    binOrder.forEach((bin, row) => {
      if (bin < bins) ordered.set(matrix.subarray(bin * bands, (bin + 1) * bands), row * bands)
    })
    this.#bands = tf.tensor2d(ordered, [binOrder.length, bands])
    this.#bandHz = bandHz
  }

  /**
   * The pictures of some clips, as computeFrontEnd makes them: they differ by less than 1e-4 of their root mean square.
   *
   * @param clips mono at the front end's rate
   * @throws RangeError as computeFrontEnd
   */
  async compute(clips: readonly Float32Array[]): Promise<GraphPicture[]> {
    const pictures: GraphPicture[] = []
    const signals = clips.map((samples) => {
      requireSound(samples)
      return conditionSamples(samples, this.#frontEnd.conditioning)
    })
    for (let first = 0; first < signals.length;) {
      // Clips of one length go together, as many as there is room for.
      const { length } = signals[first]!
      const frames = countFrames(length, this.#frontEnd)
      const room = Math.max(1, Math.floor(mostValues / (frames * this.#frontEnd.fftSamples)))
      let end = first + 1
      while (end < signals.length && end - first < room && signals[end]!.length === length) end++
      const output = tf.tidy(() => this.#computeEqual(signals.slice(first, end), frames))
      const [count, , bands] = output.shape
      const values = (await output.data()) as Float32Array
      output.dispose()
      const size = values.length / count
      for (let clip = 0; clip < count; clip++)
        pictures.push({ frames, bands, values: values.slice(clip * size, (clip + 1) * size) })
      first = end
    }
    return pictures
  }

  dispose(): void {
    this.#fourier.dispose()
    tf.dispose([this.#window, this.#sampleOrder, this.#bands])
  }

  /** @returns [clips, frames, bands] */
  #computeEqual(signals: readonly Float32Array[], frames: number): tf.Tensor3D {
    const frontEnd = this.#frontEnd
    const padded = signals.map((samples) => padFrames(samples, frontEnd))
    const length = padded[0]!.length
    const flat = new Float32Array(signals.length * length)
    padded.forEach((samples, clip) => flat.set(samples, clip * length))
    const sound = tf.tensor1d(flat)
    const starts = Int32Array.from(
      { length: signals.length * frames },
      (_, row) => Math.floor(row / frames) * length + (row % frames) * frontEnd.hopSamples,
    )
    const rowsAtOnce = Math.max(1, Math.floor(mostValues / frontEnd.fftSamples))
    const parts: tf.Tensor2D[] = []
    for (let row = 0; row < starts.length; row += rowsAtOnce)
      parts.push(tf.tidy(() => this.#sumBands(sound, starts.subarray(row, row + rowsAtOnce))))
    const joined = parts.length === 1 ? parts[0]! : tf.concat(parts)
    const energies = tf.reshape(joined, [signals.length, frames, this.#bandHz.length]) as tf.Tensor3D
    const levels = this.#applyLevel(energies, frontEnd.level)
    return (frontEnd.steps ?? []).reduce((picture, step) => this.#applyStep(picture, step), levels)
  }

  /** |X|^power through the bands, of the frames that begin at these samples. */
  #sumBands(sound: tf.Tensor1D, starts: Int32Array): tf.Tensor2D {
    const { power, dividesByFft, fftSamples } = this.#frontEnd
    const places = tf.add(tf.tensor2d(starts, [starts.length, 1], 'int32'), this.#sampleOrder) as tf.Tensor2D
    const frames = tf.mul(tf.gather(sound, places), this.#window) as tf.Tensor2D
    let spectrum = this.#fourier.power(frames)
    if (dividesByFft) spectrum = tf.div(spectrum, fftSamples)
    return tf.matMul(power === 1 ? tf.sqrt(spectrum) : spectrum, this.#bands)
  }

  #applyLevel(energies: tf.Tensor3D, level: Level): tf.Tensor3D {
    switch (level.kind) {
      case 'plain':
        return energies
      case 'logarithm': {
        const { base, offset, floor, floorsOnlyZeros } = level
        const raised = floorsOnlyZeros
          ? tf.where(tf.equal(energies, 0), tf.fill(energies.shape, floor), energies)
          : tf.maximum(energies, floor)
        const scale = base === 'e' ? 1 : base === '10' ? 1 / Math.LN10 : 1 / Math.LN2
        return tf.mul(tf.log(tf.add(raised, offset)), scale)
      }
      case 'pcen':
        return this.#applyPcen(energies, level)
      default: {
        const power = this.#frontEnd.power === 1 ? tf.square(energies) : energies
        const { referencePower, aminPower, topDb, weighting } = level
        const decibelsOf = (x: tf.Tensor): tf.Tensor => tf.mul(tf.log(tf.maximum(x, aminPower)), 10 / Math.LN10)
        const reference =
          referencePower === 'maximum'
            ? decibelsOf(tf.max(power, [1, 2], true))
            : 10 * Math.log10(Math.max(aminPower, Math.abs(referencePower)))
        let levels = tf.sub(decibelsOf(power), reference)
        if (topDb !== null) levels = tf.maximum(levels, tf.sub(tf.max(levels, [1, 2], true), topDb))
        if (weighting === undefined) return levels as tf.Tensor3D
        const weights = Float32Array.from(this.#bandHz, (hz) => frequencyWeighting(hz, weighting))
        return tf.add(levels, tf.tensor1d(weights))
      }
    }
  }

  #applyPcen(energies: tf.Tensor3D, level: PcenLevel): tf.Tensor3D {
    const { gain, bias, power, epsilon, scale, start, timeConstantSeconds } = level
    const { hopSamples, sampleRateHz } = this.#frontEnd
    const frames = energies.shape[1]
    const b = smoothingCoefficient(timeConstantSeconds / (hopSamples / sampleRateHz))
    const scaled = tf.mul(energies, scale) as tf.Tensor3D
    // The follower's answer to each frame: b·(1 − b)^(t − s), and what is left of what it began with.
    const answers = Float32Array.from({ length: frames * frames }, (_, i) => {
      const [t, s] = [Math.floor(i / frames), i % frames]
      const before = s === 0 && start === 'first-frame' ? (1 - b) ** (t + 1) : 0
      return (s > t ? 0 : b * (1 - b) ** (t - s)) + before
    })
    let followed: tf.Tensor = mixFrames(answers, scaled)
    if (start === 'one') {
      const left = Float32Array.from({ length: frames }, (_, t) => (1 - b) ** (t + 1))
      followed = tf.add(followed, tf.tensor3d(left, [1, frames, 1]))
    }
    const ratio = tf.mul(scaled, tf.exp(tf.mul(tf.log(tf.add(followed, epsilon)), -gain))) as tf.Tensor3D
    if (power === 0) return tf.log1p(ratio)
    if (bias === 0) return tf.pow(ratio, power)
    return tf.mul(tf.expm1(tf.mul(tf.log1p(tf.div(ratio, bias)), power)), bias ** power)
  }

  #applyStep(picture: tf.Tensor3D, step: FrontEndStep): tf.Tensor3D {
    const [, frames, bands] = picture.shape
    switch (step.kind) {
      case 'mel': {
        const { sampleRateHz, fftSamples } = this.#frontEnd
        const { firstBins, offsets, weights } = melFilterBank(step.bands, sampleRateHz, fftSamples)
        const { count } = step.bands
        const matrix = new Float32Array(bands * count)
        for (let band = 0; band < count; band++)
          for (let i = offsets[band]!, bin = firstBins[band]!; i < offsets[band + 1]!; i++, bin++)
            matrix[bin * count + band] = weights[i]!
        return mixBands(picture, matrix, count)
      }
      case 'cepstrum': {
        // The coefficients of each band by itself are the transform's columns.
        const identity = Float32Array.from({ length: bands * bands }, (_, i) =>
          Number(Math.floor(i / bands) === i % bands),
        )
        return mixBands(picture, computeCepstrum({ bands, frames: bands, values: identity }, step), step.count)
      }
      case 'delta': {
        const orders = step.order === 1 ? [1 as const] : [1 as const, 2 as const]
        const identity = Float32Array.from({ length: frames * frames }, (_, i) =>
          Number(Math.floor(i / frames) === i % frames),
        )
        // What each frame by itself gives everywhere; frame by frame, that is the matrix.
        const computed = orders.map((order) => mixFrames(computeDeltaBy(identity, frames, { ...step, order }), picture))
        return step.into === 'replace' ? computed.at(-1)! : tf.concat([picture, ...computed], 2)
      }
      case 'crop':
        return tf.slice(picture, [0, 0, step.firstBand], [-1, -1, step.count])
      default:
        throw new RangeError(`the step “${step.kind}” is not computed in the graph`)
    }
  }
}

/** Every frame as a sum of all: [frames, frames] times the picture of each clip. */
function mixFrames(matrix: Float32Array, picture: tf.Tensor3D): tf.Tensor3D {
  const [clips, frames, bands] = picture.shape
  const mixer = tf.tensor2d(matrix, [frames, frames])
  // Clips side by side are one product.
  const beside = tf.reshape(tf.transpose(picture, [1, 0, 2]), [frames, clips * bands]) as tf.Tensor2D
  const mixed = tf.reshape(tf.matMul(mixer, beside), [frames, clips, bands])
  return tf.transpose(mixed, [1, 0, 2]) as tf.Tensor3D
}

/** Every band as a sum of all: the picture times [bands, count]. */
function mixBands(picture: tf.Tensor3D, matrix: Float32Array, count: number): tf.Tensor3D {
  const [clips, frames, bands] = picture.shape
  const rows = tf.reshape(picture, [clips * frames, bands]) as tf.Tensor2D
  return tf.reshape(tf.matMul(rows, tf.tensor2d(matrix, [bands, count])), [clips, frames, count]) as tf.Tensor3D
}
