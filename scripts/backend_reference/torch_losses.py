"""Losses that Keras lacks, from PyTorch: unknown labels, weights of true labels, embeddings."""

import numpy as np
import torch
import torch.nn.functional as F

from .loss_inputs import BINARY, FAR_LOGITS, KNOWN, LOGITS, ONE_HOT, SOFT
from .tensors import draw, write
from .torch_cases import differentiate

CLUSTERS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2], dtype=np.int32)


def binary(name, logits, targets, **extra):
    def function(logits, targets, positiveWeights=None, known=None):
        positiveWeights = None if positiveWeights is None else positiveWeights.detach()
        if known is None:
            return F.binary_cross_entropy_with_logits(logits, targets, pos_weight=positiveWeights)
        each = F.binary_cross_entropy_with_logits(logits, targets, pos_weight=positiveWeights, reduction="none")
        return each[known == 1].mean()

    inputs = {"logits": logits, "targets": targets, **extra}
    return differentiate(name, "binaryCrossEntropy", {}, inputs, function, fixed=("targets", *extra))


def focal(name, logits, alpha, gamma):
    """sigmoid_focal_loss as torchvision defines it, in logarithms so that it holds at ±50."""

    def function(logits, targets):
        surprise = torch.where(targets == 1, F.softplus(-logits), F.softplus(logits))
        doubt = torch.where(targets == 1, torch.sigmoid(-logits), torch.sigmoid(logits))
        weight = torch.where(targets == 1, alpha, 1 - alpha)
        return (weight * doubt**gamma * surprise).mean()

    inputs = {"logits": logits, "targets": BINARY}
    return differentiate(name, "binaryFocalLoss", {"alpha": alpha, "gamma": gamma}, inputs, function, fixed=("targets",))


def triplet(name, x, margin):
    """One pair after the other, as the definition reads."""
    kinds = {"semi-hard": 0, "violator": 0, "none": 0}

    def function(x, labels):
        unit = F.normalize(x)
        total, count = torch.zeros((), dtype=torch.float64), 0
        for a in range(len(labels)):
            for p in range(len(labels)):
                if a == p or labels[a] != labels[p]:
                    continue
                count += 1
                near = ((unit[a] - unit[p]) ** 2).sum()
                others = [((unit[a] - unit[n]) ** 2).sum() for n in range(len(labels)) if labels[n] != labels[a]]
                semi = [d for d in others if near < d < near + margin]
                violators = [d for d in others if d <= near]
                if semi:
                    kinds["semi-hard"] += 1
                    total = total + F.relu(near - min(semi) + margin)
                elif violators:
                    kinds["violator"] += 1
                    total = total + F.relu(near - max(violators) + margin)
                else:
                    kinds["none"] += 1
        return total / count

    result = differentiate(name, "tripletLoss", {"margin": margin}, {"x": x, "labels": CLUSTERS}, function)
    print(f"  {name}: {kinds}")
    return result


def center(name, operation, x, function, settings=None, fixed=()):
    inputs = {"x": x, "centers": draw(f"{name} centers", (3, x.shape[1])), "labels": CLUSTERS}
    return differentiate(name, operation, settings or {}, inputs, function, fixed=fixed)


def center_loss(x, centers, labels):
    return 0.5 * ((x - centers[labels.long()]) ** 2).sum(1).mean()


def contrastive(x, centers, labels):
    distances = ((x[:, None] - centers[None]) ** 2).sum(2)
    own = distances.gather(1, labels.long()[:, None])[:, 0]
    return (0.5 * own / (distances.sum(1) - own + 1)).mean()


def moved(x, centers, labels):
    """Written class by class, as in the paper."""
    rows = []
    for j in range(len(centers)):
        members = x[labels == j]
        rows.append(centers[j] - 0.5 * (centers[j] - members).sum(0) / (1 + len(members)))
    return torch.stack(rows)


def main():
    weights = np.array([0.5, 2, 1, 4, 8])
    # Clusters that overlap, so that all three kinds of negatives occur.
    spread = draw("cluster centers", (3, 4), 63)[CLUSTERS] + draw("cluster noise", (9, 4), 63)
    tight = draw("tight centers", (3, 4), 127)[CLUSTERS] + draw("tight noise", (9, 4), 31)
    cases = [
        binary("binary cross-entropy of PyTorch", LOGITS, BINARY),
        binary("binary cross-entropy, positive weights", LOGITS, BINARY, positiveWeights=weights),
        binary("binary cross-entropy, positive weights, far", FAR_LOGITS, BINARY, positiveWeights=weights),
        binary("binary cross-entropy, unknown labels", LOGITS, BINARY, known=KNOWN),
        binary("binary cross-entropy, unknown, soft, weighted", LOGITS, SOFT, positiveWeights=weights, known=KNOWN),
        focal("binary focal of PyTorch", LOGITS, 0.25, 2),
        focal("binary focal, far", FAR_LOGITS, 0.25, 2),
        focal("binary focal, gamma 0.5, far", FAR_LOGITS, 0.5, 0.5),
        differentiate(
            "KL divergence of PyTorch",
            "klDivergence",
            {},
            {"logits": LOGITS, "targets": SOFT},
            lambda logits, targets: F.kl_div(F.log_softmax(logits, 1), targets, reduction="batchmean"),
            fixed=("targets",),
        ),
        differentiate(
            "softmax cross-entropy of PyTorch, smoothed",
            "softmaxCrossEntropy",
            {"labelSmoothing": 0.2},
            {"logits": LOGITS, "targets": ONE_HOT},
            lambda logits, targets: F.cross_entropy(logits, targets, label_smoothing=0.2),
            fixed=("targets",),
        ),
        triplet("triplet, overlapping", spread, 0.2),
        triplet("triplet, tight", tight, 0.2),
        triplet("triplet, tight, wide margin", tight, 1.0),
        center("center", "centerLoss", spread, center_loss),
        center("contrastive-center", "contrastiveCenterLoss", spread, contrastive),
        center("centers after a batch", "moveCenters", spread, moved, {"rate": 0.5}),
    ]
    write("losses.torch.json", {"cases": cases})
