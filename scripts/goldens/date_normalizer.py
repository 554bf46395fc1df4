"""The whole date normaliser, small: bi-LSTM encoder, concatenated energies over unpadded steps, decoder LSTM cell."""

import torch
from attention import ConcatenatedEnergies, assert_energies_tell, length_mask, watch_energies
from golden import Golden
from torch import nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

BATCH, OUTPUT_LEN, ENCODER_DIM, ATTENTION_DIM = 2, 3, 5, 7
INPUT_LEN, DECODER_DIM, OUTPUT_VOCABULARY, INPUT_VOCABULARY = 11, 13, 17, 19
PADDING = INPUT_VOCABULARY - 1


class DateNormalizer(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(INPUT_VOCABULARY, ENCODER_DIM, batch_first=True, bidirectional=True)
        states = 2 * ENCODER_DIM
        self.attention = ConcatenatedEnergies(query_dim=DECODER_DIM, key_dim=states, hidden_dim=ATTENTION_DIM)
        self.decoder = nn.LSTMCell(states, DECODER_DIM)
        self.classifier = nn.Linear(DECODER_DIM, OUTPUT_VOCABULARY)

    def forward(self, text, lengths):
        """Log-probabilities `[batch outputLen outputVocabulary]` and weights `[batch outputLen inputLen]`."""
        letters = functional.one_hot(text, INPUT_VOCABULARY).double()
        packed = pack_padded_sequence(letters, lengths, batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.encoder(packed)[0], batch_first=True, total_length=text.shape[1])
        mask = length_mask(lengths, text.shape[1])
        hidden = cell = states.new_zeros(text.shape[0], DECODER_DIM)
        outputs, rows = [], []
        for _ in range(OUTPUT_LEN):
            context, weights = self.attention(hidden, states, mask)
            hidden, cell = self.decoder(context, (hidden, cell))
            outputs.append(torch.log_softmax(self.classifier(hidden), -1))
            rows.append(weights)
        return torch.stack(outputs, 1), torch.stack(rows, 1)


def date_normalizer():
    """The loss is summed over the positions and over the batch; the gradients are the loss's alone."""
    golden = Golden("date-normalizer", seed=401, padding_index=PADDING, reduction="sum")
    model = golden.module(DateNormalizer())
    lengths = torch.tensor([6, INPUT_LEN])
    text = golden.integers(PADDING, BATCH, INPUT_LEN)
    text[~length_mask(lengths, INPUT_LEN)] = PADDING
    golden.input("text", text)
    golden.input("lengths", lengths)
    label = golden.input("label", golden.integers(OUTPUT_VOCABULARY, BATCH, OUTPUT_LEN))
    energies = watch_energies(model.attention)
    log_probabilities, weights = model(text, lengths)
    assert_energies_tell(energies, length_mask(lengths, INPUT_LEN))
    _assert_padding_is_inert(model, text, lengths, log_probabilities)
    loss = functional.nll_loss(log_probabilities.flatten(0, 1), label.flatten(), reduction="sum")
    golden.differentiate({"loss"}, logProbabilities=log_probabilities, weights=weights, loss=loss)
    return golden


@torch.no_grad()
def _assert_padding_is_inert(model, text, lengths, expected):
    other = text.clone()
    other[~length_mask(lengths, INPUT_LEN)] = 0
    longer = functional.pad(other, (0, 2), value=1)
    for variant in other, longer:
        torch.testing.assert_close(model(variant, lengths)[0], expected, rtol=0, atol=1e-13)
