"""Activations, dense layers, embeddings and what joins branches, from Keras."""

import keras
import numpy as np
import tensorflow as tf

from .keras_cases import differentiate
from .tensors import draw, write

SHAPE = (3, 7)


def activation(name, function, settings=None, span=255, rival=False):
    """rival: a second value near the largest of each row, without which the gradient all but vanishes."""
    label = ", ".join([name, *(f"{key} {value}" for key, value in (settings or {}).items())])
    inputs = {"x": draw(f"{label} x", SHAPE, span)}
    if rival:
        inputs["x"][:, 0] = inputs["x"][:, 1:].max(axis=1) + draw(f"{label} rival", SHAPE[:1], 31) + 1 / 64
    return differentiate(label, name, settings or {}, inputs, function)


def main():
    ops = keras.ops
    cases = [
        activation("softmax", lambda x: ops.softmax(x)),
        activation("logSoftmax", lambda x: ops.log_softmax(x)),
        activation("sigmoid", ops.sigmoid),
        activation("tanh", ops.tanh),
        activation("relu", ops.relu),
        activation("relu6", ops.relu6, span=511),
        activation("elu", ops.elu),
        activation("selu", ops.selu),
        activation("leakyRelu", lambda x: ops.leaky_relu(x, 0.2), {"slope": 0.2}),
        activation("leakyRelu", lambda x: ops.leaky_relu(x, 0.01), {"slope": 0.01}),
        activation("softplus", ops.softplus),
        activation("swish", ops.silu),
        activation("gelu", lambda x: ops.gelu(x, approximate=False)),
        activation("softmax", lambda x: ops.softmax(x), {"range": "±50"}, 3199, rival=True),
        activation("logSoftmax", lambda x: ops.log_softmax(x), {"range": "±50"}, 3199),
        activation("sigmoid", ops.sigmoid, {"range": "±50"}, 3199),
        activation("softplus", ops.softplus, {"range": "±50"}, 3199),
        activation("tanh", ops.tanh, {"range": "±50"}, 3199),
        differentiate(
            "prelu",
            "prelu",
            {},
            {"x": draw("prelu x", (2, 3, 4)), "slope": draw("prelu slope", (4,), 31)},
            lambda x, slope: tf.maximum(x, 0.0) + slope * tf.minimum(x, 0.0),
        ),
        differentiate(
            "dense",
            "dense",
            {},
            {"x": draw("dense x", (4, 7)), "kernel": draw("dense k", (7, 5), 63), "bias": draw("dense b", (5,))},
            lambda x, kernel, bias: x @ kernel + bias,
        ),
        differentiate(
            "dense of sequences, no bias",
            "dense",
            {},
            {"x": draw("dense3 x", (2, 3, 5)), "kernel": draw("dense3 k", (5, 4), 63)},
            lambda x, kernel: keras.ops.matmul(x, kernel),
        ),
        differentiate(
            "embedding",
            "embedding",
            {},
            {"indices": np.array([[0, 3, 3], [5, 1, 3]], dtype=np.int32), "table": draw("embedding table", (6, 4))},
            lambda indices, table: tf.gather(table, indices),
        ),
        differentiate(
            "flatten",
            "flatten",
            {},
            {"x": draw("flatten x", (2, 3, 2, 2))},
            lambda x: keras.layers.Flatten()(x),
        ),
        differentiate(
            "concatenate",
            "concatenate",
            {},
            {"x": draw("concat x", (2, 3, 2)), "other": draw("concat other", (2, 3, 4))},
            lambda x, other: keras.layers.Concatenate()([x, other]),
        ),
        differentiate(
            "add",
            "add",
            {},
            {"x": draw("add x", (2, 3, 4)), "other": draw("add other", (2, 3, 4))},
            lambda x, other: keras.layers.Add()([x, other]),
        ),
        differentiate(
            "dropout off",
            "dropout",
            {"rate": 0.5},
            {"x": draw("dropout x", (3, 5))},
            lambda x: keras.layers.Dropout(0.5)(x, training=False),
        ),
    ]
    write("activations.keras.json", {"cases": cases})
