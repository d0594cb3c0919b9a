"""
Two small problems, and ten steps of an optimiser on each. Both libraries solve them from the same numbers.

    quadratic: loss = ½ Σ curvature · (w − target)² over the variables u [3] and v [2, 2]
    net: h = tanh(x·w1 + b1), y = h·w2 + b2, loss = mean((y − target)²)
"""

import math

from .tensors import digits, draw, exact

STEPS = 10

PROBLEMS = {
    "quadratic": {
        "start": {"u": draw("start u", (3,)), "v": draw("start v", (2, 2))},
        "constants": {
            "curvatureU": abs(draw("curvature u", (3,))),
            "curvatureV": abs(draw("curvature v", (2, 2))),
            "targetU": draw("target u", (3,)),
            "targetV": draw("target v", (2, 2)),
        },
    },
    "net": {
        "start": {
            "w1": draw("start w1", (3, 4), 63),
            "b1": draw("start b1", (4,), 31),
            "w2": draw("start w2", (4, 2), 63),
            "b2": draw("start b2", (2,), 31),
        },
        "constants": {"x": draw("net x", (6, 3)), "target": draw("net target", (6, 2))},
    },
}


def rates(rate, schedule="constant"):
    """The learning rate of each step; half a cosine from `rate` towards 0 for the schedule "cosine"."""
    if schedule == "constant":
        return [rate] * STEPS
    return [float(f"{rate * 0.5 * (1 + math.cos(math.pi * step / STEPS)):.9g}") for step in range(STEPS)]


def optimizer_case(name, source, optimizer, settings, problem, learning_rates, losses, steps):
    """steps: for every step, variable name -> values after it; losses: before every step."""
    return {
        "name": f"{name}, {problem}",
        "source": source,
        "optimizer": optimizer,
        "settings": settings,
        "problem": problem,
        "learningRates": learning_rates,
        "losses": digits(losses),
        "steps": [{key: digits(value) for key, value in step.items()} for step in steps],
    }


def problems_as_json():
    return {
        key: {part: {name: exact(values) for name, values in tensors.items()} for part, tensors in problem.items()}
        for key, problem in PROBLEMS.items()
    }
