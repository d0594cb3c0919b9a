"""Writes the filter coefficients that src/dsp/band-pass.ts is tested against.

    pip install scipy==1.17.1 && python scripts/make-listening-reference.py
"""

import json
import pathlib

from scipy.signal import firwin

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference" / "band-pass.json"

CASES = [(800, 6000, 44100, 101), (2000, 2500, 16000, 255), (0, 1000, 22050, 51), (20000, 96000, 192000, 65)]


def coefficients(low: float, high: float, rate: float, count: int) -> list[float]:
    if low == 0:
        taps = firwin(count, high, fs=rate)
    elif high == rate / 2:
        taps = firwin(count, low, fs=rate, pass_zero=False)
    else:
        taps = firwin(count, [low, high], fs=rate, pass_zero=False)
    return [float(f"{value:.12g}") for value in taps]


OUT.write_text(
    json.dumps(
        [
            {"lowHz": low, "highHz": high, "sampleRateHz": rate, "coefficients": coefficients(low, high, rate, count)}
            for low, high, rate, count in CASES
        ],
        separators=(",", ":"),
    )
    + "\n"
)
