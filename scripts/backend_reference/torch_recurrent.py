"""
GRU and LSTM from PyTorch, with weights in Keras's order and shapes: matrices transposed, PyTorch's gates r, z, n of
the GRU as Keras's z, r, h; the LSTM's i, f, g, o are Keras's i, f, c, o. PyTorch's GRU resets after the product.
"""

import torch

from .tensors import draw, write
from .torch_cases import differentiate

FEATURES, UNITS, BATCH, TIME = 3, 4, 2, 5


def swap_gates(matrix):
    """z, r, h along the last axis to r, z, n."""
    update, reset, candidate = matrix.chunk(3, dim=-1)
    return torch.cat([reset, update, candidate], dim=-1)


def gru(x, kernel, recurrentKernel, bias):
    weights = [
        swap_gates(kernel).T,
        swap_gates(recurrentKernel).T,
        *swap_gates(bias).unbind(0),
    ]
    start = torch.zeros(1, x.shape[0], UNITS, dtype=x.dtype)
    return torch.gru(x, start, [w.contiguous() for w in weights], True, 1, 0.0, False, False, True)[0]


def lstm(x, kernel, recurrentKernel, bias):
    weights = [kernel.T, recurrentKernel.T, bias, torch.zeros_like(bias)]
    start = torch.zeros(1, x.shape[0], UNITS, dtype=x.dtype)
    return torch.lstm(x, (start, start), [w.contiguous() for w in weights], True, 1, 0.0, False, False, True)[0]


def make(name, kind, sequences, bidirectional=False):
    run = gru if kind == "gru" else lstm
    gates = 3 if kind == "gru" else 4
    bias_shape = (2, gates * UNITS) if kind == "gru" else (gates * UNITS,)
    inputs = {"x": draw(f"{name} x", (BATCH, TIME, FEATURES))}
    for prefix in ["forward/", "backward/"] if bidirectional else [""]:
        inputs[f"{prefix}kernel"] = draw(f"{name} {prefix}kernel", (FEATURES, gates * UNITS), 47)
        inputs[f"{prefix}recurrentKernel"] = draw(f"{name} {prefix}recurrent", (UNITS, gates * UNITS), 47)
        inputs[f"{prefix}bias"] = draw(f"{name} {prefix}bias", bias_shape, 31)

    def function(x, **weights):
        if not bidirectional:
            outputs = run(x, **weights)
            return outputs if sequences else outputs[:, -1]
        forward = run(x, *[value for key, value in weights.items() if key.startswith("forward/")])
        turned = run(x.flip(1), *[value for key, value in weights.items() if key.startswith("backward/")])
        if sequences:
            return torch.cat([forward, turned.flip(1)], dim=-1)
        return torch.cat([forward[:, -1], turned[:, -1]], dim=-1)

    settings = {
        "units": UNITS,
        "returnSequences": sequences,
        "goBackwards": False,
        "recurrentActivation": "sigmoid",
        "bidirectional": bidirectional,
        **({"resetAfter": True} if kind == "gru" else {}),
    }
    return differentiate(name, kind, settings, inputs, function)


def main():
    cases = [
        make("gru of PyTorch", "gru", False),
        make("gru of PyTorch, bidirectional, sequences", "gru", True, True),
        make("lstm of PyTorch", "lstm", False),
        make("lstm of PyTorch, bidirectional, sequences", "lstm", True, True),
    ]
    write("recurrent.torch.json", {"cases": cases})
