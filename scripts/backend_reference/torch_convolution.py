"""Convolutions of PyTorch with explicit and uneven padding, in Keras's shapes."""

import torch.nn.functional as F

from .tensors import draw, write
from .torch_cases import differentiate


def first(x):
    """Channels from last to first."""
    return x.movedim(-1, 1)


def last(y):
    return y.movedim(1, -1)


def conv2d(label, shape, kernel, padding, strides=(1, 1), dilation=(1, 1)):
    (top, bottom), (left, right) = padding
    name = f"conv2d {label}, padding {top} {bottom} {left} {right}"
    inputs = {
        "x": draw(f"{name} x", shape),
        "kernel": draw(f"{name} kernel", (*kernel[:2], shape[3], kernel[2]), 63),
        "bias": draw(f"{name} bias", (kernel[2],)),
    }

    def function(x, kernel, bias):
        padded = F.pad(first(x), (left, right, top, bottom))
        return last(F.conv2d(padded, kernel.permute(3, 2, 0, 1), bias, strides, 0, dilation))

    settings = {"strides": list(strides), "padding": [list(side) for side in padding], "dilation": list(dilation)}
    return differentiate(name, "conv2d", settings, inputs, function)


def conv1d(label, shape, kernel, padding, stride=1, dilation=1):
    name = f"conv1d {label}, padding {padding[0]} {padding[1]}"
    inputs = {
        "x": draw(f"{name} x", shape),
        "kernel": draw(f"{name} kernel", (kernel[0], shape[2], kernel[1]), 63),
        "bias": draw(f"{name} bias", (kernel[1],)),
    }

    def function(x, kernel, bias):
        padded = F.pad(first(x), tuple(padding))
        return last(F.conv1d(padded, kernel.permute(2, 1, 0), bias, stride, 0, dilation))

    settings = {"stride": stride, "padding": list(padding), "dilation": dilation}
    return differentiate(name, "conv1d", settings, inputs, function)


def depthwise(label, shape, kernel, multiplier, padding, stride=1, dilation=1):
    (top, bottom), (left, right) = padding
    name = f"depthwise {label}, multiplier {multiplier}, padding {top} {bottom} {left} {right}"
    inputs = {
        "x": draw(f"{name} x", shape),
        "kernel": draw(f"{name} kernel", (*kernel, shape[3], multiplier), 63),
    }

    def function(x, kernel):
        padded = F.pad(first(x), (left, right, top, bottom))
        filters = kernel.flatten(2).permute(2, 0, 1).unsqueeze(1)
        return last(F.conv2d(padded, filters, None, stride, 0, dilation, groups=shape[3]))

    settings = {
        "strides": [stride, stride],
        "padding": [list(side) for side in padding],
        "dilation": [dilation, dilation],
    }
    return differentiate(name, "depthwiseConv2d", settings, inputs, function)


def main():
    two = ((2, 2), (2, 2))
    uneven = ((0, 2), (1, 0))
    cases = [
        conv2d("5×5, strides 2", (1, 8, 8, 1), (5, 5, 3), two, (2, 2)),
        conv2d("3×3", (2, 5, 5, 2), (3, 3, 3), ((1, 1), (1, 1))),
        conv2d("3×3", (2, 5, 5, 2), (3, 3, 3), two),
        conv2d("3×3", (2, 5, 5, 2), (3, 3, 2), uneven),
        conv2d("3×3, strides 2×1", (2, 6, 5, 2), (3, 3, 2), ((1, 1), (0, 2)), (2, 1)),
        conv2d("3×3, dilation 2", (2, 6, 5, 2), (3, 3, 2), two, dilation=(2, 2)),
        conv2d("2×3, dilation 4×2", (1, 7, 6, 2), (2, 3, 2), ((3, 1), (0, 2)), dilation=(4, 2)),
        conv2d("1×1", (2, 3, 4, 3), (1, 1, 2), ((1, 0), (0, 1))),
        conv1d("3, stride 2", (2, 9, 2), (3, 3), (1, 1), 2),
        conv1d("3, stride 3", (2, 9, 2), (3, 3), (0, 2), 3),
        conv1d("3, dilation 2", (2, 9, 2), (3, 3), (4, 0), 1, 2),
        conv1d("2, dilation 4", (2, 9, 2), (2, 3), (2, 1), 1, 4),
        depthwise("3×3", (1, 5, 6, 2), (3, 3), 2, ((1, 1), (1, 1))),
        depthwise("3×3, strides 2", (1, 6, 6, 3), (3, 3), 1, ((1, 1), (1, 1)), 2),
        depthwise("3×3, dilation 2", (1, 6, 5, 2), (3, 3), 1, two, 1, 2),
    ]
    write("convolution.torch.json", {"cases": cases})
