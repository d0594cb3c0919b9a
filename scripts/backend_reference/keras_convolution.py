"""Convolutions of Keras, channels last; kernels [height, width, in, out], depthwise [height, width, in, multiplier]."""

import keras

from .keras_cases import differentiate
from .tensors import draw, write


def conv2d(label, shape, kernel, strides=(1, 1), padding="same", dilation=(1, 1), bias=True):
    name = f"conv2d {label}, {padding}" + ("" if bias else ", no bias")
    inputs = {"x": draw(f"{name} x", shape), "kernel": draw(f"{name} kernel", (*kernel[:2], shape[3], kernel[2]), 63)}
    if bias:
        inputs["bias"] = draw(f"{name} bias", (kernel[2],))

    def function(x, kernel, bias=0.0):
        if kernel.shape[:2] == (1, 1):
            return keras.ops.conv(x[:, :: strides[0], :: strides[1]], kernel, 1, padding) + bias
        return keras.ops.conv(x, kernel, strides, padding, dilation_rate=dilation) + bias

    settings = {"strides": list(strides), "padding": padding, "dilation": list(dilation)}
    return differentiate(name, "conv2d", settings, inputs, function)


def conv1d(label, shape, kernel, stride=1, padding="same", dilation=1, bias=True):
    name = f"conv1d {label}, {padding}" + ("" if bias else ", no bias")
    inputs = {"x": draw(f"{name} x", shape), "kernel": draw(f"{name} kernel", (kernel[0], shape[2], kernel[1]), 63)}
    if bias:
        inputs["bias"] = draw(f"{name} bias", (kernel[1],))

    def function(x, kernel, bias=0.0):
        before = dilation * (kernel.shape[0] - 1)
        padded = keras.ops.pad(x, [[0, 0], [before, 0], [0, 0]]) if padding == "causal" else x
        rule = "valid" if padding == "causal" else padding
        return keras.ops.conv(padded, kernel, stride, rule, dilation_rate=dilation) + bias

    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    return differentiate(name, "conv1d", settings, inputs, function)


def depthwise(label, shape, kernel, multiplier, stride=1, padding="same", dilation=1, bias=True):
    name = f"depthwise {label}, multiplier {multiplier}, {padding}"
    channels = shape[3] * multiplier
    inputs = {
        "x": draw(f"{name} x", shape),
        "kernel": draw(f"{name} kernel", (*kernel, shape[3], multiplier), 63),
    }
    if bias:
        inputs["bias"] = draw(f"{name} bias", (channels,))

    def function(x, kernel, bias=0.0):
        return keras.ops.depthwise_conv(x, kernel, stride, padding, dilation_rate=dilation) + bias

    settings = {"strides": [stride, stride], "padding": padding, "dilation": [dilation, dilation]}
    return differentiate(name, "depthwiseConv2d", settings, inputs, function)


def separable(label, shape, kernel, multiplier, filters, stride=1, padding="same"):
    name = f"separable {label}, multiplier {multiplier}, {padding}"
    inputs = {
        "x": draw(f"{name} x", shape),
        "depthwiseKernel": draw(f"{name} depthwise", (*kernel, shape[3], multiplier), 63),
        "pointwiseKernel": draw(f"{name} pointwise", (1, 1, shape[3] * multiplier, filters), 63),
        "bias": draw(f"{name} bias", (filters,)),
    }

    def function(x, depthwiseKernel, pointwiseKernel, bias):
        return keras.ops.separable_conv(x, depthwiseKernel, pointwiseKernel, stride, padding) + bias

    settings = {"strides": [stride, stride], "padding": padding, "dilation": [1, 1]}
    return differentiate(name, "separableConv2d", settings, inputs, function)


def main():
    picture = (2, 6, 5, 2)
    cases = []
    for padding in ("same", "valid"):
        cases += [
            conv2d("3×3", picture, (3, 3, 3), padding=padding),
            conv2d("3×3", picture, (3, 3, 3), padding=padding, bias=False),
            conv2d("3×3, strides 2", (2, 7, 6, 2), (3, 3, 3), (2, 2), padding),
            conv2d("3×3, strides 2×1", picture, (3, 3, 2), (2, 1), padding, bias=False),
            conv2d("3×3, dilation 2", (2, 7, 6, 2), (3, 3, 2), padding=padding, dilation=(2, 2)),
            conv2d("2×2, dilation 4", (1, 9, 7, 2), (2, 2, 3), padding=padding, dilation=(4, 4)),
            conv2d("3×2, dilation 2×1", (2, 7, 5, 2), (3, 2, 2), padding=padding, dilation=(2, 1), bias=False),
            conv2d("2×2", (1, 5, 6, 3), (2, 2, 2), padding=padding),
            conv2d("4×2, strides 2", (1, 7, 6, 2), (4, 2, 2), (2, 2), padding),
            conv2d("1×3", (2, 1, 8, 3), (1, 3, 3), padding=padding),
            conv2d("9×3 on 10×6", (2, 10, 6, 2), (9, 3, 2), padding=padding),
        ]
        for stride in (1, 2, 3):
            cases.append(conv1d(f"3, stride {stride}", (2, 10, 3), (3, 3), stride, padding, bias=stride != 2))
        cases += [
            conv1d("4", (2, 9, 2), (4, 3), padding=padding, bias=False),
            conv1d("3, dilation 2", (2, 10, 2), (3, 3), padding=padding, dilation=2),
            conv1d("3, dilation 4", (2, 13, 2), (3, 3), padding=padding, dilation=4),
            depthwise("3×3", (1, 6, 5, 3), (3, 3), 1, padding=padding),
            depthwise("3×3", (1, 6, 5, 2), (3, 3), 2, padding=padding),
            depthwise("3×3, strides 2", (1, 7, 6, 3), (3, 3), 1, 2, padding, bias=False),
            depthwise("3×3, strides 2", (1, 6, 7, 2), (3, 3), 2, 2, padding),
            depthwise("3×3, dilation 2", (1, 7, 6, 2), (3, 3), 2, 1, padding, 2),
            separable("3×3", (1, 6, 5, 3), (3, 3), 1, 4, padding=padding),
            separable("3×3, strides 2", (1, 6, 7, 2), (3, 3), 2, 3, 2, padding),
        ]
    for dilation in (1, 2, 4):
        cases.append(conv1d(f"2, dilation {dilation}", (2, 9, 2), (2, 3), padding="causal", dilation=dilation))
    cases += [
        conv1d("3, stride 2", (2, 9, 2), (3, 3), 2, "causal"),
        conv2d("1×1", (2, 4, 5, 3), (1, 1, 4), padding="valid"),
        conv2d("1×1, strides 2", (2, 5, 5, 3), (1, 1, 4), (2, 2), "same", bias=False),
        # Rows and columns are left over: TensorFlow's own gradient to such a kernel may crash, so see convolve.ts.
        conv2d("1×1, strides 2 of even sides", (1, 6, 4, 3), (1, 1, 4), (2, 2), "valid"),
        depthwise("4×2", (1, 6, 5, 3), (4, 2), 1),
    ]
    write("convolution.keras.json", {"cases": cases})
