"""Trains networks of the zoo in Keras or in PyTorch for `npm run bench -- networks`, which sends one request a line:
a description to build (the same that Earmark builds from), then how many steps to time. One answer a line.

    python bench/networks.py keras|torch THREADS
"""

import json
import os
import statistics
import sys
import time

framework, threads = sys.argv[1], int(sys.argv[2])
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np


def measure(run, steps):
    """Milliseconds of a step, on the clock and of the processor in all threads, and the last loss."""
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(steps):
        loss = run()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {"wall": wall / steps * 1000, "processor": processor / steps * 1000, "loss": float(loss)}


def draw_batch(spec, batch, classes):
    shape = (batch, spec["input"]["frames"], spec["input"]["bands"], 1)
    pictures = np.random.default_rng(1).normal(size=shape).astype("float32")
    return pictures, np.eye(classes, dtype="float32")[np.arange(batch) % classes]


class Keras:
    """One train_on_batch a step, compiled to a graph as Keras does."""

    def __init__(self):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        self.tf = tf
        self.name = f"Keras {tf.keras.__version__} on TensorFlow {tf.__version__}"
        self.remark = "train_on_batch"

    def build(self, spec, batch, classes):
        tf = self.tf
        tf.keras.backend.clear_session()
        x = inputs = tf.keras.Input((spec["input"]["frames"], spec["input"]["bands"], 1))
        for layer in spec["layers"]:
            x = self.apply(layer, x)
        model = tf.keras.Model(inputs, x)
        model.compile("adam", tf.keras.losses.CategoricalCrossentropy(from_logits=True), jit_compile=False)
        pictures, targets = draw_batch(spec, batch, classes)
        self.run = lambda: model.train_on_batch(pictures, targets)
        return sum(int(np.prod(w.shape)) for w in model.trainable_weights)

    def apply(self, layer, x):
        tf, layers = self.tf, self.tf.keras.layers
        match layer["kind"]:
            case "convolution":
                return layers.Conv2D(
                    layer["filters"],
                    layer["kernel"],
                    strides=layer.get("strides", [1, 1]),
                    padding=layer.get("padding", "same"),
                    use_bias=layer.get("bias", False),
                    kernel_initializer="he_normal",
                )(x)
            case "batch-normalization":
                return layers.BatchNormalization(momentum=0.9)(x)
            case "band-normalization":
                _, frames, bands, _ = x.shape
                # As the last axis: Keras's fused kernel takes no other.
                turned = layers.BatchNormalization(momentum=0.9)(layers.Reshape((frames, 1, bands))(x))
                return layers.Reshape((frames, bands, 1))(turned)
            case "relu":
                return layers.ReLU()(x)
            case "elu":
                return layers.ELU()(x)
            case "max-pool":
                return layers.MaxPooling2D(layer["size"])(x)
            case "pool-time":
                mean = layers.Lambda(lambda t: tf.reduce_mean(t, 1))(x)
                largest = layers.Lambda(lambda t: tf.reduce_max(t, 1))(x)
                return layers.Concatenate()([layers.Flatten()(mean), layers.Flatten()(largest)])
            case "global-average-pool":
                return layers.GlobalAveragePooling2D()(x)
            case "pad-time":
                return layers.ZeroPadding2D(((layer["before"], layer["after"]), (0, 0)))(x)
            case "frames":
                return layers.Reshape((x.shape[1], x.shape[2] * x.shape[3]))(x)
            case "gated-recurrent":
                return layers.GRU(
                    layer["units"], return_sequences=layer["returnSequences"], reset_after=layer["resetAfter"]
                )(x)
            case "dropout":
                return layers.Dropout(layer["rate"])(x)
            case "dense":
                return layers.Dense(layer["units"])(x)
        raise ValueError(layer["kind"])


