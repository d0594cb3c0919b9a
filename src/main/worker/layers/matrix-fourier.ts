/**
 * The discrete Fourier transform of many frames as two small matrix products with a turn between them (Bailey 1990, "FFTs in
 * external or hierarchical memory"): every backend of tfjs multiplies matrices, few have an FFT, and sums of √n terms round
 * less than sums of n.
 *
 * With n = rows · columns, m = a·columns + b and k = c + rows·d:
 * X[k] = Σ_b e^(−2πi·bd/columns) · e^(−2πi·bc/n) · Σ_a x[m] · e^(−2πi·ac/rows).
 */
import * as tf from '@tensorflow/tfjs-core'

/** Tables for one length. Its tensors stay until `dispose`. */
export class MatrixFourier {
  readonly size: number
  /** Which sample each value of a frame is that `power` is given. */
  readonly sampleOrder: Int32Array
  /** Which bin each value is that `power` gives; some stand for bins above size/2, which are others' mirror images. */
  readonly binOrder: Int32Array
  readonly #rows: number
  readonly #columns: number
  /** Outputs of the second product: d from 0 to columns/2. */
  readonly #half: number
  readonly #first: tf.Tensor2D
  readonly #second: tf.Tensor2D
  readonly #cosines: tf.Tensor3D
  readonly #sines: tf.Tensor3D

  constructor(size: number) {
    const rows = nearestDivisor(size)
    const columns = size / rows
    const half = Math.floor(columns / 2) + 1
    this.size = size
    this.#rows = rows
    this.#columns = columns
    this.#half = half
    this.sampleOrder = Int32Array.from({ length: size }, (_, i) => (i % rows) * columns + Math.floor(i / rows))
    this.binOrder = Int32Array.from({ length: rows * half }, (_, i) => Math.floor(i / half) + rows * (i % half))
    // The product modulo n keeps angles small and so exact.
    const angle = (product: number, of: number): number => (2 * Math.PI * (product % of)) / of
    const table = (height: number, width: number, value: (row: number, column: number) => number): Float32Array =>
      Float32Array.from({ length: height * width }, (_, i) => value(Math.floor(i / width), i % width))
    this.#first = tf.tensor2d(
      table(rows, 2 * rows, (a, c) =>
        c < rows ? Math.cos(angle(a * c, rows)) : -Math.sin(angle(a * (c - rows), rows)),
      ),
      [rows, 2 * rows],
    )
    // [re, im] · [[cos, −sin], [sin, cos]]
    this.#second = tf.tensor2d(
      table(2 * columns, 2 * half, (row, column) => {
        const turned = angle((row % columns) * (column % half), columns)
        if (row < columns === column < half) return Math.cos(turned)
        return row < columns ? -Math.sin(turned) : Math.sin(turned)
      }),
      [2 * columns, 2 * half],
    )
    const turns = (wave: (angle: number) => number): tf.Tensor3D =>
      tf.tensor3d(
        table(columns, rows, (b, c) => wave(angle(b * c, size))),
        [1, columns, rows],
      )
    this.#cosines = turns(Math.cos)
    this.#sines = turns(Math.sin)
  }

  /**
   * |X|² of every frame.
   *
   * @param frames [count, size], windowed, the samples in the order of `sampleOrder`
   * @returns [count, values], in the order of `binOrder`
   */
  power(frames: tf.Tensor2D): tf.Tensor2D {
    return tf.tidy(() => {
      const count = frames.shape[0]
      const [rows, columns, half] = [this.#rows, this.#columns, this.#half]
      const inner = tf.matMul(tf.reshape(frames, [count * columns, rows]) as tf.Tensor2D, this.#first)
      const [re, im] = tf
        .split(tf.reshape(inner, [count, columns, 2, rows]), 2, 2)
        .map((part) => tf.reshape(part, [count, columns, rows])) as [tf.Tensor, tf.Tensor]
      const turnedRe = tf.add(tf.mul(re, this.#cosines), tf.mul(im, this.#sines))
      const turnedIm = tf.sub(tf.mul(im, this.#cosines), tf.mul(re, this.#sines))
      const byRow = tf.transpose(tf.concat([turnedRe, turnedIm], 1), [0, 2, 1])
      const outer = tf.matMul(tf.reshape(byRow, [count * rows, 2 * columns]) as tf.Tensor2D, this.#second)
      const squares = tf.reshape(tf.square(outer), [count * rows, 2, half])
      return tf.reshape(tf.sum(squares, 1), [count, rows * half]) as tf.Tensor2D
    })
  }

  dispose(): void {
    tf.dispose([this.#first, this.#second, this.#cosines, this.#sines])
  }
}

/** The largest divisor that is not above the root. */
function nearestDivisor(size: number): number {
  let divisor = Math.floor(Math.sqrt(size))
  while (size % divisor !== 0) divisor--
  return divisor
}
