"""PyTorch peer of ../sequence-step.mjs and ../sequence-decode.mjs: the same sizes, equations and starting weights, Adam.
Encoders, and luong's decoder, are PyTorch's own GRU and LSTM; bahdanau's decoder, which looks before each step, is a loop.
Rows are as long as they can be and nothing is masked here. Prints one JSON line."""

import argparse
import json
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--what", choices=["training", "decoding"], default="training")
parser.add_argument("--only")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--compile", action="store_true")
parser.add_argument("--least-ms", type=float, default=3000)
options = parser.parse_args()
try:
    import torch
    from torch import nn
    from torch.nn import functional
except (ImportError, OSError, ValueError) as reason:
    print(json.dumps({"framework": "pytorch", "absent": str(reason)}))
    sys.exit(0)

SPECIAL, START = 4, 1


def noise(size, k, scale):
    """Numbers from -1 to 1 without any order, times a scale, as ../sequence-models.mjs has them."""
    far = torch.sin(12.9898 * torch.arange(size, dtype=torch.float64) + k) * 43758.5453
    return ((2 * (far - far.floor()) - 1) * scale).float()


def seed_of(name):
    total = 0
    for i, letter in enumerate(name):
        total = (total + (i + 1) * ord(letter)) % 9973
    return total


def values(name, *shape):
    """What the parameter of this name starts from, in Fovea's shape: matrices are [in out]."""
    scale = shape[0] ** -0.5 if len(shape) > 1 and "mbedding" not in name else 0.1
    return noise(torch.Size(shape).numel(), seed_of(name), scale).reshape(shape)


def tokens(size, k, vocabulary):
    return SPECIAL + torch.floor((noise(size, k, 0.5).double() + 0.5) * (vocabulary - SPECIAL)).long()


def gates(weight, order):
    """The blocks of a weight's last axis, in another order."""
    blocks = weight.chunk(len(order), -1)
    return torch.cat([blocks[i] for i in order], -1)


def fill(module, name):
    """Sets a layer's weights to those of Fovea's layer of this name."""
    with torch.no_grad():
        if isinstance(module, nn.Embedding):
            module.weight.copy_(values(f"{name}.weight", *module.weight.shape))
        elif isinstance(module, nn.Linear):
            module.weight.copy_(values(f"{name}.weight", module.in_features, module.out_features).T)
            if module.bias is not None:
                module.bias.copy_(values(f"{name}.bias", module.out_features))
        else:
            for suffix, cell in [("", "forwardCell"), ("_reverse", "backwardCell")][: 1 + module.bidirectional]:
                fill_cell(module, f"{name}.{cell}", suffix)


def fill_cell(module, name, suffix):
    """LSTM: i o f c there, i f c o here, and one bias. GRU: z r h there, r z h here; b' is the candidate's alone."""
    inputs, hidden = module.input_size, module.hidden_size
    count, order = (4, [0, 2, 3, 1]) if isinstance(module, nn.LSTM) else (3, [1, 0, 2])
    of = lambda part: getattr(module, f"{part}_l0{suffix}")
    of("weight_ih").copy_(gates(values(f"{name}.inputWeight", inputs, count * hidden), order).T)
    of("weight_hh").copy_(gates(values(f"{name}.recurrentWeight", hidden, count * hidden), order).T)
    of("bias_ih").copy_(gates(values(f"{name}.bias", count * hidden), order))
    second = of("bias_hh")
    second.zero_()
    if count == 4:
        second.requires_grad_(False)
        return
    second[2 * hidden :] = values(f"{name}.recurrentBias", hidden)
    kept = torch.zeros_like(second)
    kept[2 * hidden :] = 1
    second.register_hook(lambda gradient: gradient * kept)


