/** Losses that draw embeddings of one class together: triplet, center and contrastive-center. */
import * as tf from '@tensorflow/tfjs-core'
import { oneHot } from './cross-entropy'

/** Farther than any two unit vectors. */
const outOfReach = 1e6

/** Each row divided by its length. [rows, width] */
export function normalizeRows(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.mul(rows, tf.rsqrt(tf.maximum(tf.sum(tf.square(rows), 1, true), 1e-12))))
}

/** ‖a − b‖² of every row of `a` and every row of `b`: [rows of a, rows of b], 0 or more. */
export function squaredDistances(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const lengths = tf.add(tf.sum(tf.square(a), 1, true), tf.reshape(tf.sum(tf.square(b), 1), [1, -1]))
    return tf.maximum(tf.sub(lengths, tf.mul(tf.matMul(a, b, false, true), 2)), 0)
  })
}

/**
 * Triplet loss with semi-hard negatives (FaceNet, Schroff et al. 2015) on L2-normalised embeddings: for every anchor and
 * positive of a batch [‖a−p‖² − ‖a−n‖² + margin]₊, the mean over the pairs. n is the nearest negative that is farther
 * than p by less than the margin; where there is none, the farthest of those no farther than p; where there is none
 * either, the pair counts 0.
 *
 * @param embeddings [rows, width], not yet normalised
 * @param labels [rows], int32
 * @returns 0 for a batch without a pair
 */
export function tripletLoss(embeddings: tf.Tensor2D, labels: tf.Tensor1D, margin = 0.2): tf.Scalar {
  return tf.tidy(() => {
    const rows = labels.shape[0]
    const unit = normalizeRows(embeddings)
    const distances = squaredDistances(unit, unit)
    const isSame = tf.cast(tf.equal(tf.reshape(labels, [rows, 1]), tf.reshape(labels, [1, rows])), 'float32')
    const chosen = chooseNegatives(distances, tf.equal(isSame, 0), margin)
    const losses = tf.relu(tf.add(tf.sub(distances, chosen), margin))
    const isPair = tf.sub(isSame, tf.eye(rows))
    return tf.div(tf.sum(tf.mul(losses, isPair)), tf.maximum(tf.sum(isPair), 1))
  })
}

/**
 * The distance of the negative that each pair is held against, [anchor, positive]; `outOfReach` where there is none. The
 * gradient goes to the distance that was chosen: tfjs refuses to differentiate through the comparisons that choose it.
 *
 * @param distances [rows, rows]
 * @param isOther [rows, rows], whether two rows are of different classes
 */
function chooseNegatives(distances: tf.Tensor2D, isOther: tf.Tensor, margin: number): tf.Tensor {
  const choose = tf.customGrad((...args) => {
    const [values, save] = args as unknown as [tf.Tensor2D, tf.GradSaveFunc]
    const rows = values.shape[0]
    // All three are [anchor, positive, negative].
    const positive = tf.reshape(values, [rows, rows, 1])
    const negative = tf.tile(tf.reshape(values, [rows, 1, rows]), [1, rows, 1])
    const isNegative = tf.tile(tf.reshape(isOther, [rows, 1, rows]), [1, rows, 1])
    const isFarther = tf.greater(negative, positive)
    const isSemiHard = tf.logicalAnd(isFarther, tf.less(negative, tf.add(positive, margin)))
    const semiHard = tf.where(tf.logicalAnd(isNegative, isSemiHard), negative, tf.fill(negative.shape, outOfReach))
    const isViolator = tf.logicalAnd(isNegative, tf.logicalNot(isFarther))
    const violators = tf.where(isViolator, negative, tf.fill(negative.shape, -outOfReach))
    const [hardest, easiest] = [tf.min(semiHard, 2), tf.max(violators, 2)]
    const hasSemiHard = tf.less(hardest, outOfReach)
    const hasViolator = tf.greater(easiest, -outOfReach)
    const index = tf.where(hasSemiHard, tf.argMin(semiHard, 2), tf.argMax(violators, 2))
    const fallBack = tf.where(hasViolator, easiest, tf.fill(easiest.shape, outOfReach))
    const hasAny = tf.cast(tf.logicalOr(hasSemiHard, hasViolator), 'float32')
    save([index, hasAny])
    return {
      value: tf.where(hasSemiHard, hardest, fallBack),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [which, has] = saved as [tf.Tensor, tf.Tensor]
        const places = tf.reshape(oneHot(tf.reshape(which, [rows * rows]) as tf.Tensor1D, rows), [rows, rows, rows])
        return tf.sum(tf.mul(places, tf.reshape(tf.mul(dy, has), [rows, rows, 1])), 1)
      },
    }
  })
  return choose(distances)
}

/**
 * Center loss (Wen et al. 2016): ½ ‖x − c‖² with the center of each row's class, the mean over the rows, so that it is to be
 * added to a mean cross-entropy times λ (0.003 to 0.01). The centers are not trained by it: see `moveCenters`.
 *
 * @param features [rows, width]
 * @param centers [classes, width]
 * @param labels [rows], int32
 */
export function centerLoss(features: tf.Tensor2D, centers: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => {
    const own = tf.matMul(oneHot(labels, centers.shape[0]), centers)
    return tf.div(tf.sum(tf.square(tf.sub(features, own))), 2 * features.shape[0])
  })
}

/**
 * The centers after a batch: c_j − rate · Σ(c_j − x_i)/(1 + n_j) over the n_j rows of class j.
 *
 * @param rate 0.5 in the paper
 */
export function moveCenters(
  features: tf.Tensor2D,
  centers: tf.Tensor2D,
  labels: tf.Tensor1D,
  rate: number,
): tf.Tensor2D {
  return tf.tidy(() => {
    const members = oneHot(labels, centers.shape[0])
    const counts = tf.reshape(tf.sum(members, 0), [-1, 1])
    const pull = tf.sub(tf.mul(centers, counts), tf.matMul(members, features, true))
    return tf.sub(centers, tf.mul(tf.div(pull, tf.add(counts, 1)), rate))
  })
}

/**
 * Contrastive-center loss (Qi & Su 2017): ½ ‖x − own center‖² / (Σ ‖x − other center‖² + delta), the mean over the rows.
 * Features and centers are both trained by it.
 */
export function contrastiveCenterLoss(
  features: tf.Tensor2D,
  centers: tf.Tensor2D,
  labels: tf.Tensor1D,
  delta = 1,
): tf.Scalar {
  return tf.tidy(() => {
    const distances = squaredDistances(features, centers)
    const members = oneHot(labels, centers.shape[0])
    const own = tf.sum(tf.mul(distances, members), 1)
    const others = tf.sum(tf.mul(distances, tf.sub(1, members)), 1)
    return tf.div(tf.mean(tf.div(own, tf.add(others, delta))), 2)
  })
}
