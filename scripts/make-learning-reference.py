"""Reference values for src/main/worker/learning/logistic.test.ts.

    pip install scikit-learn==1.9.1 numpy
    python scripts/make-learning-reference.py

Writes src/main/worker/learning/reference/logistic.json: standardised inputs, classes, and the coefficients,
intercepts and probabilities of scikit-learn's LogisticRegression(C) fitted to convergence.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

OUT = Path(__file__).parent.parent / "src/main/worker/learning/reference/logistic.json"


def make_case(name, seed, rows, columns, classes, inverse_l2):
    random = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    centres = random.normal(size=(classes, columns))
    inputs = np.round(centres[truth] + random.normal(scale=1.2, size=(rows, columns)), 4)
    model = LogisticRegression(C=inverse_l2, solver="lbfgs", tol=1e-12, max_iter=100_000).fit(inputs, truth)
    weights, offsets = model.coef_, model.intercept_
    if classes == 2:
        # Of two classes scikit-learn fits one row under its own (binary) penalty, not the multinomial one.
        raise ValueError("use three or more classes")
    return {
        "name": name,
        "inverseL2": inverse_l2,
        "classCount": classes,
        "inputs": inputs.tolist(),
        "classIndexes": truth.tolist(),
        "weights": weights.tolist(),
        # The multinomial intercepts are only fixed up to a constant: compare them without their mean.
        "offsets": (offsets - offsets.mean()).tolist(),
        "probabilities": model.predict_proba(inputs).tolist(),
    }


cases = [
    make_case("weak penalty", 1, 40, 5, 3, 10.0),
    make_case("strong penalty", 2, 40, 5, 4, 0.05),
    make_case("more columns than rows", 3, 12, 20, 3, 1.0),
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
print(f"wrote {OUT}")
