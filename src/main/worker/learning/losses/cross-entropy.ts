/** Losses over classes of which one is true, from logits. All stay finite, with finite gradients, at any finite logits. */
import * as tf from '@tensorflow/tfjs-core'
import { softmaxCrossEntropy } from '../../layers/softmax-cross-entropy'

/**
 * Cross-entropy of softmax in nats, mean over the rows: −Σ t · log softmax(x). The gradient goes to the logits alone.
 *
 * @param logits [rows, classes]
 * @param targets [rows, classes], shares that sum to 1; one-hot or soft
 * @param labelSmoothing share that is taken from the targets and spread evenly over all classes (Szegedy et al. 2016)
 */
export function categoricalCrossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D, labelSmoothing = 0): tf.Scalar {
  return tf.tidy(() => {
    const even = labelSmoothing / logits.shape[1]
    const smooth = labelSmoothing === 0 ? targets : tf.add(tf.mul(targets, 1 - labelSmoothing), even)
    return softmaxCrossEntropy(smooth as tf.Tensor2D, logits)
  })
}

/**
 * The same with the index of the true class for each row.
 *
 * @param labels [rows], int32, 0 to classes − 1
 */
export function sparseCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, labelSmoothing = 0): tf.Scalar {
  return tf.tidy(() => categoricalCrossEntropy(logits, oneHot(labels, logits.shape[1]), labelSmoothing))
}

/**
 * Kullback–Leibler divergence of softmax from the targets, Σ t · ln t − Σ t · ln softmax(x), mean over the rows; 0 · ln 0 is
 * 0. The loss of between-class learning (Tokozume et al. 2018).
 *
 * @param targets [rows, classes], shares that sum to 1
 */
export function klDivergence(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.tidy(() => {
    const known = meanOverRows(tf.mul(targets, tf.log(tf.maximum(targets, 1e-37))))
    return tf.add(softmaxCrossEntropy(targets, logits), known)
  })
}

/**
 * Focal loss over softmax (Lin et al. 2017): Σ t · alpha · (1 − p)^gamma · (−ln p), mean over the rows.
 *
 * @param gamma 0, or 1 and more; between them the gradient has no bound
 * @throws RangeError for another gamma
 */
export function categoricalFocalLoss(
  logits: tf.Tensor2D,
  targets: tf.Tensor2D,
  { gamma, alpha }: { gamma: number; alpha: number },
): tf.Scalar {
  if (!(gamma === 0 || gamma >= 1)) throw new RangeError(`gamma must be 0, or 1 or more, not ${gamma}`)
  return tf.tidy(() => {
    const logShares = tf.logSoftmax(logits)
    // 1 − p without the loss of digits where p is near 1.
    const missing = tf.neg(tf.expm1(logShares))
    const focus = gamma === 0 ? tf.onesLike(logits) : tf.pow(tf.maximum(missing, 0), gamma)
    return meanOverRows(tf.mul(tf.mul(targets, -alpha), tf.mul(focus, logShares)))
  })
}

/** [rows, classes] of 0 and 1, float32. Cast, for the WASM kernel writes integers whatever type it is asked for. */
export function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  return tf.tidy(() => tf.cast(tf.oneHot(labels, classes), 'float32') as tf.Tensor2D)
}

/** Sums each row, and takes the mean of the rows. */
function meanOverRows(values: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(values), values.shape[0]!)
}
