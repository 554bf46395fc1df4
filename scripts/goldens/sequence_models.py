"""Recurrent models of text, small: two encoder-decoders and a classifier, each with and without attention."""

import torch
from attention import Additive, length_mask, masked_softmax
from attention_windows import AttentionPooling
from golden import Golden
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

BATCH, TARGET_LEN, ENCODER_DIM, EMBEDDING_DIM = 2, 3, 3, 5
SOURCE_LEN, DECODER_DIM, ATTENTION_DIM = 7, 11, 13
TARGET_VOCABULARY, SOURCE_VOCABULARY, CLASSES = 17, 19, 3


def run(encoder, values, lengths):
    """The states `[batch time …]`, zero in the padding, and the encoder's own last ones."""
    packed = pack_padded_sequence(values, lengths, batch_first=True, enforce_sorted=False)
    states, last = encoder(packed)
    return pad_packed_sequence(states, batch_first=True, total_length=values.shape[1])[0], last


class Bahdanau(nn.Module):
    """Bahdanau et al. 2014: s = GRU(s, [y; c]), logits = W tanh(W_t [s; y; c]); without attention c is the last states."""

    def __init__(self, *, attends):
        super().__init__()
        states = 2 * ENCODER_DIM
        self.source_embedding = nn.Embedding(SOURCE_VOCABULARY, EMBEDDING_DIM)
        self.encoder = nn.GRU(EMBEDDING_DIM, ENCODER_DIM, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(states, DECODER_DIM)
        self.target_embedding = nn.Embedding(TARGET_VOCABULARY, EMBEDDING_DIM)
        if attends:
            self.attention = Additive(query_dim=DECODER_DIM, key_dim=states, hidden_dim=ATTENTION_DIM)
        self.attends = attends
        self.decoder = nn.GRUCell(EMBEDDING_DIM + states, DECODER_DIM)
        self.readout = nn.Linear(DECODER_DIM + EMBEDDING_DIM + states, EMBEDDING_DIM)
        self.classifier = nn.Linear(EMBEDDING_DIM, TARGET_VOCABULARY)

    def forward(self, source, lengths, target):
        states, last = run(self.encoder, self.source_embedding(source), lengths)
        context = torch.cat([last[0], last[1]], -1)
        hidden = torch.tanh(self.bridge(context))
        logits, rows = [], []
        for token in self.target_embedding(target).unbind(1):
            if self.attends:
                weights = self.attention(hidden[:, None], states, length_mask(lengths, source.shape[1]))
                context = (weights @ states).squeeze(1)
                rows.append(weights)
            hidden = self.decoder(torch.cat([token, context], -1), hidden)
            logits.append(self.classifier(torch.tanh(self.readout(torch.cat([hidden, token, context], -1)))))
        return torch.stack(logits, 1), torch.cat(rows, 1) if rows else None


class Luong(nn.Module):
    """Luong et al. 2015, score dot, no layer before the output: logits = W [c; h]; without attention W h."""

    def __init__(self, *, attends):
        super().__init__()
        self.source_embedding = nn.Embedding(SOURCE_VOCABULARY, EMBEDDING_DIM)
        self.encoder = nn.LSTM(EMBEDDING_DIM, DECODER_DIM, batch_first=True)
        self.target_embedding = nn.Embedding(TARGET_VOCABULARY, EMBEDDING_DIM)
        self.decoder = nn.LSTM(EMBEDDING_DIM, DECODER_DIM, batch_first=True)
        self.attends = attends
        self.classifier = nn.Linear((2 if attends else 1) * DECODER_DIM, TARGET_VOCABULARY)

    def forward(self, source, lengths, target):
        states, last = run(self.encoder, self.source_embedding(source), lengths)
        hidden, _ = self.decoder(self.target_embedding(target), last)
        if not self.attends:
            return self.classifier(hidden), None
        mask = length_mask(lengths, source.shape[1])[:, None]
        weights = masked_softmax(hidden @ states.transpose(1, 2), mask)
        return self.classifier(torch.cat([weights @ states, hidden], -1)), weights


class TextClassifier(nn.Module):
    """Yang et al. 2016, the word level, with an LSTM; or the mean of its states."""

    def __init__(self, *, attends):
        super().__init__()
        states = 2 * ENCODER_DIM
        self.embedding = nn.Embedding(SOURCE_VOCABULARY, EMBEDDING_DIM)
        self.encoder = nn.LSTM(EMBEDDING_DIM, ENCODER_DIM, batch_first=True, bidirectional=True)
        if attends:
            self.pooling = AttentionPooling(key_dim=states, hidden_dim=ATTENTION_DIM)
        self.attends = attends
        self.classifier = nn.Linear(states, CLASSES)

    def forward(self, text, lengths):
        states, _ = run(self.encoder, self.embedding(text), lengths)
        if not self.attends:
            return self.classifier(states.sum(1) / lengths[:, None]), None
        weights = self.pooling(states, length_mask(lengths, text.shape[1]))
        return self.classifier((weights[..., None] * states).sum(1)), weights[:, None, None]


def _sequence(name, model, *, seed):
    golden = Golden(name, seed=seed)
    golden.module(model)
    source = golden.input("source", golden.integers(SOURCE_VOCABULARY, BATCH, SOURCE_LEN))
    lengths = golden.input("lengths", torch.tensor([SOURCE_LEN, 4]))
    target = golden.input("target", golden.integers(TARGET_VOCABULARY, BATCH, TARGET_LEN))
    logits, weights = model(source, lengths, target)
    golden.differentiate(logits=logits, **({} if weights is None else {"weights": weights}))
    return golden


def bahdanau():
    return _sequence("bahdanau", Bahdanau(attends=True), seed=601)


def bahdanau_plain():
    return _sequence("bahdanau-plain", Bahdanau(attends=False), seed=602)


def luong():
    return _sequence("luong", Luong(attends=True), seed=603)


def luong_plain():
    return _sequence("luong-plain", Luong(attends=False), seed=604)


def _classifier(name, *, attends, seed):
    golden = Golden(name, seed=seed)
    model = golden.module(TextClassifier(attends=attends))
    text = golden.input("text", golden.integers(SOURCE_VOCABULARY, BATCH, SOURCE_LEN))
    lengths = golden.input("lengths", torch.tensor([4, SOURCE_LEN]))
    logits, weights = model(text, lengths)
    golden.differentiate(logits=logits, **({} if weights is None else {"weights": weights}))
    return golden


def text_classifier():
    return _classifier("text-classifier", attends=True, seed=605)


def text_classifier_mean():
    return _classifier("text-classifier-mean", attends=False, seed=606)
