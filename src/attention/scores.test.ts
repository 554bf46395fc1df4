import { describe, expect, test } from "vitest";
import { onOnnxRuntime, withParameterInputs } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  attend,
  ConcatenatedEnergies,
  CosineAttention,
  cosineSimilarity,
  dot,
  dotProduct,
  GaussianKernelAttention,
  GeneralAttention,
  gaussianKernel,
  LocationAttention,
  lengthMask,
  PointerAttention,
  type Score,
  sampledAttention,
  scaledDot,
  scaledDotProduct,
} from "./index.ts";

const [BATCH, QUERY_LEN, KEY_LEN] = [2, 5, 7];

/** Query and key as inputs, and numbers for them. */
function pair(queryDim: number, keyDim = queryDim): { query: Tensor; key: Tensor; feeds: Record<string, NdArray> } {
  const shapes = { query: [BATCH, QUERY_LEN, queryDim], key: [BATCH, KEY_LEN, keyDim] };
  return {
    query: input("query", shapes.query),
    key: input("key", shapes.key),
    feeds: { query: randomNumbers(shapes.query, "query"), key: randomNumbers(shapes.key, "key") },
  };
}

/** A score of vectors, for each pair of them. */
function ofPairs(feeds: Readonly<Record<string, NdArray>>, score: (q: number[], k: number[]) => number): NdArray {
  const [query, key] = [feeds.query as NdArray, feeds.key as NdArray];
  const row = (x: NdArray, at: number) => {
    const dim = x.shape.at(-1) as number;
    return numbers(x).slice(at * dim, (at + 1) * dim);
  };
  const all = Array.from({ length: BATCH * QUERY_LEN }, (_, i) =>
    Array.from({ length: KEY_LEN }, (_, j) => score(row(query, i), row(key, Math.floor(i / QUERY_LEN) * KEY_LEN + j))),
  );
  return array(all.flat(), [BATCH, QUERY_LEN, KEY_LEN], "float64");
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const product2 = (q: readonly number[], k: readonly number[]) => sum(q.map((x, i) => x * (k[i] as number)));
const distance2 = (q: readonly number[], k: readonly number[]) => sum(q.map((x, i) => (x - (k[i] as number)) ** 2));

function evaluated(outputs: Outputs, feeds: Readonly<Record<string, NdArray>>): Record<string, NdArray> {
  return evaluate(outputs, feeds) as Record<string, NdArray>;
}

describe("dot and general", () => {
  test("dot is the sum of products, and the scaled one without its scale", () => {
    const { query, key, feeds } = pair(3);
    const found = evaluated({ plain: dot({ query, key }), scaled: scaledDot({ scale: 1 })({ query, key }) }, feeds);
    expectClose(found.plain, ofPairs(feeds, product2), "float64");
    expect(numbers(found.scaled as NdArray)).toEqual(numbers(found.plain as NdArray));
  });

  test("general with the identity is dot, and its matrix stands between query and key", () => {
    const { query, key, feeds } = pair(3);
    const attention = new GeneralAttention({ queryDim: 3, keyDim: 3 });
    initialize(attention, 1);
    const { outputs } = withParameterInputs({ scores: attention.score({ query, key }) }, attention);
    const name = "projection.weight";
    const matrix = (data: readonly number[]) => array(data, [3, 3]);
    const identity = evaluated(outputs, { ...feeds, [name]: matrix([1, 0, 0, 0, 1, 0, 0, 0, 1]) });
    expectClose(identity.scores, ofPairs(feeds, product2), "float64");
    const first = evaluated(outputs, { ...feeds, [name]: matrix([0, 1, 0, 0, 0, 0, 0, 0, 0]) });
    expectClose(
      first.scores,
      ofPairs(feeds, ([q], [, k]) => (q as number) * (k as number)),
      "float64",
    );
  });
});

describe("LocationAttention", () => {
  const attention = new LocationAttention({ queryDim: 3, maxLen: 11 });
  initialize(attention, 3);
  const { query, key, feeds } = pair(3, 13);

  test("reads no key, and of a shorter sequence the first places", () => {
    const whole = input("whole", [BATCH, 11, 13]);
    const { outputs, feeds: parameters } = withParameterInputs(
      { some: attention.score({ query, key }), all: attention.score({ query, key: whole }) },
      attention,
    );
    expect(sortNodes(Object.values(outputs)).some(({ attributes }) => attributes.name === "key")).toBe(false);
    const { some, all } = evaluated(outputs, { ...parameters, query: feeds.query as NdArray });
    const first = numbers(all as NdArray).filter((_, i) => i % 11 < KEY_LEN);
    expectClose(some, array(first, [BATCH, QUERY_LEN, KEY_LEN], "float64"), "float64");
  });

  test("one query reads a whole batch, each example with its own length", () => {
    const one = input("one", [1, 3]);
    const mask = lengthMask(constant(array([KEY_LEN, 4], [BATCH], "int32")), KEY_LEN);
    const stretched = attention.forward({ query: one, key, value: key, mask });
    const repeated = attention.forward({ query: one.expand([BATCH, 1, 3]), key, value: key, mask });
    const { outputs, feeds: parameters } = withParameterInputs(
      { weights: stretched.weights, output: stretched.output, expected: repeated.weights, read: repeated.output },
      attention,
    );
    const found = evaluated(outputs, { ...parameters, key: feeds.key as NdArray, one: randomNumbers([1, 3], "one") });
    expect((found.weights as NdArray).shape).toEqual([BATCH, 1, KEY_LEN]);
    expectClose(found.weights, found.expected as NdArray, "float64");
    expectClose(found.output, found.read as NdArray, "float64");
    const open = attention.score({ query: one, key: input("open", ["batch", "keyLen", 13]) });
    expect(open.shape).toEqual(["batch", 1, "keyLen"]);
  });

  test("refuses more keys than it knows places", async () => {
    const long = input("long", [BATCH, 12, 13]);
    expect(() => attention.forward({ query, key: long, value: long })).toThrow(
      new ShapeError("LocationAttention: expected keyLen up to maxLen=11 but found 12; build it with a larger maxLen"),
    );
    const open = input("open", [BATCH, "keyLen", 13]);
    const { weights, output } = attention.forward({ query, key: open, value: open });
    const { outputs, feeds: parameters } = withParameterInputs({ weights, output }, attention);
    const given = { ...parameters, query: feeds.query as NdArray, open: randomNumbers([BATCH, 12, 13], "open") };
    expect(() => evaluate(outputs, given)).toThrow(
      new ModelError("reference: expected an index from -11 to 10 but found 11"),
    );
    await expect(onOnnxRuntime(outputs, given)).rejects.toThrow(/data bounds|dimension mismatch/);
  });
});

describe("cosineSimilarity", () => {
  const cosineOf = (q: readonly number[], k: readonly number[]) =>
    product2(q, k) / Math.sqrt(product2(q, q) * product2(k, k));

  test("is the cosine times the sharpness, however long the vectors are", () => {
    const { query, key, feeds } = pair(3);
    const score = cosineSimilarity({ sharpness: 4 });
    const found = evaluated({ plain: score({ query, key }), far: score({ query: query.mul(1024), key }) }, feeds);
    expectClose(
      found.plain,
      ofPairs(feeds, (q, k) => 4 * cosineOf(q, k)),
      "float64",
    );
    expectClose(found.far, found.plain as NdArray, "float64");
  });

  test("takes a sharpness for each query, as a controller emits it", () => {
    const { query, key, feeds } = pair(3);
    const sharpness = input("sharpness", [BATCH, QUERY_LEN, 1]);
    const strengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const given = { ...feeds, sharpness: array(strengths, [BATCH, QUERY_LEN, 1], "float64") };
    const { scores } = evaluated({ scores: cosineSimilarity({ sharpness })({ query, key }) }, given);
    const expected = numbers(ofPairs(feeds, cosineOf)).map(
      (x, i) => x * (strengths[Math.floor(i / KEY_LEN)] as number),
    );
    expectClose(scores, array(expected, [BATCH, QUERY_LEN, KEY_LEN], "float64"), "float64");
  });

  test("zero vectors score 0 and have gradients of at most β / ε", async () => {
    const { query, key, feeds } = pair(3);
    const scores = cosineSimilarity({ sharpness: 2, epsilon: 0.125 })({ query, key });
    const [ofQuery, ofKey] = gradient(scores.sum(), [query, key]) as [Tensor, Tensor];
    const zero = { ...feeds, query: array(new Array(BATCH * QUERY_LEN * 3).fill(0), [BATCH, QUERY_LEN, 3]) };
    const both = { ...zero, key: array(new Array(BATCH * KEY_LEN * 3).fill(0), [BATCH, KEY_LEN, 3]) };
    for (const given of [zero, both]) {
      const exact = evaluated({ scores, ofQuery, ofKey }, given);
      const rough = await onOnnxRuntime({ scores, ofQuery, ofKey }, given);
      for (const found of [exact, rough]) {
        expect(numbers(found.scores as NdArray).every((score) => score === 0)).toBe(true);
        expect(numbers(found.ofQuery as NdArray).every((slope) => Math.abs(slope) <= (KEY_LEN * 2) / 0.125)).toBe(true);
        expect(numbers(found.ofKey as NdArray).map(Math.abs)).toEqual(new Array(BATCH * KEY_LEN * 3).fill(0));
      }
    }
  });
});

describe("gaussianKernel", () => {
  /** Few coordinates, which are subtracted, and more. */
  const DIMS = [1, 3, 4, 5, 13];

  test.each(DIMS)("is −|q − k|² / 2σ² in %i dimensions, with the slopes of that", (dim) => {
    const { query, key, feeds } = pair(dim);
    const variance = input("variance", [1]);
    const given = { ...feeds, variance: array([0.75], [1], "float64") };
    const scores = gaussianKernel({ variance })({ query, key });
    const expected = ofPairs(feeds, (q, k) => -distance2(q, k) / 1.5);
    expectClose(evaluated({ scores }, given).scores, expected, "float64", "scores");
    expectClose(
      evaluated({ scores: gaussianKernel({ variance: 0.75 })({ query, key }) }, feeds).scores,
      expected,
      "float64",
      "scores of a given variance",
    );
    const loss = scores.mul(0.1).tanh().sum();
    const [ofQuery, ofKey, ofVariance] = gradient(loss, [query, key, variance]) as [Tensor, Tensor, Tensor];
    for (const [name, slope] of Object.entries({ query: ofQuery, key: ofKey, variance: ofVariance })) {
      expectClose(evaluated({ slope }, given).slope, centralDifferences(loss, given, name), "differences", name);
    }
  });

  test.each(DIMS)("makes no tensor of queryLen, keyLen and %i dimensions", (dim) => {
    const { query, key } = pair(dim);
    const scores = gaussianKernel({ variance: 1 })({ query, key });
    const sizes = sortNodes([scores]).flatMap(({ outputs }) => outputs.map(({ shape }) => product(shape as number[])));
    expect(Math.max(...sizes)).toBe(BATCH * Math.max(QUERY_LEN * KEY_LEN, KEY_LEN * dim));
  });

  /** Points around `offset`, of numbers that float32 holds exactly. */
  const around = (offset: number, shape: readonly number[], name: string) =>
    array(
      numbers(randomNumbers(shape, name)).map((x) => offset + Math.round(x * 64) / 64),
      shape,
      "float64",
    );

  test.each([
    [2, 10_000, 0.25],
    [3, 2000, 0.25],
    [16, 1000, 4],
  ])("in float32, too, tells near points in %i dimensions around %i", async (dim, offset, variance) => {
    const { query, key } = pair(dim);
    const feeds = {
      query: around(offset, [BATCH, QUERY_LEN, dim], "query"),
      key: around(offset, [BATCH, KEY_LEN, dim], "key"),
    };
    const { weights } = attend({ query, key, value: key, score: gaussianKernel({ variance }) });
    const [exact, rough] = [evaluated({ weights }, feeds), await onOnnxRuntime({ weights }, feeds)];
    expectClose(rough.weights, exact.weights as NdArray, "float32");
  });

  test.each(DIMS)("padding in front changes nothing in %i dimensions, whatever it holds", async (dim) => {
    const { query, key, feeds } = pair(dim);
    const padded = input("padded", [BATCH, KEY_LEN + 2, dim]);
    const mask = constant(array([0, 0, ...new Array(KEY_LEN).fill(1)], [KEY_LEN + 2], "bool"));
    const score = gaussianKernel({ variance: 1 });
    const plain = attend({ query, key, value: key, score }).weights;
    const { weights } = attend({ query, key: padded, value: padded, score, mask });
    const outputs = { plain, shifted: weights.slice({ axis: -1, start: 2 }) };
    for (const filler of [1e6, Number.NaN]) {
      const rows = numbers(feeds.key as NdArray);
      const whole = [0, 1].flatMap((i) => [
        ...new Array<number>(2 * dim).fill(filler),
        ...rows.slice(i * KEY_LEN * dim, (i + 1) * KEY_LEN * dim),
      ]);
      const given = { ...feeds, padded: array(whole, [BATCH, KEY_LEN + 2, dim], "float64") };
      const [exact, rough] = [evaluated(outputs, given), await onOnnxRuntime(outputs, given)];
      expectClose(exact.shifted, exact.plain as NdArray, "float64", `exact beside ${filler}`);
      expectClose(rough.shifted, exact.plain as NdArray, "float32", `rough beside ${filler}`);
    }
  });

  test("its rows of softmax are the kernel over its sum", () => {
    const { query, key, feeds } = pair(13);
    const attention = new GaussianKernelAttention({ variance: 2.5 });
    initialize(attention, 1);
    const { weights } = attention.forward({ query, key, value: key });
    const { outputs, feeds: parameters } = withParameterInputs({ weights }, attention);
    const kernels = numbers(ofPairs(feeds, (q, k) => Math.exp(-distance2(q, k) / 5)));
    const rows = kernels.map((kernel, i) => {
      const start = i - (i % KEY_LEN);
      return kernel / sum(kernels.slice(start, start + KEY_LEN));
    });
    const found = evaluated(outputs, { ...feeds, ...parameters }).weights;
    expectClose(found, array(rows, [BATCH, QUERY_LEN, KEY_LEN], "float64"), "rounded");
  });
});

describe("ConcatenatedEnergies", () => {
  test("one query, and more axes in front, give what each example gives for itself", () => {
    const attention = new ConcatenatedEnergies({ queryDim: 3, keyDim: 13, hiddenDim: 5 });
    initialize(attention, 3);
    const { key, feeds } = pair(3, 13);
    const one = input("one", [1, 3]);
    const whole = attention.score({ query: one.expand([BATCH, 1, 3]), key });
    const { outputs, feeds: parameters } = withParameterInputs(
      {
        whole,
        one: attention.score({ query: one, key }),
        deep: attention.score({ query: one, key: key.unsqueeze(1) }),
      },
      attention,
    );
    const found = evaluated(outputs, { ...parameters, key: feeds.key as NdArray, one: randomNumbers([1, 3], "one") });
    expectClose(found.one, found.whole as NdArray, "float64");
    expect((found.deep as NdArray).shape).toEqual([BATCH, 1, 1, KEY_LEN]);
    expect(numbers(found.deep as NdArray)).toEqual(numbers(found.one as NdArray));
  });
});

test("a scaled dot product of symbolic headDim asks for a scale, in the name of who needs it", () => {
  const open = input("open", [2, "headDim"]);
  const message = "expected a number as headDim but found headDim; give a scale";
  const given = { query: open, key: open, value: open };
  expect(() => scaledDotProduct(given)).toThrow(new ModelError(`scaledDotProduct: ${message}`));
  expect(() => attend({ ...given, score: scaledDot() })).toThrow(new ModelError(`scaledDot: ${message}`));
  expect(scaledDotProduct({ ...given, scale: 1 }).weights.shape).toEqual([2, 2]);
});

describe("options out of range", () => {
  const x = input("x", [2, 3]);
  const all = { query: x, key: x, value: x };

  test.each([
    [() => scaledDot({ scale: Number.NaN }), "scaledDot: expected scale to be finite but found NaN"],
    [
      () => scaledDotProduct({ ...all, scale: Number.NaN }),
      "scaledDotProduct: expected scale to be finite but found NaN",
    ],
    [
      () => scaledDotProduct({ ...all, dropout: 2 }),
      "scaledDotProduct: expected dropout to be at least 0 and below 1 but found 2",
    ],
    [() => dotProduct({ ...all, dropout: 1 }), "dotProduct: expected dropout to be at least 0 and below 1 but found 1"],
    [
      () => sampledAttention({ ...all, score: dot, dropout: -1 }),
      "sampledAttention: expected dropout to be at least 0 and below 1 but found -1",
    ],
    [
      () => new PointerAttention({ queryDim: 3, keyDim: 2, hiddenDim: 0 }),
      "PointerAttention: expected hiddenDim to be a positive integer but found 0",
    ],
    [
      () => new PointerAttention({ queryDim: 3, keyDim: 2, hiddenDim: 5, dropout: 1 }),
      "PointerAttention: expected dropout to be at least 0 and below 1 but found 1",
    ],
    [
      () => new GeneralAttention({ queryDim: 3, keyDim: 0 }),
      "GeneralAttention: expected keyDim to be a positive integer but found 0",
    ],
    [
      () => new GeneralAttention({ queryDim: 3, keyDim: 2, dropout: 1 }),
      "GeneralAttention: expected dropout to be at least 0 and below 1 but found 1",
    ],
    [
      () => new LocationAttention({ queryDim: 3, maxLen: 2.5 }),
      "LocationAttention: expected maxLen to be a positive integer but found 2.5",
    ],
    [
      () => new LocationAttention({ queryDim: 3, maxLen: 2, dropout: -1 }),
      "LocationAttention: expected dropout to be at least 0 and below 1 but found -1",
    ],
    [
      () => new CosineAttention({ sharpness: 0 }),
      "CosineAttention: expected sharpness to be finite and above 0 but found 0",
    ],
    [
      () => new CosineAttention({ epsilon: 0 }),
      "CosineAttention: expected epsilon to be finite and above 0 but found 0",
    ],
    [
      () => new CosineAttention({ dropout: 2 }),
      "CosineAttention: expected dropout to be at least 0 and below 1 but found 2",
    ],
    [
      () => cosineSimilarity({ sharpness: -1 }),
      "cosineSimilarity: expected sharpness to be finite and above 0 but found -1",
    ],
    [
      () => cosineSimilarity({ epsilon: Number.NaN }),
      "cosineSimilarity: expected epsilon to be finite and above 0 but found NaN",
    ],
    [() => gaussianKernel({ variance: 0 }), "gaussianKernel: expected variance to be finite and above 0 but found 0"],
    [
      () => new GaussianKernelAttention({ variance: Infinity }),
      "GaussianKernelAttention: expected variance to be finite and above 0 but found Infinity",
    ],
    [
      () => new GaussianKernelAttention({ dropout: 1 }),
      "GaussianKernelAttention: expected dropout to be at least 0 and below 1 but found 1",
    ],
  ])("%s", (attempt, message) => {
    expect(attempt).toThrow(new RangeError(message));
  });
});

test.each<[string, Score, string]>([
  ["dot", dot, "headDim"],
  ["cosineSimilarity", cosineSimilarity(), "headDim"],
  ["gaussianKernel", gaussianKernel({ variance: 1 }), "dim"],
])("%s names the axis in which query and key differ", (owner, score, axis) => {
  const { query, key } = pair(3, 13);
  expect(() => score({ query, key })).toThrow(
    new ShapeError(
      `${owner}: expected key [... keyLen ${axis}] to have ${axis}=3, as in query, but found shape [2,7,13]`,
    ),
  );
});
