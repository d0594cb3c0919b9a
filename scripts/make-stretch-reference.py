"""Writes what librosa makes of clean tones, which src/dsp/augment/time-pitch.test.ts holds ours beside.

    pip install librosa==0.11.0 && python scripts/make-stretch-reference.py
"""

import json
import pathlib

import librosa
import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference" / "stretch.json"
RATE = 22050
SAMPLES = 110250
EDGE = 4096
TONES = {"sine": (440, 1), "harmonics": (220, 10)}


def tone(hz: float, partials: int) -> np.ndarray:
    """Partials that fall as 1/k, at phases that are not each other's."""
    n = np.arange(SAMPLES)
    return sum(0.3 / k * np.sin(2 * np.pi * k * hz * n / RATE + k * k) for k in range(1, partials + 1))


def clean_db(y: np.ndarray, hz: float, partials: int) -> float:
    """Power of the partials over that of all else, away from the ends: by least squares."""
    y = np.asarray(y, dtype=np.float64)[EDGE:-EDGE]
    angles = 2 * np.pi * hz * np.outer(np.arange(len(y)), np.arange(1, partials + 1)) / RATE
    basis = np.hstack([np.cos(angles), np.sin(angles)])
    fitted = basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    return 10 * np.log10(np.sum(fitted**2) / np.sum((y - fitted) ** 2))


def main() -> None:
    stretched, shifted = [], []
    for name, (hz, partials) in TONES.items():
        y = tone(hz, partials)
        for rate in (0.81, 0.93, 1.07, 1.23):
            made = librosa.effects.time_stretch(y, rate=rate)
            clean = round(clean_db(made, hz, partials), 2)
            stretched.append({"tone": name, "rate": rate, "samples": len(made), "cleanDb": clean})
        for semitones in (-3.5, -1, 2, 12):
            made = librosa.effects.pitch_shift(y, sr=RATE, n_steps=semitones, res_type="soxr_vhq")
            clean = round(clean_db(made, hz * 2 ** (semitones / 12), partials), 2)
            shifted.append({"tone": name, "semitones": semitones, "samples": len(made), "cleanDb": clean})
    tones = {name: {"hz": hz, "partials": partials} for name, (hz, partials) in TONES.items()}
    facts = {"sampleRateHz": RATE, "samples": SAMPLES, "edgeSamples": EDGE, "tones": tones}
    OUT.write_text(json.dumps({**facts, "stretched": stretched, "shifted": shifted}, indent=1) + "\n")


if __name__ == "__main__":
    main()
