"""Windows, memory and pooling: transcriptions of the papers' formulas, each checked against plain loops over numbers."""

import itertools
import math

import torch
from attention import Additive, length_mask
from golden import Golden
from torch import nn
from torch.nn import functional


def allowed_softmax(scores, allowed):
    """Softmax over the last axis; forbidden keys get exactly zero, and a row that forbids every key is all zero."""
    return torch.softmax(scores.masked_fill(~allowed, -1e30), -1) * allowed


def loop_softmax(scores, allowed):
    """The same for one row of numbers, key by key."""
    powers = [math.exp(score) if may else 0.0 for score, may in zip(scores, allowed)]
    total = sum(powers)
    return [power / total if total else 0.0 for power in powers]


def assert_rows(weights, loop):
    """Compares every row of weights with `loop(*indices of the row)`, a list of numbers."""
    with torch.no_grad():
        for index in itertools.product(*map(range, weights.shape[:-1])):
            torch.testing.assert_close(weights[index], torch.tensor(loop(*index)), rtol=0, atol=1e-13)


def dot(left, right):
    return sum(float(a) * float(b) for a, b in zip(left, right))


def local_monotonic():
    """The window of query t lies around key t: Luong et al. 2015, section 3.2. The score is the plain dot product."""
    radius = 2
    golden = Golden("local-monotonic", seed=350, source="Luong et al. 2015, section 3.2, local-m", radius=radius)
    query = golden.input("query", golden.normal(2, 3, 5, 7))
    key = golden.input("key", golden.normal(2, 3, 11, 7))
    value = golden.input("value", golden.normal(2, 3, 11, 13))
    mask = golden.input("mask", golden.integers(2, 2, 1, 5, 11).bool())
    window = (torch.arange(11) - torch.arange(5)[:, None]).abs() <= radius
    weights = allowed_softmax(query @ key.transpose(-2, -1), window & mask)

    def loop(batch, head, t):
        scores = [dot(query[batch, head, t], key[batch, head, s]) for s in range(11)]
        return loop_softmax(scores, [t - radius <= s <= t + radius and bool(mask[batch, 0, t, s]) for s in range(11)])

    assert_rows(weights, loop)
    golden.differentiate(output=weights @ value, weights=weights)
    return golden


class LocalPredictive(nn.Module):
    """p = S · sigmoid(v · tanh(W q)): Luong et al. 2015, equation 9."""

    def __init__(self, *, query_dim, hidden_dim):
        super().__init__()
        self.place_projection = nn.Linear(query_dim, hidden_dim, bias=False)
        self.place_score = nn.Linear(hidden_dim, 1, bias=False)

    def forward(self, query, lengths):
        return lengths[:, None] * torch.sigmoid(self.place_score(torch.tanh(self.place_projection(query)))).squeeze(-1)


def local_predictive():
    """Aligned inside the window, times a Gaussian, not normalised again: Luong et al. 2015, equations 9 and 10."""
    radius = 3
    golden = Golden("local-predictive", seed=351, source="Luong et al. 2015, equations 9 and 10", radius=radius)
    attention = golden.module(LocalPredictive(query_dim=7, hidden_dim=13))
    query = golden.input("query", golden.normal(3, 5, 7))
    key = golden.input("key", golden.normal(3, 11, 7))
    value = golden.input("value", golden.normal(3, 11, 17))
    lengths = golden.input("lengths", torch.tensor([11, 7, 2]))
    place = attention(query, lengths)
    distance = torch.arange(11) - place[..., None]
    assert ((distance.abs() - radius).abs() > 1e-3).all(), "a key lies on the edge of a window"
    inside = (distance.abs() <= radius) & length_mask(lengths, 11)[:, None]
    align = allowed_softmax(query @ key.transpose(-2, -1), inside)
    deviation = radius / 2
    weights = align * torch.exp(-(distance**2) / (2 * deviation**2))

    def loop(batch, t):
        length, center = int(lengths[batch]), float(place[batch, t])
        scores = [dot(query[batch, t], key[batch, s]) for s in range(11)]
        seen = [s < length and center - radius <= s <= center + radius for s in range(11)]
        # Of a normal distribution whose deviation is half the radius, as a share of its peak.
        bell = torch.distributions.Normal(center, radius / 2)
        peak = bell.log_prob(torch.tensor(center))
        shares = [(bell.log_prob(torch.tensor(float(s))) - peak).exp().item() for s in range(11)]
        return [weight * share for weight, share in zip(loop_softmax(scores, seen), shares)]

    assert_rows(weights, loop)
    golden.differentiate(output=weights @ value, weights=weights, place=place)
    return golden


