"""Reference values for the numeric suite, src/main/worker/layers/numeric-suite.ts, which describes their form.

Two environments, since TensorFlow and PyTorch are large:

    python -m venv keras-venv && keras-venv/bin/pip install tensorflow-cpu==2.21.0 keras==3.15.1
    python -m venv torch-venv && torch-venv/bin/pip install torch==2.15.0 numpy
    keras-venv/bin/python scripts/make-backend-reference.py keras
    torch-venv/bin/python scripts/make-backend-reference.py torch

Writes src/main/worker/layers/reference/*.keras.json and *.torch.json. Everything is computed in double precision
from inputs that are multiples of 1/64, and written with nine significant digits.
"""

import importlib
import sys
from pathlib import Path

PARTS = {
    "keras": ["activations", "baseline", "convolution", "losses", "normalization", "optimizers", "pooling", "recurrent"],
    "torch": ["convolution", "losses", "normalization", "optimizers", "pooling", "recurrent", "spectrum"],
}

if len(sys.argv) < 2 or sys.argv[1] not in PARTS:
    sys.exit(f"say which library is installed: {' or '.join(PARTS)}, and after it only the parts to make")
sys.path.insert(0, str(Path(__file__).parent))
for part in sys.argv[2:] or PARTS[sys.argv[1]]:
    importlib.import_module(f"backend_reference.{sys.argv[1]}_{part}").main()
