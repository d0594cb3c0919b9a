"""Writes src/dsp/reference/front-ends.json: what librosa, python_speech_features, torchaudio, scipy and the published
definitions of VGGish and YAMNet make of a few signals, for the front ends of src/dsp/front-end-presets.ts and others.

    pip install librosa==0.11.0 matplotlib python_speech_features==0.6 torch==2.11.* torchaudio==2.11.*
    python scripts/make-front-end-reference.py [FOLDER OF THE FREE SPOKEN DIGITS]

Cases name a preset, or a preset with some fields changed; signals are made by the tests, or are recordings of
the Free Spoken Digit Dataset (../shared/data/fsdd/recordings), of which only the values below are kept.
"""

import pathlib
import sys
import warnings

import librosa
import numpy as np
import python_speech_features as psf
import scipy.ndimage
import scipy.signal
import soundfile
import torch
import torchaudio

from dsp_reference import frames_of, golden, noise, write

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
FSDD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent.parent / "shared/data/fsdd/recordings")
EPS = np.finfo(float).eps
C1 = 32.70319566257483

cases: list[dict] = []


def signal(name: str) -> np.ndarray:
    kind, _, rest = name.partition(" ")
    if kind == "G1":
        return golden(22050, 22050)
    if kind == "G2":
        return golden(16000, 16000)
    if kind == "G3":
        return np.sin(2 * np.pi * 1000 * np.arange(48000) / 16000).astype(np.float32).astype(np.float64)
    if kind == "noise":
        return noise(int(rest))
    if kind == "bursts":  # quiet noise, loud noise, silence, by thirds
        y = noise(int(rest))
        third = len(y) // 3
        y[:third] *= 0.01
        y[2 * third :] = 0
        return y.astype(np.float32).astype(np.float64)
    samples, rate = soundfile.read(FSDD / rest, dtype="float32")
    assert rate == 8000
    return samples.astype(np.float64)


