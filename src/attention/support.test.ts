import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { concat, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { entmax15, sparsemax } from "./index.ts";

const LENGTH = 7;

/** Σ weights falls as the threshold rises: halve the interval until it holds nothing more. */
function byBisection(scores: readonly number[], allowed: readonly boolean[], weight: (z: number) => number): number[] {
  if (!allowed.includes(true)) return scores.map(() => 0);
  const kept = scores.filter((_, i) => allowed[i]);
  const weightsAt = (threshold: number) => scores.map((z, i) => (allowed[i] ? weight(Math.max(0, z - threshold)) : 0));
  let [low, high] = [Math.max(...kept) - 1, Math.max(...kept)];
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (weightsAt(middle).reduce((a, b) => a + b) > 1) low = middle;
    else high = middle;
  }
  return weightsAt((low + high) / 2);
}

const NORMALIZERS = [
  {
    name: "sparsemax",
    normalize: sparsemax,
    brute: (scores: readonly number[], allowed: readonly boolean[]) => byBisection(scores, allowed, (z) => z),
    /** How a weight answers to its own score while the threshold stands still. */
    slope: (weight: number) => Math.sign(weight),
  },
  {
    name: "entmax15",
    normalize: entmax15,
    brute: (scores: readonly number[], allowed: readonly boolean[]) => {
      return byBisection(
        scores.map((z) => z / 2),
        allowed,
        (z) => z * z,
      );
    },
    slope: Math.sqrt,
  },
];

const problems = fc.record({
  scores: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: LENGTH, maxLength: LENGTH }),
  allowed: fc.array(fc.boolean(), { minLength: LENGTH, maxLength: LENGTH }),
  cotangent: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: LENGTH, maxLength: LENGTH }),
});

/** Scores of which none lies on a kink. */
const APART = [0.3, -0.1, 0.71, -0.5, 1.1, -2.3, 0.9];

