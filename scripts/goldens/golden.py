"""One fixture: named inputs, weights, outputs, cotangents and gradients, written as one safetensors file."""

import json
from pathlib import Path

import torch
from safetensors.torch import save

FOLDER = Path(__file__).resolve().parents[2] / "test" / "goldens"
WEIGHT_SCALE = 0.5


class Golden:
    """Collects what a case uses and derives the gradients. Everything is drawn from `seed`, in float64."""

    def __init__(self, name, *, seed, **settings):
        self.name = name
        self.generator = torch.Generator().manual_seed(seed)
        self.metadata = {"framework": f"torch {torch.__version__.split('+')[0]}", "seed": str(seed)}
        for key, value in settings.items():
            self.metadata[key] = value if isinstance(value, str) else json.dumps(value)
        self.inputs, self.parameters, self.tensors = {}, {}, {}

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.generator)

    def integers(self, high, *shape):
        return torch.randint(high, shape, generator=self.generator)

    def input(self, name, tensor):
        """Registers an input; a floating one gets a gradient, an integer one is stored as I32."""
        if tensor.is_floating_point():
            tensor.requires_grad_()
        self.inputs[name] = tensor
        stored = tensor if tensor.is_floating_point() or tensor.dtype == torch.bool else tensor.int()
        self.tensors[f"input.{name}"] = stored
        return tensor

    def module(self, module):
        """Registers a module's weights under PyTorch's names, redrawn so that none is zero or one."""
        for name, parameter in module.named_parameters():
            parameter.data = WEIGHT_SCALE * self.normal(*parameter.shape)
            self.parameters[name] = parameter
            self.tensors[f"weight.{name}"] = parameter
        return module

    def put(self, key, tensor):
        self.tensors[key] = tensor

    def differentiate(self, differentiated=None, **outputs):
        """Stores the outputs and the gradients of the sum of output times cotangent; a scalar's cotangent is 1."""
        total = torch.zeros(())
        for name, output in outputs.items():
            self.put(f"output.{name}", output)
            if differentiated is None or name in differentiated:
                cotangent = self.normal(*output.shape) if output.ndim else torch.ones(())
                self.put(f"cotangent.{name}", cotangent)
                total = total + (output * cotangent).sum()
        total.backward()
        for name, parameter in self.parameters.items():
            self.put(f"gradient.{name}", parameter.grad)
        for name, tensor in self.inputs.items():
            if tensor.is_floating_point():
                self.put(f"gradient.input.{name}", tensor.grad)

    def write(self):
        tensors = {key: tensor.detach().clone().contiguous() for key, tensor in self.tensors.items()}
        for key, tensor in tensors.items():
            if tensor.is_floating_point():
                assert tensor.dtype == torch.float64, f"{self.name}: expected {key} in float64 but found {tensor.dtype}"
                assert tensor.isfinite().all(), f"{self.name}: expected finite numbers in {key}"
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{self.name}.safetensors"
        path.write_bytes(with_sorted_metadata(save(tensors, self.metadata)))
        return path, {key: list(tensor.shape) for key, tensor in tensors.items()}


def with_sorted_metadata(data):
    """safetensors writes its metadata in random order; sorted, the same fixture has the same bytes every time."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[start:]
