"""Writes the onsets that src/dsp/onsets.ts is tested against.

    pip install librosa==0.11.0 && python scripts/make-onset-reference.py
"""

import json
import pathlib

import librosa
import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference" / "onsets.json"
RATE = 22050


def noise(samples: int) -> np.ndarray:
    """The generator of make-dsp-reference.py, which the test has too."""
    state, values = 1, []
    for _ in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return np.array(values).astype(np.float32).astype(np.float64)


def bursts(samples: int) -> np.ndarray:
    """Tones of 1 kHz that decay, beginning at 0.25, 0.8 and 1.3 s, the last softer, over a faint noise."""
    n = np.arange(samples)
    y = 0.001 * noise(samples)
    for start, gain in ((0.25, 0.5), (0.8, 0.4), (1.3, 0.1)):
        t = (n - int(start * RATE)) / RATE
        y += np.where(t >= 0, gain * np.exp(-np.maximum(t, 0) / 0.05) * np.sin(2 * np.pi * 1000 * t), 0)
    return y.astype(np.float32).astype(np.float64)


def main() -> None:
    y = bursts(2 * RATE)
    cases = []
    for n_fft, hop in ((2048, 512), (1024, 128)):
        strength = librosa.onset.onset_strength(y=y, sr=RATE, n_fft=n_fft, hop_length=hop)
        onsets = librosa.onset.onset_detect(onset_envelope=strength, sr=RATE, hop_length=hop)
        cases.append(
            {
                "fftSamples": n_fft,
                "hopSamples": hop,
                "strength": [float(f"{v:.6g}") for v in strength],
                "onsets": [int(v) for v in onsets],
                "backtracked": [int(v) for v in librosa.onset.onset_backtrack(onsets, strength)],
            }
        )
    OUT.write_text(json.dumps({"sampleRateHz": RATE, "samples": len(y), "cases": cases}, separators=(",", ":")) + "\n")


main()
