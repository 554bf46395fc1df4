import { describe, expect, test } from "vitest";
import { splitHidden } from "../../test/support/concatenated-energies.ts";
import { checkInference, checkTraining, type ParityCase, type Tensors } from "../../test/support/parity.ts";
import {
  AdditiveAttention,
  alibiAttention,
  attend,
  ConcatenatedEnergies,
  chunkedAttention,
  entmax15,
  gumbel,
  hardmax,
  LearnedPositionAttention,
  lengthMask,
  linearAttention,
  MECHANISMS,
  type Normalize,
  RelativePositionAttention,
  rotaryAttention,
  SinusoidalAttention,
  sampledAttention,
  scaledDot,
  scaledDotProduct,
  sinusoidalPositions,
  softmax,
  sparsemax,
} from "./index.ts";
import { HEADS_CASES } from "./parity-heads.fixture.ts";
import { SCORES_CASES } from "./parity-scores.fixture.ts";
import { WINDOWS_CASES } from "./parity-windows.fixture.ts";

const additive = new AdditiveAttention({ queryDim: 5, keyDim: 11, hiddenDim: 13 });
const energies = new ConcatenatedEnergies({ queryDim: 5, keyDim: 11, hiddenDim: 13 });
const sinusoidal = new SinusoidalAttention({ queryDim: 7, keyDim: 13, headDim: 3 });
const learnedPositions = new LearnedPositionAttention({ queryDim: 7, keyDim: 13, headDim: 3, maxLen: 19 });
const relativePositions = new RelativePositionAttention({ headDim: 7, valueDim: 13, maxDistance: 3 });

/** A normalizer beside scaled dot products. */
const normalized =
  (choose: (inputs: Tensors) => Normalize): ParityCase["build"] =>
  (inputs) => {
    const { query, key, value, mask } = inputs;
    const { output, weights } = attend({ query, key, value, mask, score: scaledDot(), normalize: choose(inputs) });
    return { output, weights };
  };

/** One row and one golden file for each mechanism. */
const CASES: readonly ParityCase[] = [
  {
    golden: "additive",
    model: additive,
    build: ({ query, key, value, lengths }: Tensors) => ({
      ...additive.forward({ query, key, value, mask: lengthMask(lengths, 7) }),
    }),
  },
  {
    golden: "concatenated-energies",
    model: energies,
    weight: splitHidden({ prefix: "", keyDim: 11 }),
    build: ({ query, key, lengths }: Tensors) => {
      const mask = lengthMask(lengths, 7);
      const { output, weights } = energies.forward({ query: query.unsqueeze(1), key, value: key, mask });
      return { output: output.squeeze(1), weights: weights.squeeze(1) };
    },
  },
  {
    golden: "scaled-dot-product",
    tolerance: "rounded",
    build: ({ query, key, value, mask }: Tensors) => ({ ...scaledDotProduct({ query, key, value, mask }) }),
  },
  {
    golden: "sinusoidal",
    model: sinusoidal,
    tolerance: "rounded",
    build: ({ query, key, value, lengths }: Tensors) => ({
      ...sinusoidal.forward({ query, key, value, mask: lengthMask(lengths, 11), queryOffset: 0 }),
      positions: sinusoidalPositions(19, 6),
    }),
  },
  {
    golden: "learned-positions",
    model: learnedPositions,
    tolerance: "rounded",
    build: ({ query, key, value, lengths }: Tensors) => ({
      ...learnedPositions.forward({ query, key, value, mask: lengthMask(lengths, 11), queryOffset: 0 }),
    }),
  },
  {
    golden: "relative-positions",
    model: relativePositions,
    tolerance: "rounded",
    build: ({ query, key, value, lengths }: Tensors) => ({
      ...relativePositions.forward({
        query,
        key,
        value,
        mask: lengthMask(lengths, 11).unsqueeze(1),
        queryOffset: 0,
      }),
    }),
  },
  {
    golden: "rotary",
    tolerance: "rounded",
    build: ({ query, key, value, lengths }: Tensors) => {
      const given = { query, key, value, mask: lengthMask(lengths, 11).unsqueeze(1), queryOffset: 3 };
      const halves = rotaryAttention({ ...given, rotaryDim: 10, interleaved: false });
      return {
        ...rotaryAttention({ ...given, rotaryDim: 6 }),
        halvesOutput: halves.output,
        halvesWeights: halves.weights,
      };
    },
  },
  {
    golden: "alibi",
    tolerance: "rounded",
    build: ({ query, key, value, mask }: Tensors) => ({ ...alibiAttention({ query, key, value, mask }) }),
  },
  {
    golden: "linear-attention",
    build: ({ query, causalQuery, key, value, lengths }: Tensors) => {
      const given = { key, value, mask: lengthMask(lengths, 11).unsqueeze(1) };
      const { output, weights } = linearAttention({ ...given, query });
      const causal = linearAttention({ ...given, query: causalQuery, causal: true });
      return { output, weights, causalOutput: causal.output, causalWeights: causal.weights, ...causal.state };
    },
  },
  { golden: "softmax", tolerance: "rounded", build: normalized(() => softmax) },
  { golden: "sparsemax", tolerance: "rounded", build: normalized(() => sparsemax) },
  { golden: "entmax-15", tolerance: "rounded", build: normalized(() => entmax15) },
  { golden: "hardmax", tolerance: "rounded", build: normalized(() => hardmax) },
  { golden: "gumbel", tolerance: "rounded", build: normalized(({ noise }) => gumbel({ temperature: 0.7, noise })) },
  {
    golden: "sampled",
    tolerance: "rounded",
    build: ({ query, key, value, mask, noise }: Tensors) => ({
      ...sampledAttention({ query, key, value, mask, noise, score: scaledDot() }),
    }),
  },
  ...HEADS_CASES,
  ...SCORES_CASES,
  ...WINDOWS_CASES,
  {
    golden: "chunked",
    tolerance: "rounded",
    build: ({ query, key, value, mask, bias }: Tensors) => ({
      ...chunkedAttention({ query, key, value, mask, bias, chunk: 4 }),
    }),
  },
];

test("every mechanism has a golden", () => {
  expect(CASES.map((row) => row.golden).sort()).toEqual(MECHANISMS.map(({ name }) => name));
});

describe.each(CASES)("$golden agrees with its golden", (row) => {
  test("values and gradients of the training form", () => checkTraining(row));
  test("values of the inference form", () => checkInference(row));
});