class Torch:
    """Eager, with Adam's fused form, in the memory format that is faster for the network."""

    def __init__(self):
        import torch

        torch.set_num_threads(threads)
        torch.set_num_interop_threads(threads)
        self.torch = torch
        self.name = f"PyTorch {torch.__version__}"
        self.remark = ""

    def build(self, spec, batch, classes):
        torch = self.torch
        layers, shape = [], (1, spec["input"]["frames"], spec["input"]["bands"])
        for layer in spec["layers"]:
            module = make_torch_module(torch, layer, shape)
            layers.append(module)
            module.eval()
            with torch.no_grad():
                shape = tuple(module(torch.zeros(1, *shape)).shape[1:])
        model = torch.nn.Sequential(*layers).train()
        pictures, targets = draw_batch(spec, batch, classes)
        pictures, targets = torch.from_numpy(pictures).permute(0, 3, 1, 2), torch.from_numpy(targets)
        trials = {}
        for remark, form in {"channels last": torch.channels_last, "contiguous": torch.contiguous_format}.items():
            model.to(memory_format=form)
            optimizer = torch.optim.Adam(model.parameters(), fused=True)
            given = pictures.contiguous(memory_format=form)

            def run(optimizer=optimizer, given=given):
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(given), targets)
                loss.backward()
                optimizer.step()
                return loss.item()

            run()
            trials[remark] = (statistics.median(measure(run, 1)["processor"] for _ in range(3)), form, run)
        self.remark = min(trials, key=lambda remark: trials[remark][0])
        _, form, self.run = trials[self.remark]
        model.to(memory_format=form)
        return sum(weight.numel() for weight in model.parameters())


def make_torch_module(torch, layer, shape):
    nn = torch.nn

    class Apply(nn.Module):
        """A function without weights, as a module."""

        def __init__(self, function):
            super().__init__()
            self.function = function

        def forward(self, x):
            return self.function(x)

    class BandNormalization(nn.Module):
        def __init__(self, bands):
            super().__init__()
            self.inner = nn.BatchNorm1d(bands, eps=1e-3)

        def forward(self, x):
            return self.inner(x[:, 0].transpose(1, 2)).transpose(1, 2).unsqueeze(1)

    class Recurrent(nn.Module):
        def __init__(self, features, units, gives_all):
            super().__init__()
            self.inner, self.gives_all = nn.GRU(features, units, batch_first=True), gives_all

        def forward(self, x):
            states, _ = self.inner(x)
            return states if self.gives_all else states[:, -1]

    match layer["kind"]:
        case "convolution":
            kernel, padding = layer["kernel"], layer.get("padding", "same")
            # The same as 'same' for odd kernels where the stride leaves no rest, as in these networks.
            pads = [0, 0] if padding == "valid" else [(size - 1) // 2 for size in kernel]
            return nn.Conv2d(
                shape[0], layer["filters"], kernel, layer.get("strides", [1, 1]), pads, bias=layer.get("bias", False)
            )
        case "batch-normalization":
            return nn.BatchNorm2d(shape[0], eps=1e-3)
        case "band-normalization":
            return BandNormalization(shape[2])
        case "relu":
            return nn.ReLU()
        case "elu":
            return nn.ELU()
        case "max-pool":
            return nn.MaxPool2d(layer["size"])
        case "pool-time":
            return Apply(lambda x: torch.cat([x.mean(2).flatten(1), x.amax(2).flatten(1)], 1))
        case "global-average-pool":
            return Apply(lambda x: x.mean((2, 3)))
        case "pad-time":
            return nn.ZeroPad2d((0, 0, layer["before"], layer["after"]))
        case "frames":
            return Apply(lambda x: x.permute(0, 2, 3, 1).flatten(2))
        case "gated-recurrent":
            # PyTorch has the reset gate after the product only.
            return Recurrent(shape[1], layer["units"], layer["returnSequences"])
        case "dropout":
            return nn.Dropout(layer["rate"])
        case "dense":
            return nn.Linear(shape[0], layer["units"])
    raise ValueError(layer["kind"])


trainer = Keras() if framework == "keras" else Torch()
# What libraries print must not come between the answers.
answers, sys.stdout = sys.stdout, sys.stderr
for line in sys.stdin:
    request = json.loads(line)
    if "spec" in request:
        parameters = trainer.build(request["spec"], request["batch"], request["classes"])
        measure(trainer.run, 2)
        answer = {"name": trainer.name, "remark": trainer.remark, "parameters": parameters}
    else:
        answer = measure(trainer.run, request["steps"])
    print(json.dumps(answer), file=answers, flush=True)
