"""Batch and layer normalisation of Keras, and TensorFlow's local response normalisation."""

import keras
import numpy as np
import tensorflow as tf

from .keras_cases import differentiate
from .tensors import draw, write


def batch(label, shape, training, axis=-1, scale=True, epsilon=1e-3, momentum=0.9):
    name = f"batch normalisation {label}, {'training' if training else 'inference'}"
    units = shape[axis]
    inputs = {"x": draw(f"{name} x", shape)}
    if scale:
        inputs["scale"] = draw(f"{name} scale", (units,))
    inputs["offset"] = draw(f"{name} offset", (units,))
    inputs["mean"] = draw(f"{name} mean", (units,))
    inputs["variance"] = abs(draw(f"{name} variance", (units,)))

    def function(x, offset, mean, variance, scale=None):
        """Keras's own layer computes; its trained weights are read from the tape's variables."""
        layer = keras.layers.BatchNormalization(axis=axis, scale=scale is not None, epsilon=epsilon, momentum=momentum)
        layer.build(shape)
        layer.moving_mean.assign(mean)
        layer.moving_variance.assign(variance)
        layer.beta._value = offset
        if scale is not None:
            layer.gamma._value = scale
        y = layer(x, training=training)
        return {"y": y, "mean": layer.moving_mean.value, "variance": layer.moving_variance.value}

    settings = {"training": training, "axis": axis, "epsilon": epsilon, "momentum": momentum}
    return differentiate(name, "batchNormalization", settings, inputs, function, fixed=("mean", "variance"))


def layer_norm(label, shape, epsilon):
    name = f"layer normalisation {label}"
    inputs = {
        "x": draw(f"{name} x", shape),
        "scale": draw(f"{name} scale", shape[-1:]),
        "offset": draw(f"{name} offset", shape[-1:]),
    }

    def function(x, scale, offset):
        return keras.ops.layer_normalization(x, scale, offset, axis=-1, epsilon=epsilon)

    return differentiate(name, "layerNormalization", {"epsilon": epsilon}, inputs, function)


def lrn(label, shape, radius, bias, alpha, beta):
    """TensorFlow's own kernel, which knows float32 only."""
    name = f"local response normalisation {label}"
    inputs = {"x": draw(f"{name} x", shape)}

    def function(x):
        y = tf.nn.local_response_normalization(tf.cast(x, tf.float32), radius, bias, alpha, beta)
        return tf.cast(y, tf.float64)

    settings = {"radius": radius, "bias": bias, "alpha": alpha, "beta": beta}
    return differentiate(name, "localResponseNormalization", settings, inputs, function)


def main():
    picture = (2, 3, 4, 3)
    cases = []
    for training in (True, False):
        cases += [
            batch("of pictures", picture, training),
            batch("of pictures, epsilon 1e-5", picture, training, epsilon=1e-5, momentum=0.99),
            batch("of pictures, no scale, epsilon 1e-4", picture, training, scale=False, epsilon=1e-4),
            batch("of pictures, axis 1", picture, training, axis=1),
            batch("of sequences", (2, 6, 3), training),
            batch("of rows", (8, 4), training),
        ]
    cases += [
        layer_norm("of rows", (4, 8), 1e-3),
        layer_norm("of sequences, epsilon 1e-5", (2, 3, 6), 1e-5),
        lrn("radius 2", (1, 2, 3, 7), 2, 2.0, 1e-1, 0.75),
        lrn("radius 5, few channels", (1, 2, 3, 4), 5, 1.0, 1.0, 0.5),
    ]
    write("normalization.keras.json", {"cases": cases})
