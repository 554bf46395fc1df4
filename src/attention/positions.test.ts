import { describe, expect, test } from "vitest";
import { onOnnxRuntime, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { rearrange } from "../tensor/patterns.ts";
import { applyOne, constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  alibiAttention,
  alibiBias,
  alibiSlopes,
  causalMask,
  LearnedPositionAttention,
  LearnedPositions,
  RelativePositionAttention,
  rotaryAttention,
  rotate,
  SinusoidalAttention,
  scaledDot,
  scaledDotProduct,
  sinusoidalPositions,
} from "./index.ts";

/** Exact numbers as a float32 tensor, which a graph of float32 takes. */
const random = (name: string, ...shape: number[]) => constant(randomNumbers(shape, name)).cast("float32");
const valuesOf = (y: Tensor, feeds: Record<string, NdArray> = {}) => evaluate({ y }, feeds).y as NdArray;
const table = (rows: number, columns: number, at: (row: number, column: number) => number) =>
  array(
    Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)),
    [rows, columns],
    "float64",
  );
/** One tensor of the length of a fed sequence, `time`, on both runtimes: the first is exact. */
async function atTime(build: (time: Tensor) => Tensor, length: number): Promise<{ exact: NdArray; rough: NdArray }> {
  const time = input("time", ["time"]);
  // The input carries the symbol, so it must be read.
  const y = build(time).add(time.sum().mul(0));
  const feeds = { time: randomNumbers([length]) };
  return { exact: valuesOf(y, feeds), rough: (await onOnnxRuntime({ y }, feeds)).y as NdArray };
}

describe("sinusoidal positions", () => {
  const wave = (dim: number) => (place: number, i: number) => {
    const angle = place / 10_000 ** ((2 * Math.floor(i / 2)) / dim);
    return i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  };

  test.each([1, 2, 7, 10])("are sines and cosines in turn, in %i dimensions", async (dim) => {
    expectClose(valuesOf(sinusoidalPositions(13, dim)), table(13, dim, wave(dim)), "rounded");
    const { exact, rough } = await atTime((time) => sinusoidalPositions(time.dim(0), dim), 17);
    expectClose(exact, table(17, dim, wave(dim)), "rounded");
    expectClose(rough, exact, "float32");
  });

  test("a distance turns every place alike", () => {
    const positions = valuesOf(sinusoidalPositions(9, 6));
    const product = (a: number, b: number) =>
      Array.from({ length: 6 }, (_, i) => i).reduce(
        (sum, i) => sum + (positions.data[a * 6 + i] as number) * (positions.data[b * 6 + i] as number),
        0,
      );
    expect(product(5, 8)).toBeCloseTo(product(0, 3), 6);
    expect(product(5, 8)).not.toBeCloseTo(product(5, 7), 2);
  });

  test("are added to queries and keys before their projections", () => {
    const attention = new SinusoidalAttention({ queryDim: 4, keyDim: 6, headDim: 3 });
    initialize(attention, 5);
    const [query, key, value] = [random("query", 2, 5, 4), random("key", 2, 7, 6), random("value", 2, 7, 3)];
    const { output } = attention.forward({ query, key, value });
    const plain = scaledDotProduct({
      query: attention.queryProjection.forward(query.add(sinusoidalPositions(5, 4))),
      key: attention.keyProjection.forward(key.add(sinusoidalPositions(7, 6))),
      value,
    });
    const { outputs, feeds } = withParameterInputs({ output, expected: plain.output }, attention);
    const found = evaluate(outputs, feeds);
    expectClose(found.output, found.expected as NdArray, "float64");
  });
});

