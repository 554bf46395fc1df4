import { describe, expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { type FaithfulnessInput, type FaithfulnessOptions, faithfulness } from "./faithfulness.ts";

type Removed = readonly (readonly number[])[];

/** A model whose log p is lost token by token: each has its part. */
const additive = (parts: readonly number[]) => (removed: Removed) => {
  return removed.map((places) => places.reduce((sum, place) => sum - (parts[place] as number), -0.1));
};

/** The mean over the curve of how much it has fallen below its beginning. */
function areaOf(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => sum + (probabilities[0] as number) - p, 0) / probabilities.length;
}

const PARTS = [0.3, 2, 0.7, 0.05, 1.1, 0.2, 0, 0.9, 0.4, 0.6];

describe("faithfulness", () => {
  it("of weights that are the parts of an additive model is whole", async () => {
    const found = await faithfulness({ weights: Float32Array.from(PARTS), logProbabilities: additive(PARTS) });
    expect(found.logProbability).toBe(-0.1);
    expect(found.drops).toEqual(PARTS.map((part) => expect.closeTo(part, 12)));
    expect(found.kendall).toBeCloseTo(1, 12);
    expect(found.spearman).toBeCloseTo(1, 12);
    // The largest first: 2, 1.1, 0.9, 0.7, 0.6.
    const left = [0.1, 2.1, 3.2, 4.1, 4.8, 5.4].map((sum) => Math.exp(-sum));
    expect(found.deletion.curve).toEqual(
      left.map((probability, i) => ({ share: i / 10, probability: expect.closeTo(probability, 12) })),
    );
    expect(found.deletion.area).toBeCloseTo(areaOf(left), 12);
    expect(found.deletion.area).toBeGreaterThan(found.random.area);
  });

  it("of weights in the opposite order is opposite", async () => {
    const found = await faithfulness({ weights: PARTS.map((part) => -part), logProbabilities: additive(PARTS) });
    expect(found.kendall).toBeCloseTo(-1, 12);
    expect(found.spearman).toBeCloseTo(-1, 12);
    const left = [0.1, 0.1, 0.15, 0.35, 0.65, 1.05].map((sum) => Math.exp(-sum));
    expect(found.deletion.area).toBeCloseTo(areaOf(left), 12);
    expect(found.deletion.area).toBeLessThan(found.random.area);
  });

  it("of any weights is that of chance, where all tokens do the same", async () => {
    const found = await faithfulness({ weights: PARTS, logProbabilities: additive(PARTS.map(() => 0.5)) });
    expect(found.drops).toEqual(PARTS.map(() => expect.closeTo(0.5, 12)));
    expect(found.deletion.area).toBeCloseTo(areaOf([0, 1, 2, 3, 4, 5].map((k) => Math.exp(-0.1 - k / 2))), 12);
    expect(found.random.area).toBeCloseTo(found.deletion.area, 12);
  });

  it("in random orders is what removing by chance does", async () => {
    // All hangs on token 3 of 20: it is gone with a probability of the share that is removed.
    const one = (removed: Removed) => removed.map((places) => Math.log(places.includes(3) ? 0.2 : 0.9));
    const weights = Array.from({ length: 20 }, (_, i) => (i === 3 ? 1 : 0));
    const found = await faithfulness({ weights, logProbabilities: one }, { orders: 4000, seed: 3 });
    expect(found.deletion.curve.map(({ probability }) => probability)).toEqual([
      expect.closeTo(0.9, 12),
      ...new Array(5).fill(expect.closeTo(0.2, 12)),
    ]);
    expect(found.deletion.area).toBeCloseTo((5 / 6) * 0.7, 12);
    expect(found.random.area).toBeCloseTo(((0.1 + 0.2 + 0.3 + 0.4 + 0.5) / 6) * 0.7, 2);
    for (const [i, { share, probability }] of found.random.curve.entries()) {
      expect(share).toBeCloseTo(i / 10, 12);
      expect(Math.abs(probability - (0.9 - 0.7 * share))).toBeLessThan(0.02);
    }
  });

  it("sees by deletion what occlusion cannot: of two tokens either is enough", async () => {
    const either = (removed: Removed) => {
      return removed.map((places) => Math.log(places.includes(1) && places.includes(2) ? 0.1 : 0.8));
    };
    const input = { weights: [0.1, 0.4, 0.4, 0.1], logProbabilities: either };
    const found = await faithfulness(input, { shares: [0.25, 0.5] });
    expect(found.drops).toEqual([0, 0, 0, 0]);
    expect([found.kendall, found.spearman]).toEqual([undefined, undefined]);
    expect(found.deletion.area).toBeCloseTo(0.7 / 3, 12);
  });

  it("asks once, for each set of tokens once, and takes away the next larger number of them", async () => {
    const asked: Removed[] = [];
    const logProbabilities: FaithfulnessInput["logProbabilities"] = async (removed) => {
      asked.push(removed);
      return Float64Array.from(removed, (places) => -places.length);
    };
    const options = { shares: [0.3, 0.34, 0.6], orders: 5 };
    const found = await faithfulness({ weights: [5, 4, 4], logProbabilities }, options);
    const [sets = []] = asked;
    expect(asked).toHaveLength(1);
    expect(new Set(sets.map(String)).size).toBe(sets.length);
    // Of three tokens: none, each, and pairs, of which there are three.
    expect(sets.slice(0, 5)).toEqual([[], [0], [1], [2], [0, 1]]);
    expect(sets.length).toBeLessThanOrEqual(7);
    expect(found.deletion.curve.map(({ probability }) => Math.log(probability))).toEqual(
      [0, -1, -2, -2].map((log) => expect.closeTo(log, 12)),
    );
  });

  it("takes no token too many where a share is rounded up: 0.7 of ten is seven", async () => {
    const count = (removed: Removed) => removed.map((places) => -places.length);
    const found = await faithfulness({ weights: PARTS, logProbabilities: count }, { shares: [0.7] });
    expect(found.deletion.curve[1]?.probability).toBeCloseTo(Math.exp(-7), 12);
  });

  it("depends on the seed in its random orders only", async () => {
    const input = { weights: PARTS, logProbabilities: additive(PARTS) };
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => faithfulness(input, { seed })));
    expect(again).toEqual(first);
    expect(other?.random.area).not.toBe(first?.random.area);
    expect({ ...other, random: undefined }).toEqual({ ...first, random: undefined });
  });

  it.each<[Partial<FaithfulnessInput>, FaithfulnessOptions, Error]>([
    [{ weights: [] }, {}, new RangeError("faithfulness: expected a weight for each token but found no tokens")],
    [{ weights: [1, Number.NaN] }, {}, new RangeError("faithfulness: expected finite weights but found NaN")],
    [{}, { shares: [] }, new RangeError("faithfulness: expected rising shares above 0 and at most 1 but found []")],
    [
      {},
      { shares: [0.5, 0.2] },
      new RangeError("faithfulness: expected rising shares above 0 and at most 1 but found [0.5,0.2]"),
    ],
    [
      {},
      { shares: [0.5, 1.2] },
      new RangeError("faithfulness: expected rising shares above 0 and at most 1 but found [0.5,1.2]"),
    ],
    [{}, { orders: 0 }, new RangeError("faithfulness: expected orders to be a positive integer but found 0")],
    [{}, { seed: 0.5 }, new RangeError("Rng: expected a seed from 0 to 4294967295 but found 0.5")],
    [
      { logProbabilities: () => [0, 0] },
      { orders: 1, shares: [0.1] },
      new ModelError("faithfulness: expected 3 log probabilities but found 2"),
    ],
    [
      { logProbabilities: (removed) => removed.map(() => Number.NEGATIVE_INFINITY) },
      {},
      new ModelError("faithfulness: expected finite log probabilities but found -Infinity"),
    ],
  ])("refuses %o with %o", async (input, options, error) => {
    const whole = { weights: [1, 2], logProbabilities: additive([1, 2]), ...input };
    await expect(faithfulness(whole, options)).rejects.toThrow(error);
  });
});
