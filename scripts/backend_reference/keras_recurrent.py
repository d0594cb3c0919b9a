"""GRU, LSTM and their bidirectional forms from Keras; weights in Keras's order and shapes."""

import keras
import numpy as np

from .keras_cases import layer_case
from .tensors import draw, write

FEATURES, UNITS, BATCH, TIME = 3, 4, 2, 5


def hard_sigmoid(x):
    """The definition of tfjs and of Keras 2; that of Keras 3 is relu6(x + 3)/6."""
    return keras.ops.clip(0.2 * x + 0.5, 0, 1)


def recurrent_weights(name, kind, reset_after, prefix=""):
    gates = {"gru": 3, "lstm": 4}[kind]
    bias_shape = (2, gates * UNITS) if kind == "gru" and reset_after else (gates * UNITS,)
    return {
        f"{prefix}kernel": draw(f"{name} {prefix}kernel", (FEATURES, gates * UNITS), 47),
        f"{prefix}recurrentKernel": draw(f"{name} {prefix}recurrent", (UNITS, gates * UNITS), 47),
        f"{prefix}bias": draw(f"{name} {prefix}bias", bias_shape, 31),
    }


def make(name, kind, reset_after=None, sequences=False, backwards=False, activation="sigmoid", bidirectional=False):
    settings = {
        "units": UNITS,
        "returnSequences": sequences,
        "goBackwards": backwards,
        "recurrentActivation": activation,
        "bidirectional": bidirectional,
    }
    options = {
        "units": UNITS,
        "return_sequences": sequences,
        "go_backwards": backwards,
        "recurrent_activation": hard_sigmoid if activation == "hardSigmoid" else activation,
    }
    if kind == "gru":
        settings["resetAfter"] = reset_after
        options["reset_after"] = reset_after
    layer = (keras.layers.GRU if kind == "gru" else keras.layers.LSTM)(**options)
    x = draw(f"{name} x", (BATCH, TIME, FEATURES))
    if bidirectional:
        layer = keras.layers.Bidirectional(layer, merge_mode="concat")
        weights = {
            **recurrent_weights(name, kind, reset_after, "forward/"),
            **recurrent_weights(name, kind, reset_after, "backward/"),
        }
    else:
        weights = recurrent_weights(name, kind, reset_after)
    return layer_case(name, kind, settings, layer, x, weights)


def unit_forget_bias():
    """The bias as Keras starts with it: 1 for the forget gate, 0 elsewhere."""
    name = "lstm, unit forget bias"
    layer = keras.layers.LSTM(UNITS, unit_forget_bias=True)
    weights = recurrent_weights(name, "lstm", None)
    layer.build((BATCH, TIME, FEATURES))
    weights["bias"] = np.asarray(layer.get_weights()[2])
    settings = {
        "units": UNITS,
        "returnSequences": False,
        "goBackwards": False,
        "recurrentActivation": "sigmoid",
        "bidirectional": False,
        "unitForgetBias": True,
    }
    return layer_case(name, "lstm", settings, layer, draw(f"{name} x", (BATCH, TIME, FEATURES)), weights)


def main():
    cases = []
    for reset_after in (False, True):
        word = "reset after" if reset_after else "reset before"
        cases += [
            make(f"gru, {word}", "gru", reset_after),
            make(f"gru, {word}, sequences", "gru", reset_after, sequences=True),
            make(f"gru, {word}, sequences, backwards", "gru", reset_after, sequences=True, backwards=True),
            make(f"gru, {word}, hard sigmoid", "gru", reset_after, activation="hardSigmoid"),
            make(f"gru, {word}, bidirectional", "gru", reset_after, bidirectional=True),
            make(f"gru, {word}, bidirectional, sequences", "gru", reset_after, sequences=True, bidirectional=True),
        ]
    cases += [
        make("lstm", "lstm"),
        make("lstm, sequences", "lstm", sequences=True),
        make("lstm, backwards", "lstm", backwards=True),
        make("lstm, hard sigmoid, sequences", "lstm", sequences=True, activation="hardSigmoid"),
        make("lstm, bidirectional", "lstm", bidirectional=True),
        make("lstm, bidirectional, sequences", "lstm", sequences=True, bidirectional=True),
        unit_forget_bias(),
    ]
    write("recurrent.keras.json", {"cases": cases})
