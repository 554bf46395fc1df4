import { describe, expect, it } from "vitest";
import { kendallTau, spearmanRho } from "./rank-correlation.ts";

describe("rank correlations", () => {
  /** From scipy 1.17.1: stats.kendalltau (variant b) and stats.spearmanr. */
  it.each([
    [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 1, 1],
    [[0.1, 0.3, 0.3, 0.2, 0.1], [5, 1, 2, 2, 9], -0.8249579113843054, -0.892217816219194],
    [[3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8], 0.16051447078102563, 0.19885368120992467],
    [[1, 1, 2], [3, 3, 1], -1, -1],
    [[0.5, 0.25, 0.125, 0.1, 0.025], [-1, 0.2, 0.7, 0.3, -2], 0, 0.1],
  ])("of %j and %j are %f and %f", (a, b, tau, rho) => {
    expect(kendallTau(a, b)).toBeCloseTo(tau, 12);
    expect(spearmanRho(a, b)).toBeCloseTo(rho, 12);
    expect(kendallTau(b, a)).toBeCloseTo(tau, 12);
    expect(spearmanRho(b, a)).toBeCloseTo(rho, 12);
  });

  it("are told of no list of equal numbers", () => {
    for (const [a, b] of [
      [
        [1, 1, 1],
        [1, 2, 3],
      ],
      [
        [3, 2],
        [4, 4],
      ],
      [[1], [2]],
      [[], []],
    ] as [number[], number[]][]) {
      expect([kendallTau(a, b), spearmanRho(a, b)]).toEqual([undefined, undefined]);
    }
  });
});
