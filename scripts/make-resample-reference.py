"""Writes src/dsp/reference/resample.json: what scipy and SoX's resampler make of noise at other rates.

    pip install numpy scipy==1.17.1 soxr==1.1.0
    python scripts/make-resample-reference.py

scipy.signal.resample_poly is given the filter that src/dsp/phase-filter.ts describes, made here on the fine grid with
numpy. soxr designs its own (quality VHQ), and is given tones below 0.85 of the lower Nyquist frequency, where both pass
bands are flat.
"""

from math import ceil, gcd

import numpy as np
import scipy.signal
import soxr

from dsp_reference import noise, write

STOP_BAND_DB, PASS_BAND_SHARE = 108, 0.91
RATES = [(44100, 22050), (44100, 16000), (48000, 22050), (8000, 22050), (96000, 44100), (22050, 5500)]
SAMPLES = 3000
TONES = [0.031, 0.173, 0.402, 0.61, 0.84]


def poly(x: np.ndarray, source: int, target: int) -> np.ndarray:
    up, down = target // gcd(source, target), source // gcd(source, target)
    nyquist = 0.5 * min(1, up / down)  # cycles per input sample
    transition = (1 - PASS_BAND_SHARE) * nyquist
    cutoff = nyquist - transition / 2
    half = (STOP_BAND_DB - 7.95) / (14.36 * transition) / 2  # input samples
    n = np.arange(-ceil(half * up), ceil(half * up) + 1)
    inside = np.abs(n / up) < half
    beta = 0.1102 * (STOP_BAND_DB - 8.7)
    window = np.i0(beta * np.sqrt(np.where(inside, 1 - (n / up / half) ** 2, 0))) / np.i0(beta)
    h = np.where(inside, 2 * cutoff * np.sinc(2 * cutoff * n / up) * window, 0)
    # resample_poly multiplies a filter that is given by `up`.
    return scipy.signal.resample_poly(x, up, down, window=h / up)


def tones(rate: int, lower: int, samples: int) -> np.ndarray:
    n = np.arange(samples)
    y = sum(np.sin(2 * np.pi * share * lower / 2 * n / rate + i) for i, share in enumerate(TONES)) / len(TONES)
    return (y * np.sin(np.pi * n / samples) ** 2).astype(np.float32).astype(np.float64)


def some(y: np.ndarray) -> dict:
    which = sorted({0, 1, 2, *range(len(y) // 3, len(y) // 3 + 40), len(y) - 2, len(y) - 1})
    return {"length": len(y), "values": {str(i): float(f"{y[i]:.9g}") for i in which}}


cases = []
for source, target in RATES:
    x = noise(SAMPLES)
    y = tones(source, min(source, target), SAMPLES)
    sox = soxr.resample(y, source, target, quality="VHQ")
    cases.append({"fromHz": source, "toHz": target, "scipy": some(poly(x, source, target)), "soxr": some(sox)})
write("resample", {"samples": SAMPLES, "tones": TONES, "cases": cases})
