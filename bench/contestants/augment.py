"""Single augmentations by audiomentations, on one thread, for bench/augment.ts.

    augment.py FOLDER      with samples.f32, NAME.f32 of the materials and task.json; prints JSON: by step, seconds for all clips, of processor time
"""
import json
import os
import sys
import time
import warnings

import audiomentations as am
import numpy as np
import soundfile

warnings.filterwarnings("ignore")
folder = sys.argv[1]
task = json.load(open(os.path.join(folder, "task.json")))
samples = np.fromfile(os.path.join(folder, "samples.f32"), dtype=np.float32)
starts, rate = task["starts"], task["rate"]
clips = [samples[a:b] for a, b in zip(starts, starts[1:])]


def noise(exponent_db):
    return am.AddColorNoise(min_snr_db=5, max_snr_db=20, min_f_decay=exponent_db, max_f_decay=exponent_db, p=1.0)


def wav(name):
    path = os.path.join(folder, name + ".wav")
    soundfile.write(path, np.fromfile(os.path.join(folder, name + ".f32"), dtype=np.float32), rate, subtype="FLOAT")
    return path


band = dict(min_center_freq=632, max_center_freq=632, min_rolloff=24, max_rolloff=24)
steps = {
    "gain": am.Gain(min_gain_db=-6, max_gain_db=6, p=1.0),
    "polarity": am.PolarityInversion(p=1.0),
    "time-shift": am.Shift(min_shift=-0.1, max_shift=0.1, shift_unit="seconds", rollover=False, fade_duration=0, p=1.0),
    "white noise": noise(0.0),
    "pink noise": noise(-3.01),
    # Its file is read for every draw: there is no way to keep it.
    "recorded noise": am.AddBackgroundNoise(wav("recorded noise"), min_snr_db=5, max_snr_db=20, p=1.0),
    "impulse response": am.ApplyImpulseResponse(wav("impulse response"), leave_length_unchanged=True, p=1.0),
    "device": am.BandPassFilter(min_bandwidth_fraction=1.9, max_bandwidth_fraction=1.9, **band, p=1.0),
    "clip": am.ClippingDistortion(min_percentile_threshold=10, max_percentile_threshold=20, p=1.0),
    "quantize": am.BitCrush(min_bit_depth=8, max_bit_depth=8, p=1.0),
    "time-stretch": am.TimeStretch(min_rate=0.8, max_rate=1.25, leave_length_unchanged=False, p=1.0),
    "pitch-shift": am.PitchShift(min_semitones=-4, max_semitones=4, p=1.0),
}
seconds = {}
for name, step in steps.items():
    for clip in clips[:5]:
        step(clip, sample_rate=rate)
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        for clip in clips:
            step(clip, sample_rate=rate)
        best = min(best, time.process_time() - began)
    seconds[name] = best
print(json.dumps({"version": am.__version__, "seconds": seconds}))
