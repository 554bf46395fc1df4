import { describe, expect, test } from "vitest";
import { withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, full, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  alibiAttention,
  alibiScore,
  attend,
  LocalPredictiveAttention,
  lengthMask,
  localMonotonicAttention,
  scaledDot,
  sparsemax,
  windowMask,
} from "./index.ts";

const [BATCH, QUERY_LEN, KEY_LEN, DIM] = [2, 5, 11, 3];
const score = scaledDot({ scale: 1 });
const query = input("query", [BATCH, QUERY_LEN, DIM]);
const key = input("key", [BATCH, KEY_LEN, DIM]);
const value = input("value", [BATCH, KEY_LEN, 7]);
const FEEDS = {
  query: randomNumbers([BATCH, QUERY_LEN, DIM], "query"),
  key: randomNumbers([BATCH, KEY_LEN, DIM], "key"),
  value: randomNumbers([BATCH, KEY_LEN, 7], "value"),
};

/** Softmax over the keys that `sees` lets through, key by key. */
function alignment(batch: number, t: number, sees: (s: number) => boolean): number[] {
  const at = (values: NdArray, row: number, dim: number) => numbers(values)[row * DIM + dim] as number;
  const powers = Array.from({ length: KEY_LEN }, (_, s) => {
    const products = Array.from(
      { length: DIM },
      (_, dim) => at(FEEDS.query, batch * QUERY_LEN + t, dim) * at(FEEDS.key, batch * KEY_LEN + s, dim),
    );
    return sees(s) ? Math.exp(products.reduce((a, b) => a + b)) : 0;
  });
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => (total > 0 ? power / total : 0));
}

const rows = <T>(row: (batch: number, t: number) => T) =>
  Array.from({ length: BATCH * QUERY_LEN }, (_, i) => row(Math.floor(i / QUERY_LEN), i % QUERY_LEN));

