/** The losses by the names that cases of the numeric suite have. */
import type * as tf from '@tensorflow/tfjs-core'
import { pure } from '../../layers/numeric-operations'
import type { Operation } from '../../layers/numeric-suite'
import { binaryCrossEntropy, binaryFocalLoss } from './binary-cross-entropy'
import { categoricalCrossEntropy, categoricalFocalLoss, klDivergence, sparseCrossEntropy } from './cross-entropy'
import { centerLoss, contrastiveCenterLoss, moveCenters, tripletLoss } from './embedding-losses'
import { meanSquaredError } from './squared-error'

const as2 = (x: tf.Tensor | undefined): tf.Tensor2D => x as tf.Tensor2D
const as1 = (x: tf.Tensor | undefined): tf.Tensor1D => x as tf.Tensor1D

export const lossOperations: Record<string, Operation> = {
  softmaxCrossEntropy: pure(({ logits, targets }, { labelSmoothing }) =>
    categoricalCrossEntropy(as2(logits), as2(targets), labelSmoothing as number | undefined),
  ),
  sparseCrossEntropy: pure(({ logits, labels }) => sparseCrossEntropy(as2(logits), as1(labels))),
  klDivergence: pure(({ logits, targets }) => klDivergence(as2(logits), as2(targets))),
  categoricalFocalLoss: pure(({ logits, targets }, settings) =>
    categoricalFocalLoss(as2(logits), as2(targets), settings as { gamma: number; alpha: number }),
  ),
  binaryCrossEntropy: pure(({ logits, targets, positiveWeights, known }) =>
    binaryCrossEntropy(logits!, targets!, {
      ...(positiveWeights ? { positiveWeights } : {}),
      ...(known ? { known } : {}),
    }),
  ),
  binaryFocalLoss: pure(({ logits, targets }, settings) =>
    binaryFocalLoss(logits!, targets!, settings as { gamma: number; alpha: number | null }),
  ),
  meanSquaredError: pure(({ x, targets }) => meanSquaredError(x!, targets!)),
  tripletLoss: pure(({ x, labels }, { margin }) => tripletLoss(as2(x), as1(labels), margin as number)),
  centerLoss: pure(({ x, centers, labels }) => centerLoss(as2(x), as2(centers), as1(labels))),
  contrastiveCenterLoss: pure(({ x, centers, labels }) => contrastiveCenterLoss(as2(x), as2(centers), as1(labels))),
  moveCenters: pure(({ x, centers, labels }, { rate }) =>
    moveCenters(as2(x), as2(centers), as1(labels), rate as number),
  ),
}
