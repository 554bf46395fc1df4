"""Attention for long sequences."""

import math

import torch
from attention import masked_softmax
from golden import Golden
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel


def chunked_rows(query, key, value, mask, chunk):
    """Rabe & Staats 2021, section 2, written with Python loops: running sums over chunks of keys, each query by itself."""
    outputs = []
    for row, allowed in zip(query, mask):
        total, numerator, top = 0.0, torch.zeros(value.shape[-1]), -math.inf
        for start in range(0, len(key), chunk):
            part = slice(start, start + chunk)
            scores = (key[part] @ row / math.sqrt(len(row)))[allowed[part]]
            if len(scores) == 0:
                continue
            new_top = max(top, scores.max().item())
            weights = torch.exp(scores - new_top)
            scale = math.exp(top - new_top)
            numerator = numerator * scale + weights @ value[part][allowed[part]]
            total = total * scale + weights.sum()
            top = new_top
        outputs.append(numerator / total)
    return torch.stack(outputs)


def chunked():
    golden = Golden("chunked", seed=410, source="Rabe & Staats 2021, exact attention")
    query = golden.input("query", golden.normal(2, 3, 11, 5))
    key = golden.input("key", golden.normal(2, 3, 13, 5))
    value = golden.input("value", golden.normal(2, 3, 13, 7))
    allowed = golden.integers(2, 2, 1, 11, 13).bool()
    allowed[..., 4] = True
    mask = golden.input("mask", allowed)
    bias = golden.input("bias", golden.normal(1, 3, 11, 13))
    with sdpa_kernel(SDPBackend.MATH):
        output = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=bias.masked_fill(~mask, -torch.inf)
        )
    weights = masked_softmax(query @ key.transpose(-2, -1) / math.sqrt(5) + bias, mask)
    with torch.no_grad():
        plain = masked_softmax(query[1, 2] @ key[1, 2].T / math.sqrt(5), mask[1, 0]) @ value[1, 2]
        torch.testing.assert_close(
            chunked_rows(query[1, 2], key[1, 2], value[1, 2], mask[1, 0], chunk=4), plain, rtol=0, atol=1e-13
        )
    golden.differentiate(output=output, weights=weights)
    return golden