describe("localMonotonicAttention", () => {
  test("equals the formula, row by row, and keys outside the window get exactly 0", () => {
    const { weights } = evaluate({ ...localMonotonicAttention({ query, key, value, score, radius: 2 }) }, FEEDS);
    const expected = rows((batch, t) => alignment(batch, t, (s) => Math.abs(s - t) <= 2)).flat();
    expectClose(weights, array(expected, [BATCH, QUERY_LEN, KEY_LEN], "float64"), "float64");
    const zeros = (values: readonly number[]) => values.map((weight) => weight === 0);
    expect(zeros(numbers(weights as NdArray))).toEqual(zeros(expected));
  });

  test("queries that come one at a time, each with its place, see what they see together", () => {
    const together = localMonotonicAttention({ query, key, value, radius: 2, queryOffset: 4 }).output;
    for (let t = 0; t < QUERY_LEN; t++) {
      const one = { query: query.slice({ axis: 1, start: t, end: t + 1 }), key, value, radius: 2 };
      const alone = localMonotonicAttention({ ...one, queryOffset: 4 + t }).output;
      const fed = localMonotonicAttention({ ...one, queryOffset: input("place", [], "int32") }).output;
      const row = together.slice({ axis: 1, start: t, end: t + 1 });
      const found = evaluate({ alone, fed, row }, { ...FEEDS, place: array([4 + t], [], "int32") });
      expectClose(found.alone, found.row as NdArray, "float64");
      expectClose(found.fed, found.row as NdArray, "float64");
    }
  });

  test("each example may stand at another place", () => {
    const queryOffset = constant(array([0, 6], [BATCH, 1], "int32"));
    const { weights } = evaluate(
      { ...localMonotonicAttention({ query, key, value, score, radius: 1, queryOffset }) },
      FEEDS,
    );
    const expected = rows((batch, t) => alignment(batch, t, (s) => Math.abs(s - t - 6 * batch) <= 1)).flat();
    expectClose(weights, array(expected, [BATCH, QUERY_LEN, KEY_LEN], "float64"), "float64");
  });

  test("a window beyond the last key holds none: no weight, no output", () => {
    const far = evaluate(
      { ...localMonotonicAttention({ query, key, value, radius: 1, queryOffset: KEY_LEN - 2 }) },
      FEEDS,
    );
    const [output, weights] = [numbers(far.output as NdArray), numbers(far.weights as NdArray)];
    expect(weights.slice(3 * KEY_LEN, 5 * KEY_LEN)).toEqual(new Array(2 * KEY_LEN).fill(0));
    expect(output.slice(3 * 7, 5 * 7)).toEqual(new Array(14).fill(0));
    expect(output.slice(0, 7).every((x) => x !== 0)).toBe(true);
  });

  test("another normalizer sees the keys of the window only", () => {
    const given = { query, key, value, score, radius: 2, normalize: sparsemax };
    const inside = windowMask(constant(array([0, 1, 2, 3, 4], [QUERY_LEN], "int32")), { keyLen: KEY_LEN, radius: 2 });
    const expected = attend({ query, key, value, score, normalize: sparsemax, mask: inside });
    const found = evaluate({ weights: localMonotonicAttention(given).weights, expected: expected.weights }, FEEDS);
    expectClose(found.weights, found.expected as NdArray, "float64");
  });

  test("a score that knows places is told those of the queries", () => {
    const scored = alibiScore({ slopes: [2] });
    const { weights } = localMonotonicAttention({ query, key, value, radius: 2, score: scored });
    const inside = windowMask(constant(array([0, 1, 2, 3, 4], [QUERY_LEN], "int32")), { keyLen: KEY_LEN, radius: 2 });
    const expected = alibiAttention({ query, key, value, slopes: [2], queryOffset: 0, mask: inside });
    const found = evaluate({ weights, expected: expected.weights }, FEEDS);
    expectClose(found.weights, found.expected as NdArray, "float64");
  });

  test.each([
    [{ radius: 0 }, new RangeError("localMonotonicAttention: expected radius to be a positive integer but found 0")],
    [
      { radius: 1, queryOffset: 0.5 },
      new RangeError("localMonotonicAttention: expected queryOffset to be an integer but found 0.5"),
    ],
    [
      { radius: 1, queryOffset: constant([0.5]) },
      new ShapeError('localMonotonicAttention: expected queryOffset to be int32 but found float32; use cast("int32")'),
    ],
    [
      { radius: 1, dropout: 1 },
      new RangeError("localMonotonicAttention: expected dropout to be at least 0 and below 1 but found 1"),
    ],
    [
      { radius: 1, query: input("open", [BATCH, QUERY_LEN, "width"]) },
      new ModelError("localMonotonicAttention: expected a number as queryDim but found width; give a score"),
    ],
  ])("refuses %j", (options, error) => {
    expect(() => localMonotonicAttention({ query, key, value, ...options })).toThrow(error);
  });
});

