"""Single augmentations by audiomentations, on one thread, for bench/augment.ts.

    augment.py FOLDER      with samples.f32 and task.json; prints JSON: by step, seconds for all clips
"""
import json
import os
import sys
import time

import numpy as np
from audiomentations import AddColorNoise, Gain, PolarityInversion, Shift, __version__

folder = sys.argv[1]
task = json.load(open(os.path.join(folder, "task.json")))
samples = np.fromfile(os.path.join(folder, "samples.f32"), dtype=np.float32)
starts, rate = task["starts"], task["rate"]
clips = [samples[a:b] for a, b in zip(starts, starts[1:])]


def noise(exponent_db):
    return AddColorNoise(min_snr_db=5, max_snr_db=20, min_f_decay=exponent_db, max_f_decay=exponent_db, p=1.0)


steps = {
    "gain": Gain(min_gain_db=-6, max_gain_db=6, p=1.0),
    "polarity": PolarityInversion(p=1.0),
    "time-shift": Shift(min_shift=-0.1, max_shift=0.1, shift_unit="seconds", rollover=False, fade_duration=0, p=1.0),
    "white noise": noise(0.0),
    "pink noise": noise(-3.01),
}
seconds = {}
for name, step in steps.items():
    for clip in clips[:5]:
        step(clip, sample_rate=rate)
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        for clip in clips:
            step(clip, sample_rate=rate)
        best = min(best, time.perf_counter() - began)
    seconds[name] = best
print(json.dumps({"version": __version__, "seconds": seconds}))
