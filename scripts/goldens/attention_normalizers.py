"""Normalizers, scores → weights, beside scaled dot products: PyTorch's own where it has one, else the papers' algorithms."""

import math
from unittest import mock

import entmax
import torch
from attention import masked_softmax
from golden import Golden
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator
from torch.nn import functional

HEAD_DIM = 7
# Batch, head (one for all) and query whose mask forbids every key.
FORBIDDEN_ROW = (1, 0, 2)
# Least distance from where a choice or a slope changes, so that float32 sees the same side.
MARGIN = 1e-4


class Case:
    """Query, key, value and a mask; one row's mask forbids every key."""

    def __init__(self, name, *, seed, source, **settings):
        self.golden = Golden(name, seed=seed, source=source, **settings)
        self.query = self.golden.input("query", self.golden.normal(2, 3, 5, HEAD_DIM))
        self.key = self.golden.input("key", self.golden.normal(2, 3, 11, HEAD_DIM))
        self.value = self.golden.input("value", self.golden.normal(2, 3, 11, 13))
        allowed = self.golden.integers(2, 2, 1, 5, 11).bool()
        allowed[..., 4] = True
        allowed[FORBIDDEN_ROW] = False
        self.mask = self.golden.input("mask", allowed)
        self.scores = self.query @ self.key.transpose(-2, -1) / math.sqrt(HEAD_DIM)
        self.allowed = allowed.expand_as(self.scores)

    def noise(self):
        """Uniform numbers that float32 holds, too: multiples of 2⁻²⁴ above 0. An input without a gradient."""
        noise = (self.golden.integers(2**24 - 1, *self.scores.shape) + 1) / 2**24
        self.golden.put("input.noise", noise)
        return noise

    def rows(self, normalize, scores=None):
        """Weights of a function of the allowed scores of one row; forbidden keys get zero."""
        given = self.scores if scores is None else scores
        weights = []
        for scores, allowed in zip(given.reshape(-1, 11), self.allowed.reshape(-1, 11)):
            row = torch.zeros(11)
            if allowed.any():
                row = row.masked_scatter(allowed, normalize(scores[allowed]))
            weights.append(row)
        return torch.stack(weights).reshape(self.scores.shape)

    def finish(self, weights, **more):
        self.golden.differentiate(output=weights @ self.value, weights=weights, **more)
        return self.golden


def one_hot_of_largest(scores):
    """The first of the largest, attached to the scores by a gradient of zero."""
    return functional.one_hot(scores.argmax(-1), scores.shape[-1]) + 0 * scores


def assert_clear(scores):
    """No row's largest score may be so near to the next that float32 could choose otherwise."""
    if len(scores) > 1:
        first, second = scores.topk(2).values
        assert first - second > MARGIN, "a choice is too near; take another seed"
    return scores


def zeroed(scores, mask):
    """Scores and mask with zeros in a row without keys, all of them allowed: its gradients stay finite."""
    return torch.where(mask, scores, 0), torch.where(mask.any(-1, keepdim=True), mask, True)


def softmax():
    case = Case("softmax", seed=330, source="Bridle 1990")
    scores, mask = zeroed(case.scores, case.allowed)
    weights = masked_softmax(scores, mask) * case.allowed
    by_rows = case.rows(lambda scores: scores.exp() / scores.exp().sum())
    torch.testing.assert_close(weights, by_rows, rtol=0, atol=1e-14)
    return case.finish(weights)


def sparsemax_row(scores):
    """Martins & Astudillo 2016, algorithm 1."""
    ordered = scores.sort(descending=True).values
    k = max(k for k in range(1, len(ordered) + 1) if 1 + k * ordered[k - 1] > ordered[:k].sum())
    tau = (ordered[:k].sum() - 1) / k
    assert (scores - tau).abs().min() > MARGIN, "a score lies on the kink; take another seed"
    return torch.clamp(scores - tau, min=0)


def entmax_15_row(scores):
    """Peters, Niculae & Martins 2019, algorithm 2."""
    ordered = (scores / 2).sort(descending=True).values
    for k in range(1, len(ordered) + 1):
        mean = ordered[:k].mean()
        spread = ((ordered[:k] - mean) ** 2).sum()
        tau = mean - torch.sqrt((1 - spread) / k)
        if k == len(ordered) or ordered[k] <= tau:
            assert (scores / 2 - tau).abs().min() > MARGIN, "a score lies at the threshold; take another seed"
            return torch.clamp(scores / 2 - tau, min=0) ** 2
    raise AssertionError("no threshold found")


