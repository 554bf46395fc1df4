import { describe, expect, test } from "vitest";
import { splitHidden } from "../../test/support/concatenated-energies.ts";
import { checkInference, checkTraining, type ParityCase, type Tensors } from "../../test/support/parity.ts";
import { AdditiveAttention, ConcatenatedEnergies, lengthMask, MECHANISMS, scaledDotProduct } from "./index.ts";

const additive = new AdditiveAttention({ queryDim: 5, keyDim: 11, hiddenDim: 13 });
const energies = new ConcatenatedEnergies({ queryDim: 5, keyDim: 11, hiddenDim: 13 });

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
];

test("every mechanism has a golden", () => {
  expect(CASES.map((row) => row.golden).sort()).toEqual(MECHANISMS.map(({ name }) => name));
});

describe.each(CASES)("$golden agrees with its golden", (row) => {
  test("values and gradients of the training form", () => checkTraining(row));
  test("values of the inference form", () => checkInference(row));
});
