"""Recurrent layers over sequences of unequal length; the initial state is zero."""

import torch
from golden import Golden
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def lstm():
    golden = Golden("lstm", seed=201, bidirectional=True)
    layer = golden.module(nn.LSTM(3, 11, batch_first=True, bidirectional=True))
    output, (hidden, cell) = _run(golden, layer, batch=5, lengths=[7, 4, 1, 6, 7])
    golden.differentiate(output=output, hidden=hidden, cell=cell)
    return golden


def gru():
    return _gru("gru", seed=202, bidirectional=False)


def gru_bidirectional():
    return _gru("gru-bidirectional", seed=203, bidirectional=True)


def lstm_cell():
    golden = Golden("lstm-cell", seed=204)
    layer = golden.module(nn.LSTMCell(5, 7))
    names = {"input": 5, "hidden": 7, "cell": 7}
    step, hidden, cell = (golden.input(name, golden.normal(3, dim)) for name, dim in names.items())
    next_hidden, next_cell = layer(step, (hidden, cell))
    golden.differentiate(hidden=next_hidden, cell=next_cell)
    return golden


def _gru(name, *, seed, bidirectional):
    golden = Golden(name, seed=seed, bidirectional=bidirectional)
    layer = golden.module(nn.GRU(7, 5, batch_first=True, bidirectional=bidirectional))
    output, hidden = _run(golden, layer, batch=3, lengths=[6, 11, 2])
    golden.differentiate(output=output, hidden=hidden)
    return golden


def _run(golden, layer, *, batch, lengths):
    """Outputs `[batch inputLen directions*hiddenDim]`, zero in the padding, and the final state."""
    values = golden.input("input", golden.normal(batch, max(lengths), layer.input_size))
    lengths = golden.input("lengths", torch.tensor(lengths))
    packed = pack_padded_sequence(values, lengths, batch_first=True, enforce_sorted=False)
    output, state = layer(packed)
    output, _ = pad_packed_sequence(output, batch_first=True)
    return output, state
