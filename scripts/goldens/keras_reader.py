"""Writes test/goldens/keras-reader.safetensors: `python scripts/goldens/keras_reader.py`
(`pip install -r scripts/goldens/requirements-keras.txt` first). Keys as in test/goldens/README.md; weights under the paths
of Keras's variables and in its layouts: kernels `[in out]`, LSTM gates i f c o, GRU gates z r h with two rows of biases.

Tokens → Embedding → bidirectional LSTM → bidirectional GRU → GRU → LayerNormalization → Dense, every size another prime.
All in float64, but Keras's tanh and rsqrt on JAX are themselves only good to about 1e-7."""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import keras
import numpy as np
from keras import layers
from safetensors.numpy import save

PATH = Path(__file__).resolve().parents[2] / "test" / "goldens" / "keras-reader.safetensors"
SEED, BATCH, INPUT_LEN, VOCABULARY = 601, 2, 5, 13


def reader():
    tokens = keras.Input((INPUT_LEN,), dtype="int32", name="tokens")
    x = layers.Embedding(VOCABULARY, 7, name="embedding")(tokens)
    x = layers.Bidirectional(layers.LSTM(3, name="lstm", return_sequences=True), name="reader")(x)
    x = layers.Bidirectional(layers.GRU(5, name="gru", return_sequences=True), name="second_reader")(x)
    x = layers.GRU(11, name="writer", return_sequences=True)(x)
    x = layers.LayerNormalization(epsilon=1e-5, name="norm")(x)
    return keras.Model(tokens, layers.Dense(17, name="classifier")(x))


def main():
    keras.config.set_floatx("float64")
    random = np.random.default_rng(SEED)
    model = reader()
    weights = [0.5 * random.standard_normal(variable.shape) for variable in model.trainable_variables]
    tokens = random.integers(VOCABULARY, size=(BATCH, INPUT_LEN)).astype(np.int32)
    others = [variable.value for variable in model.non_trainable_variables]  # states of random generators, unused

    def run(values):
        return model.stateless_call(values, others, tokens)[0]

    output = run(weights)
    cotangent = random.standard_normal(output.shape)
    gradients = jax.grad(lambda values: (run(values) * cotangent).sum())(weights)
    tensors = {"input.tokens": tokens, "output.output": output, "cotangent.output": cotangent}
    for variable, weight, gradient in zip(model.trainable_variables, weights, gradients, strict=True):
        tensors[f"weight.{variable.path}"] = weight
        tensors[f"gradient.{variable.path}"] = gradient
    metadata = {"framework": f"keras {keras.__version__}, jax {jax.__version__}", "seed": str(SEED)}
    data = save({name: np.asarray(value) for name, value in tensors.items()}, metadata)
    PATH.write_bytes(with_sorted_metadata(data))


def with_sorted_metadata(data):
    """safetensors writes its metadata in random order; sorted, the same fixture has the same bytes every time."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[start:]


main()
