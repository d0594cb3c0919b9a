/** Derivatives along time. Layout everywhere: frames × rows values, frame by frame. */
import type { DeltaStep } from './front-end'

/**
 * Derivative by one of three conventions; with order 2 the second one.
 *
 * - 'savitzky-golay': librosa.feature.delta since 0.6 (mode 'interp'); see computeDelta.
 * - 'regression': Σ n·(x[t+n] − x[t−n])/(2Σn²) with the edge frames repeated (HTK, python_speech_features with
 *   N = (width − 1)/2, torchaudio.functional.compute_deltas); the second is the first of the first.
 * - 'librosa-0.3': librosa 0.3.1, which Piczak used: Σ n·x[t−4+n] not normalised (60 times as much) and four frames
 *   late; see lateSums.
 *
 * @throws RangeError for a width that is not odd and at least 3, and for too few frames ('savitzky-golay')
 */
export function computeDeltaBy(
  values: Float32Array,
  rows: number,
  { method, width, order }: Pick<DeltaStep, 'method' | 'width' | 'order'>,
): Float32Array {
  if (method === 'savitzky-golay') return computeDelta(values, rows, width, order)
  requireOddWidth(width)
  const half = (width - 1) / 2
  if (method === 'librosa-0.3') return lateSums(values, rows, half, order)
  const first = slopeOfNeighbours(values, rows, half)
  return order === 1 ? first : slopeOfNeighbours(first, rows, half)
}

/**
 * Derivative of every row along time by a Savitzky–Golay filter whose polynomial order is the order of the
 * derivative (Savitzky & Golay 1964; librosa.feature.delta, mode 'interp': the first and last half windows take the
 * derivative of the polynomial fitted to the first and last whole window).
 *
 * @param width odd, 3 or more; at most the number of frames
 * @returns the same layout, change per frame (or per frame squared)
 */
export function computeDelta(values: Float32Array, rows: number, width = 9, order: 1 | 2 = 1): Float32Array {
  const frames = values.length / rows
  if (!Number.isInteger(frames)) throw new RangeError(`${values.length} values do not make whole frames of ${rows}`)
  requireOddWidth(width)
  if (frames < width) throw new RangeError(`deltas of width ${width} need ${width} frames, there are ${frames}`)
  const half = (width - 1) / 2
  const kernel = derivativeKernel(half, order)
  const output = new Float32Array(values.length)
  for (let frame = 0; frame < frames; frame++) {
    const first = Math.min(Math.max(frame - half, 0), frames - width)
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let i = 0; i < width; i++) sum += kernel[i]! * values[(first + i) * rows + row]!
      output[frame * rows + row] = sum
    }
  }
  return output
}

function requireOddWidth(width: number): void {
  if (!Number.isInteger(width) || width < 3 || width % 2 === 0)
    throw new RangeError(`the delta width must be odd and 3 or more, not ${width}`)
}

/** Slope of the line fitted to `half` neighbours on either side of each frame; the edge frames go on beyond the ends. */
function slopeOfNeighbours(values: Float32Array, rows: number, half: number): Float32Array {
  const last = values.length / rows - 1
  let squares = 0
  for (let n = 1; n <= half; n++) squares += 2 * n * n
  const output = new Float32Array(values.length)
  for (let frame = 0; frame <= last; frame++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      for (let n = 1; n <= half; n++) {
        const after = values[Math.min(frame + n, last) * rows + row]!
        const before = values[Math.max(frame - n, 0) * rows + row]!
        sum += n * (after - before)
      }
      output[frame * rows + row] = sum / squares
    }
  }
  return output
}

/** scipy.signal.lfilter([half … −half], 1, x), `order` times, after half + 1 copies of the first frame and nothing before. */
function lateSums(values: Float32Array, rows: number, half: number, order: 1 | 2): Float32Array {
  const lead = half + 1
  const frames = lead + values.length / rows
  let current = new Float64Array(frames * rows)
  for (let frame = 0; frame < lead; frame++) current.set(values.subarray(0, rows), frame * rows)
  current.set(values, lead * rows)
  for (let time = 0; time < order; time++) {
    const output = new Float64Array(current.length)
    for (let frame = 0; frame < frames; frame++) {
      for (let row = 0; row < rows; row++) {
        let sum = 0
        for (let i = 0; i <= Math.min(2 * half, frame); i++) sum += (half - i) * current[(frame - i) * rows + row]!
        output[frame * rows + row] = sum
      }
    }
    current = output
  }
  return Float32Array.from(current.subarray(lead * rows))
}

/**
 * Weights that give, from the points −half … half, the derivative of the least-squares line (order 1) or the second
 * derivative of the least-squares parabola (order 2). Either is the same at every point of the window, so the ends
 * need no weights of their own.
 */
function derivativeKernel(half: number, order: 1 | 2): Float64Array {
  let n2 = 0
  let n4 = 0
  for (let n = -half; n <= half; n++) {
    n2 += n ** 2
    n4 += n ** 4
  }
  const count = 2 * half + 1
  return Float64Array.from({ length: count }, (_, i) => {
    const n = i - half
    return order === 1 ? n / n2 : (2 * (count * n ** 2 - n2)) / (count * n4 - n2 * n2)
  })
}
