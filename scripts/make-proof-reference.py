"""Writes src/main/worker/backends/reference/proof.json: what the proof of a backend must compute.

    python3 scripts/make-proof-reference.py        (needs numpy)

Everything is computed in float64 from inputs rounded to float32, by plain numpy: no library of neural networks has a
part in it. The inputs are those of src/dsp/random.ts (sfc32, seeded by FNV-1a and MurmurHash3's mixer), written here
once more; src/main/worker/backends/measure-backend.ts draws the same.
"""

import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).parent.parent / "src/main/worker/backends/reference/proof.json"
MASK = 0xFFFFFFFF
SEED = 1
LEARNING_RATE = 0.1
CLASSES = 10


def hash128(text):
    words = []
    for offset in (0x811C9DC5, 0x9E3779B9, 0x85EBCA6B, 0xC2B2AE35):
        h = offset
        for character in text:
            h = ((h ^ ord(character)) * 0x01000193) & MASK
        h = ((h ^ (h >> 16)) * 0x85EBCA6B) & MASK
        h = ((h ^ (h >> 13)) * 0xC2B2AE35) & MASK
        words.append(h ^ (h >> 16))
    return words


def draw(name, shape, scale):
    """Uniform in [-scale, scale), each rounded to float32, from the stream of that name."""
    a, b, c, d = hash128(f"{SEED}/{name}")

    def step():
        nonlocal a, b, c, d
        result = (a + b + d) & MASK
        d = (d + 1) & MASK
        a = b ^ (b >> 9)
        b = (c + ((c << 3) & MASK)) & MASK
        c = ((((c << 21) & MASK) | (c >> 11)) + result) & MASK
        return result

    for _ in range(12):
        step()
    values = np.empty(int(np.prod(shape)), np.float64)
    for i in range(values.size):
        bits = (step() >> 5) * 2**26 + (step() >> 6)
        values[i] = -scale + 2 * scale * (bits / 2**53)
    return values.astype(np.float32).astype(np.float64).reshape(shape)


def pad(x):
    return np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))


def convolve(x, w):
    """3 x 3 cross-correlation, stride 1, zeros around, channels last."""
    height, width = x.shape[1:3]
    padded = pad(x)
    return sum(
        padded[:, i : i + height, j : j + width, :] @ w[i, j] for i in range(3) for j in range(3)
    )


def convolution_gradients(x, w, dy):
    height, width = x.shape[1:3]
    padded, dpadded, dw = pad(x), np.zeros_like(pad(x)), np.zeros_like(w)
    for i in range(3):
        for j in range(3):
            dw[i, j] = np.einsum("nhwc,nhwk->ck", padded[:, i : i + height, j : j + width, :], dy, optimize=True)
            dpadded[:, i : i + height, j : j + width, :] += dy @ w[i, j].T
    return dpadded[:, 1:-1, 1:-1, :], dw


def pool(x):
    """2 x 2 maxima and, for the gradient, where they were."""
    n, h, w, c = x.shape
    blocks = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4).reshape(n, h // 2, w // 2, c, 4)
    return blocks.max(-1), np.eye(4)[blocks.argmax(-1)]


def unpool(dy, where):
    n, h, w, c = dy.shape
    blocks = (dy[..., None] * where).reshape(n, h, w, c, 2, 2)
    return blocks.transpose(0, 1, 4, 2, 5, 3).reshape(n, h * 2, w * 2, c)


def step(x, labels, w1, w2, w3):
    """Loss (mean cross-entropy) of the small network, and its gradient by each weight."""
    y1 = convolve(x, w1)
    pooled, where = pool(np.maximum(y1, 0))
    y2 = convolve(pooled, w2)
    mean = np.maximum(y2, 0).mean((1, 2))
    logits = mean @ w3
    shifted = logits - logits.max(1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    loss = -(labels * log_probabilities).sum(1).mean()
    dlogits = (np.exp(log_probabilities) - labels) / len(x)
    dmean = dlogits @ w3.T
    area = y2.shape[1] * y2.shape[2]
    dy2 = np.broadcast_to(dmean[:, None, None, :] / area, y2.shape) * (y2 > 0)
    dpooled, dw2 = convolution_gradients(pooled, w2, dy2)
    _, dw1 = convolution_gradients(x, w1, unpool(dpooled, where) * (y1 > 0))
    return loss, dw1, dw2, mean.T @ dlogits


def describe(name, values):
    flat = np.asarray(values, np.float64).reshape(-1)
    # Places spread over the whole: first, last and three between.
    places = sorted({int(round(share * (flat.size - 1))) for share in (0, 0.271828, 0.5772157, 0.6180339, 1)})
    return {
        "name": name,
        "count": int(flat.size),
        "sum": float(flat.sum()),
        "sumOfSquares": float((flat * flat).sum()),
        "probes": [{"index": i, "value": float(flat[i])} for i in places],
    }


def main():
    left, right = draw("proof/left", (512, 512), 1), draw("proof/right", (512, 512), 1)
    x, w = draw("proof/picture", (2, 64, 64, 16), 1), draw("proof/filter", (3, 3, 16, 32), 1)
    dy = draw("proof/gradient", (2, 64, 64, 32), 1)
    dx, dw = convolution_gradients(x, w, dy)
    # The first two of the sixteen that are timed: few enough for a processor that plays a GPU.
    crops = draw("proof/crops", (16, 64, 64, 1), 1)[:2]
    labels = np.eye(CLASSES)[:2]
    weights = [
        draw("proof/weights1", (3, 3, 1, 16), 0.5),
        draw("proof/weights2", (3, 3, 16, 32), 0.25),
        draw("proof/weights3", (32, CLASSES), 1),
    ]
    loss, *gradients = step(crops, labels, *weights)
    after, *_ = step(crops, labels, *[w - LEARNING_RATE * g for w, g in zip(weights, gradients)])
    results = [
        describe("a 512 × 512 product", left @ right),
        describe("a 3 × 3 convolution", convolve(x, w)),
        describe("its gradient by the input", dx),
        describe("its gradient by the filter", dw),
        describe("the loss of a training step", loss),
        describe("the step’s gradient by its first filter", gradients[0]),
        describe("the step’s gradient by its second filter", gradients[1]),
        describe("the step’s gradient by its last layer", gradients[2]),
        describe("the loss after the step", after),
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    for result in results:
        print(result["name"], result["sum"], result["sumOfSquares"])


main()
