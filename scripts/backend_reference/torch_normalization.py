"""Normalisation of PyTorch. Its running variance is that over n − 1, Keras's that over n, so it is left out here."""

import torch.nn.functional as F

from .tensors import draw, write
from .torch_cases import differentiate


def batch(label, shape):
    name = f"batch normalisation of PyTorch {label}, training"
    units = shape[-1]
    inputs = {
        "x": draw(f"{name} x", shape),
        "scale": draw(f"{name} scale", (units,)),
        "offset": draw(f"{name} offset", (units,)),
        "mean": draw(f"{name} mean", (units,)),
        "variance": abs(draw(f"{name} variance", (units,))),
    }

    def function(x, scale, offset, mean, variance):
        y = F.batch_norm(x.movedim(-1, 1), mean.detach(), variance.detach(), scale, offset, True, 0.1, 1e-5)
        return y.movedim(1, -1)

    settings = {"training": True, "axis": -1, "epsilon": 1e-5, "momentum": 0.9}
    return differentiate(name, "batchNormalization", settings, inputs, function, fixed=("mean", "variance"))


def layer_norm(label, shape):
    name = f"layer normalisation of PyTorch {label}"
    inputs = {
        "x": draw(f"{name} x", shape),
        "scale": draw(f"{name} scale", shape[-1:]),
        "offset": draw(f"{name} offset", shape[-1:]),
    }

    def function(x, scale, offset):
        return F.layer_norm(x, shape[-1:], scale, offset, 1e-5)

    return differentiate(name, "layerNormalization", {"epsilon": 1e-5}, inputs, function)


def lrn(label, shape, size, alpha, beta, k):
    """PyTorch divides alpha by the size of the window; TensorFlow, whose settings the case has, does not."""
    name = f"local response normalisation of PyTorch {label}"
    settings = {"radius": size // 2, "bias": k, "alpha": alpha / size, "beta": beta}
    inputs = {"x": draw(f"{name} x", shape)}

    def function(x):
        return F.local_response_norm(x.movedim(-1, 1), size, alpha, beta, k).movedim(1, -1)

    return differentiate(name, "localResponseNormalization", settings, inputs, function)


def main():
    cases = [
        batch("of pictures", (2, 3, 4, 3)),
        layer_norm("of sequences", (2, 3, 6)),
        lrn("size 5", (1, 2, 3, 7), 5, 0.5, 0.75, 2.0),
    ]
    write("normalization.torch.json", {"cases": cases})
