"""Reference values of src/shared/metrics/agreement.ts and segment-agreement.ts. Run: python scripts/make-agreement-reference.py

Writes src/shared/metrics/reference/agreement.json (needs scikit-learn, statsmodels, krippendorff, scipy; tried with
1.9, 0.15, 0.9 and 1.17)."""

import json
import pathlib

import krippendorff
import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa

rng = np.random.default_rng(11)


def judge(truth, share, categories):
    return np.where(rng.random(len(truth)) < share, truth, rng.integers(0, categories, len(truth)))


cohen = []
for categories, n, share in ((2, 40, 0.8), (2, 200, 0.3), (4, 120, 0.6)):
    truth = rng.integers(0, categories, n)
    a, b = judge(truth, share, categories), judge(truth, share, categories)
    table = np.zeros((categories, categories), int)
    np.add.at(table, (a, b), 1)
    result = cohens_kappa(table)
    assert abs(result.kappa - cohen_kappa_score(a, b)) < 1e-12
    cohen.append(
        {
            "first": a.tolist(),
            "second": b.tolist(),
            "categories": categories,
            "kappa": float(cohen_kappa_score(a, b)),
            "low": float(result.kappa_low),
            "high": float(result.kappa_upp),
        }
    )

fleiss = []
for raters, categories, n in ((3, 2, 30), (5, 4, 60)):
    truth = rng.integers(0, categories, n)
    data = np.stack([judge(truth, 0.7, categories) for _ in range(raters)], axis=1)
    counts, _ = aggregate_raters(data, categories)
    fleiss.append({"counts": counts.tolist(), "kappa": float(fleiss_kappa(counts))})

alpha = []
for raters, categories, n, missing in ((2, 2, 50, 0.0), (3, 2, 60, 0.3), (5, 4, 80, 0.5)):
    truth = rng.integers(0, categories, n)
    data = np.stack([judge(truth, 0.7, categories) for _ in range(raters)]).astype(float)
    data[rng.random(data.shape) < missing] = np.nan
    value = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    ratings = [[None if np.isnan(x) else int(x) for x in row] for row in data]
    alpha.append({"ratings": ratings, "alpha": float(value)})

assignment = []
for rows, columns in ((1, 1), (4, 4), (3, 7), (8, 5)):
    gains = rng.random((rows, columns)).round(6)
    r, c = linear_sum_assignment(gains, maximize=True)
    assignment.append({"gains": gains.tolist(), "total": float(gains[r, c].sum())})

out = pathlib.Path(__file__).parent.parent / "src/shared/metrics/reference/agreement.json"
out.write_text(json.dumps({"cohen": cohen, "fleiss": fleiss, "alpha": alpha, "assignment": assignment}) + "\n")
