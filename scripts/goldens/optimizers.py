"""Three steps of Adam and AdamW with the gradients clipped by their common norm."""

import torch
from golden import Golden
from torch.nn.utils import clip_grad_norm_

MAX_NORM, WEIGHT_DECAY = 0.5, 0.01
SHARED = {"lr": 0.005, "betas": (0.9, 0.999), "eps": 1e-8}
SHAPES = {"matrix": (3, 5), "vector": (7,)}


def adam():
    golden = Golden("adam", seed=501, max_norm=MAX_NORM, weight_decay_of_adamw=WEIGHT_DECAY, **SHARED)
    start = {name: golden.normal(*shape) for name, shape in SHAPES.items()}
    for name, values in start.items():
        golden.put(f"weight.{name}", values)
    # The second step's gradients are small enough to escape the clipping.
    gradients = [{name: scale * golden.normal(*shape) for name, shape in SHAPES.items()} for scale in (1, 0.05, 0.3)]
    for step, values in enumerate(gradients):
        for name, gradient in values.items():
            golden.put(f"input.gradient.{step}.{name}", gradient)
    _run(golden, "adam", start, gradients)
    _run(golden, "adamw", start, gradients)
    return golden


def _run(golden, label, start, gradients):
    parameters = {name: values.clone().requires_grad_() for name, values in start.items()}
    if label == "adam":
        optimizer = torch.optim.Adam(parameters.values(), **SHARED)
    else:
        optimizer = torch.optim.AdamW(parameters.values(), **SHARED, weight_decay=WEIGHT_DECAY)
    clipped = []
    for step, values in enumerate(gradients):
        for name, parameter in parameters.items():
            parameter.grad = values[name].clone()
        norm = clip_grad_norm_(parameters.values(), MAX_NORM)
        clipped.append(bool(norm > MAX_NORM))
        optimizer.step()
        golden.put(f"output.norm.{step}", norm)
        for name, parameter in parameters.items():
            golden.put(f"output.{label}.{step}.{name}", parameter.detach().clone())
    assert clipped == [True, False, True]
