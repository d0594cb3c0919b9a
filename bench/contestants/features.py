"""Log-mel, MFCC and constant-Q by librosa, and log-mel by torchaudio, on one thread, for bench/features.ts.

    features.py FOLDER      with samples.f32 and task.json; prints JSON: by measure, who took how many milliseconds
"""
import json
import os
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
folder = sys.argv[1]
task = json.load(open(os.path.join(folder, "task.json")))
samples = np.fromfile(os.path.join(folder, "samples.f32"), dtype=np.float32)
starts, rate = task["starts"], task["rate"]
clips = [samples[a:b] for a, b in zip(starts, starts[1:])]


def measure(name, compute, count):
    """The quickest of some turns, and the mean of what each clip gives."""
    for clip in clips[:20]:
        compute(clip)
    best = None
    for _ in range(task["turns"]):
        wall, processor = time.perf_counter(), time.process_time()
        for clip in clips[:count]:
            compute(clip)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        if best is None or processor < best[1]:
            best = wall, processor
    sums = [float(compute(clip).mean()) for clip in clips[:count]]
    return {"name": name, "wall": 1000 * best[0], "processor": 1000 * best[1], "sums": sums}


import librosa
import scipy.fft


def logmel(y, n_mels=64):
    return librosa.power_to_db(librosa.feature.melspectrogram(y=y, sr=rate, n_mels=n_mels))


lib = f"librosa {librosa.__version__}"
count = task["clips"]["logmel"]
found = {
    "logmel": [measure(lib, logmel, count)],
    "mfcc": [measure(lib, lambda y: librosa.feature.mfcc(S=logmel(y, 128), n_mfcc=20), task["clips"]["mfcc"])],
    "constant-q": [measure(lib, lambda y: np.abs(librosa.cqt(y, sr=rate)), task["clips"]["constant-q"])],
}
try:
    import torch
    import torchaudio
except ImportError as error:
    print(error, file=sys.stderr)
else:
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    mel = torchaudio.transforms.MelSpectrogram(
        rate, n_fft=2048, hop_length=512, n_mels=64, norm="slaney", mel_scale="slaney", pad_mode="constant"
    )
    to_db = torchaudio.transforms.AmplitudeToDB("power", top_db=80)
    with torch.no_grad():
        tensors = measure(
            f"torchaudio {torchaudio.__version__}",
            lambda y: to_db(mel(torch.from_numpy(y))).numpy(),
            count,
        )
    found["logmel"].append(tensors)
# librosa with scipy's FFT in place of NumPy's.
librosa.set_fftlib(scipy.fft)
found["logmel"].append(measure(f"{lib}, scipy.fft", logmel, count))
print(json.dumps(found))
