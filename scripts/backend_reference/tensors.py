"""Inputs that are exact and short, and the form in which cases are written."""

import json
import zlib
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent.parent.parent / "src/main/worker/layers/reference"


def draw(name, shape, span=127):
    """Odd multiples of 1/64 in ±span/64: exact in float32, never 0, the same for the same name."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    count = (span + 1) // 2
    return (2 * random.integers(-count, count, shape) + 1) / 64


def draw_distinct(name, shape):
    """Odd multiples of 1/64 around 0, no value twice: no ties below a maximum."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    size = int(np.prod(shape))
    return (2 * random.permutation(size).reshape(shape) + 1 - 2 * (size // 2)) / 64


def digits(values):
    """Nine significant digits, more than float32 has."""
    return [float(f"{value:.9g}") for value in np.asarray(values, dtype=np.float64).ravel()]


def exact(values):
    """An input: a multiple of 1/64 is written as its numerator."""
    values = np.asarray(values)
    if np.issubdtype(values.dtype, np.integer):
        return {"shape": list(values.shape), "integers": values.ravel().tolist()}
    scaled = values * 64
    if not np.array_equal(scaled, np.round(scaled)):
        raise ValueError("an input is not a multiple of 1/64")
    return {"shape": list(values.shape), "sixtyFourths": scaled.astype(int).ravel().tolist()}


def slopes_for(name, output):
    """What the sum of an output is weighted with, so that its gradient tells every value from every other."""
    return draw(f"{name} slopes", np.shape(output), 63)


def case(name, source, operation, settings, inputs, outputs, gradients):
    """
    outputs: name -> (values, slopes or None); gradients: input name -> values.
    """
    return {
        "name": name,
        "source": source,
        "operation": operation,
        "settings": settings,
        "inputs": {key: exact(value) for key, value in inputs.items()},
        "outputs": {
            key: {
                "shape": list(np.shape(values)),
                "values": digits(values),
                **({} if slopes is None else {"slopes": exact(slopes)["sixtyFourths"]}),
            }
            for key, (values, slopes) in outputs.items()
        },
        "gradients": {key: digits(value) for key, value in gradients.items()},
    }


def write(file, content):
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, separators=(",", ":"))
    # One case a line, so that a change of one case is a change of one line.
    text = text.replace('},{"name":', '},\n{"name":')
    (FOLDER / file).write_text(text + "\n")
    print(f"{file}: {len(content['cases'])} cases, {len(text) // 1024} kB")