def case(name, about, values, unit, which=None, preset=None, change=None, drop=None, segments=False,
         edge=0):
    """`values`: [bands, frames] or [bands, frames, channels], or a list of those where the front end cuts segments.
    `change` goes over the preset's fields, dotted paths; `drop` removes some. `unit`: dB, log, linear or cqt. `edge`: so many frames at
    either end are another tolerance's."""
    first = values[0] if segments else values
    flat = first if first.ndim == 2 else first.transpose(0, 2, 1).reshape(-1, first.shape[1])
    last = flat.shape[1] - 1
    which = which or sorted({0, last // 2, last})
    frames = frames_of(flat, which)
    cases.append(
        {
            "about": about,
            "signal": name,
            "preset": preset,
            **({"change": change} if change else {}),
            **({"drop": drop} if drop else {}),
            "unit": unit,
            **({"edge": edge} if edge else {}),
            "shape": list(first.shape),
            "peak": float(f"{np.abs(flat).max():.6g}"),
            **({"segments": len(values)} if segments else {}),
            "frames": frames["frames"],
        }
    )


# --- librosa ---------------------------------------------------------------------------------------------------------


def logmel(y, sr=22050, n_fft=2048, hop=512, n_mels=128, ref=1.0, top_db=80, power=2.0, **more):
    mel = librosa.feature.melspectrogram(
        y=y, sr=sr, n_fft=n_fft, hop_length=hop, n_mels=n_mels, power=power, dtype=np.float64, **more
    )
    return librosa.power_to_db(mel, ref=ref, amin=1e-10, top_db=top_db)


def librosa_cases() -> None:
    for name in ["G1", "noise 9000", "bursts 9000"]:
        case(name, "librosa.feature.melspectrogram, power_to_db", logmel(signal(name)), "dB", preset="logmel-librosa")
    for name in ["G1", "noise 9000"]:
        case(name, "librosa, n_fft 1024, n_mels 64", logmel(signal(name), n_fft=1024, n_mels=64), "dB", preset="logmel")
    case("noise 110250", "n_mels 64 up to 4 kHz", logmel(signal("noise 110250"), n_mels=64, fmax=4000), "dB",
         preset="logmel-librosa", change={"bands.count": 64, "bands.maxHz": 4000})
    case("noise 5000", "n_mels 10", logmel(signal("noise 5000"), n_mels=10), "dB", preset="logmel-librosa",
         change={"bands.count": 10})
    case("noise 5000", "HTK, norm l1, n_fft 1000, hop 333, Kaiser window of 900, reflect",
         logmel(signal("noise 5000"), n_fft=1000, win_length=900, hop=333, n_mels=40, htk=True, norm=1,
                window=("kaiser", 14), pad_mode="reflect", fmin=50, fmax=9000),
         "dB", preset="logmel-librosa",
         change={"fftSamples": 1000, "windowSamples": 900, "hopSamples": 333, "window": "kaiser", "windowParameter": 14,
                 "padMode": "reflect", "bands.count": 40, "bands.formula": "htk", "bands.norm": "l1",
                 "bands.minHz": 50, "bands.maxHz": 9000})
    y = signal("noise 2500")
    case("noise 2500", "all bins, amplitude_to_db",
         librosa.amplitude_to_db(np.abs(librosa.stft(y, n_fft=256, hop_length=100, window="blackman")), ref=1.0, top_db=80),
         "dB", preset="spectrogram",
         change={"fftSamples": 256, "windowSamples": 256, "hopSamples": 100, "window": "blackman"})
    for name in ["G1", "bursts 9000"]:
        case(name, "librosa.feature.mfcc", librosa.feature.mfcc(S=logmel(signal(name)), n_mfcc=20), "dB", preset="mfcc-librosa")
        coefficients = librosa.feature.mfcc(S=logmel(signal(name)), n_mfcc=13)
        deltas = [coefficients, librosa.feature.delta(coefficients), librosa.feature.delta(coefficients, order=2)]
        case(name, "mfcc, delta, delta of order 2", np.concatenate(deltas), "dB", preset="mfcc-deltas")
    case("noise 9000", "mfcc, dct_type 3, lifter 22",
         librosa.feature.mfcc(S=logmel(signal("noise 9000")), n_mfcc=20, dct_type=3, lifter=22), "dB",
         preset="mfcc-librosa", change={"steps.0.transform": 3, "steps.0.lifter": 22})

    for kind in ["A", "B", "C", "D"]:
        y = signal("noise 2500")
        power = np.abs(librosa.stft(y, n_fft=256, hop_length=128)) ** 2
        hz = librosa.fft_frequencies(sr=22050, n_fft=256)
        case("noise 2500", f"librosa.perceptual_weighting, {kind}",
             librosa.perceptual_weighting(power, hz, kind=kind, ref=1.0, amin=1e-10, top_db=80), "dB",
             which=[5], preset="a-weighted",
             change={"fftSamples": 256, "windowSamples": 256, "hopSamples": 128, "level.weighting": kind})

    # Dorfer & Widmer 2018, both front ends
    y = signal("bursts 30000")
    loud = np.flatnonzero(np.abs(y) >= 0.0015 * np.abs(y).max())
    cut = y[loud[0] : loud[-1] + 1]
    power = np.abs(librosa.stft(cut, n_fft=1024, hop_length=192, pad_mode="reflect")) ** 2
    weighted = librosa.perceptual_weighting(power, librosa.fft_frequencies(sr=32000, n_fft=1024), ref=1.0, amin=1e-10, top_db=99)
    bank = librosa.filters.mel(sr=32000, n_fft=1024, n_mels=128)
    case("bursts 30000", "A-weighted dB, then librosa.filters.mel", bank @ weighted, "linear", preset="perceptual-mel")
    magnitude = np.abs(librosa.stft(cut / np.abs(cut).max(), n_fft=1024, hop_length=128))
    case("bursts 30000", "madmom's LogarithmicFilterbank, transcribed",
         np.log10(1 + madmom_bank(1024, 32000, 26, 20, 14000) @ magnitude), "log", preset="log-filtered")
    y = signal("noise 9000")
    power = np.abs(librosa.stft(y, n_fft=4096, hop_length=512)) ** 2
    case("noise 9000", "kapre's filterbank_log, transcribed",
         librosa.power_to_db(kapre_bank(4096, 22050, 84, 12, C1, 0.125) @ power, ref=1.0, amin=1e-10, top_db=80),
         "dB", preset="log-frequency")

    # PANNs, Choi, two-second windows, DCASE's baseline
    case("noise 9000", "torchlibrosa's definition",
         logmel(signal("noise 9000"), sr=32000, n_fft=1024, hop=320, n_mels=64, fmin=50, fmax=14000, top_db=None,
                pad_mode="reflect"), "dB", preset="panns")
    y = signal("noise 400000")
    start = (len(y) - 349440) // 2
    case("noise 400000", "the middle 29.12 s, ref max",
         logmel(y[start : start + 349440], sr=12000, n_fft=512, hop=256, n_mels=96, ref=np.max), "dB", preset="choi-96x1366")
    y = signal("noise 70000")
    windows = [y[:44100], np.pad(y[22050:66150], (0, 0)), np.pad(y[44100:], (0, 88200 - 70000))]
    case("noise 70000", "windows of two seconds, hop 296, Hamming",
         [logmel(w, hop=296, n_mels=150, window="hamming") for w in windows], "dB", preset="two-seconds-150", segments=True)
    mel = librosa.feature.melspectrogram(y=signal("noise 9000"), sr=48000, n_fft=2048, win_length=1920, hop_length=960,
                                         window="hamming", power=1.0, n_mels=40, norm=None, dtype=np.float64)
    case("noise 9000", "log(mel + eps)", np.log(mel + EPS), "log", preset="dcase-2018-baseline")


def madmom_bank(n_fft, sr, per_octave, fmin, fmax, fref=440.0):
    """madmom 0.16 audio/filters.py: log_frequencies, frequencies2bins(unique), TriangularFilter, norm."""
    left = np.floor(np.log2(fmin / fref) * per_octave)
    right = np.ceil(np.log2(fmax / fref) * per_octave)
    hz = fref * 2.0 ** (np.arange(left, right) / per_octave)
    hz = hz[np.searchsorted(hz, fmin) :]
    hz = hz[: np.searchsorted(hz, fmax, "right")]
    bins = np.fft.fftfreq(n_fft, 1 / sr)[: n_fft // 2]
    at = np.clip(bins.searchsorted(hz), 1, len(bins) - 1)
    at = np.unique(at - (hz - bins[at - 1] < bins[at] - hz))
    bank = []
    for start, center, stop in zip(at, at[1:], at[2:]):
        if stop - start < 2:
            center, stop = start, start + 1
        row = np.zeros(n_fft // 2 + 1)
        row[start:center] = np.linspace(0, 1, center - start, endpoint=False)
        row[center:stop] = np.linspace(1, 0, stop - center, endpoint=False)
        bank.append(row / row.sum())
    return np.array(bank)


def kapre_bank(n_fft, sr, n_bins, per_octave, fmin, spread):
    """kapre 0.3 backend.filterbank_log."""
    sigma = spread / per_octave
    octaves = np.log2(librosa.fft_frequencies(sr=sr, n_fft=n_fft)[1:])
    bank = np.zeros((n_bins, n_fft // 2 + 1))
    for i in range(n_bins):
        center = fmin * 2.0 ** (i / per_octave)
        bank[i, 1:] = np.exp(-0.5 * ((octaves - np.log2(center)) / sigma) ** 2 - np.log2(sigma) - octaves)
    return librosa.util.normalize(bank, norm=1, axis=1)


def constant_q_cases() -> None:
    # Half the longest filter: nearer to the ends librosa cuts off what its low-passes spread beyond them.
    def cqt(y, **more):
        return np.abs(librosa.cqt(y, sr=22050, dtype=np.complex128, **more))

    plain = {"level": {"kind": "plain"}}
    for name in ["G1", "noise 22050"]:
        y = signal(name)
        case(name, "librosa.cqt, sparsity 0", cqt(y, sparsity=0), "cqt", preset="constant-q", change=plain, edge=13)
        case(name, "librosa.cqt as it comes (sparsity 0.01)", cqt(y), "cqt-sparse", preset="constant-q", change=plain, edge=13)
        case(name, "its definition in one pass at the whole rate", direct_cqt(y), "cqt-direct", preset="constant-q", change=plain)
    y = signal("noise 22050")
    case("noise 22050", "librosa.cqt, 24 an octave, hop 500, Hamming, reflect, scale=False, filter_scale 0.5, sparsity 0",
         cqt(y, n_bins=100, bins_per_octave=24, fmin=110, hop_length=500, window="hamming", pad_mode="reflect", scale=False,
             filter_scale=0.5, sparsity=0),
         "cqt-wide", preset="constant-q", edge=4,
         change={**plain, "count": 100, "bandsPerOctave": 24, "minHz": 110, "hopSamples": 500, "window": "hamming",
                 "padMode": "reflect", "isScaled": False, "filterScale": 0.5})
    vqt = np.abs(librosa.vqt(y, sr=22050, gamma=20, sparsity=0, dtype=np.complex128))
    case("noise 22050", "librosa.vqt, gamma 20, sparsity 0", vqt, "cqt-wide", preset="constant-q", change={**plain, "gammaHz": 20},
         edge=4)


def direct_cqt(y):
    """Inner products with librosa's filters at the whole rate, zeros around."""
    basis, lengths = librosa.filters.wavelet(freqs=librosa.cqt_frequencies(84, fmin=C1), sr=22050, dtype=np.complex128)
    half = basis.shape[1] // 2
    padded = np.pad(y, half)
    frames = np.stack([padded[t * 512 : t * 512 + 2 * half] for t in range(1 + len(y) // 512)], axis=1)
    return np.sqrt(lengths)[:, None] * np.abs(basis.conj() @ frames)


def pcen_cases() -> None:
    for about, options, change in [
        ("librosa.pcen, defaults", {}, {}),
        ("librosa.pcen, bias 0", {"bias": 0}, {"level.bias": 0}),
        ("librosa.pcen, power 0", {"power": 0}, {"level.power": 0}),
        ("librosa.pcen, max_size 3", {"max_size": 3}, {"level.maximumOverBands": 3}),
    ]:
        mel = librosa.feature.melspectrogram(y=signal("bursts 12000"), sr=16000, n_fft=512, win_length=400, hop_length=160,
                                             n_mels=40, power=1.0, dtype=np.float64)
        case("bursts 12000", about, librosa.pcen(mel * 2**31, sr=16000, hop_length=160, **options), "linear", preset="pcen",
             change={"level.start": "one", **change})
    mel = librosa.feature.melspectrogram(y=signal("G1"), power=1.0, dtype=np.float64)
    case("G1", "librosa.pcen of 128 bands", librosa.pcen(mel * 2**31, sr=22050), "linear", preset="pcen",
         change={"sampleRateHz": 22050, "fftSamples": 2048, "windowSamples": 2048, "hopSamples": 512, "bands.count": 128,
                 "level.start": "one"})


# --- python_speech_features ------------------------------------------------------------------------------------------


def psf_cases() -> None:
    for name in ["G2", "noise 5000", "bursts 9000"]:
        y = signal(name)
        case(name, "python_speech_features.mfcc", psf.mfcc(y).T, "log", preset="mfcc-python-speech-features")
    y = signal("noise 5000")
    case("noise 5000", "python_speech_features.logfbank, Hamming",
         np.log(psf.fbank(y, winfunc=np.hamming)[0]).T, "log", preset="mfcc-python-speech-features",
         change={"window": "hamming", "windowSymmetry": "symmetric"}, drop=["steps"])
    mfcc = psf.mfcc(y)
    case("noise 5000", "mfcc and delta(N=2)", np.concatenate([mfcc, psf.delta(mfcc, 2)], axis=1).T, "log",
         preset="mfcc-python-speech-features",
         change={"steps.1": {"kind": "delta", "method": "regression", "width": 5, "order": 1, "into": "bands"}})


# --- torchaudio ------------------------------------------------------------------------------------------------------


def torch_cases() -> None:
    for name in ["G2", "noise 5000"]:
        y = torch.from_numpy(signal(name))
        mel = torchaudio.transforms.MelSpectrogram().double()(y).numpy()
        case(name, "torchaudio.transforms.MelSpectrogram", mel, "linear", preset="mel-torchaudio")
    y = torch.from_numpy(signal("noise 5000"))
    mel = torchaudio.transforms.MelSpectrogram(n_fft=512, hop_length=200, mel_scale="slaney", norm="slaney", n_mels=64).double()(y)
    slaney = {"fftSamples": 512, "windowSamples": 512, "bands.count": 64, "bands.formula": "slaney", "bands.norm": "slaney"}
    case("noise 5000", "MelSpectrogram, Slaney", mel.numpy(), "linear", preset="mel-torchaudio", change=slaney)
    db = torchaudio.transforms.AmplitudeToDB("power", top_db=80)(mel)
    both = torch.stack([db, torchaudio.functional.compute_deltas(db, win_length=5)], dim=-1).numpy()
    case("noise 5000", "AmplitudeToDB, compute_deltas", both, "dB", preset="mel-torchaudio",
         change={**slaney, "level": {"referencePower": 1, "aminPower": 1e-10, "topDb": 80},
                 "steps": [{"kind": "delta", "method": "regression", "width": 5, "order": 1, "into": "channels"}]})
    short = signal("noise 20000")[:20000]
    codes = torchaudio.functional.mu_law_encoding(torch.from_numpy(short), 256).numpy().astype(float)
    padded = np.concatenate([codes, np.full(12000, 128.0)]).reshape(2, 16000).T
    case("noise 20000", "torchaudio.functional.mu_law_encoding", padded[:400], "linear", which=[0, 1], preset="mu-law",
         change={"steps": [{"kind": "crop", "firstBand": 0, "count": 400}]})
    values = np.concatenate([librosa.mu_compress(short, mu=255, quantize=False), np.zeros(12000)]).reshape(2, 16000).T
    case("noise 20000", "librosa.mu_compress", values[:400], "linear", which=[0, 1], preset="mu-law",
         change={"companding": {"levels": 256, "output": "values"}, "steps": [{"kind": "crop", "firstBand": 0, "count": 400}]})
    frames = librosa.util.frame(np.concatenate([short, np.zeros(12000)]), frame_length=16000, hop_length=16000)
    case("noise 20000", "librosa.util.frame", frames[:400], "linear", which=[0, 1], preset="waveform",
         change={"steps": [{"kind": "crop", "firstBand": 0, "count": 400}]})


# --- VGGish and YAMNet, after tensorflow/models (Apache-2.0) ---------------------------------------------------------


def vggish_log_mel(y, offset):
    """mel_features.log_mel_spectrogram with vggish_params' numbers."""
    frames = np.lib.stride_tricks.sliding_window_view(y, 400)[::160]
    window = 0.5 - 0.5 * np.cos(2 * np.pi / 400 * np.arange(400))
    spectrum = np.abs(np.fft.rfft(frames * window, 512))
    hertz_to_mel = lambda hz: 1127.0 * np.log(1.0 + hz / 700.0)
    bins = hertz_to_mel(np.linspace(0.0, 8000.0, 257))
    edges = np.linspace(hertz_to_mel(125.0), hertz_to_mel(7500.0), 66)
    matrix = np.empty((257, 64))
    for i in range(64):
        low, center, high = edges[i : i + 3]
        matrix[:, i] = np.maximum(0.0, np.minimum((bins - low) / (center - low), (high - bins) / (high - center)))
    matrix[0, :] = 0.0
    return np.log(spectrum @ matrix + offset).T


def embedding_cases() -> None:
    for name in ["G3", "noise 40000"]:
        whole = vggish_log_mel(signal(name), 0.01)
        patches = [whole[:, i : i + 96] for i in range(0, whole.shape[1] - 95, 96)]
        case(name, "vggish/mel_features.py", patches, "log", preset="vggish", segments=True)
    for name in ["G3", "noise 1000", "noise 16000"]:
        y = signal(name)
        past = max(0, len(y) - 15600)
        padded = np.pad(y, (0, 15600 + int(np.ceil(past / 7680)) * 7680 - len(y)))
        whole = vggish_log_mel(padded, 0.001)
        patches = [whole[:, i : i + 96] for i in range(0, whole.shape[1] - 95, 48)]
        case(name, "yamnet/features.py", patches, "log", preset="yamnet", segments=True)


# --- Piczak ----------------------------------------------------------------------------------------------------------


def delta_of_librosa_0_3_1(data, width=9, order=1):
    """librosa 0.3.1, feature.delta, as released (ISC)."""
    half_length = 1 + int(np.floor(width / 2.0))
    window = np.arange(half_length - 1, -half_length, -1)
    delta_x = np.pad(data, [(0, 0), (half_length, half_length)], mode="edge")
    for _ in range(order):
        delta_x = scipy.signal.lfilter(window, 1, delta_x, axis=-1)
    return delta_x[..., half_length:-half_length]


def piczak_cases() -> None:
    y = signal("bursts 90000")
    y = np.pad(y / np.abs(y).max(), (0, 110250 - len(y)))
    for preset, frames in [("piczak-short", 40), ("piczak-long", 100)]:
        segments = []
        for start in range(0, len(y) - 512 * frames + 1, 256 * frames):
            db = logmel(y[start : start + 512 * frames], n_fft=1024, n_mels=60)
            if db.mean() > -70:
                segments.append(np.stack([db, delta_of_librosa_0_3_1(db)], axis=-1))
        case("bursts 90000", "segments, librosa 0.3.1's delta", segments, "dB", preset=preset, segments=True)
    db = logmel(signal("noise 9000"), n_mels=30)
    case("noise 9000", "librosa 0.3.1's delta, twice", delta_of_librosa_0_3_1(db, order=2), "dB10", preset="logmel-librosa",
         change={"bands.count": 30,
                 "steps": [{"kind": "delta", "method": "librosa-0.3", "width": 9, "order": 2, "into": "replace"}]})


# --- Edges -----------------------------------------------------------------------------------------------------------


def edge_cases() -> None:
    db = logmel(signal("noise 9000"), sr=44100, win_length=1764, hop=882)
    blur = lambda sigma: scipy.ndimage.gaussian_filter(db, sigma, mode="nearest", truncate=4)
    case("noise 9000", "scipy.ndimage.gaussian_filter", np.stack([db, blur(1) - blur(np.sqrt(2))], axis=-1), "dB",
         preset="difference-of-gaussians")
    # Axis 0 is frequency.
    along_time = scipy.ndimage.sobel(db, axis=1, mode="nearest")
    along_frequency = scipy.ndimage.sobel(db, axis=0, mode="nearest")
    case("noise 9000", "scipy.ndimage.sobel", np.stack([db, np.hypot(along_time, along_frequency)], axis=-1), "dB", preset="sobel")
    case("noise 9000", "both gradients", np.stack([along_time, along_frequency], axis=-1), "dB", preset="sobel",
         change={"steps.0.output": "gradients", "steps.0.into": "replace"})
    db = logmel(signal("noise 9000"), sr=48000, win_length=1920, hop=960, n_mels=40, window="hamming")
    case("noise 9000", "three crops of 20 bands", np.stack([db[0:20], db[10:30], db[20:40]], axis=-1), "dB",
         preset="sub-spectrograms")


# --- Recordings ------------------------------------------------------------------------------------------------------


def speech_cases() -> None:
    for clip in ["7_jackson_5.wav", "3_nicolas_11.wav", "0_george_0.wav", "9_lucas_20.wav"]:
        name = f"fsdd {clip}"
        y = signal(name)
        small = {"sampleRateHz": 8000, "fftSamples": 256, "windowSamples": 256, "hopSamples": 80, "bands.count": 40}
        db = logmel(y, sr=8000, n_fft=256, hop=80, n_mels=40)
        case(name, "log-mel", db, "dB", preset="logmel-librosa", change=small)
        case(name, "mfcc", librosa.feature.mfcc(S=db, n_mfcc=20), "dB", preset="mfcc-librosa", change=small)
        mel = librosa.feature.melspectrogram(y=y, sr=8000, n_fft=256, hop_length=80, n_mels=40, power=1.0, dtype=np.float64)
        case(name, "pcen", librosa.pcen(mel * 2**31, sr=8000, hop_length=80), "linear", preset="pcen",
             change={**small, "level.start": "one"})
        case(name, "python_speech_features.mfcc", psf.mfcc(y, samplerate=8000).T, "log", preset="mfcc-python-speech-features",
             change={"sampleRateHz": 8000, "windowSamples": 200, "hopSamples": 80})
        cqt = np.abs(librosa.cqt(y, sr=8000, fmin=65.40639132514966, n_bins=60, hop_length=128, sparsity=0, dtype=np.complex128))
        case(name, "librosa.cqt, sparsity 0", cqt, "cqt", preset="constant-q", edge=10,
             change={"sampleRateHz": 8000, "minHz": 65.40639132514966, "count": 60, "hopSamples": 128, "level": {"kind": "plain"}})


for make in [
    librosa_cases,
    constant_q_cases,
    pcen_cases,
    psf_cases,
    torch_cases,
    embedding_cases,
    piczak_cases,
    edge_cases,
    speech_cases,
]:
    make()
write("front-ends", cases)
