"""Keras 3 peer, on the first of its back ends that is installed, or on the one named by `--backend`."""

import importlib.util
import os

import workload as task

BACKENDS = "jax", "tensorflow", "torch"
parser = task.option_parser()
parser.add_argument("--backend", choices=BACKENDS)
options = parser.parse_args()
backend = options.backend or next((name for name in BACKENDS if importlib.util.find_spec(name)), None)
name = f"keras-{backend}" if backend else "keras"
if backend is None:
    task.report_absent(name, "no back end is installed: jax, tensorflow or torch")
os.environ["KERAS_BACKEND"] = backend
# Read when a back end starts: XLA takes the size of its thread pool from NPROC, the others are set below.
os.environ |= {"NPROC": str(options.threads), "TF_CPP_MIN_LOG_LEVEL": "2"}
if backend == "jax":
    os.environ |= {"JAX_PLATFORMS": "cpu"}
try:
    import keras

    framework = __import__(backend)
except (ImportError, OSError, ValueError) as reason:
    task.report_absent(name, reason)


class DateNormalizer(keras.Model):
    """Logits [batch outputLen outputVocabulary] from one-hot text [batch inputLen inputVocabulary]."""

    def __init__(self):
        super().__init__()
        layers = keras.layers
        # The faster choice on each back end: TensorFlow gains from unrolling, JAX loses a third, PyTorch does not care.
        unroll = backend == "tensorflow"
        self.encoder = layers.Bidirectional(layers.LSTM(task.ENCODER_DIM, return_sequences=True, unroll=unroll))
        # Dense(10) over [a; s], its kernel cut in two so that the part over `a` is computed once, not ten times.
        self.attention_key = layers.Dense(task.ATTENTION_DIM)
        self.attention_query = layers.Dense(task.ATTENTION_DIM, use_bias=False)
        self.energy = layers.Dense(1, activation="relu")
        self.decoder = layers.LSTMCell(task.DECODER_DIM)
        self.classifier = layers.Dense(task.OUTPUT_VOCABULARY)

    def call(self, text):
        ops = keras.ops
        states = self.encoder(text)
        keys = self.attention_key(states)
        hidden = cell = ops.zeros((options.batch, task.DECODER_DIM))
        outputs = []
        for _ in range(task.OUTPUT_LEN):
            energies = self.energy(ops.tanh(keys + ops.expand_dims(self.attention_query(hidden), 1)))
            weights = ops.softmax(energies, axis=1)
            context = ops.squeeze(ops.matmul(ops.transpose(weights, (0, 2, 1)), states), 1)
            hidden, (hidden, cell) = self.decoder(context, (hidden, cell))
            outputs.append(hidden)
        return self.classifier(ops.stack(outputs, axis=1))


def load(model, weights):
    """Copies the shared weights; Keras has our layouts and gate order."""
    for side, layer in ("forward", model.encoder.forward_layer), ("backward", model.encoder.backward_layer):
        layer.set_weights([weights[f"{side}{part}"] for part in ("Kernel", "Recurrent", "Bias")])
    model.decoder.set_weights([weights[f"decoder{part}"] for part in ("Kernel", "Recurrent", "Bias")])
    model.attention_key.set_weights([weights["attentionKey"], weights["attentionBias"]])
    model.attention_query.set_weights([weights["attentionQuery"]])
    for layer in "energy", "classifier":
        getattr(model, layer).set_weights([weights[f"{layer}Kernel"], weights[f"{layer}Bias"]])


def summed_cross_entropy(labels, logits):
    """Summed over the ten positions; Keras then averages over the batch."""
    return keras.ops.sum(keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True), axis=-1)


def make_step():
    weights, text, label = task.make_workload(options.batch)
    inputs = keras.utils.to_categorical(text, task.INPUT_VOCABULARY).astype("float32")
    model = DateNormalizer()
    model(inputs)
    load(model, weights)
    model.compile(
        optimizer=keras.optimizers.Adam(task.LEARNING_RATE, task.BETA_1, task.BETA_2, task.EPSILON),
        loss=summed_cross_entropy,
    )

    def step():
        # A running mean of the loss comes back: begin it anew at every step.
        model.reset_metrics()
        return model.train_on_batch(inputs, label)

    return step, model.count_params()


if backend == "torch":
    framework.set_num_threads(options.threads)
if backend == "tensorflow":
    framework.config.threading.set_intra_op_parallelism_threads(options.threads)
    framework.config.threading.set_inter_op_parallelism_threads(1)
step, parameters = make_step()
version = f"{keras.__version__} {backend} {framework.__version__}"
task.measure(step, name=name, version=version, options=options, parameters=parameters)
