"""
Ten steps of Keras's optimisers. Weight decay is decoupled here: w is lessened by rate · decay · w before the step.
Clipping comes before the moments: by value or by the norm of all variables together.
"""

import keras
import numpy as np
import tensorflow as tf

from .optimizer_problems import PROBLEMS, optimizer_case, problems_as_json, rates
from .tensors import write

keras.config.set_floatx("float64")


def loss_of(problem, w, c):
    if problem == "quadratic":
        return 0.5 * (
            tf.reduce_sum(c["curvatureU"] * (w["u"] - c["targetU"]) ** 2)
            + tf.reduce_sum(c["curvatureV"] * (w["v"] - c["targetV"]) ** 2)
        )
    y = tf.tanh(c["x"] @ w["w1"] + w["b1"]) @ w["w2"] + w["b2"]
    return tf.reduce_mean((y - c["target"]) ** 2)


def run(name, optimizer, make, settings, problem, rate, schedule="constant"):
    learning_rates = rates(rate, schedule)
    solver = make(learning_rates[0])
    constants = {key: tf.constant(value) for key, value in PROBLEMS[problem]["constants"].items()}
    weights = {key: keras.Variable(value, dtype="float64") for key, value in PROBLEMS[problem]["start"].items()}
    losses, steps = [], []
    for learning_rate in learning_rates:
        solver.learning_rate = learning_rate
        values = {key: weight.value for key, weight in weights.items()}
        with tf.GradientTape() as tape:
            loss = loss_of(problem, values, constants)
        gradients = tape.gradient(loss, list(values.values()))
        solver.apply(gradients, list(weights.values()))
        losses.append(float(loss))
        steps.append({key: np.asarray(weight.value) for key, weight in weights.items()})
    return optimizer_case(name, "keras", optimizer, settings, problem, learning_rates, losses, steps)


def main():
    o = keras.optimizers
    decay = {"weightDecay": {"kind": "decoupled", "value": 0.1}}
    table = [
        ("sgd", "sgd", lambda r: o.SGD(r), {}, 0.1),
        ("sgd, momentum", "sgd", lambda r: o.SGD(r, momentum=0.9), {"momentum": 0.9}, 0.05),
        (
            "sgd, Nesterov",
            "sgd",
            lambda r: o.SGD(r, momentum=0.9, nesterov=True),
            {"momentum": 0.9, "nesterov": True},
            0.05,
        ),
        (
            "sgd, Nesterov, decoupled decay",
            "sgd",
            lambda r: o.SGD(r, momentum=0.9, nesterov=True, weight_decay=0.1),
            {"momentum": 0.9, "nesterov": True, **decay},
            0.05,
        ),
        (
            "sgd, clipped by value",
            "sgd",
            lambda r: o.SGD(r, clipvalue=0.25),
            {"clip": {"kind": "value", "value": 0.25}},
            0.2,
        ),
        (
            "sgd, clipped by the global norm",
            "sgd",
            lambda r: o.SGD(r, momentum=0.9, global_clipnorm=0.5),
            {"momentum": 0.9, "clip": {"kind": "globalNorm", "value": 0.5}},
            0.1,
        ),
        ("adam", "adam", lambda r: o.Adam(r), {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7}, 0.05),
        (
            "adam, large epsilon",
            "adam",
            lambda r: o.Adam(r, beta_1=0.8, beta_2=0.95, epsilon=0.1),
            {"beta1": 0.8, "beta2": 0.95, "epsilon": 0.1},
            0.05,
        ),
        (
            "adam, clipped by value",
            "adam",
            lambda r: o.Adam(r, clipvalue=0.25),
            {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7, "clip": {"kind": "value", "value": 0.25}},
            0.05,
        ),
        (
            "adam, clipped by the global norm",
            "adam",
            lambda r: o.Adam(r, global_clipnorm=0.5),
            {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7, "clip": {"kind": "globalNorm", "value": 0.5}},
            0.05,
        ),
        (
            "adamW",
            "adam",
            lambda r: o.AdamW(r, weight_decay=0.1),
            {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-7, **decay},
            0.05,
        ),
        ("rmsprop", "rmsprop", lambda r: o.RMSprop(r), {"rho": 0.9, "momentum": 0, "epsilon": 1e-7}, 0.02),
        (
            "rmsprop, momentum, decoupled decay",
            "rmsprop",
            lambda r: o.RMSprop(r, rho=0.8, momentum=0.5, weight_decay=0.1),
            {"rho": 0.8, "momentum": 0.5, "epsilon": 1e-7, **decay},
            0.02,
        ),
        (
            "rmsprop, centered, large epsilon",
            "rmsprop",
            lambda r: o.RMSprop(r, centered=True, epsilon=0.1),
            {"rho": 0.9, "momentum": 0, "centered": True, "epsilon": 0.1},
            0.02,
        ),
        ("adadelta", "adadelta", lambda r: o.Adadelta(r, epsilon=1e-3), {"rho": 0.95, "epsilon": 1e-3}, 1.0),
        (
            "adadelta, decoupled decay",
            "adadelta",
            lambda r: o.Adadelta(r, rho=0.9, epsilon=1e-3, weight_decay=0.1),
            {"rho": 0.9, "epsilon": 1e-3, **decay},
            0.5,
        ),
        (
            "adagrad",
            "adagrad",
            lambda r: o.Adagrad(r),
            {"initialAccumulator": 0.1, "epsilon": 1e-7},
            0.1,
        ),
        (
            "adagrad, clipped by value, decoupled decay",
            "adagrad",
            lambda r: o.Adagrad(r, clipvalue=0.25, weight_decay=0.1),
            {"initialAccumulator": 0.1, "epsilon": 1e-7, "clip": {"kind": "value", "value": 0.25}, **decay},
            0.1,
        ),
    ]
    cases = [run(*row[:4], problem, row[4]) for row in table for problem in PROBLEMS]
    scheduled = [row for row in table if row[0] in ("sgd, momentum", "sgd, Nesterov", "adam", "adamW")]
    cases += [run(f"{row[0]}, cosine", *row[1:4], "net", row[4], "cosine") for row in scheduled]
    write("optimizers.keras.json", {"problems": problems_as_json(), "cases": cases})
