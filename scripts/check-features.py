"""Reads what `earmark features` wrote of one recording with the readers that people use, and computes it again.

    earmark features X.ogg --recipe logmel-librosa --out FOLDER/m.npy      and so m.npz, m.tfrecord
    earmark features X.ogg --recipe piczak-short --out FOLDER/p.npy        and so p.npz, p.tfrecord
    check-features.py FOLDER X.ogg

The arrays of the three files must be equal, and the log-mel within 1e-3 dB of librosa's where librosa is installed and the
recording's rate needs no resampling, else within 0.1 dB where it is louder than 40 dB below the peak (the resamplers differ near
half the rate). Needs numpy; TensorFlow and librosa where they are. Ends with 1 where something disagrees.
"""
import json
import os
import sys

import numpy as np

folder, recording = sys.argv[1:3]
failed = False


def check(name, condition, detail):
    global failed
    failed |= not condition
    print(f"{'ok' if condition else 'WRONG'}: {name}: {detail}")


for name in ("m", "p"):
    plain = np.load(os.path.join(folder, f"{name}.npy"))
    zipped = np.load(os.path.join(folder, f"{name}.npz"))
    features = zipped["features"]
    pictures = plain[None] if name == "m" else plain
    check(f"{name}.npz", np.array_equal(features, pictures), f"{features.shape} {features.dtype}, as {plain.shape} of .npy")
    front_end = json.loads(zipped["front_end"][0])
    spans = list(zip(zipped["starts"], zipped["ends"]))
    check(f"{name}.npz facts", len(spans) == len(features) == len(zipped["frames"]), f"{front_end['sampleRateHz']} Hz, first {spans[0]}")
    try:
        import tensorflow as tf
    except ImportError:
        print("left out: no tensorflow")
    else:
        records = list(tf.data.TFRecordDataset(os.path.join(folder, f"{name}.tfrecord")))
        layout = {
            "features": tf.io.VarLenFeature(tf.float32),
            "shape": tf.io.VarLenFeature(tf.int64),
            "front_end_hash": tf.io.FixedLenFeature([], tf.string),
        }
        examples = [tf.io.parse_single_example(record, layout) for record in records]
        arrays = [e["features"].values.numpy().reshape(e["shape"].values.numpy()) for e in examples]
        check(f"{name}.tfrecord", np.array_equal(np.stack(arrays), pictures), f"{len(arrays)} examples of {arrays[0].shape}, {examples[0]['front_end_hash'].numpy()[:8]}")

try:
    import librosa
    import soundfile
    import soxr
except ImportError:
    print("left out: no librosa")
else:
    samples, rate = soundfile.read(recording, always_2d=True)
    samples = samples.mean(axis=1)
    at = samples if rate == 22050 else soxr.resample(samples, rate, 22050, quality="VHQ")
    mel = librosa.power_to_db(librosa.feature.melspectrogram(y=at, sr=22050)).T
    ours = np.load(os.path.join(folder, "m.npy"))
    check("frames", mel.shape == ours.shape, f"{ours.shape}, librosa's {mel.shape}")
    loud = mel > mel.max() - 40
    error = np.abs(mel - ours)[loud if rate != 22050 else ...].max()
    check("log-mel", error < (1e-3 if rate == 22050 else 0.1), f"{error:.2g} dB from librosa's, {rate} Hz")
sys.exit(failed)