class Bahdanau(nn.Module):
    def __init__(self, vocabulary, dim):
        super().__init__()
        self.dim = dim
        self.source_embedding = nn.Embedding(vocabulary, dim)
        self.encoder = nn.GRU(dim, dim, bidirectional=True, batch_first=True)
        self.bridge = nn.Linear(2 * dim, dim)
        self.target_embedding = nn.Embedding(vocabulary, dim)
        self.query_projection = nn.Linear(dim, dim, bias=False)
        self.key_projection = nn.Linear(2 * dim, dim, bias=False)
        self.score_projection = nn.Linear(dim, 1, bias=False)
        self.input_weight = nn.Parameter(values("decoder.inputWeight", 3 * dim, 3 * dim))
        self.recurrent_weight = nn.Parameter(values("decoder.recurrentWeight", dim, 3 * dim))
        self.bias = nn.Parameter(values("decoder.bias", 3 * dim))
        self.recurrent_bias = nn.Parameter(values("decoder.recurrentBias", dim))
        self.readout = nn.Linear(4 * dim, dim)
        self.classifier = nn.Linear(dim, vocabulary)
        for layer, name in {
            self.source_embedding: "sourceEmbedding",
            self.encoder: "encoder",
            self.bridge: "bridge",
            self.target_embedding: "targetEmbedding",
            self.query_projection: "attention.queryProjection",
            self.key_projection: "attention.keyProjection",
            self.score_projection: "attention.scoreProjection",
            self.readout: "readout",
            self.classifier: "classifier",
        }.items():
            fill(layer, name)
        self.advance = torch.compile(self.plain_advance) if options.compile else self.plain_advance

    def encode(self, source):
        states, last = self.encoder(self.source_embedding(source))
        hidden = torch.tanh(self.bridge(last.transpose(0, 1).flatten(1)))
        return {"keys": self.key_projection(states), "states": states}, (hidden,)

    def plain_advance(self, share, hidden, keys, states):
        """From the state before a token to the state after it; the share is the token's part of the gates."""
        pairs = torch.tanh(self.query_projection(hidden)[:, None] + keys)
        weights = torch.softmax(self.score_projection(pairs).squeeze(-1), -1)
        context = torch.bmm(weights[:, None], states).squeeze(1)
        x = share + context @ self.input_weight[self.dim :]
        h = hidden @ self.recurrent_weight
        n = 2 * self.dim
        z, r = torch.sigmoid(x[:, :n] + h[:, :n]).chunk(2, -1)
        candidate = torch.tanh(x[:, n:] + r * (h[:, n:] + self.recurrent_bias))
        return candidate + z * (hidden - candidate), context

    def share(self, embedded):
        return embedded @ self.input_weight[: self.dim] + self.bias

    def logits(self, hidden, embedded, context):
        return self.classifier(torch.tanh(self.readout(torch.cat([hidden, embedded, context], -1))))

    def forward(self, source, target):
        memory, (hidden,) = self.encode(source)
        embedded = self.target_embedding(target)
        hiddens, contexts = [], []
        for share in self.share(embedded).unbind(1):
            hidden, context = self.advance(share, hidden, memory["keys"], memory["states"])
            hiddens.append(hidden)
            contexts.append(context)
        return self.logits(torch.stack(hiddens, 1), embedded, torch.stack(contexts, 1))

    def step(self, token, state, memory):
        embedded = self.target_embedding(token)
        hidden, context = self.advance(self.share(embedded), *state, memory["keys"], memory["states"])
        return self.logits(hidden, embedded, context), (hidden,)


class Luong(nn.Module):
    def __init__(self, vocabulary, dim):
        super().__init__()
        self.source_embedding = nn.Embedding(vocabulary, dim)
        self.encoder = nn.LSTM(dim, dim, batch_first=True)
        self.target_embedding = nn.Embedding(vocabulary, dim)
        self.decoder = nn.LSTM(dim, dim, batch_first=True)
        self.classifier = nn.Linear(2 * dim, vocabulary)
        fill(self.source_embedding, "sourceEmbedding")
        fill(self.encoder, "encoder")
        fill(self.target_embedding, "targetEmbedding")
        fill(self.decoder, "decoder")
        fill(self.classifier, "classifier")

    def encode(self, source):
        states, (hidden, cell) = self.encoder(self.source_embedding(source))
        return {"states": states}, (hidden.squeeze(0), cell.squeeze(0))

    def look(self, output, states):
        context = torch.softmax(output @ states.transpose(1, 2), -1) @ states
        return self.classifier(torch.cat([context, output], -1))

    def forward(self, source, target):
        memory, state = self.encode(source)
        output, _ = self.decoder(self.target_embedding(target), tuple(part[None] for part in state))
        return self.look(output, memory["states"])

    def step(self, token, state, memory):
        embedded = self.target_embedding(token)[:, None]
        output, (hidden, cell) = self.decoder(embedded, tuple(part[None].contiguous() for part in state))
        return self.look(output, memory["states"])[:, 0], (hidden.squeeze(0), cell.squeeze(0))


