"""Attention in heads, and a cache of keys and values: PyTorch's own, checked against ONNX's Attention operator."""

import math

import numpy
import onnx
import torch
from attention import length_mask, masked_softmax
from golden import Golden
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from torch import nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel


def onnx_attention(mask=None, past=None, **attributes):
    """Output and weights of ONNX's Attention operator: `run(query, key, value)`, each `[batch heads len dim]`."""
    fed = {"mask": mask, **dict(zip(("past_key", "past_value"), past or (None, None), strict=True))}

    def run(query, key, value):
        feeds = {"query": query, "key": key, "value": value, **{name: x for name, x in fed.items() if x is not None}}
        names = ["query", "key", "value", *(name if x is not None else "" for name, x in fed.items())]
        node = helper.make_node(
            "Attention", names, ["output", "present_key", "present_value", "weights"], qk_matmul_output_mode=3, **attributes
        )
        kinds = {torch.float64: TensorProto.DOUBLE, torch.bool: TensorProto.BOOL}
        inputs = [helper.make_tensor_value_info(name, kinds[x.dtype], x.shape) for name, x in feeds.items()]
        outputs = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in ("output", "weights")]
        graph = helper.make_graph([node], "attention", inputs, outputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)])
        results = ReferenceEvaluator(model).run(None, {name: x.detach().numpy() for name, x in feeds.items()})
        return [torch.from_numpy(numpy.asarray(result)) for result in results]

    return run


def agree(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


def multi_head():
    """nn.MultiheadAttention over one sequence: one matrix of weights for query, key and value; both of its masks."""
    golden = Golden("multi-head", seed=370, source="torch.nn.MultiheadAttention, self-attention", heads=3)
    attention = golden.module(nn.MultiheadAttention(15, 3, batch_first=True))
    query = golden.input("query", golden.normal(2, 7, 15))
    lengths = golden.input("lengths", torch.tensor([7, 4]))
    allowed = golden.integers(2, 7, 7).bool()
    allowed[:, 2] = True
    mask = golden.input("mask", allowed)
    output, weights = attention(
        query, query, query, key_padding_mask=~length_mask(lengths, 7), attn_mask=~mask, average_attn_weights=False
    )
    golden.differentiate(output=output, weights=weights)
    return golden


def multi_head_cross():
    """The same with keys and values of other sizes, and a number added to the scores of each head."""
    golden = Golden("multi-head-cross", seed=371, source="torch.nn.MultiheadAttention, kdim and vdim", heads=3)
    attention = golden.module(nn.MultiheadAttention(15, 3, kdim=11, vdim=13, batch_first=True))
    query = golden.input("query", golden.normal(2, 5, 15))
    key = golden.input("key", golden.normal(2, 7, 11))
    value = golden.input("value", golden.normal(2, 7, 13))
    bias = golden.input("bias", golden.normal(2, 3, 5, 7))
    lengths = golden.input("lengths", torch.tensor([7, 4]))
    padding = torch.zeros(2, 7).masked_fill(~length_mask(lengths, 7), -torch.inf)
    output, weights = attention(
        query, key, value, key_padding_mask=padding, attn_mask=bias.reshape(6, 5, 7), average_attn_weights=False
    )
    golden.differentiate(output=output, weights=weights)
    return golden


class SharedHeads(nn.Module):
    """Ainslie et al. 2023, section 2.2: projections around PyTorch's own grouped attention."""

    def __init__(self, *, query_dim, key_dim, value_dim, heads, key_value_heads, head_dim, output_dim):
        super().__init__()
        self.query_projection = nn.Linear(query_dim, heads * head_dim)
        self.key_projection = nn.Linear(key_dim, key_value_heads * head_dim)
        self.value_projection = nn.Linear(value_dim, key_value_heads * head_dim)
        self.output_projection = nn.Linear(heads * head_dim, output_dim)
        self.head_dim = head_dim

    def forward(self, query, key, value, mask):
        def split(x):
            return x.unflatten(-1, (-1, self.head_dim)).transpose(1, 2)

        query, key, value = (
            split(self.query_projection(query)),
            split(self.key_projection(key)),
            split(self.value_projection(value)),
        )
        with sdpa_kernel(SDPBackend.MATH):
            heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, enable_gqa=True)
        group = query.shape[1] // key.shape[1]
        scores = [query[:, h] @ key[:, h // group].transpose(-2, -1) for h in range(query.shape[1])]
        weights = masked_softmax(torch.stack(scores, 1) / math.sqrt(self.head_dim), mask)
        agree(weights @ value.repeat_interleave(group, 1), heads)
        for ours, theirs in zip((heads, weights), onnx_attention(mask)(query, key, value), strict=True):
            agree(theirs, ours.detach())
        return self.output_projection(heads.transpose(1, 2).flatten(2)), weights


def shared_heads(name, *, seed, heads, key_value_heads, source):
    golden = Golden(name, seed=seed, source=source, heads=heads, keyValueHeads=key_value_heads)
    sizes = {"query_dim": 13, "key_dim": 11, "value_dim": 17, "head_dim": 5, "output_dim": 19}
    attention = golden.module(SharedHeads(heads=heads, key_value_heads=key_value_heads, **sizes))
    query = golden.input("query", golden.normal(2, 3, 13))
    key = golden.input("key", golden.normal(2, 7, 11))
    value = golden.input("value", golden.normal(2, 7, 17))
    allowed = golden.integers(2, 2, heads, 3, 7).bool()
    allowed[..., 2] = True
    mask = golden.input("mask", allowed)
    output, weights = attention(query, key, value, mask)
    golden.differentiate(output=output, weights=weights)
    return golden


def grouped_query():
    return shared_heads(
        "grouped-query", seed=372, heads=6, key_value_heads=2, source="Ainslie et al. 2023, section 2.2"
    )


def multi_query():
    return shared_heads("multi-query", seed=373, heads=3, key_value_heads=1, source="Shazeer 2019, section 3")


def key_value_cache():
    """The last three rows of a causal pass over eleven places, the first eight of which are the past."""
    golden = Golden("key-value-cache", seed=374, source="a causal pass over the whole sequence")
    past_key = golden.input("pastKey", golden.normal(2, 5, 8, 7))
    past_value = golden.input("pastValue", golden.normal(2, 5, 8, 13))
    query = golden.input("query", golden.normal(2, 5, 3, 7))
    key = golden.input("key", golden.normal(2, 5, 3, 7))
    value = golden.input("value", golden.normal(2, 5, 3, 13))
    # What earlier places asked for is never seen again.
    asked = torch.cat([golden.normal(2, 5, 8, 7), query], 2)
    seen, carried = torch.cat([past_key, key], 2), torch.cat([past_value, value], 2)
    with sdpa_kernel(SDPBackend.MATH):
        output = functional.scaled_dot_product_attention(asked, seen, carried, is_causal=True)[:, :, 8:]
    causal = torch.ones(11, 11, dtype=torch.bool).tril()
    weights = masked_softmax(asked @ seen.transpose(-2, -1) / math.sqrt(7), causal)[:, :, 8:]
    agree(weights @ carried, output)
    theirs = onnx_attention(past=(past_key, past_value), is_causal=1)(query, key, value)
    for ours, other in zip((output, weights), theirs, strict=True):
        agree(other, ours.detach())
    golden.differentiate(output=output, weights=weights)
    return golden
