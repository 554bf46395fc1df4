"""Attention that knows places, and attention in linear time: transcriptions of the papers' formulas, each checked against a second form."""

import math

import numpy
import torch
from attention import length_mask, masked_softmax
from golden import Golden
from onnx.reference.ops.op_rotary_embedding import rotary_embedding
from torch import nn
from torch.nn import functional


def attend_with_mask(scores, mask, value):
    weights = masked_softmax(scores, mask)
    return weights @ value, weights


def near(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


def sinusoids(length, dim):
    """PE of Vaswani et al. 2017, section 3.5."""
    places = torch.arange(length, dtype=torch.float64)[:, None]
    even = torch.arange(0, dim, 2, dtype=torch.float64)
    table = torch.zeros(length, dim)
    table[:, 0::2] = torch.sin(places / 10000 ** (even / dim))
    table[:, 1::2] = torch.cos(places / 10000 ** (even / dim))[:, : dim // 2]
    for place in range(length):
        for i in range(dim):
            wave = math.cos if i % 2 else math.sin
            assert abs(table[place, i] - wave(place / 10000 ** (2 * (i // 2) / dim))) < 1e-12
    return table


class Projections(nn.Module):
    def __init__(self, *, query_dim, key_dim, head_dim):
        super().__init__()
        self.query_projection = nn.Linear(query_dim, head_dim)
        self.key_projection = nn.Linear(key_dim, head_dim)

    def scores(self, query, key):
        queries, keys = self.query_projection(query), self.key_projection(key)
        return queries @ keys.transpose(-2, -1) / math.sqrt(queries.shape[-1])


def positioned_inputs(golden):
    query = golden.input("query", golden.normal(2, 5, 7))
    key = golden.input("key", golden.normal(2, 11, 13))
    value = golden.input("value", golden.normal(2, 11, 17))
    lengths = golden.input("lengths", torch.tensor([11, 4]))
    return query, key, value, length_mask(lengths, 11)[:, None]


def sinusoidal():
    golden = Golden("sinusoidal", seed=390, source="Vaswani et al. 2017, section 3.5")
    attention = golden.module(Projections(query_dim=7, key_dim=13, head_dim=3))
    query, key, value, mask = positioned_inputs(golden)
    scores = attention.scores(query + sinusoids(5, 7), key + sinusoids(11, 13))
    output, weights = attend_with_mask(scores, mask, value)
    golden.differentiate(["output", "weights"], output=output, weights=weights, positions=sinusoids(19, 6))
    return golden


class LearnedPositions(Projections):
    def __init__(self, *, max_len, query_dim, key_dim, head_dim):
        super().__init__(query_dim=query_dim, key_dim=key_dim, head_dim=head_dim)
        self.query_positions = nn.Embedding(max_len, query_dim)
        self.key_positions = nn.Embedding(max_len, key_dim)

    def forward(self, query, key):
        query_places, key_places = torch.arange(query.shape[-2]), torch.arange(key.shape[-2])
        return self.scores(query + self.query_positions(query_places), key + self.key_positions(key_places))


def learned_positions():
    golden = Golden("learned-positions", seed=391, source="Gehring et al. 2017, section 3.1")
    attention = golden.module(LearnedPositions(max_len=19, query_dim=7, key_dim=13, head_dim=3))
    query, key, value, mask = positioned_inputs(golden)
    output, weights = attend_with_mask(attention(query, key), mask, value)
    with torch.no_grad():
        # Each sum taken apart: content with content, content with place, place with content, place with place.
        (w_q, w_k), root = (attention.query_projection, attention.key_projection), math.sqrt(3)
        queries = [query @ w_q.weight.T + w_q.bias, attention.query_positions.weight[:5] @ w_q.weight.T]
        keys = [key @ w_k.weight.T + w_k.bias, attention.key_positions.weight[:11] @ w_k.weight.T]
        scores = sum(q @ k.transpose(-2, -1) for q in queries for k in keys) / root
        near(masked_softmax(scores, mask), weights)
    golden.differentiate(output=output, weights=weights)
    return golden


class RelativePositions(nn.Module):
    """Shaw et al. 2018, equations 3 and 4, with a vector for each pair of query and key: the form that section 3.3 avoids."""

    def __init__(self, *, head_dim, value_dim, max_distance):
        super().__init__()
        self.max_distance = max_distance
        self.key_distances = nn.Parameter(torch.empty(2 * max_distance + 1, head_dim))
        self.value_distances = nn.Parameter(torch.empty(2 * max_distance + 1, value_dim))

    def forward(self, query, key, value, mask):
        k = self.max_distance
        distances = torch.arange(key.shape[-2])[None] - torch.arange(query.shape[-2])[:, None]
        index = distances.clamp(-k, k) + k
        keys = key[..., None, :, :] + self.key_distances[index]
        weights = masked_softmax((query[..., None, :] * keys).sum(-1) / math.sqrt(query.shape[-1]), mask)
        values = value[..., None, :, :] + self.value_distances[index]
        return (weights[..., None] * values).sum(-2), weights


def relative_positions():
    golden = Golden("relative-positions", seed=392, source="Shaw et al. 2018, equations 3 and 4", max_distance=3)
    attention = golden.module(RelativePositions(head_dim=7, value_dim=13, max_distance=3))
    query = golden.input("query", golden.normal(2, 3, 5, 7))
    key = golden.input("key", golden.normal(2, 3, 11, 7))
    value = golden.input("value", golden.normal(2, 3, 11, 13))
    lengths = golden.input("lengths", torch.tensor([11, 6]))
    mask = length_mask(lengths, 11)[:, None, None]
    output, weights = attention(query, key, value, mask)
    check_relative_by_loops(attention, (query, key, value), weights, output)
    golden.differentiate(output=output, weights=weights)
    return golden


def check_relative_by_loops(attention, inputs, weights, output):
    """Ratios of weights, and the outputs, number by number, in the second example's last head."""
    query, key, value = (tensor[1, 2].tolist() for tensor in inputs)
    w, w_k, w_v = (t.tolist() for t in (weights[1, 2], attention.key_distances, attention.value_distances))
    for i in range(5):
        places = [max(-3, min(3, j - i)) + 3 for j in range(6)]
        energy = [
            sum(q * (k + a) for q, k, a in zip(query[i], key[j], w_k[places[j]], strict=True)) / math.sqrt(7) for j in range(6)
        ]
        total = sum(map(math.exp, energy))
        for j in range(6):
            assert abs(w[i][j] - math.exp(energy[j]) / total) < 1e-12
        for d in range(13):
            expected = sum(w[i][j] * (value[j][d] + w_v[places[j]][d]) for j in range(6))
            assert abs(output[1, 2, i, d] - expected) < 1e-12


def rotated(x, rotary_dim, *, offset=0, interleaved=True):
    """Pairs as complex numbers, turned by exp(i p θ): Su et al. 2021, section 3.2.1, equation 12, for each pair of section 3.2.2."""
    places = torch.arange(x.shape[-2]) + offset
    rates = 10000.0 ** (-torch.arange(0, rotary_dim, 2, dtype=torch.float64) / rotary_dim)
    turn = torch.polar(torch.ones(()), places[:, None] * rates)
    head, rest = x[..., :rotary_dim], x[..., rotary_dim:]
    real, imaginary = (head[..., 0::2], head[..., 1::2]) if interleaved else head.chunk(2, -1)
    both = torch.complex(real, imaginary) * turn
    pairs = torch.stack([both.real, both.imag], -1)
    turned = pairs.flatten(-2) if interleaved else torch.cat(list(pairs.unbind(-1)), -1)
    by_onnx = rotary_embedding(
        x.detach().numpy(),
        numpy.broadcast_to(turn.real.numpy(), (x.shape[0], *turn.shape)),
        numpy.broadcast_to(turn.imag.numpy(), (x.shape[0], *turn.shape)),
        interleaved=int(interleaved),
        rotary_embedding_dim=rotary_dim,
    )
    result = torch.cat([turned, rest], -1)
    near(result, torch.from_numpy(by_onnx))
    return result


def rotary():
    golden = Golden("rotary", seed=393, source="Su et al. 2021, section 3.2.2", rotary_dim=[6, 10], query_offset=3)
    query = golden.input("query", golden.normal(2, 3, 5, 13))
    key = golden.input("key", golden.normal(2, 3, 11, 13))
    value = golden.input("value", golden.normal(2, 3, 11, 17))
    lengths = golden.input("lengths", torch.tensor([11, 6]))
    mask = length_mask(lengths, 11)[:, None, None]

    def attention(rotary_dim, interleaved):
        q = rotated(query, rotary_dim, offset=3, interleaved=interleaved)
        k = rotated(key, rotary_dim, interleaved=interleaved)
        with torch.no_grad():
            shifted = rotated(query, rotary_dim, offset=30, interleaved=interleaved)
            near(shifted @ rotated(key, rotary_dim, offset=27, interleaved=interleaved).mT, q @ k.mT)
        return attend_with_mask(q @ k.transpose(-2, -1) / math.sqrt(13), mask, value)

    output, weights = attention(6, True)
    halves_output, halves_weights = attention(10, False)
    golden.differentiate(output=output, weights=weights, halvesOutput=halves_output, halvesWeights=halves_weights)
    return golden


def alibi_slopes(heads):
    """As the authors' program has it (`get_slopes` of the repository attention_with_linear_biases)."""

    def of_power(n):
        start = 2 ** (-(2 ** -(math.log2(n) - 3)))
        return [start * start**i for i in range(n)]

    if math.log2(heads).is_integer():
        return of_power(heads)
    closest = 2 ** math.floor(math.log2(heads))
    return of_power(closest) + alibi_slopes(2 * closest)[0::2][: heads - closest]


def alibi():
    golden = Golden("alibi", seed=394, source="Press et al. 2021, section 3", slopes=alibi_slopes(3))
    assert alibi_slopes(8) == [2.0**-i for i in range(1, 9)], "the paper's own example"
    query = golden.input("query", golden.normal(2, 3, 5, 7))
    key = golden.input("key", golden.normal(2, 3, 11, 7))
    value = golden.input("value", golden.normal(2, 3, 11, 13))
    # The last query stands at the last key; each sees the keys up to its own place.
    mask = golden.input("mask", torch.ones(5, 11).tril(6).bool())
    distances = torch.stack([torch.arange(11) - 6 - i for i in range(5)]).abs()
    bias = -torch.tensor(alibi_slopes(3))[:, None, None] * distances
    scores = query @ key.transpose(-2, -1) / math.sqrt(7) + bias
    output, weights = attend_with_mask(scores, mask, value)
    # The paper's own form counts from the first key: the same but for a number that is alike in each row.
    ascending = torch.tensor(alibi_slopes(3))[:, None, None] * torch.arange(11)
    near(masked_softmax(query @ key.transpose(-2, -1) / math.sqrt(7) + ascending, mask), weights)
    golden.differentiate(output=output, weights=weights)
    return golden


def linear_attention():
    """Katharopoulos et al. 2020, equation 3 with φ(q) · φ(k), φ = elu + 1 (equation 7); causal: equation 8."""
    golden = Golden("linear-attention", seed=395, source="Katharopoulos et al. 2020, equations 3 to 8")
    query = golden.input("query", golden.normal(2, 3, 5, 7))
    causal_query = golden.input("causalQuery", golden.normal(2, 3, 11, 7))
    key = golden.input("key", golden.normal(2, 3, 11, 7))
    value = golden.input("value", golden.normal(2, 3, 11, 13))
    lengths = golden.input("lengths", torch.tensor([11, 6]))
    mask = length_mask(lengths, 11)[:, None, None]

    def features(x):
        return functional.elu(x) + 1

    def attention(asking, allowed):
        shares = (features(asking) @ features(key).transpose(-2, -1)) * allowed
        weights = shares / shares.sum(-1, keepdim=True)
        return weights @ value, weights

    output, weights = attention(query, mask)
    causal_output, causal_weights = attention(causal_query, mask & torch.ones(11, 11).tril().bool())
    memories = check_recurrent(features(causal_query), features(key), value, mask, causal_output)
    counted = features(key) * mask.transpose(-2, -1)
    key_value, key_sum = counted.transpose(-2, -1) @ value, counted.sum(-2)
    near(key_value, memories[0])
    near(key_sum, memories[1])
    check_by_associativity(features(query), counted, value, output)
    golden.differentiate(
        output=output,
        weights=weights,
        causalOutput=causal_output,
        causalWeights=causal_weights,
        keyValue=key_value,
        key=key_sum,
    )
    return golden


def check_by_associativity(queries, keys, value, output):
    """Without causality, keys and values summed up first: section 3.2, equations 5 and 6."""
    with torch.no_grad():
        numerator = torch.einsum("bhqd,bhdv->bhqv", queries, torch.einsum("bhkd,bhkv->bhdv", keys, value))
        near(numerator / torch.einsum("bhqd,bhkd->bhq", queries, keys)[..., None], output)


def check_recurrent(queries, keys, value, mask, output):
    """The causal form as a recurrent network, section 3.4; its two memories after the last key."""
    with torch.no_grad():
        attention_memory, normalizer_memory = torch.zeros(2, 3, 7, 13), torch.zeros(2, 3, 7)
        for i in range(11):
            k = keys[:, :, i] * mask[:, :, 0, i, None]
            attention_memory += k[..., None] * value[:, :, i, None]
            normalizer_memory += k
            numerator = (queries[:, :, i, None] @ attention_memory).squeeze(-2)
            near(numerator / (queries[:, :, i] * normalizer_memory).sum(-1, keepdim=True), output[:, :, i])
        return attention_memory, normalizer_memory
