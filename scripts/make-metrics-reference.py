"""Reference values of src/shared/metrics, from scikit-learn. Run: python scripts/make-metrics-reference.py

Writes src/shared/metrics/reference/confusion.json (needs scikit-learn; tried with 1.7)."""

import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
cases = []
for classes, n in ((2, 30), (5, 200), (10, 80)):
    truth = rng.integers(0, classes, n)
    predicted = np.where(rng.random(n) < 0.6, truth, rng.integers(0, classes, n))
    if classes == 5:  # a class that never occurs and one that is never predicted
        truth[truth == 3] = 2
        predicted[predicted == 1] = 0
    labels = list(range(classes))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0
    )
    cases.append(
        {
            "classCount": classes,
            "truth": truth.tolist(),
            "predicted": predicted.tolist(),
            "confusionMatrix": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
            "precision": precision.round(12).tolist(),
            "recall": recall.round(12).tolist(),
            "f1": f1.round(12).tolist(),
            "support": support.tolist(),
            "accuracy": round(metrics.accuracy_score(truth, predicted), 12),
            "balancedAccuracy": round(metrics.balanced_accuracy_score(truth, predicted), 12),
            "macroF1": round(metrics.f1_score(truth, predicted, average="macro", zero_division=0), 12),
        }
    )
out = pathlib.Path(__file__).parent.parent / "src/shared/metrics/reference/confusion.json"
out.write_text(json.dumps(cases) + "\n")