describe("learned positions", () => {
  const positions = new LearnedPositions({ maxLen: 11, dim: 3 });
  initialize(positions, 5);
  const rows = (length: number) => numbers(positions.weight.value as NdArray).slice(0, length * 3);

  test.each([1, 7, 11])("are the first rows of the weight, at length %i and as a symbol", async (length) => {
    const time = input("time", ["time"]);
    const all = { fixed: positions.forward(length), open: positions.forward("time").add(time.sum().mul(0)) };
    const { outputs, feeds } = withParameterInputs(all, positions);
    const given = { ...feeds, time: randomNumbers([length]) };
    for (const found of [evaluate(outputs, given), await onOnnxRuntime(outputs, given)]) {
      expectClose(found.fixed, array(rows(length), [length, 3]), "float32");
      expectClose(found.open, array(rows(length), [length, 3]), "float32");
    }
  });

  test("rows that are not used get no gradient", () => {
    const { outputs, feeds } = withParameterInputs({ y: positions.forward(2) }, positions);
    const weight = sortNodes([outputs.y as Tensor]).find((node) => node.operator === "Input")?.outputs[0] as Tensor;
    expect(weight.shape).toEqual([11, 3]);
    const [slope] = gradient((outputs.y as Tensor).sum(), [weight]) as [Tensor];
    expect(numbers(valuesOf(slope, feeds))).toEqual([...new Array(6).fill(1), ...new Array(27).fill(0)]);
  });

  test("a sequence that is too long is refused, and makes a run fail", async () => {
    expect(() => positions.forward(12)).toThrow(
      new ShapeError("LearnedPositions: expected at most maxLen=11 places but found 12"),
    );
    const time = input("time", ["time"]);
    const { outputs, feeds } = withParameterInputs({ y: positions.forward("time").add(time.unsqueeze(1)) }, positions);
    await expect(onOnnxRuntime(outputs, { ...feeds, time: randomNumbers([12]) })).rejects.toThrow(
      /^run: expected ONNX Runtime to run/,
    );
  });
});

describe("relative positions", () => {
  const [queryLen, keyLen, headDim, valueDim] = [5, 7, 13, 3];

  test.each([1, 3, 17])("are vectors for each pair, distances up to %i", (maxDistance) => {
    const attention = new RelativePositionAttention({ headDim, valueDim, maxDistance });
    initialize(attention, 5);
    const args = {
      query: random("query", queryLen, headDim),
      key: random("key", keyLen, headDim),
      value: random("value", keyLen, valueDim),
    };
    const places = Array.from({ length: queryLen * keyLen }, (_, i) => {
      const distance = (i % keyLen) - Math.floor(i / keyLen);
      return Math.max(-maxDistance, Math.min(maxDistance, distance)) + maxDistance;
    });
    const index = constant(array(places, [queryLen, keyLen], "int32"));
    const keys = args.key.unsqueeze(0).add(attention.keyDistances.gather(index));
    const values = args.value.unsqueeze(0).add(attention.valueDistances.gather(index));
    const plain = args.query.unsqueeze(1).mul(keys).sum({ axes: -1 }).div(Math.sqrt(headDim)).softmax();
    const read = plain.unsqueeze(-1).mul(values).sum({ axes: -2 });
    const all = { ...attention.forward(args), plain, read };
    const { outputs, feeds } = withParameterInputs(all, attention);
    const found = evaluate(outputs, feeds);
    expectClose(found.weights, found.plain as NdArray, "rounded");
    expectClose(found.output, found.read as NdArray, "rounded");
  });

  test("no tensor holds a vector for each pair", () => {
    const attention = new RelativePositionAttention({ headDim, valueDim, maxDistance: 2 });
    const states = { query: random("query", 2, queryLen, headDim), key: random("key", 2, keyLen, headDim) };
    const { output } = attention.forward({ ...states, value: random("value", 2, keyLen, valueDim) });
    const pairs = sortNodes([output]).flatMap(({ outputs }) =>
      outputs.filter(({ shape }) => shape.includes(queryLen) && shape.includes(keyLen)),
    );
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.every(({ shape }) => shape.at(-1) === keyLen)).toBe(true);
  });
});

