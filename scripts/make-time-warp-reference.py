"""Writes what the time warp of src/dsp/augment/picture-changes.ts is held against.

    pip install numpy && python scripts/make-time-warp-reference.py

'linear': pictures warped by the matrix of Lingvo's spectrum_augmenter.py (_ConstructWarpMatrix: the authors of SpecAugment), as its
docstring defines it, with the last frame for `choose_range`.

'splines': where each frame comes from by TensorFlow's sparse_image_warp, transcribed in double precision from its definition
(polyharmonic spline of order 2 without regularisation, fitted at the destinations), with the points of the SpecAugment paper: the
frame of the middle band that moves, the four corners, and the middles of the first and the last frame. 'center' is the middle
band, 'edge' the lowest, of which the highest is the mirror.
"""

import json
import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "src" / "dsp" / "reference" / "time-warp.json"


def noise(samples: int, state: int) -> np.ndarray:
    """The generator of make-dsp-reference.py, which the test has too."""
    values = []
    for _ in range(samples):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state / 2**31 - 1)
    return np.array(values).astype(np.float32).astype(np.float64)


def warp_matrix(frames: int, origin: int, destination: int) -> np.ndarray:
    """Row i says of which frames frame i is made."""
    end = frames - 1
    i = np.arange(frames, dtype=float)
    slope_0, slope_1 = origin / destination, (end - origin) / (end - destination)
    x = slope_0 * i + (slope_1 - slope_0) * np.maximum(i - destination, 0) + (1 - slope_1) * np.maximum(i - end, 0)
    return np.maximum(0, 1 - np.abs(x[:, None] - i[None, :]))


def phi(squared: np.ndarray) -> np.ndarray:
    return 0.5 * squared * np.log(np.maximum(squared, 1e-10))


def spline_places(frames: int, bands: int, origin: int, destination: int) -> np.ndarray:
    """The frame that each cell comes from: frames x bands."""
    middle, last, top = (bands - 1) / 2, frames - 1, bands - 1
    points = np.array([[destination, middle]] + [[t, b] for t in (0, last) for b in (0, middle, top)], dtype=float)
    flows = np.array([destination - origin, 0, 0, 0, 0, 0, 0], dtype=float)
    squared = lambda a, b: ((a[:, None, :] - b[None, :, :]) ** 2).sum(2)
    ones = np.hstack([points, np.ones((7, 1))])
    system = np.block([[phi(squared(points, points)), ones], [ones.T, np.zeros((3, 3))]])
    weights = np.linalg.solve(system, np.concatenate([flows, np.zeros(3)]))
    cells = np.stack(np.meshgrid(np.arange(frames), np.arange(bands), indexing="ij"), -1).reshape(-1, 2).astype(float)
    flow = phi(squared(cells, points)) @ weights[:7] + np.hstack([cells, np.ones((len(cells), 1))]) @ weights[7:]
    # dense_image_warp: output[j] = image[j - flow[j]]
    return (cells[:, 0] - flow).reshape(frames, bands)


def main() -> None:
    frames, bands, every = 11, 3, 5
    picture = noise(frames * bands, 3).reshape(frames, bands)
    linear = [
        {"from": a, "to": b, "values": [round(float(v), 8) for v in (warp_matrix(frames, a, b) @ picture).ravel()]}
        for a, b in ((4, 6), (4, 1), (8, 9), (5, 5))
    ]
    splines = []
    for count, height, a, b in ((101, 41, 50, 60), (101, 41, 50, 45), (101, 65, 30, 45), (201, 81, 90, 130)):
        places = spline_places(count, height, a, b)
        assert abs(places[b, (height - 1) // 2] - a) < 1e-6
        rounded = lambda band: [round(float(v), 4) for v in places[::every, band]]
        shape = {"frames": count, "bands": height, "from": a, "to": b, "every": every}
        splines.append({**shape, "center": rounded((height - 1) // 2), "edge": rounded(0)})
    reference = {"frames": frames, "bands": bands, "linear": linear, "splines": splines}
    OUT.write_text(json.dumps(reference, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
