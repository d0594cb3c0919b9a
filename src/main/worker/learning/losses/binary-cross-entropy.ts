/** Losses over labels that are true or not each for itself, from logits. Finite, with finite gradients, at any finite logits. */
import * as tf from '@tensorflow/tfjs-core'

/** What is known of each label. */
export interface BinaryLossOptions {
  /** [labels] or broadcast to the logits: what a true label counts, 1 where left out (PyTorch's pos_weight). */
  positiveWeights?: tf.Tensor
  /** As the logits, 1 or 0: a label of 0 is unknown and counts neither in the loss nor in the mean. */
  known?: tf.Tensor
}

/**
 * Cross-entropy of sigmoid in nats: −w · t · ln σ(x) − (1 − t) · ln σ(−x), the mean over all known labels (0 where none is).
 *
 * @param logits and `targets` [rows, labels]; targets from 0 to 1
 */
export function binaryCrossEntropy(
  logits: tf.Tensor,
  targets: tf.Tensor,
  { positiveWeights, known }: BinaryLossOptions = {},
): tf.Scalar {
  return tf.tidy(() => {
    // −ln σ(x) is softplus(−x), which neither overflows nor loses digits.
    const whenTrue = tf.mul(targets, tf.softplus(tf.neg(logits)))
    const whenFalse = tf.mul(tf.sub(1, targets), tf.softplus(logits))
    return meanOverKnown(tf.add(positiveWeights ? tf.mul(whenTrue, positiveWeights) : whenTrue, whenFalse), known)
  })
}

/**
 * Focal loss (Lin et al. 2017): the cross-entropy of each label times (1 − p)^gamma, with p the probability that was
 * given to the truth: what is sure already counts less.
 *
 * @param gamma 0 (the cross-entropy itself) or more; usual is 2
 * @param alpha what true labels count, the others count 1 − alpha; null: both count 1
 */
export function binaryFocalLoss(
  logits: tf.Tensor,
  targets: tf.Tensor,
  { gamma, alpha, known }: { gamma: number; alpha: number | null; known?: tf.Tensor },
): tf.Scalar {
  return tf.tidy(() => {
    const [surpriseTrue, surpriseFalse] = [tf.softplus(tf.neg(logits)), tf.softplus(logits)]
    // 1 − σ(x) = exp(−softplus(x)): a power without a power, whose gradient is bounded for every gamma.
    const whenTrue = tf.mul(tf.mul(targets, surpriseTrue), tf.exp(tf.mul(surpriseFalse, -gamma)))
    const whenFalse = tf.mul(tf.mul(tf.sub(1, targets), surpriseFalse), tf.exp(tf.mul(surpriseTrue, -gamma)))
    const [weightTrue, weightFalse] = alpha === null ? [1, 1] : [alpha, 1 - alpha]
    return meanOverKnown(tf.add(tf.mul(whenTrue, weightTrue), tf.mul(whenFalse, weightFalse)), known)
  })
}

function meanOverKnown(losses: tf.Tensor, known: tf.Tensor | undefined): tf.Scalar {
  if (known === undefined) return tf.mean(losses)
  return tf.div(tf.sum(tf.mul(losses, known)), tf.maximum(tf.sum(known), 1))
}
