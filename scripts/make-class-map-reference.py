"""Reference values for src/main/worker/learning/class-maps.test.ts.

    pip install tensorflow-cpu==2.21.0 keras==3.15.1 numpy
    python scripts/make-class-map-reference.py

Writes src/main/worker/learning/reference/class-maps.json: small networks with their weights, a picture, and what Keras
makes of them in double precision: the softmax scores over crops, and for each class and crop the map of the named layer.
Grad-CAM follows Selvaraju et al. (2017), equations 1 and 2, on the logit: weights are the gradient's mean over all places, the
sum over channels is cut off below zero. CAM follows Zhou et al. (2016), equation 2.
"""

import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

OUT = Path(__file__).parent.parent / "src/main/worker/learning/reference/class-maps.json"
keras.config.set_floatx("float64")


def conv(filters, kernel=(3, 3)):
    return keras.layers.Conv2D(filters, kernel, padding="same", use_bias=False)


class PoolTime(keras.layers.Layer):
    """For each band the means and then the maxima over frames of its channels."""

    def call(self, x):
        pooled = tf.concat([tf.reduce_mean(x, 1), tf.reduce_max(x, 1)], -1)
        return tf.reshape(pooled, [tf.shape(x)[0], x.shape[2] * x.shape[3] * 2])


# What the network is in Earmark's words, beside the same in Keras's, and the index of the Keras layer that is mapped.
NETWORKS = {
    "logmel-cnn": (
        [
            {"kind": "convolution", "filters": 3, "kernel": [3, 3]},
            {"kind": "batch-normalization"},
            {"kind": "max-pool", "size": [2, 2]},
            {"kind": "relu"},
            {"kind": "convolution", "filters": 4, "kernel": [3, 3]},
            {"kind": "batch-normalization"},
            {"kind": "max-pool", "size": [2, 2]},
            {"kind": "relu"},
            {"kind": "pool-time"},
            {"kind": "dropout", "rate": 0.5},
            {"kind": "dense", "units": 3},
        ],
        lambda: [
            *[conv(3), keras.layers.BatchNormalization(), keras.layers.MaxPooling2D(), keras.layers.ReLU()],
            *[conv(4), keras.layers.BatchNormalization(), keras.layers.MaxPooling2D(), keras.layers.ReLU()],
            *[PoolTime(), keras.layers.Dense(3)],
        ],
        7,
        "grad-cam",
    ),
    "mean and dense layer": (
        [
            {"kind": "convolution", "filters": 4, "kernel": [3, 3]},
            {"kind": "batch-normalization"},
            {"kind": "relu"},
            {"kind": "global-average-pool"},
            {"kind": "dense", "units": 3},
        ],
        lambda: [
            *[conv(4), keras.layers.BatchNormalization(), keras.layers.ReLU()],
            *[keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(3)],
        ],
        2,
        "cam",
    ),
    "mean of a channel for each class": (
        [
            {"kind": "convolution", "filters": 3, "kernel": [1, 1]},
            {"kind": "batch-normalization"},
            {"kind": "global-average-pool"},
        ],
        lambda: [conv(3, (1, 1)), keras.layers.BatchNormalization(), keras.layers.GlobalAveragePooling2D()],
        1,
        "cam",
    ),
}
FRAMES, CROP, BANDS = 26, 16, 12
# As coverStarts has them: evenly, at least half a crop of overlap.
STARTS = [0, 5, 10]


def rounded(values):
    return [float(f"{value:.9g}") for value in np.asarray(values).ravel()]


def make_case(name, seed):
    layers, build, mapped, method = NETWORKS[name]
    random = np.random.default_rng(seed)
    given = keras.Input((CROP, BANDS, 1))
    outputs, flow = [], given
    for layer in build():
        flow = layer(flow)
        outputs.append(flow)
    model = keras.Model(given, flow)
    weights = []
    # As tfjs lists them: what is trained first, then running statistics.
    for weight in [*model.trainable_weights, *model.non_trainable_weights]:
        values = random.normal(scale=0.5, size=weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            values = 0.5 + np.abs(values)
        values = np.round(values, 4)
        weight.assign(values)
        weights.append({"shape": list(weight.shape), "values": rounded(values)})
    picture = np.round(random.normal(size=(FRAMES, BANDS, 1)), 4)
    crops = np.stack([picture[start : start + CROP] for start in STARTS])
    head_input = keras.Input(outputs[mapped].shape[1:])
    head_flow = head_input
    for layer in model.layers[mapped + 2 :]:
        head_flow = layer(head_flow)
    head = keras.Model(head_input, head_flow)
    activations = keras.Model(given, outputs[mapped])(crops, training=False)
    logits = head(activations, training=False)
    maps = []
    for label in range(3):
        if method == "grad-cam":
            with tf.GradientTape() as tape:
                tape.watch(activations)
                chosen = head(activations, training=False)[:, label]
            alphas = tf.reduce_mean(tape.gradient(chosen, activations), axis=[1, 2], keepdims=True)
            maps.append(tf.nn.relu(tf.reduce_sum(alphas * activations, -1)).numpy())
        elif isinstance(model.layers[-1], keras.layers.Dense):
            maps.append((activations.numpy() * model.layers[-1].kernel.numpy()[:, label]).sum(-1))
        else:
            maps.append(activations.numpy()[..., label])
    return {
        "name": name,
        "spec": {"name": name, "input": {"frames": CROP, "bands": BANDS}, "layers": layers},
        "method": method,
        "weights": weights,
        "picture": {"frames": FRAMES, "bands": BANDS, "values": rounded(picture)},
        "starts": STARTS,
        "mapFrames": int(maps[0].shape[1]),
        "mapBands": int(maps[0].shape[2]),
        "scores": rounded(tf.reduce_mean(tf.nn.softmax(logits), 0)),
        "maps": rounded(np.stack(maps)),
    }


cases = [make_case(name, seed) for seed, name in enumerate(NETWORKS, 1)]
# Enlarging by half-pixel centres, as spreadClassMap does for a crop.
small = np.round(np.random.default_rng(9).normal(size=(4, 3)), 4)
large = tf.image.resize(small[..., None], (10, 12), method="bilinear").numpy()[..., 0]
resize = {"frames": 10, "bands": 12, "mapFrames": 4, "mapBands": 3, "map": rounded(small), "values": rounded(large)}
OUT.write_text(json.dumps({"cases": cases, "resize": resize}, separators=(",", ":")) + "\n")
print(f"wrote {OUT}, {OUT.stat().st_size} bytes")