class Classifier(nn.Module):
    def __init__(self, vocabulary, dim, classes):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim)
        self.encoder = nn.LSTM(dim, dim, bidirectional=True, batch_first=True)
        self.key_projection = nn.Linear(2 * dim, dim)
        self.context = nn.Parameter(values("pooling.context", 1, dim))
        self.classifier = nn.Linear(2 * dim, classes)
        fill(self.embedding, "embedding")
        fill(self.encoder, "encoder")
        fill(self.key_projection, "pooling.keyProjection")
        fill(self.classifier, "classifier")

    def forward(self, text):
        states, _ = self.encoder(self.embedding(text))
        weights = torch.softmax(torch.tanh(self.key_projection(states)) @ self.context[0], -1)
        return self.classifier(torch.bmm(weights[:, None], states).squeeze(1))


def build(case):
    vocabulary, dim = case["vocabulary"], case["dim"]
    if case["model"] == "classify":
        return Classifier(vocabulary, dim, case["classes"])
    return (Luong if case["model"] == "luong" else Bahdanau)(vocabulary, dim)


def inputs_of(case):
    batch, length = case["batch"], case["sourceLen"]
    source = tokens(batch * length, 1, case["vocabulary"]).reshape(batch, length)
    if case["model"] == "classify":
        return (source,), torch.arange(batch) % case["classes"]
    label = tokens(batch * case["targetLen"], 2, case["vocabulary"]).reshape(batch, -1)
    target = torch.cat([torch.full((batch, 1), START), label[:, :-1]], 1)
    return (source, target), label


def timed(run):
    """Median of runs in milliseconds."""
    times, start = [], time.perf_counter()
    while (time.perf_counter() - start) * 1000 < options.least_ms or len(times) < 3:
        before = time.perf_counter()
        run()
        times.append((time.perf_counter() - before) * 1000)
    return sorted(times)[len(times) // 2]


def measure_training(case):
    model = build(case)
    inputs, label = inputs_of(case)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=0.001, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = model(*inputs)
        loss = functional.cross_entropy(logits.flatten(0, -2), label.flatten())
        loss.backward()
        optimizer.step()
        return loss.item()

    losses = [step(), step()]
    return {**case, "stepMs": timed(step), "losses": losses}


def write(model, source, beam, length):
    """Beam search over a batch: all hypotheses of all sentences in one tensor; none ends before its length."""
    batch = source.shape[0]
    memory, state = model.encode(source)
    token, totals, written = torch.full((batch,), START), torch.zeros(batch, 1), None
    for position in range(length):
        logits, state = model.step(token, state, memory)
        log_p = torch.log_softmax(logits, -1).unflatten(0, (batch, -1))
        log_p[..., :SPECIAL] = -torch.inf
        best, place = (totals[..., None] + log_p).flatten(1).topk(beam, -1)
        vocabulary, hypotheses = logits.shape[-1], totals.shape[1]
        parent, token = place // vocabulary, (place % vocabulary).flatten()
        rows = (parent + hypotheses * torch.arange(batch)[:, None]).flatten()
        state = tuple(part.index_select(0, rows) for part in state)
        if position == 0 and beam > 1:
            memory = {name: part.repeat_interleave(beam, 0) for name, part in memory.items()}
        totals = best
        past = written.index_select(0, rows) if position else torch.empty(batch * beam, 0, dtype=torch.long)
        written = torch.cat([past, token[:, None]], 1)
    return written.unflatten(0, (batch, beam))[:, 0], totals[:, 0]


def measure_beam(case):
    model = build(case)
    (source, _), _ = inputs_of(case)
    run = lambda: write(model, source, case["beam"], case["targetLen"])
    written, totals = run()
    seconds = timed(run) / 1000
    return {
        **case,
        "sentencesPerSecond": case["batch"] / seconds,
        "score": totals[0].item(),
        "tokens": written[0].tolist(),
    }


torch.set_num_threads(options.threads)
torch.set_num_interop_threads(1)
cases = json.loads((Path(__file__).parent / "sequence-cases.json").read_text())[options.what]
cases = [case for case in cases if options.only in (None, case["model"])]
if options.what == "training":
    results = [measure_training(case) for case in cases]
else:
    with torch.inference_mode():
        results = [measure_beam(case) for case in cases]
print(json.dumps({"framework": f"pytorch {torch.__version__}", "threads": options.threads, "results": results}))
