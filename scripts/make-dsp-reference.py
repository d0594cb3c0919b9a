"""Writes the reference values that src/dsp is tested against, and the colour tables.

    pip install librosa==0.11.0 matplotlib && python scripts/make-dsp-reference.py

Signals are rounded to float32 first, because that is what the DSP is given; librosa then works in float64.
Matrices are stored as chosen frames, each in ascending band or coefficient order.
"""

import librosa
import matplotlib
import numpy as np
import scipy.signal

from dsp_reference import OUT, frames_of, golden, noise, write


# Earmark's name and parameter of a window, and scipy's window; a deviation is a share of the length there, samples here.
WINDOWS = [
    ("hann", None, lambda size: "hann"),
    ("hamming", None, lambda size: "hamming"),
    ("rectangular", None, lambda size: "boxcar"),
    ("blackman", None, lambda size: "blackman"),
    ("blackman-harris", None, lambda size: "blackmanharris"),
    ("nuttall", None, lambda size: "nuttall"),
    ("flat-top", None, lambda size: "flattop"),
    ("bartlett", None, lambda size: "bartlett"),
    ("bohman", None, lambda size: "bohman"),
    ("cosine", None, lambda size: "cosine"),
    ("kaiser", 8.6, lambda size: ("kaiser", 8.6)),
    ("kaiser", 14, lambda size: ("kaiser", 14)),
    ("gaussian", 0.15, lambda size: ("gaussian", 0.15 * size)),
    ("tukey", 0.25, lambda size: ("tukey", 0.25)),
]


def windows() -> None:
    cases = []
    for name, parameter, scipy_window in WINDOWS:
        for size in [8, 9]:
            for symmetry in ["periodic", "symmetric"]:
                length = size if symmetry == "periodic" else size - 1
                values = scipy.signal.get_window(scipy_window(length), size, fftbins=symmetry == "periodic")
                cases.append(
                    {
                        "window": name,
                        **({} if parameter is None else {"windowParameter": parameter}),
                        "windowSymmetry": symmetry,
                        "values": [float(f"{v:.9g}") for v in values],
                    }
                )
    write("window", cases)


def stft() -> None:
    cases = []
    y = noise(3000)
    for case in [
        dict(n_fft=256, win_length=256, hop_length=64, window="hann", center=True, pad_mode="constant"),
        dict(n_fft=256, win_length=200, hop_length=100, window="hamming", center=True, pad_mode="reflect"),
        dict(n_fft=128, win_length=101, hop_length=37, window="boxcar", center=False, pad_mode="constant"),
        dict(n_fft=400, win_length=400, hop_length=160, window="blackman", center=True, pad_mode="reflect"),
        dict(n_fft=441, win_length=441, hop_length=147, window=["kaiser", 14], center=True, pad_mode="edge"),
        dict(n_fft=331, win_length=300, hop_length=90, window="flattop", center=True, pad_mode="edge"),
        dict(n_fft=6, win_length=5, hop_length=400, window="nuttall", center=False, pad_mode="constant"),
    ]:
        window = tuple(case["window"]) if isinstance(case["window"], list) else case["window"]
        power = np.abs(librosa.stft(y, dtype=np.complex128, **{**case, "window": window})) ** 2
        last = power.shape[1] - 1
        cases.append({"arguments": case, **frames_of(power, [0, 1, 7, last])})
    write("stft", {"signal": "noise 3000", "cases": cases})


