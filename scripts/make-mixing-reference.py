"""Writes what src/dsp/augment/mixing.test.ts is tested against.

    pip install numpy && python scripts/make-mixing-reference.py

Levels and mixtures are computed as the code of the between-class paper does (mil-tokyo/bc_learning_sound, utils.py), in
double precision.
"""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference" / "mixing.json"


def noise(samples: int, state: int) -> np.ndarray:
    """The generator of make-dsp-reference.py, which the test has too."""
    values = []
    for _ in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return np.array(values).astype(np.float32).astype(np.float64)


def a_weight(rate: int, n_fft: int) -> np.ndarray:
    f2 = np.square(np.linspace(0, rate / 2, n_fft // 2 + 1))
    f2[0] = 1
    log = np.log10
    weight = 2.0 + 20.0 * (
        2 * log(12194)
        + 2 * log(f2)
        - log(f2 + 12194**2)
        - log(f2 + 20.6**2)
        - 0.5 * log(f2 + 107.7**2)
        - 0.5 * log(f2 + 737.9**2)
    )
    return np.maximum(weight, -80)


def level(sound: np.ndarray, rate: int, n_fft: int) -> float:
    gains = []
    for i in range(0, len(sound) - n_fft + 1, n_fft // 2):
        spec = np.fft.rfft(np.hanning(n_fft + 1)[:-1] * sound[i : i + n_fft])
        gains.append(np.sum(np.abs(spec) ** 2 * np.power(10, a_weight(rate, n_fft) / 10)))
    return float(np.max(10 * np.log10(np.maximum(gains, 1e-8))))


def between(x1: np.ndarray, x2: np.ndarray, r: float, rate: int, n_fft: int) -> dict:
    g1, g2 = level(x1, rate, n_fft), level(x2, rate, n_fft)
    p = 1 / (1 + 10 ** ((g1 - g2) / 20) * (1 - r) / r)
    x = (p * x1 + (1 - p) * x2) / np.sqrt(p**2 + (1 - p) ** 2)
    return {"ratio": r, "levels": [g1, g2], "weight": p, "rms": float(np.sqrt(np.mean(x**2)))}


def main() -> None:
    n = np.arange(24014)
    tone, low = np.sin(2 * np.pi * 1000 * n / 16000), 0.1 * np.sin(2 * np.pi * 100 * n / 16000)
    mixed = [between(tone, low, r, 16000, 2048) for r in (0.5, 0.25)]
    noises = [noise(20000, 1), 0.03 * noise(20000, 7)]
    mixed += [between(*noises, r, 44100, 4096) for r in (0.1, 0.9)]
    OUT.write_text(json.dumps({"mixed": mixed}, separators=(",", ":")) + "\n")


main()
