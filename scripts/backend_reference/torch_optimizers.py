"""
Ten steps of PyTorch's optimisers. `weight_decay` is coupled: decay · w is added to the gradient, which is the gradient
of the penalty ½ · decay · ‖w‖². AdamW's is decoupled. clip_grad_norm_ divides by (norm + 1e-6), Keras by the norm.
"""

import torch

from .optimizer_problems import PROBLEMS, optimizer_case, problems_as_json, rates
from .tensors import write


def loss_of(problem, w, c):
    if problem == "quadratic":
        return 0.5 * (
            (c["curvatureU"] * (w["u"] - c["targetU"]) ** 2).sum()
            + (c["curvatureV"] * (w["v"] - c["targetV"]) ** 2).sum()
        )
    y = torch.tanh(c["x"] @ w["w1"] + w["b1"]) @ w["w2"] + w["b2"]
    return ((y - c["target"]) ** 2).mean()


def run(name, optimizer, make, settings, problem, rate, schedule="constant"):
    learning_rates = rates(rate, schedule)
    constants = {key: torch.tensor(value) for key, value in PROBLEMS[problem]["constants"].items()}
    weights = {key: torch.tensor(value, requires_grad=True) for key, value in PROBLEMS[problem]["start"].items()}
    solver = make(list(weights.values()), learning_rates[0])
    clip = settings.get("clip")
    losses, steps = [], []
    for learning_rate in learning_rates:
        for group in solver.param_groups:
            group["lr"] = learning_rate
        solver.zero_grad()
        loss = loss_of(problem, weights, constants)
        loss.backward()
        if clip and clip["kind"] == "value":
            torch.nn.utils.clip_grad_value_(weights.values(), clip["value"])
        if clip and clip["kind"] == "globalNorm":
            torch.nn.utils.clip_grad_norm_(weights.values(), clip["value"])
        solver.step()
        losses.append(loss.item())
        steps.append({key: value.detach().numpy().copy() for key, value in weights.items()})
    return optimizer_case(name, "torch", optimizer, settings, problem, learning_rates, losses, steps)


def main():
    o = torch.optim
    coupled = {"weightDecay": {"kind": "coupled", "value": 0.1}}
    adam = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    table = [
        (
            "sgd, momentum, coupled decay",
            "sgd",
            lambda w, r: o.SGD(w, r, momentum=0.9, weight_decay=0.1),
            {"momentum": 0.9, **coupled},
            0.05,
        ),
        (
            "sgd, Nesterov, coupled decay",
            "sgd",
            lambda w, r: o.SGD(w, r, momentum=0.9, nesterov=True, weight_decay=0.1),
            {"momentum": 0.9, "nesterov": True, **coupled},
            0.05,
        ),
        (
            "sgd, clipped by the global norm, coupled decay",
            "sgd",
            lambda w, r: o.SGD(w, r, momentum=0.9, weight_decay=0.1),
            {"momentum": 0.9, "clip": {"kind": "globalNorm", "value": 0.5}, **coupled},
            0.05,
        ),
        ("adam", "adam", lambda w, r: o.Adam(w, r), adam, 0.05),
        ("adam, coupled decay", "adam", lambda w, r: o.Adam(w, r, weight_decay=0.1), {**adam, **coupled}, 0.05),
        (
            "adamW",
            "adam",
            lambda w, r: o.AdamW(w, r, weight_decay=0.1),
            {**adam, "weightDecay": {"kind": "decoupled", "value": 0.1}},
            0.05,
        ),
        (
            "rmsprop, coupled decay",
            "rmsprop",
            lambda w, r: o.RMSprop(w, r, alpha=0.9, weight_decay=0.1),
            {"rho": 0.9, "momentum": 0, "epsilon": 1e-8, **coupled},
            0.02,
        ),
        (
            "rmsprop, momentum",
            "rmsprop",
            lambda w, r: o.RMSprop(w, r, alpha=0.8, momentum=0.5),
            {"rho": 0.8, "momentum": 0.5, "epsilon": 1e-8},
            0.02,
        ),
        (
            "adadelta, coupled decay",
            "adadelta",
            lambda w, r: o.Adadelta(w, r, rho=0.9, eps=1e-3, weight_decay=0.1),
            {"rho": 0.9, "epsilon": 1e-3, **coupled},
            1.0,
        ),
        (
            "adagrad, coupled decay",
            "adagrad",
            lambda w, r: o.Adagrad(w, r, weight_decay=0.1),
            {"initialAccumulator": 0, "epsilon": 1e-10, **coupled},
            0.1,
        ),
    ]
    cases = [run(*row[:4], problem, row[4]) for row in table for problem in PROBLEMS]
    write("optimizers.torch.json", {"problems": problems_as_json(), "cases": cases})
