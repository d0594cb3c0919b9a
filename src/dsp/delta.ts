/**
 * Derivative of every row along time by a Savitzky–Golay filter whose polynomial order is the order of the
 * derivative (Savitzky & Golay 1964; librosa.feature.delta, mode 'interp': the first and last half windows take the
 * derivative of the polynomial fitted to the first and last whole window).
 *
 * @param values frames × rows, frame by frame
 * @param width odd, 3 or more; at most `frames`
 * @param order 1 or 2
 * @returns the same layout, change per frame (or per frame squared)
 */
export function computeDelta(values: Float32Array, rows: number, width = 9, order: 1 | 2 = 1): Float32Array {
  const frames = values.length / rows
  if (!Number.isInteger(frames)) throw new RangeError(`${values.length} values do not make whole frames of ${rows}`)
  if (!Number.isInteger(width) || width < 3 || width % 2 === 0)
    throw new RangeError(`the delta width must be odd and 3 or more, not ${width}`)
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