def sliding_window():
    """|i − j| ≤ window / 2, with gaps, and without the future: Beltagy et al. 2020, section 3.1."""
    length, window = 23, 4
    golden = Golden("sliding-window", seed=352, source="Beltagy et al. 2020, section 3.1", window=window)
    query = golden.input("query", golden.normal(2, length, 5))
    key = golden.input("key", golden.normal(2, length, 5))
    value = golden.input("value", golden.normal(2, length, 7))
    lengths = golden.input("lengths", torch.tensor([length, 17]))
    padding = length_mask(lengths, length)[:, None]
    scores = query @ key.transpose(-2, -1)
    step = torch.arange(length) - torch.arange(length)[:, None]

    def attend(*, dilation=1, causal=False):
        inside = (step.abs() <= dilation * window // 2) & (step % dilation == 0)
        if causal:
            inside = inside & (step <= 0)
        weights = allowed_softmax(scores, inside & padding)

        def loop(batch, i):
            reach = range(-window // 2, (0 if causal else window // 2) + 1)
            seen = {i + dilation * step for step in reach} & set(range(int(lengths[batch])))
            row = [dot(query[batch, i], key[batch, j]) for j in range(length)]
            return loop_softmax(row, [j in seen for j in range(length)])

        assert_rows(weights, loop)
        output = weights @ value
        rows = (inside & padding).any(-1, keepdim=True)
        known = functional.scaled_dot_product_attention(query, key, value, inside & padding | ~rows, scale=1.0)
        torch.testing.assert_close(output, known * rows, rtol=0, atol=1e-13)
        return output, weights

    output, weights = attend()
    dilated, dilated_weights = attend(dilation=2)
    causal, causal_weights = attend(causal=True)
    golden.differentiate(
        output=output,
        weights=weights,
        dilated=dilated,
        dilatedWeights=dilated_weights,
        causal=causal,
        causalWeights=causal_weights,
    )
    return golden


class Coverage(nn.Module):
    """The linguistic coverage model of Tu et al. 2016: scores read how much of each key has been read."""

    def __init__(self, *, query_dim, key_dim, hidden_dim, fertility):
        super().__init__()
        self.query_projection = nn.Linear(query_dim, hidden_dim, bias=False)
        self.key_projection = nn.Linear(key_dim, hidden_dim, bias=False)
        self.coverage_projection = nn.Linear(1, hidden_dim, bias=False)
        self.score_projection = nn.Linear(hidden_dim, 1, bias=False)
        self.fertility_projection = nn.Linear(key_dim, 1, bias=False)
        self.fertility = fertility

    def forward(self, query, key, coverage, allowed):
        """One query `[batch queryDim]`: its weights `[batch keyLen]`, and the coverage after it."""
        parts = [self.query_projection(query)[:, None], self.key_projection(key)]
        hidden = torch.tanh(sum(parts) + self.coverage_projection(coverage[..., None]))
        weights = allowed_softmax(self.score_projection(hidden).squeeze(-1), allowed)
        fertility = self.fertility * torch.sigmoid(self.fertility_projection(key)).squeeze(-1)
        return weights, coverage + weights / fertility


def coverage():
    golden = Golden("coverage", seed=353, source="Tu et al. 2016, linguistic coverage", fertility=2)
    attention = golden.module(Coverage(query_dim=5, key_dim=11, hidden_dim=13, fertility=2))
    query = golden.input("query", golden.normal(3, 5, 5))
    key = golden.input("key", golden.normal(3, 7, 11))
    value = golden.input("value", golden.normal(3, 7, 17))
    before = golden.input("previous", golden.normal(3, 7).abs())
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    allowed = length_mask(lengths, 7)
    steps, read = [], before
    for i in range(5):
        step, read = attention(query[:, i], key, read, allowed)
        steps.append(step)
    weights = torch.stack(steps, 1)
    named = {name: parameter.detach() for name, parameter in attention.named_parameters()}

    def loop(batch, i):
        """From the weights of the queries before, without their running sum."""
        scores = []
        for j in range(7):
            logit = dot(named["fertility_projection.weight"][0], key[batch, j])
            earlier = sum(float(weights[batch, t, j]) for t in range(i))
            seen = float(before[batch, j]) + earlier * (1 + math.exp(-logit)) / 2
            hidden = [
                math.tanh(
                    dot(named["query_projection.weight"][k], query[batch, i])
                    + dot(named["key_projection.weight"][k], key[batch, j])
                    + float(named["coverage_projection.weight"][k, 0]) * seen
                )
                for k in range(13)
            ]
            scores.append(dot(named["score_projection.weight"][0], hidden))
        return loop_softmax(scores, allowed[batch].tolist())

    assert_rows(weights, loop)
    golden.differentiate(output=weights @ value, weights=weights, coverage=read)
    return golden


class Pointer(nn.Module):
    def __init__(self, **sizes):
        super().__init__()
        self.energy = Additive(**sizes)


def pointer():
    """p = softmax(v · tanh(W1 e + W2 d)): Vinyals et al. 2015, equation 3; forbidden keys at −10,000."""
    golden = Golden("pointer", seed=354, source="Vinyals et al. 2015, equation 3")
    attention = golden.module(Pointer(query_dim=5, key_dim=11, hidden_dim=13)).energy
    query = golden.input("query", golden.normal(3, 2, 5))
    key = golden.input("key", golden.normal(3, 7, 11))
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    labels = golden.input("labels", torch.tensor([[6, 0], [3, 1], [0, 0]]))
    allowed = length_mask(lengths, 7)
    hidden = torch.tanh(attention.query_projection(query)[:, :, None] + attention.key_projection(key)[:, None])
    scores = attention.score_projection(hidden).squeeze(-1).masked_fill(~allowed[:, None], -torch.inf)
    weights = torch.softmax(scores, -1)
    torch.testing.assert_close(weights, attention(query, key, allowed), rtol=0, atol=1e-13)
    logs = torch.log_softmax(scores, -1).masked_fill(~allowed[:, None], -1e4)
    loss = functional.cross_entropy(scores.flatten(0, 1), labels.flatten(), reduction="sum")
    golden.differentiate(output=weights @ value, weights=weights, logProbabilities=logs, loss=loss)
    return golden


class AttentionPooling(nn.Module):
    """u = tanh(W h + b), α = softmax(u · u_w): Yang et al. 2016, equations 5 and 6."""

    def __init__(self, *, key_dim, hidden_dim):
        super().__init__()
        self.key_projection = nn.Linear(key_dim, hidden_dim)
        self.context = nn.Parameter(torch.empty(1, hidden_dim))

    def forward(self, key, allowed):
        return allowed_softmax(torch.tanh(self.key_projection(key)) @ self.context[0], allowed)


def attention_pooling():
    golden = Golden("attention-pooling", seed=355, source="Yang et al. 2016, equations 5 to 7")
    attention = golden.module(AttentionPooling(key_dim=11, hidden_dim=13))
    key = golden.input("key", golden.normal(3, 7, 11))
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 1]))
    allowed = length_mask(lengths, 7)
    weights = attention(key, allowed)
    layer = attention.key_projection

    def loop(batch):
        hidden = [
            [math.tanh(dot(layer.weight[k], word) + float(layer.bias[k])) for k in range(13)] for word in key[batch]
        ]
        return loop_softmax([dot(attention.context[0], row) for row in hidden], allowed[batch].tolist())

    assert_rows(weights, loop)
    output = (weights[..., None] * value).sum(1, keepdim=True)
    golden.differentiate(output=output, weights=weights[:, None])
    return golden


