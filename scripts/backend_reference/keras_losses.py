"""Losses of Keras, from logits, as means over the batch. The far logits reach ±50."""

import keras
import tensorflow as tf

from .keras_cases import differentiate
from .loss_inputs import BINARY, FAR_LOGITS, LABELS, LOGITS, ONE_HOT, SOFT
from .tensors import draw, write


def main():
    losses = keras.losses

    def class_loss(name, operation, settings, loss, logits, targets, key="targets"):
        inputs = {"logits": logits, key: targets}
        return differentiate(name, operation, settings, inputs, lambda logits, **t: loss(t[key], logits), fixed=(key,))

    def softmax(smoothing=0.0):
        return losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)

    def focal(alpha, gamma):
        return losses.BinaryFocalCrossentropy(
            apply_class_balancing=alpha is not None, alpha=alpha or 0.25, gamma=gamma, from_logits=True
        )

    def categorical_focal(targets, logits):
        """Keras's own clips probabilities at 1e-7 even from logits; this is its formula without."""
        log_shares = tf.nn.log_softmax(logits)
        return tf.reduce_mean(tf.reduce_sum(-0.25 * targets * (1 - tf.exp(log_shares)) ** 2 * log_shares, axis=1))

    def kl(targets, logits):
        return tf.reduce_mean(
            tf.reduce_sum(tf.math.xlogy(targets, targets) - targets * tf.nn.log_softmax(logits), axis=1)
        )

    cases = [
        class_loss("softmax cross-entropy, hard", "softmaxCrossEntropy", {}, softmax(), LOGITS, ONE_HOT),
        class_loss("softmax cross-entropy, soft", "softmaxCrossEntropy", {}, softmax(), LOGITS, SOFT),
        class_loss("softmax cross-entropy, far", "softmaxCrossEntropy", {}, softmax(), FAR_LOGITS, ONE_HOT),
        class_loss(
            "softmax cross-entropy, smoothed",
            "softmaxCrossEntropy",
            {"labelSmoothing": 0.1},
            softmax(0.1),
            LOGITS,
            ONE_HOT,
        ),
        class_loss(
            "softmax cross-entropy, class indexes",
            "sparseCrossEntropy",
            {},
            losses.SparseCategoricalCrossentropy(from_logits=True),
            LOGITS,
            LABELS,
            "labels",
        ),
        class_loss("KL divergence", "klDivergence", {}, kl, LOGITS, SOFT),
        class_loss("KL divergence, far", "klDivergence", {}, kl, FAR_LOGITS, SOFT),
        class_loss(
            "categorical focal", "categoricalFocalLoss", {"alpha": 0.25, "gamma": 2}, categorical_focal, LOGITS, ONE_HOT
        ),
        class_loss(
            "categorical focal, far",
            "categoricalFocalLoss",
            {"alpha": 0.25, "gamma": 2},
            categorical_focal,
            FAR_LOGITS,
            ONE_HOT,
        ),
        class_loss(
            "binary cross-entropy",
            "binaryCrossEntropy",
            {},
            losses.BinaryCrossentropy(from_logits=True),
            LOGITS,
            BINARY,
        ),
        class_loss(
            "binary cross-entropy, soft and far",
            "binaryCrossEntropy",
            {},
            losses.BinaryCrossentropy(from_logits=True),
            FAR_LOGITS,
            SOFT,
        ),
        class_loss(
            "binary focal", "binaryFocalLoss", {"alpha": 0.25, "gamma": 2}, focal(0.25, 2.0), LOGITS, BINARY
        ),
        class_loss(
            "binary focal, not balanced", "binaryFocalLoss", {"alpha": None, "gamma": 1.5}, focal(None, 1.5), LOGITS, BINARY
        ),
        differentiate(
            "mean squared error",
            "meanSquaredError",
            {},
            {"x": LOGITS, "targets": draw("mse targets", LOGITS.shape)},
            lambda x, targets: tf.reduce_mean(losses.MeanSquaredError(reduction=None)(targets, x)),
            fixed=("targets",),
        ),
    ]
    write("losses.keras.json", {"cases": cases})
