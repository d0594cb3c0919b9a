"""
The baseline network (src/zoo/logmel-cnn.ts) in Keras: one batch forward and backward, and ten steps of Adam.

A block is a 3×3 convolution (same, no bias), batch normalisation (momentum 0.9, epsilon 1e-3), 2×2 max pooling and ReLU;
then mean and maximum over time of every band and channel, side by side, and a dense layer.
"""

import keras
import numpy as np
import tensorflow as tf

from .optimizer_problems import rates
from .tensors import case, digits, draw, exact, write

keras.config.set_floatx("float64")

MODEL = {"filters": [4, 6], "frames": 16, "bands": 16, "classes": 3}
BATCH, BATCHES, STEPS = 4, 5, 10
# The recipe's: src/zoo/recipes.ts.
LEARNING_RATE = 0.002


def build():
    picture = keras.Input((MODEL["frames"], MODEL["bands"], 1))
    flow = picture
    for filters in MODEL["filters"]:
        flow = keras.layers.Conv2D(filters, 3, padding="same", use_bias=False)(flow)
        flow = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3)(flow)
        flow = keras.layers.MaxPooling2D(2)(flow)
        flow = keras.layers.ReLU()(flow)
    both = [keras.ops.mean(flow, axis=1, keepdims=True), keras.ops.max(flow, axis=1, keepdims=True)]
    row = keras.layers.Flatten()(keras.layers.Concatenate(axis=-1)(both))
    model = keras.Model(picture, keras.layers.Dense(MODEL["classes"])(row))
    weights = [draw(f"baseline weight {i}", weight.shape, 31) for i, weight in enumerate(model.weights)]
    # A variance is positive, and a scale near 1, as in training.
    for index, weight in enumerate(model.weights):
        if weight.name in ("gamma", "moving_variance"):
            weights[index] = 1 + draw(f"baseline scale {index}", weight.shape, 15)
    model.set_weights(weights)
    return model


def batch(index):
    """Pictures and targets; the second row of each is mixed of two classes."""
    pictures = draw(f"baseline pictures {index}", (BATCH, MODEL["frames"], MODEL["bands"], 1))
    targets = np.eye(MODEL["classes"])[(np.arange(BATCH) + index) % MODEL["classes"]]
    targets[1] = 0.75 * targets[1] + 0.25 * np.roll(targets[1], 1)
    return pictures, targets


def names(variables):
    """One name for each weight: its place in the model's own order, and what it is."""
    return [f"{index} {variable.name}" for index, variable in enumerate(variables)]


def one_batch(training):
    model = build()
    pictures, targets = batch(0)
    keys = names(model.weights)
    start = {key: np.asarray(weight) for key, weight in zip(keys, model.weights)}
    trained = [variable for variable in model.weights if variable.trainable]
    with tf.GradientTape() as tape:
        logits = model(tf.constant(pictures), training=training)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True)(targets, logits)
    gradients = tape.gradient(loss, [variable.value for variable in trained])
    trained_keys = [key for key, variable in zip(keys, model.weights) if variable.trainable]
    outputs = {"logits": (logits.numpy(), None), "y": (loss.numpy(), np.array(1.0))}
    return case(
        f"baseline, {'training' if training else 'inference'}",
        "keras",
        "baseline",
        {**MODEL, "training": training, "weightNames": keys},
        {"pictures": pictures, "targets": targets, **start},
        outputs,
        dict(zip(trained_keys, map(np.asarray, gradients))),
    )


def ten_steps():
    model = build()
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    keys = names(model.weights)
    start = {key: exact(np.asarray(weight)) for key, weight in zip(keys, model.weights)}
    batches = [batch(index) for index in range(BATCHES)]
    learning_rates = rates(LEARNING_RATE, "cosine")
    losses, steps = [], []
    for step in range(STEPS):
        pictures, targets = batches[step % BATCHES]
        optimizer.learning_rate = learning_rates[step]
        with tf.GradientTape() as tape:
            logits = model(tf.constant(pictures), training=True)
            loss = keras.losses.CategoricalCrossentropy(from_logits=True)(targets, logits)
        trained = model.trainable_variables
        optimizer.apply(tape.gradient(loss, [variable.value for variable in trained]), trained)
        losses.append(float(loss))
        steps.append({key: digits(np.asarray(weight)) for key, weight in zip(keys, model.weights)})
    return {
        "name": "ten steps of Adam",
        "model": MODEL,
        "optimizer": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7},
        "weightNames": keys,
        "start": start,
        "batches": [{"pictures": exact(pictures), "targets": exact(targets)} for pictures, targets in batches],
        "learningRates": learning_rates,
        "losses": digits(losses),
        "steps": steps,
    }


def main():
    write("baseline.keras.json", {"cases": [one_batch(True), one_batch(False)]})
    write("baseline-steps.keras.json", {"cases": [ten_steps()]})