def against_entmax(case, weights, reference):
    """The package `entmax` must give the same weights and the same gradients of the scores."""
    expected = case.rows(lambda scores: reference(scores, dim=-1))
    torch.testing.assert_close(weights, expected, rtol=0, atol=1e-12)
    cotangent = torch.randn(*weights.shape, generator=torch.Generator().manual_seed(0))
    slopes = [torch.autograd.grad(found, case.scores, cotangent, retain_graph=True)[0] for found in (weights, expected)]
    torch.testing.assert_close(*slopes, rtol=0, atol=1e-12)
    sizes = (weights > 0).sum(-1)[case.allowed.any(-1)]
    assert sizes.min() < sizes.max() and (sizes < case.allowed.sum(-1)[case.allowed.any(-1)]).any(), "nothing is sparse"


def sparsemax():
    case = Case("sparsemax", seed=331, source="Martins & Astudillo 2016, algorithm 1", entmax=entmax.__version__)
    weights = case.rows(sparsemax_row)
    against_entmax(case, weights, entmax.sparsemax)
    return case.finish(weights)


def entmax_15():
    case = Case("entmax-15", seed=332, source="Peters, Niculae & Martins 2019, algorithm 2", entmax=entmax.__version__)
    weights = case.rows(entmax_15_row)
    against_entmax(case, weights, entmax.entmax15)
    return case.finish(weights)


def onnx_hardmax(scores):
    """The operator's own reference implementation."""
    given, found = (helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Hardmax", ["x"], ["y"], axis=-1)], "hardmax", [given], [found])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    return torch.from_numpy(ReferenceEvaluator(model).run(None, {"x": scores.detach().numpy()})[0])


def hardmax():
    case = Case("hardmax", seed=333, source="Pérez, Marinković & Barceló 2019; ties to the first")
    weights = case.rows(lambda scores: one_hot_of_largest(assert_clear(scores)))
    torch.testing.assert_close(weights, case.rows(onnx_hardmax), rtol=0, atol=0)
    return case.finish(weights)


def gumbel():
    """PyTorch's own function, which draws exponential numbers: it is given −log of the uniform ones instead."""
    case = Case("gumbel", seed=334, source="Jang, Gu & Poole 2016, section 2.2", temperature=0.7)
    noise = case.noise()
    scores, mask = zeroed(case.scores, case.allowed)
    logits = torch.where(mask, scores, -1e9)
    with mock.patch.object(torch.Tensor, "exponential_", lambda drawn: drawn.copy_(-torch.log(noise))):
        hard = functional.gumbel_softmax(logits, tau=0.7, hard=True) * case.allowed
        soft = functional.gumbel_softmax(logits, tau=0.7, hard=False) * case.allowed
    noisy = case.scores - torch.log(-torch.log(noise))
    chosen = case.rows(lambda row: one_hot_of_largest(assert_clear(row)), noisy)
    torch.testing.assert_close(hard, chosen.detach(), rtol=0, atol=1e-14)
    torch.testing.assert_close(soft, case.rows(lambda row: torch.softmax(row / 0.7, -1), noisy), rtol=0, atol=1e-14)
    return case.finish(hard)


def sampled():
    """Drawn by the Gumbel-max trick; log-probability and entropy of what is drawn, zero where nothing can be."""
    case = Case("sampled", seed=335, source="Xu et al. 2015, section 4.1")
    noisy = case.scores - torch.log(-torch.log(case.noise()))
    weights = case.rows(lambda row: one_hot_of_largest(assert_clear(row)), noisy)
    scores, mask = zeroed(case.scores, case.allowed)
    probabilities = masked_softmax(scores, mask) * case.allowed
    logarithms = torch.log(torch.where(case.allowed, probabilities, 1))
    log_probability = (weights.detach() * logarithms).sum(-1)
    entropy = -(probabilities * logarithms).sum(-1)
    drawn = weights.detach().argmax(-1)
    for row in case.allowed.any(-1).nonzero():
        at, allowed = tuple(row), case.allowed[tuple(row)]
        policy = torch.distributions.Categorical(logits=case.scores[at].masked_fill(~allowed, -1e9))
        torch.testing.assert_close(log_probability[at], policy.log_prob(drawn[at]), rtol=0, atol=1e-12)
        torch.testing.assert_close(entropy[at], policy.entropy(), rtol=0, atol=1e-12)
    return case.finish(weights, probabilities=probabilities, logProbability=log_probability, entropy=entropy)
