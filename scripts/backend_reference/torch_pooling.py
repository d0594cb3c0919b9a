"""Pooling of PyTorch in ceil mode, where the last window may hang over the edge, and with explicit padding."""

import torch.nn.functional as F

from .tensors import draw_distinct, write
from .torch_cases import differentiate


def pool(kind, label, shape, size, strides, padding="ceil"):
    word = padding if padding == "ceil" else f"padding {padding}"
    name = f"{kind} pool {label}, {word}"
    rank = len(shape) - 2
    run = {"max1": F.max_pool1d, "max2": F.max_pool2d, "average1": F.avg_pool1d, "average2": F.avg_pool2d}[
        f"{kind}{rank}"
    ]
    options = {"ceil_mode": True} if padding == "ceil" else {"padding": padding}
    written = "ceil" if padding == "ceil" else [[padding, padding]] * rank
    settings = {"kind": kind, "size": list(size), "strides": list(strides), "padding": written}
    inputs = {"x": draw_distinct(f"{name} x", shape)}
    return differentiate(
        name,
        f"pool{rank}d",
        settings,
        inputs,
        lambda x: run(x.movedim(-1, 1), size, strides, **options).movedim(1, -1),
    )


def main():
    cases = []
    for kind in ("max", "average"):
        cases += [
            pool(kind, "2×2", (2, 5, 7, 2), (2, 2), (2, 2)),
            pool(kind, "2×2 that fits", (2, 4, 6, 2), (2, 2), (2, 2)),
            pool(kind, "3×3, strides 2", (1, 8, 7, 2), (3, 3), (2, 2)),
            # The last window would begin outside and is left out.
            pool(kind, "1×3, strides 1×4", (2, 3, 8, 2), (1, 3), (1, 4)),
            pool(kind, "4×3, strides 1×3", (1, 6, 8, 2), (4, 3), (1, 3)),
            pool(kind, "3, stride 2", (2, 8, 3), (3,), (2,)),
            pool(kind, "3×3, strides 2", (1, 7, 8, 2), (3, 3), (2, 2), 1),
        ]
    write("pooling.torch.json", {"cases": cases})
