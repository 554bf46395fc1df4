import { describe, expect, it } from "vitest";
import { perplexity } from "./perplexity.ts";

describe("perplexity", () => {
  it("of a model that knows nothing is the vocabulary's size, of one that knows all 1", () => {
    expect(perplexity(50 * Math.log(12_000), 50)).toBeCloseTo(12_000, 6);
    expect(perplexity(0, 7)).toBe(1);
  });

  it("is the geometric mean of what each token costs", () => {
    const probabilities = [0.5, 0.25, 0.1, 0.9];
    const sum = probabilities.reduce((total, p) => total - Math.log(p), 0);
    const product = probabilities.reduce((total, p) => total * p, 1);
    expect(perplexity(sum, 4)).toBeCloseTo(product ** (-1 / 4), 12);
  });

  it("takes what rounding leaves below zero for zero", () => {
    expect(perplexity(-1e-6, 3)).toBe(1);
  });

  it.each([Number.NaN, -3])("refuses a sum of %d", (sum) => {
    const message = `perplexity: expected a negative log likelihood of at least 0 but found ${sum}; sum −log p, in nats`;
    expect(() => perplexity(sum, 2)).toThrow(new RangeError(message));
  });

  it("refuses no tokens", () => {
    const message = "perplexity: expected tokens to be a positive integer but found 0";
    expect(() => perplexity(0, 0)).toThrow(new RangeError(message));
  });
});
