"""Pooling of Keras. No input value comes twice, so that a maximum has one place."""

import keras
import tensorflow as tf

from .keras_cases import differentiate
from .tensors import draw_distinct, write


def pool(kind, label, shape, size, strides, padding):
    name = f"{kind} pool {label}, {padding}"
    run = keras.ops.max_pool if kind == "max" else keras.ops.average_pool
    settings = {"kind": kind, "size": list(size), "strides": list(strides), "padding": padding}
    inputs = {"x": draw_distinct(f"{name} x", shape)}
    operation = "pool1d" if len(shape) == 3 else "pool2d"
    return differentiate(name, operation, settings, inputs, lambda x: run(x, size, strides, padding))


def global_pool(kind, shape):
    name = f"global {kind} pool, rank {len(shape)}"
    run = tf.reduce_max if kind == "max" else tf.reduce_mean
    axes = list(range(1, len(shape) - 1))
    inputs = {"x": draw_distinct(f"{name} x", shape)}
    return differentiate(name, "globalPool", {"kind": kind}, inputs, lambda x: run(x, axes))


def main():
    cases = []
    for kind in ("max", "average"):
        for padding in ("valid", "same"):
            cases += [
                pool(kind, "2×2", (2, 5, 7, 2), (2, 2), (2, 2), padding),
                pool(kind, "3×3, strides 2", (1, 7, 8, 2), (3, 3), (2, 2), padding),
                pool(kind, "4×3, strides 1×3", (1, 7, 8, 2), (4, 3), (1, 3), padding),
                pool(kind, "2, stride 2", (2, 7, 3), (2,), (2,), padding),
                pool(kind, "3, stride 2", (2, 8, 3), (3,), (2,), padding),
            ]
        cases += [
            pool(kind, "2×1, strides 2×1", (2, 6, 5, 3), (2, 1), (2, 1), "valid"),
            pool(kind, "6×1 over all time", (2, 6, 3, 3), (6, 1), (6, 1), "valid"),
            global_pool(kind, (2, 3, 4, 3)),
            global_pool(kind, (2, 6, 3)),
        ]
    write("pooling.keras.json", {"cases": cases})
