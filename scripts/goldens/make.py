"""Writes the fixtures of test/goldens/: `python scripts/goldens/make.py`, or with names for only some of them.

Made with torch 2.15.0, safetensors 0.8.0 and Python 3.11 (`requirements.txt` beside this file); the version of torch
that wrote a file stands in its metadata. Keys and shapes are explained in test/goldens/README.md."""

import sys

import attention
import attention_efficient
import attention_heads
import attention_normalizers
import attention_positions
import attention_scores
import attention_windows
import date_normalizer
import layers
import optimizers
import recurrent
import sequence_models
import torch

CASES = [
    layers.layer_norm,
    layers.embedding,
    layers.conv1d,
    layers.cross_entropy,
    layers.cross_entropy_unsmoothed,
    recurrent.lstm,
    recurrent.lstm_cell,
    recurrent.gru,
    recurrent.gru_bidirectional,
    attention.scaled_dot_product,
    attention.additive,
    attention.concatenated_energies,
    attention_scores.dot,
    attention_scores.general,
    attention_scores.location,
    attention_scores.cosine,
    attention_scores.gaussian_kernel,
    attention_scores.location_sensitive,
    attention_efficient.chunked,
    attention_heads.multi_head,
    attention_heads.multi_head_cross,
    attention_heads.grouped_query,
    attention_heads.multi_query,
    attention_heads.key_value_cache,
    attention_normalizers.softmax,
    attention_normalizers.sparsemax,
    attention_normalizers.entmax_15,
    attention_normalizers.hardmax,
    attention_normalizers.gumbel,
    attention_normalizers.sampled,
    attention_positions.sinusoidal,
    attention_positions.learned_positions,
    attention_positions.relative_positions,
    attention_positions.rotary,
    attention_positions.alibi,
    attention_positions.linear_attention,
    attention_windows.local_monotonic,
    attention_windows.local_predictive,
    attention_windows.sliding_window,
    attention_windows.coverage,
    attention_windows.pointer,
    attention_windows.attention_pooling,
    attention_windows.structured_self_attention,
    date_normalizer.date_normalizer,
    sequence_models.bahdanau,
    sequence_models.bahdanau_plain,
    sequence_models.luong,
    sequence_models.luong_plain,
    sequence_models.text_classifier,
    sequence_models.text_classifier_mean,
    optimizers.adam,
]


def main(names):
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    cases = {case.__name__.replace("_", "-"): case for case in CASES}
    unknown = [name for name in names if name not in cases]
    if unknown:
        sys.exit(f"goldens: expected names among {', '.join(cases)} but found {', '.join(unknown)}")
    for name in names or cases:
        path, shapes = cases[name]().write()
        print(f"{path.name}: {path.stat().st_size} bytes")
        for key, shape in shapes.items():
            print(f"  {key} {shape}")


main(sys.argv[1:])