describe("rotary positions", () => {
  const x = random("x", 2, 3, 5, 6);
  /** Cosines and sines of places times rates, as ONNX's operator takes them. */
  const caches = (rotaryDim: number, offset = 0) =>
    [Math.cos, Math.sin].map((wave) => {
      const half = rotaryDim / 2;
      const one = table(5, half, (place, i) => wave((place + offset) / 10_000 ** ((2 * i) / rotaryDim)));
      return constant(array([...numbers(one), ...numbers(one)], [2, 5, half], "float64"));
    });

  test.each([
    ["neighbours", true, undefined],
    ["halves", false, undefined],
    ["neighbours, partly", true, 2],
    ["halves, partly", false, 4],
  ])("turn pairs as ONNX's operator does: %s", async (_, interleaved, rotaryDim) => {
    const expected = applyOne("RotaryEmbedding", [x, ...caches(rotaryDim ?? 6, 4)], {
      interleaved: interleaved ? 1 : 0,
      rotary_embedding_dim: rotaryDim ?? 0,
    });
    const turned = rotate(x, { interleaved, rotaryDim, offset: 4 });
    expectClose(valuesOf(turned), valuesOf(expected), "rounded");
    expectClose((await onOnnxRuntime({ turned }, {})).turned, valuesOf(expected), "float32");
  });

  test("length and offset may be known to a run only", async () => {
    const feeds = { states: randomNumbers([5, 6]), offset: array([4], [], "float64") };
    const turned = rotate(input("states", ["time", 6]), { offset: input("offset", []) });
    const expected = valuesOf(rotate(constant(feeds.states), { offset: 4 }));
    expectClose(valuesOf(turned, feeds), expected, "float64");
    expectClose((await onOnnxRuntime({ turned }, feeds)).turned, expected, "float32");
  });

  test("no row becomes longer or shorter, and the first of all stays", () => {
    const squares = (y: Tensor) => valuesOf(y.mul(y).sum({ axes: -1 }));
    expectClose(squares(rotate(x)), squares(x), "rounded");
    const first = (y: Tensor) => valuesOf(y.slice({ axis: 2, end: 1 }));
    expectClose(first(rotate(x)), first(x), "float64");
    expect(numbers(valuesOf(rotate(x)))).not.toEqual(numbers(valuesOf(x)));
  });

  test.each([true, false])("weights depend on distances only, interleaved: %s", (interleaved) => {
    const args = { query: x, key: random("key", 2, 3, 7, 6), value: random("value", 2, 3, 7, 4), interleaved };
    const at = (queryOffset: number, keyOffset: number) =>
      valuesOf(rotaryAttention({ ...args, queryOffset, keyOffset }).weights);
    expectClose(at(19, 17), at(2, 0), "rounded");
    expect(numbers(at(3, 0))[0]).not.toBeCloseTo(numbers(at(2, 0))[0] as number, 3);
  });

  test("the two layouts are one but for the order of numbers", () => {
    const apart = (y: Tensor) => rearrange(y, "... (half pair) -> ... (pair half)", { pair: 2 });
    expectClose(valuesOf(apart(rotate(x))), valuesOf(rotate(apart(x), { interleaved: false })), "float64");
  });
});

describe("alibi", () => {
  test("the slopes are the paper's, and the authors' where heads are no power of two", () => {
    expect(alibiSlopes(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => 2 ** -i));
    expect(alibiSlopes(16).slice(0, 2)).toEqual([2 ** -0.5, 2 ** -1]);
    expect(alibiSlopes(1)).toEqual([1 / 256]);
    expect(alibiSlopes(3)).toEqual([1 / 16, 1 / 256, 1 / 4]);
    expect(alibiSlopes(12)).toEqual([...alibiSlopes(8), ...[0.5, 1.5, 2.5, 3.5].map((i) => 2 ** -i)]);
  });

  test("the bias counts from the last key, or from where the first query stands", () => {
    const last = [-2, -1, 0, -1, -3, -2, -1, 0].map((x) => x / 4);
    const bias = (heads: number) => valuesOf(alibiBias({ queryLen: 2, keyLen: 4, heads }));
    expectClose(bias(2), array([...last.map((x) => x / 4), ...last.map((x) => x / 64)], [2, 2, 4]), "rounded");
    const first = valuesOf(alibiBias({ queryLen: 2, keyLen: 3, slopes: [3], queryOffset: 0 }));
    expectClose(first, array([0, -3, -6, -3, 0, -3], [1, 2, 3]), "float64");
  });

  test("lengths may be symbols", async () => {
    const { exact, rough } = await atTime((time) => alibiBias({ queryLen: 2, keyLen: time.dim(0), heads: 4 }), 5);
    expectClose(exact, valuesOf(alibiBias({ queryLen: 2, keyLen: 5, heads: 4 })), "float64");
    expectClose(rough, exact, "float32");
  });

  const args = {
    query: random("query", 2, 3, 5, 7),
    key: random("key", 2, 3, 5, 7),
    value: random("value", 2, 3, 5, 11),
  };

  test("each head has a slope of its own, and together they have what each has alone", () => {
    const together = numbers(valuesOf(alibiAttention(args).output));
    const part = (x: Tensor, head: number) => x.slice({ axis: 1, start: head, end: head + 1 }).squeeze(1);
    for (const [head, slope] of alibiSlopes(3).entries()) {
      const alone = {
        query: part(args.query, head),
        key: part(args.key, head),
        value: part(args.value, head),
        slopes: [slope],
      };
      const found = numbers(valuesOf(alibiAttention(alone).output));
      const size = found.length / 2;
      const start = (3 + head) * size;
      expectClose(array(found.slice(size), [size]), array(together.slice(start, start + size), [size]), "float32");
    }
  });

  test("without heads there is one slope", () => {
    const [query, key, value] = [random("query", 3, 5, 7), random("key", 3, 5, 7), random("value", 3, 5, 2)];
    const found = evaluate(
      {
        plain: alibiAttention({ query, key, value }).weights,
        given: alibiAttention({ query, key, value, slopes: [1 / 256] }).weights,
      },
      {},
    );
    expectClose(found.plain, found.given as NdArray, "float64");
  });

  test("with a causal mask, counting from the first key comes to the same", () => {
    const mask = causalMask(5);
    const ascending = constant(alibiSlopes(3))
      .unsqueeze([1, 2])
      .mul(constant([0, 1, 2, 3, 4]));
    const expected = scaledDotProduct({ ...args, mask, bias: ascending });
    const found = evaluate({ weights: alibiAttention({ ...args, mask }).weights, expected: expected.weights }, {});
    expectClose(found.weights, found.expected as NdArray, "rounded");
  });

  test("a bias is added to its own", () => {
    const bias = random("bias", 5, 5);
    const own = alibiBias({ queryLen: 5, keyLen: 5, heads: 3 });
    const expected = scaledDot()(args).add(own).add(bias).softmax();
    const found = evaluate({ weights: alibiAttention({ ...args, bias }).weights, expected }, {});
    expectClose(found.weights, found.expected as NdArray, "float64");
  });
});

