import { describe, expect, test } from "vitest";
import type { Module } from "../nn/module.ts";
import { Bahdanau } from "./bahdanau/bahdanau.ts";
import { Luong } from "./luong/luong.ts";
import { TextClassifier } from "./text-classifier/text-classifier.ts";

const embedding = (vocabulary: number, dim: number) => vocabulary * dim;
const linear = (inputDim: number, outputDim: number) => inputDim * outputDim + outputDim;
/** Four gates, each with one bias. */
const lstm = (inputDim: number, dim: number) => 4 * (inputDim * dim + dim * dim + dim);
/** Three gates, each with one bias, and the candidate's second one. */
const gru = (inputDim: number, dim: number) => 3 * (inputDim * dim + dim * dim + dim) + dim;

const ARTICLE = { sourceVocabulary: 10_000, targetVocabulary: 12_000, embeddingDim: 256 };
const BAHDANAU = { ...ARTICLE, encoderDim: 128, decoderDim: 192 };
const TEXTS = { vocabulary: 20_000, classes: 6, embeddingDim: 100, encoderDim: 64, unknown: 3 };

describe("parameters", () => {
  test.each<[string, Module, number, number]>([
    [
      "luong in the article's sizes",
      new Luong({ ...ARTICLE, hiddenDim: 256 }),
      embedding(10_000, 256) + embedding(12_000, 256) + 2 * lstm(256, 256) + linear(2 * 256, 12_000),
      12_838_624,
    ],
    [
      "luong without attention",
      new Luong({ ...ARTICLE, hiddenDim: 256, attention: false }),
      embedding(10_000, 256) + embedding(12_000, 256) + 2 * lstm(256, 256) + linear(256, 12_000),
      9_766_624,
    ],
    [
      "bahdanau",
      new Bahdanau({ ...BAHDANAU, attentionDim: 96 }),
      embedding(10_000, 256) +
        embedding(12_000, 256) +
        2 * gru(256, 128) +
        linear(256, 192) +
        (192 * 96 + 256 * 96 + 96) +
        gru(256 + 256, 192) +
        linear(192 + 256 + 256, 256) +
        linear(256, 12_000),
      9_690_208,
    ],
    [
      "bahdanau without attention",
      new Bahdanau(BAHDANAU),
      embedding(10_000, 256) +
        embedding(12_000, 256) +
        2 * gru(256, 128) +
        linear(256, 192) +
        gru(256 + 256, 192) +
        linear(192 + 256 + 256, 256) +
        linear(256, 12_000),
      9_647_104,
    ],
    [
      "a classifier with attention pooling",
      new TextClassifier({ ...TEXTS, attentionDim: 32 }),
      embedding(20_000, 100) + 2 * lstm(100, 64) + (linear(128, 32) + 32) + linear(128, 6),
      2_089_382,
    ],
    [
      "a classifier of the mean",
      new TextClassifier(TEXTS),
      embedding(20_000, 100) + 2 * lstm(100, 64) + linear(128, 6),
      2_085_222,
    ],
  ])("of %s", (_, model, byLayer, count) => {
    expect(model.parameterCount).toBe(byLayer);
    expect(byLayer).toBe(count);
  });
});

describe("wrong options", () => {
  const small = { sourceVocabulary: 5, targetVocabulary: 7, embeddingDim: 2 };
  const text = { vocabulary: 5, classes: 2, embeddingDim: 2, encoderDim: 3, unknown: 3 };
  test.each<[() => unknown, string]>([
    [
      () => new Luong({ ...small, sourceVocabulary: 0, hiddenDim: 3 }),
      "Embedding: expected vocabulary to be a positive integer but found 0",
    ],
  ])("%s", (make, message) => {
    expect(make).toThrow(new RangeError(message));
  });
  test.each([
    () => new Luong({ ...small, embeddingDim: 1.5, hiddenDim: 3 }),
    () => new Luong({ ...small, hiddenDim: -3 }),
    () => new Luong({ ...small, targetVocabulary: Number.NaN, hiddenDim: 3 }),
    () => new Luong({ ...small, hiddenDim: 3, dropout: 1 }),
    () => new Bahdanau({ ...small, encoderDim: 0, decoderDim: 3 }),
    () => new Bahdanau({ ...small, encoderDim: 2.5, decoderDim: 3 }),
    () => new Bahdanau({ ...small, encoderDim: 2, decoderDim: 0 }),
    () => new Bahdanau({ ...small, encoderDim: 2, decoderDim: 3, attentionDim: 0 }),
    () => new Bahdanau({ ...small, encoderDim: 2, decoderDim: 3, dropout: -0.1 }),
    () => new TextClassifier({ ...text, classes: 0 }),
    () => new TextClassifier({ ...text, attentionDim: 0 }),
    () => new TextClassifier({ ...text, dropout: Number.NaN }),
    () => new TextClassifier({ ...text, wordDropout: 1 }),
    () => new TextClassifier({ ...text, unknown: 5 }),
  ])("%s", (make) => {
    expect(make).toThrow(new RangeError(""));
  });
});
