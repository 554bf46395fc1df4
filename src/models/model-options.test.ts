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
  test.each<[string, Module, number]>([
    [
      "luong in the article's sizes",
      new Luong({ ...ARTICLE, hiddenDim: 256 }),
      embedding(10_000, 256) + embedding(12_000, 256) + 2 * lstm(256, 256) + linear(2 * 256, 12_000),
    ],
    [
      "luong without attention",
      new Luong({ ...ARTICLE, hiddenDim: 256, attention: false }),
      embedding(10_000, 256) + embedding(12_000, 256) + 2 * lstm(256, 256) + linear(256, 12_000),
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
    ],
    [
      "a classifier with attention pooling",
      new TextClassifier({ ...TEXTS, attentionDim: 32 }),
      embedding(20_000, 100) + 2 * lstm(100, 64) + (linear(128, 32) + 32) + linear(128, 6),
    ],
    [
      "a classifier of the mean",
      new TextClassifier(TEXTS),
      embedding(20_000, 100) + 2 * lstm(100, 64) + linear(128, 6),
    ],
  ])("of %s", (_, model, byLayer) => {
    expect(model.parameterCount).toBe(byLayer);
  });

  test("the article's model has 12,838,624 of them", () => {
    expect(new Luong({ ...ARTICLE, hiddenDim: 256 }).parameterCount).toBe(12_838_624);
  });
});

describe("wrong options", () => {
  const small = { sourceVocabulary: 5, targetVocabulary: 7, embeddingDim: 2 };
  const luong = { ...small, hiddenDim: 3 };
  const bahdanau = { ...small, encoderDim: 2, decoderDim: 3 };
  const text = { vocabulary: 5, classes: 2, embeddingDim: 2, encoderDim: 3, unknown: 3 };
  const size = (name: string, found: number) => `expected ${name} to be a positive integer but found ${found}`;
  const share = (name: string, found: number) => `expected ${name} to be at least 0 and below 1 but found ${found}`;
  const noToken = "expected unknown to be a token of the vocabulary, 0 to 4, but found";
  test.each<[string, () => unknown]>([
    [`Luong: ${size("sourceVocabulary", 0)}`, () => new Luong({ ...luong, sourceVocabulary: 0 })],
    [`Luong: ${size("targetVocabulary", Number.NaN)}`, () => new Luong({ ...luong, targetVocabulary: Number.NaN })],
    [`Luong: ${size("embeddingDim", 1.5)}`, () => new Luong({ ...luong, embeddingDim: 1.5 })],
    [`Luong: ${size("hiddenDim", -3)}`, () => new Luong({ ...luong, hiddenDim: -3 })],
    [`Luong: ${share("dropout", 1)}`, () => new Luong({ ...luong, dropout: 1 })],
    [`Bahdanau: ${size("targetVocabulary", 0)}`, () => new Bahdanau({ ...bahdanau, targetVocabulary: 0 })],
    [`Bahdanau: ${size("encoderDim", 2.5)}`, () => new Bahdanau({ ...bahdanau, encoderDim: 2.5 })],
    [`Bahdanau: ${size("decoderDim", 0)}`, () => new Bahdanau({ ...bahdanau, decoderDim: 0 })],
    [`Bahdanau: ${size("attentionDim", 0)}`, () => new Bahdanau({ ...bahdanau, attentionDim: 0 })],
    [`Bahdanau: ${share("dropout", -0.1)}`, () => new Bahdanau({ ...bahdanau, dropout: -0.1 })],
    [`TextClassifier: ${size("vocabulary", 0)}`, () => new TextClassifier({ ...text, vocabulary: 0 })],
    [`TextClassifier: ${size("classes", 0)}`, () => new TextClassifier({ ...text, classes: 0 })],
    [`TextClassifier: ${size("attentionDim", 0)}`, () => new TextClassifier({ ...text, attentionDim: 0 })],
    [`TextClassifier: ${share("dropout", Number.NaN)}`, () => new TextClassifier({ ...text, dropout: Number.NaN })],
    [`TextClassifier: ${share("wordDropout", 1)}`, () => new TextClassifier({ ...text, wordDropout: 1 })],
    [`TextClassifier: ${noToken} 5`, () => new TextClassifier({ ...text, unknown: 5 })],
    [`TextClassifier: ${noToken} -1`, () => new TextClassifier({ ...text, unknown: -1 })],
  ])("%s", (message, make) => {
    expect(make).toThrow(new RangeError(message));
  });
});