describe("LocalPredictiveAttention", () => {
  const attention = new LocalPredictiveAttention({ queryDim: DIM, hiddenDim: 13, radius: 3, score });
  initialize(attention, 5);
  const run = (given: { mask?: Tensor } = {}) => {
    const { outputs, feeds } = withParameterInputs(
      { ...attention.forward({ query, key, value, ...given }) },
      attention,
    );
    return evaluate(outputs, { ...feeds, ...FEEDS }) as Record<"output" | "weights" | "place", NdArray>;
  };

  test("equals the formula, row by row, and keys outside the window get exactly 0", () => {
    const { weights, place } = run();
    const expected = rows((batch, t) => {
      const center = numbers(place)[batch * QUERY_LEN + t] as number;
      const aligned = alignment(batch, t, (s) => Math.abs(s - center) <= 3);
      return aligned.map((weight, s) => weight * Math.exp(-((s - center) ** 2) / (2 * 1.5 ** 2)));
    });
    expectClose(weights, array(expected.flat(), [BATCH, QUERY_LEN, KEY_LEN], "float64"), "rounded");
    const sums = expected.map((row) => row.reduce((a, b) => a + b));
    expect(sums.every((sum) => sum > 0 && sum < 1)).toBe(true);
    expect(numbers(weights).filter((weight) => weight === 0).length).toBeGreaterThan(0);
  });

  test("a place is a share of the keys that are allowed", () => {
    const whole = numbers(run().place);
    expect(whole.every((place) => place > 0 && place < KEY_LEN)).toBe(true);
    const lengths = constant(array([KEY_LEN, 4], [BATCH], "int32"));
    const [first, second] = [whole.slice(0, QUERY_LEN), whole.slice(QUERY_LEN)];
    const shortened = array([...first, ...second.map((place) => (place * 4) / KEY_LEN)], [BATCH, QUERY_LEN], "float64");
    expectClose(run({ mask: lengthMask(lengths, KEY_LEN) }).place, shortened, "float64");
    // A mask that stretches over the keys allows all of them, or none.
    const rowWise = constant(array([1, 0], [BATCH, 1, 1], "bool"));
    const stretched = array([...first, ...second.map(() => 0)], [BATCH, QUERY_LEN], "float64");
    expectClose(run({ mask: rowWise }).place, stretched, "float64");
  });

  test("the places learn", () => {
    const { output } = attention.forward({ query, key, value });
    const [slope] = gradient(output.sum(), [attention.placeScore.weight]) as [Tensor];
    const { outputs, feeds } = withParameterInputs({ slope }, attention);
    const found = numbers(evaluate(outputs, { ...feeds, ...FEEDS }).slope as NdArray);
    expect(found.every((x) => Number.isFinite(x) && x !== 0)).toBe(true);
  });

  test("another normalizer aligns inside the window", () => {
    const sparse = new LocalPredictiveAttention({
      queryDim: DIM,
      hiddenDim: 13,
      radius: 3,
      score,
      normalize: sparsemax,
    });
    initialize(sparse, 5);
    const { output: _, ...both } = sparse.forward({ query, key, value });
    const normalized = sparsemax(score({ query, key }), windowMask(both.place, { keyLen: KEY_LEN, radius: 3 }));
    const { outputs, feeds } = withParameterInputs({ ...both, normalized }, sparse);
    const found = evaluate(outputs, { ...feeds, ...FEEDS }) as Record<"weights" | "place" | "normalized", NdArray>;
    const expected = numbers(found.normalized).map((weight, i) => {
      const distance = (i % KEY_LEN) - (numbers(found.place)[Math.floor(i / KEY_LEN)] as number);
      return weight * Math.exp(-(distance ** 2) / (2 * 1.5 ** 2));
    });
    expectClose(found.weights, array(expected, [BATCH, QUERY_LEN, KEY_LEN], "float64"), "rounded");
  });

  test.each([
    [{ radius: 1.5 }, "LocalPredictiveAttention: expected radius to be a positive integer but found 1.5"],
    [{ hiddenDim: 0 }, "LocalPredictiveAttention: expected hiddenDim to be a positive integer but found 0"],
    [{ dropout: 1 }, "LocalPredictiveAttention: expected dropout to be at least 0 and below 1 but found 1"],
  ])("refuses %j", (options, message) => {
    const attempt = () => new LocalPredictiveAttention({ queryDim: 2, hiddenDim: 3, radius: 1, ...options });
    expect(attempt).toThrow(new RangeError(message));
  });

  test("refuses queries of another size than its weights'", () => {
    expect(() => attention.forward({ query: full([BATCH, QUERY_LEN, 4], 1), key, value })).toThrow(
      new ShapeError(
        "LocalPredictiveAttention: expected query [... queryLen queryDim] to have queryDim=3, as in placeProjection, but found shape [2,5,4]",
      ),
    );
  });
});