def mel() -> None:
    cases = []
    for args in [
        dict(sr=22050, n_fft=1024, n_mels=64),
        dict(sr=22050, n_fft=2048, n_mels=128),
        dict(sr=22050, n_fft=2048, n_mels=128, htk=True),
        dict(sr=22050, n_fft=2048, n_mels=128, norm=None),
        dict(sr=22050, n_fft=2048, n_mels=128, norm=1),
        dict(sr=22050, n_fft=2048, n_mels=128, norm=2),
        dict(sr=22050, n_fft=1103, n_mels=40, norm="inf"),
        dict(sr=22050, n_fft=2048, n_mels=10),
        dict(sr=22050, n_fft=2048, n_mels=150),
        dict(sr=22050, n_fft=2048, n_mels=1000),
        dict(sr=32000, n_fft=1024, n_mels=40, fmin=50.0, fmax=14000.0, htk=True, norm=None),
    ]:
        bank = librosa.filters.mel(**{**args, **({"norm": np.inf} if args.get("norm") == "inf" else {})})
        cases.append(
            {
                "arguments": args,
                "sum": float(bank.sum(dtype=np.float64)),
                # What rounding leaves of an edge on a bin is no weight.
                "nonZeros": int((bank > 1e-12).sum()),
                "empty": [int(i) for i in np.flatnonzero(bank.max(axis=1) == 0)],
                "row": (row := min(20, len(bank) // 2)),
                "weights": {str(k): float(f"{bank[row, k]:.7g}") for k in np.flatnonzero(bank[row])},
            }
        )
    hz = [0.0, 60.0, 110.0, 440.0, 1000.0, 4000.0, 8000.0, 11025.0]
    write(
        "mel",
        {
            "hz": hz,
            "slaney": [float(v) for v in librosa.hz_to_mel(hz)],
            "htk": [float(v) for v in librosa.hz_to_mel(hz, htk=True)],
            "banks": cases,
        },
    )


def features() -> None:
    cases = []
    signals = {"G1": golden(22050, 22050), "noise 20000": noise(20000)}
    for signal, args in [
        ("G1", dict(n_fft=1024, hop_length=512, n_mels=64, power=2.0)),
        ("noise 20000", dict(n_fft=1024, hop_length=512, n_mels=64, power=2.0)),
        ("noise 20000", dict(n_fft=1024, hop_length=512, n_mels=60, power=2.0)),
        ("noise 20000", dict(n_fft=512, win_length=400, hop_length=160, n_mels=40, power=1.0, htk=True, pad_mode="reflect")),
    ]:
        bands = librosa.feature.melspectrogram(y=signals[signal], sr=22050, dtype=np.float64, **args)
        if args["power"] == 2.0:
            decibels = librosa.power_to_db(bands, ref=1.0, amin=1e-10, top_db=80.0)
        else:
            decibels = librosa.amplitude_to_db(bands, ref=1.0, amin=1e-5, top_db=80.0)
        coefficients = librosa.feature.mfcc(S=decibels, n_mfcc=20)
        last = decibels.shape[1] - 1
        cases.append(
            {
                "signal": signal,
                "arguments": args,
                "decibels": frames_of(decibels, [0, 20, last]),
                "mfcc": frames_of(coefficients, [0, 20, last]),
                "lifter22": frames_of(librosa.feature.mfcc(S=decibels, n_mfcc=20, lifter=22), [20]),
                "delta": frames_of(librosa.feature.delta(coefficients), [0, 3, 20, last]),
                "delta2": frames_of(librosa.feature.delta(coefficients, order=2), [0, 3, 20, last]),
            }
        )
    write("features", {"sampleRateHz": 22050, "cases": cases})


def levels() -> None:
    power = [1e-12, 1e-10, 1.0, 100.0]
    write(
        "decibel",
        {
            "power": power,
            "topDb80": [float(v) for v in librosa.power_to_db(np.array(power), top_db=80)],
            "noFloor": [float(v) for v in librosa.power_to_db(np.array(power), top_db=None)],
            "reference4": [float(v) for v in librosa.power_to_db(np.array(power), ref=4.0, top_db=None)],
        },
    )


def zero_crossings() -> None:
    y = noise(2000)
    rates = librosa.feature.zero_crossing_rate(y, frame_length=256, hop_length=128)[0]
    write("zero-crossing", {"signal": "noise 2000", "rates": [float(v) for v in rates]})


def colours() -> None:
    """256 colours a map as hexadecimal rrggbb, from matplotlib (magma, viridis, inferno: CC0; cividis: CC0)."""
    lines = [
        "/** Colour tables of 256 × rrggbb; written by scripts/make-dsp-reference.py from matplotlib's maps (CC0). */",
        "export const colormapHex = {",
    ]
    for name in ["magma", "viridis", "inferno", "cividis"]:
        rgb = matplotlib.colormaps[name](np.arange(256), bytes=True)[:, :3]
        lines.append(f"  {name}:")
        lines.append(f"    '{rgb.tobytes().hex()}',")
    lines.append("}")
    (OUT.parent / "colormap-table.ts").write_text("\n".join(lines) + "\n")


OUT.mkdir(exist_ok=True)
for make in [windows, stft, mel, features, levels, zero_crossings, colours]:
    make()
