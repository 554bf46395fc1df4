import { describe, expect, it } from "vitest";
import { Rng } from "../../tensor/random.ts";
import { decay, likeliest } from "./softmax.ts";

describe("e^−x", () => {
  it("is that of Math.exp, to 2 · 10^−12", () => {
    const rng = new Rng(1, "decay");
    const places = [
      0,
      1e-300,
      44,
      Math.LN2,
      Math.LN2 / 64,
      43.999,
      ...Array.from({ length: 5000 }, () => 44 * rng.uniform()),
    ];
    const worst = Math.max(...places.map((x) => Math.abs(decay(x) / Math.exp(-x) - 1)));
    expect(worst).toBeLessThan(2e-12);
  });

  it("is 1 at 0, 0 far away, and no number of what is none", () => {
    expect([decay(0), decay(44.01), decay(1e300)]).toEqual([1, 0, 0]);
    expect([decay(Number.NaN), decay(Number.POSITIVE_INFINITY)]).toEqual([Number.NaN, Number.NaN]);
  });
});

/** Numbers of which some are equal, at some place of a longer array. */
function rowOf(vocabulary: number, seed: number) {
  const rng = new Rng(seed, "row");
  const logits = Float32Array.from({ length: 3 * vocabulary }, () => Math.round(8 * rng.normal()) / 4);
  return { logits, from: vocabulary, vocabulary, row: 0, written: 0 };
}

describe("the likeliest tokens", () => {
  it.each([
    [1, 7],
    [3, 7],
    [7, 7],
    [9, 7],
    [5, 1000],
    [200, 1000],
  ])("%i of %i are those of a full sort, the lower token first of equal ones", (count, vocabulary) => {
    for (const seed of [1, 2, 3]) {
      const at = rowOf(vocabulary, seed);
      const own = Array.from(at.logits.subarray(vocabulary, 2 * vocabulary));
      const forbidden = new Set([own.indexOf(Math.max(...own)), 2]);
      const order = own.map((logit, token) => ({ logit, token })).filter(({ token }) => !forbidden.has(token));
      order.sort((a, b) => b.logit - a.logit || a.token - b.token);
      const normalizer = Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0));
      const found = likeliest(at, count, forbidden);
      expect(found.tokens).toEqual(order.slice(0, count).map(({ token }) => token));
      expect(found.normalizer).toBeCloseTo(normalizer, 10);
    }
  });

  it("of logits far from 0 have finite log p", () => {
    const at = { logits: Float32Array.of(1e4, -1e30, 9990), from: 0, vocabulary: 3, row: 0, written: 0 };
    const { tokens, normalizer } = likeliest(at, 3, new Set());
    expect(tokens).toEqual([0, 2, 1]);
    expect(normalizer).toBeCloseTo(1e4 + Math.log1p(Math.exp(-10)), 8);
  });
});
