"""Scores: how well a key fits a query. Transcriptions of the formulas, each checked against a second way to compute it."""

import math

import torch
from attention import length_mask, masked_softmax
from golden import Golden
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel


def same(found, expected):
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


def pairs(golden, query_dim, key_dim):
    """Inputs of three examples: query, key, value, and the mask of their lengths."""
    query = golden.input("query", golden.normal(3, 2, query_dim))
    key = golden.input("key", golden.normal(3, 7, key_dim))
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    return query, key, value, length_mask(lengths, 7)[:, None]


def of_pairs(score, query, key):
    """A score of two vectors for each pair of them, one by one."""
    rows = [[[score(q, k) for k in keys] for q in queries] for queries, keys in zip(query, key)]
    return torch.stack([torch.stack([torch.stack(row) for row in matrix]) for matrix in rows])


def dot():
    """softmax(Q Kᵀ) V, Luong et al. 2015, section 3.1."""
    golden = Golden("dot", seed=310, source="Luong et al. 2015, section 3.1, dot")
    query = golden.input("query", golden.normal(2, 3, 5, 7))
    key = golden.input("key", golden.normal(2, 3, 11, 7))
    value = golden.input("value", golden.normal(2, 3, 11, 13))
    allowed = golden.integers(2, 2, 1, 5, 11).bool()
    allowed[..., 4] = True
    mask = golden.input("mask", allowed)
    with sdpa_kernel(SDPBackend.MATH):
        output = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=1.0)
    weights = masked_softmax(torch.einsum("bhqd,bhkd->bhqk", query, key), mask)
    same(weights @ value, output)
    golden.differentiate(output=output, weights=weights)
    return golden


class General(nn.Module):
    """score = qᵀ W k, Luong et al. 2015, section 3.1; the layer holds W transposed."""

    def __init__(self, *, query_dim, key_dim):
        super().__init__()
        self.projection = nn.Linear(query_dim, key_dim, bias=False)

    def forward(self, query, key):
        return torch.einsum("bqi,ji,bkj->bqk", query, self.projection.weight, key)


def general():
    golden = Golden("general", seed=311, source="Luong et al. 2015, section 3.1, general")
    attention = golden.module(General(query_dim=5, key_dim=11))
    query, key, value, mask = pairs(golden, 5, 11)
    scores = attention(query, key)
    matrix = attention.projection.weight.T[None]
    same(scores, of_pairs(lambda q, k: functional.bilinear(q, k, matrix).squeeze(), query, key))
    weights = masked_softmax(scores, mask)
    golden.differentiate(output=weights @ value, weights=weights)
    return golden


class Location(nn.Module):
    """scores = W q, of which the first keyLen count, Luong et al. 2015, section 3.1."""

    def __init__(self, *, query_dim, max_len):
        super().__init__()
        self.projection = nn.Linear(query_dim, max_len, bias=False)

    def forward(self, query, key_len):
        return self.projection(query)[..., :key_len]


def location():
    golden = Golden("location", seed=312, source="Luong et al. 2015, section 3.1, location")
    attention = golden.module(Location(query_dim=5, max_len=13))
    query = golden.input("query", golden.normal(3, 2, 5))
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    scores = attention(query, 7)
    for place, row in enumerate(attention.projection.weight[:7]):
        same(scores[..., place], (query * row).sum(-1))
    weights = masked_softmax(scores, length_mask(lengths, 7)[:, None])
    golden.differentiate(output=weights @ value, weights=weights)
    return golden


class Cosine(nn.Module):
    """score = β cos(q, k), Graves et al. 2014, section 3.3.1."""

    def __init__(self, *, epsilon):
        super().__init__()
        self.epsilon = epsilon
        self.log_sharpness = nn.Parameter(torch.zeros(1))

    def forward(self, query, key):
        unit_query, unit_key = (functional.normalize(x, dim=-1, eps=self.epsilon) for x in (query, key))
        return self.log_sharpness.exp() * torch.einsum("bqd,bkd->bqk", unit_query, unit_key)


def cosine():
    """One key is zero, and one so short that epsilon counts; a power of two, which float32 holds exactly."""
    epsilon = 2.0**-10
    golden = Golden("cosine", seed=313, source="Graves et al. 2014, section 3.3.1", epsilon=epsilon)
    attention = golden.module(Cosine(epsilon=epsilon))
    query = golden.input("query", golden.normal(3, 2, 5))
    drawn = golden.normal(3, 7, 5)
    drawn[0, 3] = 0
    drawn[1, 2] *= 1e-4
    key = golden.input("key", drawn)
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    scores = attention(query, key)
    assert 0 < drawn[1, 2].norm() < epsilon

    # The same values; its gradients are not their slopes where epsilon counts.
    cosines = functional.cosine_similarity(query[:, :, None], key[:, None], dim=-1, eps=epsilon)
    same(scores, attention.log_sharpness.exp() * cosines)
    weights = masked_softmax(scores, length_mask(lengths, 7)[:, None])
    golden.differentiate(output=weights @ value, weights=weights)
    return golden


