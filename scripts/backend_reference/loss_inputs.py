"""Logits and targets of the losses, the same for both libraries."""

import numpy as np

from .tensors import draw

ROWS, CLASSES = 4, 5
LABELS = np.array([2, 0, 4, 2], dtype=np.int32)
ONE_HOT = np.eye(CLASSES)[LABELS]
# Shares in 64ths that sum to 1.
SOFT = np.array([[48, 16, 0, 0, 0], [0, 32, 0, 0, 32], [13, 13, 13, 13, 12], [0, 0, 1, 0, 63]]) / 64
BINARY = np.array([[1, 0, 0, 1, 0], [0, 0, 1, 0, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 1]]) / 1.0
KNOWN = np.array([[1, 1, 0, 1, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 0], [0, 1, 1, 1, 1]]) / 1.0

LOGITS = draw("loss logits", (ROWS, CLASSES), 255)
# Odd multiples of 1/64 up to ±50: where a naive logarithm is infinite.
FAR_LOGITS = draw("far loss logits", (ROWS, CLASSES), 3199)
