"""What the scripts that make reference values for src/dsp share: signals that the tests can make too, and files."""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference"


def golden(sr: int, samples: int) -> np.ndarray:
    n = np.arange(samples)
    y = 0.5 * np.sin(2 * np.pi * 440 * n / sr) + 0.25 * np.sin(2 * np.pi * 3000 * n / sr)
    return y.astype(np.float32).astype(np.float64)


def noise(samples: int) -> np.ndarray:
    """A 32-bit linear congruential generator (Numerical Recipes), so that the test can make the same numbers."""
    state, values = 1, []
    for _ in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return np.array(values).astype(np.float32).astype(np.float64)


def frames_of(matrix: np.ndarray, which: list[int]) -> dict:
    return {
        "shape": list(matrix.shape),
        "frames": {str(t): [float(f"{v:.7g}") for v in matrix[:, t]] for t in which},
    }


def write(name: str, value: object) -> None:
    (OUT / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")