class GaussianKernel(nn.Module):
    """weights = exp(−|q − k|² / 2σ²) over their sum, Nadaraya 1964 and Watson 1964."""

    def __init__(self, variance=1.0):
        super().__init__()
        self.log_variance = nn.Parameter(torch.full((1,), variance).log())

    def forward(self, query, key, mask):
        distances = ((query[:, :, None] - key[:, None]) ** 2).sum(-1)
        kernels = torch.exp(-distances / (2 * self.log_variance.exp())) * mask
        return kernels / kernels.sum(-1, keepdim=True)


def gaussian_kernel():
    people = torch.tensor([[[50.0, 160], [65, 165], [60, 175]]])
    shares = GaussianKernel(6.166)(torch.tensor([[[63.0, 170]]]), people, torch.tensor(True))
    assert round((shares @ torch.tensor([50.0, 23, 21])).item(), 1) == 22.2, "the worked example: age 22.2"

    golden = Golden("gaussian-kernel", seed=314, source="Nadaraya 1964, Watson 1964, with a Gaussian kernel")
    attention = golden.module(GaussianKernel())
    query, key, value, mask = pairs(golden, 5, 5)
    weights = attention(query, key, mask)
    around = torch.distributions.Normal(key[:, None], attention.log_variance.mul(0.5).exp())
    same(weights, masked_softmax(around.log_prob(query[:, :, None]).sum(-1), mask))
    golden.differentiate(output=weights @ value, weights=weights)
    return golden


class LocationSensitive(nn.Module):
    """score = w · tanh(W q + V k + U f + b) with f = F ∗ the weights before, Chorowski et al. 2015, section 2.2."""

    def __init__(self, *, query_dim, key_dim, hidden_dim, filters, width):
        super().__init__()
        self.query_projection = nn.Linear(query_dim, hidden_dim, bias=False)
        self.key_projection = nn.Linear(key_dim, hidden_dim)
        self.convolution = nn.Conv1d(1, filters, width, padding="same", bias=False)
        self.location_projection = nn.Linear(filters, hidden_dim, bias=False)
        self.score_projection = nn.Linear(hidden_dim, 1, bias=False)

    def step(self, query, key, previous, mask):
        """Weights `[batch keyLen]` for one query `[batch queryDim]`."""
        features = self.convolution(previous[:, None]).transpose(1, 2)
        hidden = self.query_projection(query)[:, None] + self.key_projection(key) + self.location_projection(features)
        return masked_softmax(self.score_projection(torch.tanh(hidden)).squeeze(-1), mask)

    def forward(self, query, key, previous, mask):
        """All weights `[batch queryLen keyLen]`, one query after the other."""
        steps = []
        for i in range(query.shape[1]):
            steps.append(self.step(query[:, i], key, steps[-1] if steps else previous, mask))
        return torch.stack(steps, 1)


def weights_by_definition(attention, query, key, previous, length):
    """The weights of one example, `[queryLen][keyLen]`, number by number from the formulas."""
    named = {name: tensor.tolist() for name, tensor in attention.state_dict().items()}
    key_dim, hidden_dim = len(key[0]), len(named["key_projection.bias"])
    rows = []
    for asked in query:
        numbers = []
        for place in range(length):
            seen = []
            for (taps,) in named["convolution.weight"]:
                at = [place + tap - len(taps) // 2 for tap in range(len(taps))]
                seen.append(sum(taps[tap] * previous[i] for tap, i in enumerate(at) if 0 <= i < len(previous)))
            energy = 0.0
            for unit in range(hidden_dim):
                inside = named["key_projection.bias"][unit]
                inside += sum(named["key_projection.weight"][unit][d] * key[place][d] for d in range(key_dim))
                inside += sum(a * b for a, b in zip(named["query_projection.weight"][unit], asked))
                inside += sum(a * b for a, b in zip(named["location_projection.weight"][unit], seen))
                energy += named["score_projection.weight"][0][unit] * math.tanh(inside)
            numbers.append(math.exp(energy))
        previous = [number / sum(numbers) for number in numbers] + [0.0] * (len(key) - length)
        rows.append(previous)
    return rows


def location_sensitive():
    """The filters' numbers are drawn larger than the rest, so that what was read before tells."""
    golden = Golden("location-sensitive", seed=315, source="Chorowski et al. 2015, section 2.2")
    sizes = {"query_dim": 5, "key_dim": 11, "hidden_dim": 13, "filters": 19, "width": 5}
    attention = golden.module(LocationSensitive(**sizes))
    attention.convolution.weight.data *= 3
    query = golden.input("query", golden.normal(2, 3, 5))
    key = golden.input("key", golden.normal(2, 7, 11))
    value = golden.input("value", golden.normal(2, 7, 17))
    previous = golden.input("previous", torch.softmax(golden.normal(2, 7), -1))
    lengths = golden.input("lengths", torch.tensor([7, 4]))
    weights = attention(query, key, previous, length_mask(lengths, 7))
    for i, length in enumerate(lengths.tolist()):
        given = query[i].tolist(), key[i].tolist(), previous[i].tolist()
        same(weights[i], torch.tensor(weights_by_definition(attention, *given, length)))
    golden.differentiate(output=weights @ value, weights=weights, previous=weights[:, -1])
    return golden
