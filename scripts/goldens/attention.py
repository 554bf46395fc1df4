"""Attention mechanisms: what PyTorch has, and transcriptions of the formulas it lacks."""

import math

import torch
from golden import Golden
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel


def length_mask(lengths, key_len):
    """`[batch keyLen]`, true inside each length."""
    return torch.arange(key_len) < lengths[:, None]


def masked_softmax(scores, mask):
    """Softmax over the last axis; forbidden keys get exactly zero. No row may forbid every key."""
    assert mask.any(-1).all()
    return torch.softmax(scores.masked_fill(~mask, -torch.inf), -1)


def scaled_dot_product():
    """softmax(Q Kᵀ / √headDim) V, Vaswani et al. 2017, equation 1."""
    golden = Golden("scaled-dot-product", seed=301, source="Vaswani et al. 2017, equation 1")
    query = golden.input("query", golden.normal(2, 3, 5, 7))
    key = golden.input("key", golden.normal(2, 3, 11, 7))
    value = golden.input("value", golden.normal(2, 3, 11, 13))
    allowed = golden.integers(2, 2, 1, 5, 11).bool()
    allowed[..., 4] = True
    mask = golden.input("mask", allowed)
    with sdpa_kernel(SDPBackend.MATH):
        output = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    weights = masked_softmax(query @ key.transpose(-2, -1) / math.sqrt(7), mask)
    torch.testing.assert_close(weights @ value, output, rtol=0, atol=1e-13)
    golden.differentiate(output=output, weights=weights)
    return golden


class Additive(nn.Module):
    """score = v · tanh(Wq q + Wk k), no bias: Bahdanau et al. 2014, appendix A.1.2."""

    def __init__(self, *, query_dim, key_dim, hidden_dim):
        super().__init__()
        self.query_projection = nn.Linear(query_dim, hidden_dim, bias=False)
        self.key_projection = nn.Linear(key_dim, hidden_dim, bias=False)
        self.score_projection = nn.Linear(hidden_dim, 1, bias=False)

    def forward(self, query, key, mask):
        pairs = self.query_projection(query)[:, :, None] + self.key_projection(key)[:, None]
        return masked_softmax(self.score_projection(torch.tanh(pairs)).squeeze(-1), mask[:, None])


def softmax_by_definition(energies, length, key_len):
    """A row of weights from its energies, number by number: zeros behind the length."""
    shares = [math.exp(energy) for energy in energies[:length]]
    return [share / sum(shares) for share in shares] + [0.0] * (key_len - length)


def products(matrix, vector):
    """A matrix times a vector, number by number."""
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def additive_by_definition(attention, query, key, length):
    """The weights of one example, `[queryLen][keyLen]`, number by number from the formula."""
    named = {name: tensor.tolist() for name, tensor in attention.state_dict().items()}
    (v,) = named["score_projection.weight"]
    rows = []
    for asked in query:
        w_q = products(named["query_projection.weight"], asked)
        hidden = [
            [math.tanh(a + b) for a, b in zip(w_q, products(named["key_projection.weight"], told), strict=True)]
            for told in key
        ]
        rows.append(softmax_by_definition(products(hidden, v), length, len(key)))
    return rows


def additive():
    golden = Golden("additive", seed=302, source="Bahdanau et al. 2014, appendix A.1.2")
    attention = golden.module(Additive(query_dim=5, key_dim=11, hidden_dim=13))
    query = golden.input("query", golden.normal(3, 2, 5))
    key = golden.input("key", golden.normal(3, 7, 11))
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    weights = attention(query, key, length_mask(lengths, 7))
    for i, length in enumerate(lengths.tolist()):
        expected = additive_by_definition(attention, query[i].tolist(), key[i].tolist(), length)
        torch.testing.assert_close(weights[i], torch.tensor(expected), rtol=0, atol=1e-12)
    golden.differentiate(output=weights @ value, weights=weights)
    return golden


class ConcatenatedEnergies(nn.Module):
    """energies = relu(w2 · tanh(W1 [a; s] + b1) + b2), weights = softmax(energies), context = weights · a."""

    def __init__(self, *, query_dim, key_dim, hidden_dim):
        super().__init__()
        self.hidden = nn.Linear(key_dim + query_dim, hidden_dim)
        self.energy = nn.Linear(hidden_dim, 1)

    def forward(self, query, key, mask):
        """Context `[batch keyDim]` and weights `[batch keyLen]` from a query `[batch queryDim]`."""
        repeated = query[:, None].expand(-1, key.shape[1], -1)
        raw = self.energy(torch.tanh(self.hidden(torch.cat([key, repeated], -1)))).squeeze(-1)
        weights = masked_softmax(torch.relu(raw), mask)
        return (weights[:, None] @ key).squeeze(1), weights


def watch_energies(attention):
    """A list that fills with the energies before relu, one tensor `[batch keyLen]` a call."""
    energies = []
    attention.energy.register_forward_hook(lambda _module, _inputs, output: energies.append(output.squeeze(-1)))
    return energies


def assert_energies_tell(energies, mask):
    """relu must pass some energies and stop others, and none may lie on its kink; else choose another seed."""
    seen = torch.stack([step[mask] for step in energies])
    assert seen.abs().min() > 1e-3, "an energy lies on the kink of relu"
    assert (seen > 0).any(-1).all() and (seen < 0).any(-1).all(), "relu passes all energies, or none"


def energies_by_definition(attention, query, key, length):
    """The weights of one example, `[keyLen]`, number by number from the formula."""
    named = {name: tensor.tolist() for name, tensor in attention.state_dict().items()}
    energies = []
    for told in key:
        sums = products(named["hidden.weight"], told + query)
        hidden = [math.tanh(x + b) for x, b in zip(sums, named["hidden.bias"], strict=True)]
        (energy,) = products(named["energy.weight"], hidden)
        energies.append(max(0.0, energy + named["energy.bias"][0]))
    return softmax_by_definition(energies, length, len(key))


def concatenated_energies():
    golden = Golden("concatenated-energies", seed=303, source="the date normaliser's attention step")
    attention = golden.module(ConcatenatedEnergies(query_dim=5, key_dim=11, hidden_dim=13))
    query = golden.input("query", golden.normal(3, 5))
    key = golden.input("key", golden.normal(3, 7, 11))
    lengths = golden.input("lengths", torch.tensor([7, 4, 2]))
    mask = length_mask(lengths, 7)
    energies = watch_energies(attention)
    context, weights = attention(query, key, mask)
    assert_energies_tell(energies, mask)
    for i, length in enumerate(lengths.tolist()):
        expected = energies_by_definition(attention, query[i].tolist(), key[i].tolist(), length)
        torch.testing.assert_close(weights[i], torch.tensor(expected), rtol=0, atol=1e-12)
    golden.differentiate(output=context, weights=weights)
    return golden