describe.each(NORMALIZERS)("$name", ({ normalize, brute, slope }) => {
  const scores = input("scores", [1, LENGTH]);
  const cotangent = input("cotangent", [1, LENGTH]);
  const mask = input("mask", [1, LENGTH], "bool");
  const weights = normalize(scores, mask);
  const loss = weights.mul(cotangent).sum();
  const [slopes] = gradient(loss, [scores]) as [Tensor];
  const feedsOf = (row: readonly number[], allowed: readonly boolean[], wanted: readonly number[]) => ({
    scores: array(row, [1, LENGTH], "float64"),
    cotangent: array(wanted, [1, LENGTH], "float64"),
    mask: array(allowed.map(Number), [1, LENGTH], "bool"),
  });

  test("the weights are those that bisection finds", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const found = evaluate({ weights }, feedsOf(problem.scores, problem.allowed, problem.cotangent));
        const expected = brute(problem.scores, problem.allowed);
        expectClose(found.weights, array(expected, [1, LENGTH], "float64"), "float64");
      }),
      { numRuns: 200 },
    );
  });

  test("the gradient is the Jacobian's: diag(r) − r rᵀ / Σ r", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const feeds = feedsOf(problem.scores, problem.allowed, problem.cotangent);
        const found = evaluate({ weights, slopes }, feeds);
        const own = numbers(found.weights as NdArray).map(slope);
        const total = own.reduce((a, b) => a + b);
        const mean = own.reduce((sum, r, i) => sum + r * (problem.cotangent[i] as number), 0) / (total || 1);
        const expected = own.map((r, i) => r * ((problem.cotangent[i] as number) - mean));
        expectClose(found.slopes, array(expected, [1, LENGTH], "float64"), "float64");
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["every key is allowed", [1, 1, 1, 1, 1, 1, 1]],
    ["the largest score is forbidden", [1, 1, 1, 1, 0, 1, 1]],
    ["one key is allowed", [0, 0, 0, 1, 0, 0, 0]],
  ])("the gradient is the slope where %s", (_, allowed) => {
    const wanted = [0.3, -1.1, 0.7, 0.2, -0.4, 0.9, 1.3];
    const feeds = feedsOf(APART, allowed.map(Boolean), wanted);
    const found = evaluate({ slopes }, feeds).slopes as NdArray;
    expectClose(found, centralDifferences(loss, feeds, "scores"), "differences");
  });

  test("adding a number to every score changes nothing, and keys far below get exactly 0", () => {
    const allowed = new Array<boolean>(LENGTH).fill(true);
    const row = [1, 0.875, 0.75, -1.5, -8, -1e9, 0.9375];
    const found = [0, 1024, -4096].map((shift) => {
      const moved = feedsOf(
        row.map((z) => z + shift),
        allowed,
        row,
      );
      return numbers(evaluate({ weights }, moved).weights as NdArray);
    });
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    expect(found[0]?.map((weight) => weight > 0)).toEqual([true, true, true, false, false, false, true]);
  });

  test.each([
    ["scores are huge", [1e12, 1e12, 0, -1e12], [1, 1, 1, 1], [0.5, 0.5, 0, 0]],
    ["allowed scores are very low", [-2e12, -2e12, 0, 1], [1, 1, 0, 0], [0.5, 0.5, 0, 0]],
    ["a forbidden score is very high", [1, 1e30, 1, -9], [1, 0, 1, 1], [0.5, 0, 0.5, 0]],
    ["a forbidden score is infinite", [1, Infinity, 1, -9], [1, 0, 1, 1], [0.5, 0, 0.5, 0]],
    ["a forbidden score is no number", [1, Number.NaN, 1, -9], [1, 0, 1, 1], [0.5, 0, 0.5, 0]],
    ["allowed scores are as low as they get", [-3.4e38, 0, -3.4e38, 0], [1, 0, 1, 0], [0.5, 0, 0.5, 0]],
    ["scores are as far apart as they get", [3.4e38, -3.4e38, 3.4e38, 0], [1, 1, 1, 1], [0.5, 0, 0.5, 0]],
    ["all are equal", [7, 7, 7, 7], [1, 1, 1, 1], [0.25, 0.25, 0.25, 0.25]],
    ["all are forbidden", [1, 1e30, Infinity, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
  ])(
    "rows sum to 1, or to 0, in float32, too, and gradients are finite, where %s",
    async (_, row, allowed, expected) => {
      const leaves = { scores: input("scores", [1, 4]), mask: input("mask", [1, 4], "bool") };
      const weights = normalize(leaves.scores, leaves.mask);
      const factors = input("factors", [1, 4]);
      const [slopes] = gradient(weights.mul(factors).sum(), [leaves.scores]) as [Tensor];
      const feeds = {
        scores: array(row, [1, 4]),
        mask: array(allowed, [1, 4], "bool"),
        factors: array([1, 2, 3, 4], [1, 4]),
      };
      for (const found of [evaluate({ weights, slopes }, feeds), await onOnnxRuntime({ weights, slopes }, feeds)]) {
        expectClose(found.weights, array(expected, [1, 4]), "float32");
        expect(numbers(found.weights as NdArray).map((weight) => weight === 0)).toEqual(expected.map((x) => x === 0));
        expect(numbers(found.slopes as NdArray).every(Number.isFinite)).toBe(true);
      }
    },
  );

  test("the number of keys may be one that only a run can tell", async () => {
    const [left, right] = [input("left", [1, "left"]), input("right", [1, "right"])];
    const open = normalize(concat([left, right], 1), undefined);
    const feeds = { left: array([0.5, 0.25], [1, 2]), right: array([-3], [1, 1]) };
    const found = await onOnnxRuntime({ weights: open }, feeds);
    expectClose(found.weights, evaluate({ weights: open }, feeds).weights as NdArray, "float32");
    expect((found.weights as NdArray).shape).toEqual([1, 3]);
  });
});

test("sparsemax gives the worked numbers of two keys: half the difference, cut to 0 … 1", () => {
  const scores = input("scores", [5, 2]);
  const differences = [-3, -0.5, 0, 0.5, 3];
  const rows = differences.flatMap((difference) => [difference, 0]);
  const { weights } = evaluate({ weights: sparsemax(scores, undefined) }, { scores: array(rows, [5, 2]) });
  expect(numbers(weights as NdArray)).toEqual([0, 1, 0.25, 0.75, 0.5, 0.5, 0.75, 0.25, 1, 0]);
});
