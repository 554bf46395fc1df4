"""PyTorch peer: eager, or compiled by TorchInductor with `--compile` (needs a C++ compiler)."""

import workload as task

parser = task.option_parser()
parser.add_argument("--compile", action="store_true")
options = parser.parse_args()
name = "pytorch-compile" if options.compile else "pytorch-eager"
try:
    import numpy  # noqa: F401  the workload needs it
    import torch
    from torch import nn
    from torch.nn import functional
except (ImportError, OSError, ValueError) as reason:
    task.report_absent(name, reason)


class DateNormalizer(nn.Module):
    """Logits [batch outputLen outputVocabulary] from one-hot text [batch inputLen inputVocabulary]."""

    def __init__(self):
        super().__init__()
        states = 2 * task.ENCODER_DIM
        self.encoder = nn.LSTM(task.INPUT_VOCABULARY, task.ENCODER_DIM, bidirectional=True, batch_first=True)
        # Dense(10) over [a; s], its kernel cut in two so that the part over `a` is computed once, not ten times.
        self.attention_key = nn.Linear(states, task.ATTENTION_DIM)
        self.attention_query = nn.Linear(task.DECODER_DIM, task.ATTENTION_DIM, bias=False)
        self.energy = nn.Linear(task.ATTENTION_DIM, 1)
        self.decoder = nn.LSTMCell(states, task.DECODER_DIM)
        self.classifier = nn.Linear(task.DECODER_DIM, task.OUTPUT_VOCABULARY)

    def forward(self, text):
        states, _ = self.encoder(text)
        keys = self.attention_key(states)
        hidden = cell = states.new_zeros(states.shape[0], task.DECODER_DIM)
        outputs = []
        for _ in range(task.OUTPUT_LEN):
            energies = torch.relu(self.energy(torch.tanh(keys + self.attention_query(hidden).unsqueeze(1))))
            weights = torch.softmax(energies, 1)
            context = (weights.transpose(1, 2) @ states).squeeze(1)
            hidden, cell = self.decoder(context, (hidden, cell))
            outputs.append(hidden)
        return self.classifier(torch.stack(outputs, 1))


@torch.no_grad()
def load(model, weights):
    """Copies the shared weights. PyTorch keeps a second bias in each LSTM, which is the same as none: fixed at zero."""

    def put(parameter, name):
        values = torch.from_numpy(weights[name])
        parameter.copy_(values.T if values.ndim == 2 else values)

    for side, suffix in ("forward", "_l0"), ("backward", "_l0_reverse"):
        put(getattr(model.encoder, f"weight_ih{suffix}"), f"{side}Kernel")
        put(getattr(model.encoder, f"weight_hh{suffix}"), f"{side}Recurrent")
        put(getattr(model.encoder, f"bias_ih{suffix}"), f"{side}Bias")
        getattr(model.encoder, f"bias_hh{suffix}").zero_().requires_grad_(False)
    put(model.decoder.weight_ih, "decoderKernel")
    put(model.decoder.weight_hh, "decoderRecurrent")
    put(model.decoder.bias_ih, "decoderBias")
    model.decoder.bias_hh.zero_().requires_grad_(False)
    put(model.attention_key.weight, "attentionKey")
    put(model.attention_key.bias, "attentionBias")
    put(model.attention_query.weight, "attentionQuery")
    for layer in "energy", "classifier":
        put(getattr(model, layer).weight, f"{layer}Kernel")
        put(getattr(model, layer).bias, f"{layer}Bias")


def make_step():
    weights, text, label = task.make_workload(options.batch)
    model = DateNormalizer()
    load(model, weights)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(
        trained, lr=task.LEARNING_RATE, betas=(task.BETA_1, task.BETA_2), eps=task.EPSILON, fused=True
    )
    inputs = functional.one_hot(torch.from_numpy(text), task.INPUT_VOCABULARY).float()
    labels = torch.from_numpy(label).flatten()

    def loss_of(inputs):
        return functional.cross_entropy(model(inputs).flatten(0, 1), labels, reduction="sum") / options.batch

    forward = torch.compile(loss_of) if options.compile else loss_of

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = forward(inputs)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step, sum(parameter.numel() for parameter in trained)


torch.set_num_threads(options.threads)
torch.set_num_interop_threads(1)
step, parameters = make_step()
task.measure(step, name=name, version=torch.__version__, options=options, parameters=parameters)