class StructuredSelfAttention(nn.Module):
    """A = softmax(W_s2 tanh(W_s1 Hᵀ)): Lin et al. 2017, equation 6."""

    def __init__(self, *, key_dim, hidden_dim, hops):
        super().__init__()
        self.key_projection = nn.Linear(key_dim, hidden_dim, bias=False)
        self.contexts = nn.Parameter(torch.empty(hops, hidden_dim))

    def forward(self, key, allowed):
        hidden = torch.tanh(torch.einsum("ad,bnd->ban", self.key_projection.weight, key))
        return allowed_softmax(torch.einsum("ra,ban->brn", self.contexts, hidden), allowed[:, None])


def structured_self_attention():
    golden = Golden("structured-self-attention", seed=356, source="Lin et al. 2017, equations 6 to 8")
    attention = golden.module(StructuredSelfAttention(key_dim=11, hidden_dim=13, hops=5))
    key = golden.input("key", golden.normal(3, 7, 11))
    value = golden.input("value", golden.normal(3, 7, 17))
    lengths = golden.input("lengths", torch.tensor([7, 4, 2]))
    allowed = length_mask(lengths, 7)
    weights = attention(key, allowed)
    penalty = torch.linalg.matrix_norm(weights @ weights.transpose(-2, -1) - torch.eye(5), ord="fro") ** 2

    def loop(batch, hop):
        layer, contexts = attention.key_projection.weight, attention.contexts
        hidden = [[math.tanh(dot(row, word)) for row in layer] for word in key[batch]]
        return loop_softmax([dot(contexts[hop], units) for units in hidden], allowed[batch].tolist())

    assert_rows(weights, loop)
    for batch in range(3):
        rows = weights[batch].tolist()
        excess = [(dot(a, b) - float(i == j)) ** 2 for i, a in enumerate(rows) for j, b in enumerate(rows)]
        assert abs(sum(excess) - penalty[batch].item()) < 1e-13
    golden.differentiate(output=weights @ value, weights=weights, penalty=penalty)
    return golden