describe("options out of range", () => {
  const states = input("states", [2, 5, 7]);
  const open = input("open", [2, "heads", 5, 7]);
  const relative = { headDim: 3, valueDim: 3, maxDistance: 3 };
  const even = "rotate: expected rotaryDim to be an even number from 2 to headDim=7 but found";
  test.each<[Error, () => unknown]>([
    [
      new RangeError("sinusoidalPositions: expected dim to be a positive integer but found 0"),
      () => sinusoidalPositions(3, 0),
    ],
    [
      new RangeError("SinusoidalAttention: expected headDim to be a positive integer but found 0"),
      () => new SinusoidalAttention({ queryDim: 3, keyDim: 3, headDim: 0 }),
    ],
    [
      new RangeError("SinusoidalAttention: expected dropout to be at least 0 and below 1 but found 1"),
      () => new SinusoidalAttention({ queryDim: 3, keyDim: 3, headDim: 3, dropout: 1 }),
    ],
    [
      new RangeError("LearnedPositions: expected maxLen to be a positive integer but found 0"),
      () => new LearnedPositionAttention({ queryDim: 3, keyDim: 3, headDim: 3, maxLen: 0 }),
    ],
    [
      new RangeError("RelativePositionAttention: expected maxDistance to be a positive integer but found 0"),
      () => new RelativePositionAttention({ ...relative, maxDistance: 0 }),
    ],
    [
      new RangeError("RelativePositionAttention: expected dropout to be at least 0 and below 1 but found -1"),
      () => new RelativePositionAttention({ ...relative, dropout: -1 }),
    ],
    [new RangeError(`${even} 7; give a rotaryDim`), () => rotate(states)],
    [new RangeError(`${even} 8; give a rotaryDim`), () => rotate(states, { rotaryDim: 8 })],
    [new RangeError(`${even} 0; give a rotaryDim`), () => rotate(states, { rotaryDim: 0 })],
    [
      new RangeError("rotate: expected base to be finite and above 0 but found 0"),
      () => rotate(states, { rotaryDim: 2, base: 0 }),
    ],
    [
      new ModelError("rotate: expected a number as headDim but found headDim"),
      () => rotate(input("open", [5, "headDim"]), { rotaryDim: 2 }),
    ],
    [new RangeError("alibiSlopes: expected heads to be a positive integer but found 2.5"), () => alibiSlopes(2.5)],
    [
      new RangeError("alibiBias: expected slope to be finite and above 0 but found -1"),
      () => alibiBias({ queryLen: 1, keyLen: 1, slopes: [1, -1] }),
    ],
    [
      new ShapeError(
        "alibiAttention: expected scores [... heads queryLen keyLen] to have heads=3, as in slopes, but found shape [2,5,5]",
      ),
      () => alibiAttention({ query: states, key: states, value: states, slopes: [1, 2, 3] }),
    ],
    [
      new ModelError("alibiAttention: expected a number of heads but found heads; give slopes"),
      () => alibiAttention({ query: open, key: open, value: open }),
    ],
  ])("%s", (error, attempt) => {
    expect(attempt).toThrow(error);
  });
});
