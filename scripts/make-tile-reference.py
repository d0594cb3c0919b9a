"""Reference values of spectrogram tiles: scipy.signal.stft (scaling 'spectrum') in decibels of a full-scale sine.

    python3 -m venv /tmp/py/tiles && /tmp/py/tiles/bin/pip install numpy scipy
    /tmp/py/tiles/bin/python scripts/make-tile-reference.py > src/dsp/reference/tile.json

The signal is made again by tile.test.ts: a chirp, a tone and a click, in float32.
"""
import json

import numpy as np
import scipy
from scipy.signal import get_window, stft

RATE = 48_000
SAMPLES = 60_000


def signal() -> np.ndarray:
    n = np.arange(SAMPLES, dtype=np.float64)
    y = 0.4 * np.sin(2 * np.pi * (300 + 0.1 * n) * n / RATE) + 0.01 * np.sin(2 * np.pi * 9000 * n / RATE)
    y[30_000] += 0.5
    return y.astype(np.float32)


def decibels(window: str, size: int, hop: int) -> np.ndarray:
    """Frame t is centred at sample t * hop; zeros beyond the ends."""
    y = signal().astype(np.float64)
    _, _, x = stft(y, RATE, window=get_window(window, size), nperseg=size, noverlap=size - hop,
                   boundary="zeros", padded=False, scaling="spectrum")
    return 20 * np.log10(np.maximum(1e-8, 2 * np.abs(x)))


cases = []
for window, size, hop in [("hann", 1024, 256), ("hamming", 512, 128), ("blackman", 2048, 1024), ("hann", 256, 64)]:
    db = decibels(window, size, hop)
    frames = [f for f in (0, 1, 55, 117, 30_000 // hop, db.shape[1] - 2) if f < db.shape[1]]
    bins = sorted({int(b) for b in np.linspace(0, size // 2, 33)})
    cases.append({"window": window, "windowSamples": size, "columnSamples": hop, "columns": frames, "bins": bins,
                  "decibels": [[round(float(db[b, f]), 4) for b in bins] for f in frames]})
print(json.dumps({"scipy": scipy.__version__, "sampleRateHz": RATE, "samples": SAMPLES, "cases": cases}))
