"""Spectra inside the network: PyTorch's own FFT against the frozen kernels, its convolution against trained ones."""

import torch
import torch.nn.functional as F

from .tensors import draw, write
from .torch_cases import differentiate


def pad(sound, size, hop, padding):
    if padding == "valid":
        return sound
    frames = -(-sound.shape[1] // hop)
    missing = max((frames - 1) * hop + size - sound.shape[1], 0)
    return F.pad(sound, (missing // 2, missing - missing // 2))


def power_of(real, imaginary, power):
    return torch.sqrt(real**2 + imaginary**2 + 1e-12) ** power


def stft(size, hop, padding, power):
    name = f"stft {size}, hop {hop}, {padding}, power {power}"

    def function(x):
        window = torch.hann_window(size, periodic=True, dtype=torch.float64)
        spectrum = torch.stft(pad(x, size, hop, padding), size, hop, window=window, center=False, return_complex=True)
        return power_of(spectrum.real, spectrum.imag, power).transpose(1, 2)

    settings = {"size": size, "hop": hop, "padding": padding, "power": power}
    return differentiate(name, "stft", settings, {"x": draw(f"{name} x", (2, 50), 63)}, function)


def trained(size, bins, hop, padding, power):
    name = f"trained spectrum {size}, hop {hop}, {padding}, power {power}"
    inputs = {
        "x": draw(f"{name} x", (2, 40), 63),
        "real": draw(f"{name} real", (size, 1, bins), 63),
        "imaginary": draw(f"{name} imaginary", (size, 1, bins), 63),
    }

    def function(x, real, imaginary):
        sound = pad(x, size, hop, padding)[:, None]
        parts = [F.conv1d(sound, kernel.permute(2, 1, 0), stride=hop) for kernel in (real, imaginary)]
        return power_of(*parts, power).transpose(1, 2)

    return differentiate(name, "spectrum", {"hop": hop, "padding": padding, "power": power}, inputs, function)


def decibels(name, least, span, exponent):
    def function(x):
        level = 10 * exponent * torch.log10(torch.clamp(x, min=least))
        relative = level - level.amax(dim=(1, 2), keepdim=True)
        return torch.clamp(relative, min=-span)

    settings = {"least": least, "rangeDb": span, "exponent": exponent}
    return differentiate(name, "decibels", settings, {"x": abs(draw(f"{name} x", (2, 3, 5), 1023))}, function)


def main():
    bank = {"x": draw("bank x", (2, 3, 5)), "bank": draw("bank", (5, 4))}
    cases = [
        stft(16, 8, "valid", 1),
        stft(16, 8, "same", 1),
        stft(16, 5, "valid", 2),
        trained(8, 3, 4, "valid", 1),
        trained(8, 3, 4, "same", 2),
        differentiate("filter bank", "filterBank", {}, bank, lambda x, bank: x @ bank),
        decibels("decibels", 1e-5, 80, 1),
        decibels("decibels, cut off", 0.25, 10, 2),
    ]
    write("spectrum.torch.json", {"cases": cases})
