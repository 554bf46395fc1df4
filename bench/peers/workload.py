"""One workload for every peer: the date normaliser's training step, with the same starting weights and the same
batch in every framework, so that equal losses prove equal work. `workload.mjs` is its twin; change both or neither."""

import argparse
import json
import math
import statistics
import sys
import time

INPUT_LEN, OUTPUT_LEN = 30, 10
INPUT_VOCABULARY, OUTPUT_VOCABULARY = 37, 11
ENCODER_DIM, ATTENTION_DIM, DECODER_DIM = 32, 10, 64

# Adam as the article's code sets it; epsilon is Keras's default.
LEARNING_RATE, BETA_1, BETA_2, EPSILON = 0.005, 0.9, 0.999, 1e-7

# Kernels are [in out]; gates stand in the order input, forget, cell, output; one bias a layer.
SHAPES = {
    "forwardKernel": (INPUT_VOCABULARY, 4 * ENCODER_DIM),
    "forwardRecurrent": (ENCODER_DIM, 4 * ENCODER_DIM),
    "forwardBias": (4 * ENCODER_DIM,),
    "backwardKernel": (INPUT_VOCABULARY, 4 * ENCODER_DIM),
    "backwardRecurrent": (ENCODER_DIM, 4 * ENCODER_DIM),
    "backwardBias": (4 * ENCODER_DIM,),
    "attentionKey": (2 * ENCODER_DIM, ATTENTION_DIM),
    "attentionQuery": (DECODER_DIM, ATTENTION_DIM),
    "attentionBias": (ATTENTION_DIM,),
    "energyKernel": (ATTENTION_DIM, 1),
    "energyBias": (1,),
    "decoderKernel": (2 * ENCODER_DIM, 4 * DECODER_DIM),
    "decoderRecurrent": (DECODER_DIM, 4 * DECODER_DIM),
    "decoderBias": (4 * DECODER_DIM,),
    "classifierKernel": (DECODER_DIM, OUTPUT_VOCABULARY),
    "classifierBias": (OUTPUT_VOCABULARY,),
}
EXPECTED_PARAMETERS = 52_960
WEIGHT_RANGE = 0.15
WORD = 0xFFFFFFFF


def mulberry32(seed):
    """The 32-bit generator of the JavaScript twin, bit for bit."""
    state = seed
    while True:
        state = (state + 0x6D2B79F5) & WORD
        mixed = ((state ^ (state >> 15)) * (1 | state)) & WORD
        mixed = ((mixed + (((mixed ^ (mixed >> 7)) * (61 | mixed)) & WORD)) & WORD) ^ mixed
        yield (mixed ^ (mixed >> 14)) / 4294967296


def make_workload(batch):
    """Starting weights by name, text [batch inputLen] and label [batch outputLen], as numpy arrays."""
    import numpy

    rng = mulberry32(7)
    weights = {}
    for name, shape in SHAPES.items():
        values = [(2 * next(rng) - 1) * WEIGHT_RANGE for _ in range(math.prod(shape))]
        weights[name] = numpy.array(values, dtype="float32").reshape(shape)
    assert_parameters(sum(values.size for values in weights.values()))
    text = [int(next(rng) * INPUT_VOCABULARY) for _ in range(batch * INPUT_LEN)]
    label = [int(next(rng) * OUTPUT_VOCABULARY) for _ in range(batch * OUTPUT_LEN)]
    return weights, numpy.array(text).reshape(batch, INPUT_LEN), numpy.array(label).reshape(batch, OUTPUT_LEN)


def assert_parameters(found):
    if found != EXPECTED_PARAMETERS:
        raise ValueError(f"date normaliser: expected {EXPECTED_PARAMETERS} parameters but found {found}")


def option_parser():
    parser = argparse.ArgumentParser()
    for name, value in {"batch": 100, "steps": 30, "warmup": 5, "threads": 1}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    return parser


def report_absent(name, reason):
    """Prints why a framework is absent and ends the process with success."""
    print(json.dumps({"name": name, "absent": str(reason).split("\n")[0]}))
    sys.exit(0)


def measure(step, *, name, version, options, parameters):
    """Runs `step` (which returns the loss) and prints the one line of the report."""
    assert_parameters(parameters)
    losses, times = [], []
    for index in range(options.warmup + options.steps):
        start = time.perf_counter()
        losses.append(float(step()))
        if index >= options.warmup:
            times.append(1e3 * (time.perf_counter() - start))
    report = {"name": name, "version": version, "threads": options.threads, "batch": options.batch}
    report |= {"steps": options.steps, "medianMs": round(statistics.median(times), 2), "bestMs": round(min(times), 2)}
    report |= {"parameters": parameters, "firstLoss": round(losses[0], 4), "lastLoss": round(losses[-1], 4)}
    print(json.dumps(report))
