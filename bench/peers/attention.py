"""PyTorch peer of ../attention-step.mjs: its own fused attention where it has one, Adam, one thread. Prints one JSON line."""

import argparse
import json
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--only")
parser.add_argument("--least-ms", type=float, default=400)
options = parser.parse_args()
try:
    import torch
    from torch import nn
    from torch.nn import functional
except (ImportError, OSError, ValueError) as reason:
    print(json.dumps({"framework": "pytorch", "absent": str(reason)}))
    sys.exit(0)


class Heads(nn.Module):
    """Projections and PyTorch's fused attention; with as many key heads as query heads it is multi-head attention."""

    def __init__(self, dim, heads, key_value_heads):
        super().__init__()
        self.heads, self.key_value_heads, self.head_dim = heads, key_value_heads, dim // heads
        self.query_projection = nn.Linear(dim, dim, bias=False)
        self.key_projection = nn.Linear(dim, key_value_heads * self.head_dim, bias=False)
        self.value_projection = nn.Linear(dim, key_value_heads * self.head_dim, bias=False)
        self.output_projection = nn.Linear(dim, dim, bias=False)

    def forward(self, x):
        def split(projected, count):
            return projected.unflatten(-1, (count, self.head_dim)).transpose(1, 2)

        output = functional.scaled_dot_product_attention(
            split(self.query_projection(x), self.heads),
            split(self.key_projection(x), self.key_value_heads),
            split(self.value_projection(x), self.key_value_heads),
            enable_gqa=self.heads != self.key_value_heads,
        )
        return self.output_projection(output.transpose(1, 2).flatten(2))


class Additive(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.query_projection = nn.Linear(dim, dim, bias=False)
        self.key_projection = nn.Linear(dim, dim, bias=False)
        self.score_projection = nn.Linear(dim, 1, bias=False)

    def forward(self, x):
        pairs = self.query_projection(x)[:, :, None] + self.key_projection(x)[:, None]
        return torch.softmax(self.score_projection(torch.tanh(pairs)).squeeze(-1), -1) @ x


def noise(shape, k, scale):
    """Numbers from -1 to 1 without any order, times a scale, as ../attention-step.mjs has them."""
    size = torch.Size(shape).numel()
    far = torch.sin(12.9898 * torch.arange(size, dtype=torch.float64) + k) * 43758.5453
    return ((2 * (far - far.floor()) - 1) * scale).float().reshape(shape)


def timed(run):
    """Median of runs, after as long a time of warming up."""
    start = time.perf_counter()
    while (time.perf_counter() - start) * 1000 < options.least_ms:
        run()
    times, start = [], time.perf_counter()
    while (time.perf_counter() - start) * 1000 < options.least_ms or len(times) < 3:
        before = time.perf_counter()
        run()
        times.append((time.perf_counter() - before) * 1000)
    return sorted(times)[len(times) // 2]


def measure(case):
    dim = case["dim"]
    model = Additive(dim) if case["mechanism"] == "additive" else Heads(dim, case["heads"], case["keyValueHeads"])
    with torch.no_grad():
        for k, parameter in enumerate(model.parameters()):
            parameter.copy_(noise(parameter.shape, k + 1, parameter.shape[1] ** -0.5))
    x = noise((case["batch"], case["length"], dim), 0.5, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = model(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss.item()

    with torch.inference_mode():
        forward = timed(lambda: model(x))
    losses = [step(), step()]
    return {**case, "forwardMs": forward, "stepMs": timed(step), "losses": losses}


torch.set_num_threads(1)
cases = json.loads((Path(__file__).parent / "attention-cases.json").read_text())
results = [measure(case) for case in cases if options.only in (None, case["mechanism"])]
print(json.dumps({"framework": f"pytorch {torch.__version__}", "results": results}))
