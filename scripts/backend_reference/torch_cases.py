"""One case from a function of PyTorch tensors, in double precision."""

import numpy as np
import torch

from .tensors import case, slopes_for


def tensor(values):
    values = np.asarray(values)
    if np.issubdtype(values.dtype, np.integer):
        return torch.tensor(values)
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def differentiate(name, operation, settings, inputs, function, fixed=()):
    """The same as in keras_cases.py; inputs and outputs in Keras's shapes, which `function` converts."""
    variables = {key: tensor(value) for key, value in inputs.items()}
    results = function(**variables)
    results = results if isinstance(results, dict) else {"y": results}
    slopes = slopes_for(name, results["y"].detach().numpy())
    (results["y"] * torch.tensor(slopes)).sum().backward()
    gradients = {
        key: value.grad.numpy()
        for key, value in variables.items()
        if value.requires_grad and key not in fixed
    }
    outputs = {key: (value.detach().numpy(), slopes if key == "y" else None) for key, value in results.items()}
    return case(name, "torch", operation, settings, inputs, outputs, gradients)
