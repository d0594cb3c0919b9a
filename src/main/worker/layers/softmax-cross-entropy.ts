/** The loss of a classifier, in few operations. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeBackend } from '../backends/native-backend'

/**
 * Mean over the rows of −Σ target · log softmax(logits), in nats: the value of tfjs's softmaxCrossEntropy with the
 * gradient (softmax − target) / rows in closed form, and on TensorFlow's native library by its own fused kernel.
 *
 * @param targets [rows, classes], each row shares that add up to 1; without a gradient
 * @param logits [rows, classes]
 */
export function softmaxCrossEntropy(targets: tf.Tensor2D, logits: tf.Tensor2D): tf.Scalar {
  const backend = nativeBackend()
  const share = 1 / logits.shape[0]
  const loss = tf.customGrad((...args) => {
    const [scores, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const { value, gradient } =
      backend === null ? composeCrossEntropy(targets, scores, share) : fuseCrossEntropy(backend, targets, scores)
    save([gradient])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0]!, tf.mul(dy, share)),
    }
  })
  return loss(logits) as tf.Scalar
}

/** The mean loss, and what a single row's loss rises by with each logit. */
interface Passed {
  value: tf.Scalar
  gradient: tf.Tensor
}

function composeCrossEntropy(targets: tf.Tensor2D, logits: tf.Tensor2D, share: number): Passed {
  const shifted = tf.sub(logits, tf.max(logits, 1, true))
  const exponentials = tf.exp(shifted)
  const sums = tf.sum(exponentials, 1, true)
  const logs = tf.sub(shifted, tf.log(sums))
  return {
    value: tf.mul(tf.sum(tf.mul(targets, logs)), -share),
    gradient: tf.sub(tf.div(exponentials, sums), targets),
  }
}

function fuseCrossEntropy(backend: NativeBackend, targets: tf.Tensor2D, logits: tf.Tensor2D): Passed {
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding
  const attributes = [{ name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT }]
  const [losses, gradient] = backend.executeMultipleOutputs(
    'SoftmaxCrossEntropyWithLogits',
    attributes,
    [logits, targets],
    2,
  ) as [tf.Tensor, tf.Tensor]
  return { value: tf.mean(losses), gradient }
}
