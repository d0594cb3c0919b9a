"""Writes what src/dsp/augment/acoustics.test.ts is tested against: filters of scipy, codecs of Python's audioop (to 3.12).

    pip install numpy scipy && python scripts/make-device-reference.py
"""

import audioop
import json
import pathlib

import numpy as np
from scipy import signal

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference" / "device.json"
SAMPLES = 400


def noise(samples: int) -> np.ndarray:
    """The generator of make-dsp-reference.py, which the test has too."""
    state, values = 1, []
    for _ in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return np.array(values).astype(np.float32).astype(np.float64)


def filtered(low: float, high: float, rate: int) -> list[float]:
    half = rate / 2
    if low == 0:
        sos = signal.butter(4, high, "lowpass", fs=rate, output="sos")
    elif high >= half:
        sos = signal.butter(4, low, "highpass", fs=rate, output="sos")
    else:
        sos = signal.butter(4, [low, high], "bandpass", fs=rate, output="sos")
    return [float(f"{v:.12g}") for v in signal.sosfilt(sos, noise(SAMPLES))[::9]]


def tilted(tilt: float, rate: int) -> list[float]:
    a, edge = 10 ** (tilt / 40), 2 * np.tan(np.pi * 1000 / rate)
    b, den = signal.bilinear([a, edge], [1, a * edge], fs=1)
    return [float(f"{v:.12g}") for v in signal.lfilter(b, den, noise(SAMPLES))[::9]]


def main() -> None:
    bands = [(300, 3400, 8000), (300, 3400, 44100), (100, 8000, 22050), (80, 14000, 48000), (0, 4000, 16000), (200, 24000, 16000)]
    pcm = np.round(32767 * noise(SAMPLES) * np.linspace(0, 1, SAMPLES) ** 3).astype("<i2")
    raw = pcm.tobytes()
    numbers = lambda data: np.frombuffer(data, "<i2").tolist()
    coded, _ = audioop.lin2adpcm(raw, 2, None)
    reference = {
        "bands": [{"lowHz": l, "highHz": h, "rateHz": r, "every9th": filtered(l, h, r)} for l, h, r in bands],
        "tilts": [{"tiltDb": t, "rateHz": r, "every9th": tilted(t, r)} for t, r in ((3, 44100), (-6, 16000))],
        "pcm": pcm.tolist(),
        "g711-mu": numbers(audioop.ulaw2lin(audioop.lin2ulaw(raw, 2), 2)),
        "g711-a": numbers(audioop.alaw2lin(audioop.lin2alaw(raw, 2), 2)),
        "ima-adpcm": numbers(audioop.adpcm2lin(coded, 2, None)[0]),
    }
    OUT.write_text(json.dumps(reference) + "\n")


if __name__ == "__main__":
    main()
