"""Layers without recurrence or attention, and the loss."""

import torch
from golden import Golden
from torch import nn
from torch.nn import functional


def layer_norm():
    golden = Golden("layer-norm", seed=101, epsilon=1e-5)
    layer = golden.module(nn.LayerNorm(7, eps=1e-5))
    golden.differentiate(output=layer(golden.input("input", golden.normal(3, 5, 7))))
    return golden


def embedding():
    """Some tokens occur twice, so their gradients add up, and some never."""
    golden = Golden("embedding", seed=102)
    layer = golden.module(nn.Embedding(11, 7))
    tokens = golden.input("tokens", golden.integers(11, 3, 5))
    counts = torch.bincount(tokens.flatten(), minlength=11)
    assert counts.min() == 0 and counts.max() > 1
    golden.differentiate(output=layer(tokens))
    return golden


def conv1d():
    golden = Golden("conv1d", seed=105, padding=2)
    layer = golden.module(nn.Conv1d(3, 5, 7, padding=2))
    golden.differentiate(output=layer(golden.input("input", golden.normal(2, 3, 11))))
    return golden


def cross_entropy():
    return _cross_entropy("cross-entropy", seed=103, smoothing=0.1)


def cross_entropy_unsmoothed():
    return _cross_entropy("cross-entropy-unsmoothed", seed=104, smoothing=0.0)


def _cross_entropy(name, *, seed, smoothing):
    """Summed over the rows whose label is not `ignore_index`."""
    ignored = -100
    golden = Golden(name, seed=seed, ignore_index=ignored, label_smoothing=smoothing, reduction="sum")
    logits = golden.input("logits", 2 * golden.normal(11, 7))
    labels = golden.integers(7, 11)
    labels[[2, 5, 6]] = ignored
    golden.input("labels", labels)
    settings = {"ignore_index": ignored, "label_smoothing": smoothing, "reduction": "sum"}
    golden.differentiate(loss=functional.cross_entropy(logits, labels, **settings))
    return golden
