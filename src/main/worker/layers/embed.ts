/** Rows of a table, looked up and learned. */
import * as tf from '@tensorflow/tfjs-core'

/**
 * An embedding: row `indices[…]` of the table for every index. Its gradient is a product with one-hot
 * rows: the segment sum through which tfjs differentiates a gather is missing on WASM.
 *
 * @param indices int32, of any shape, each from 0 to rows − 1
 * @param table [rows, width]
 * @returns [...indices.shape, width]
 */
export function embed(indices: tf.Tensor, table: tf.Tensor2D): tf.Tensor {
  const [rows, width] = table.shape
  const lookUp = tf.customGrad((...args) => {
    const [values, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const flat = tf.reshape(indices, [indices.size]) as tf.Tensor1D
    save([flat])
    return {
      value: tf.reshape(tf.gather(values, flat), [...indices.shape, width]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        // Cast, for WASM's kernel writes integers whatever type it is asked for.
        const places = tf.cast(tf.oneHot(saved[0] as tf.Tensor1D, rows), 'float32') as tf.Tensor2D
        return tf.matMul(places, tf.reshape(dy, [-1, width]) as tf.Tensor2D, true)
      },
    }
  })
  return lookUp(table)
}
