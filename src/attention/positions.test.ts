import { describe, expect, test } from "vitest";
import { onOnnxRuntime, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { concat, constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  alibiAttention,
  alibiBias,
  alibiScore,
  alibiSlopes,
  clippedDistances,
  LearnedPositionAttention,
  LearnedPositions,
  RelativePositionAttention,
  rotaryAttention,
  rotaryScore,
  rotate,
  type Score,
  SinusoidalAttention,
  scaledDotProduct,
  sinusoidalPositions,
} from "./index.ts";
import { atTime, random, table, valuesOf } from "./positions.fixture.ts";

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

  test("count from any place, which may be known to a run only", async () => {
    const later = (place: number, i: number) => wave(6)(place + 4, i);
    expectClose(valuesOf(sinusoidalPositions(5, 6, 4)), table(5, 6, later), "rounded");
    const feeds = { past: randomNumbers([4]), place: array([4], [], "int32") };
    const behind = sinusoidalPositions(5, 6, "past").add(input("past", ["past"]).sum().mul(0));
    const outputs = { behind, fed: sinusoidalPositions(5, 6, input("place", [], "int32")) };
    for (const found of [evaluate(outputs, feeds), await onOnnxRuntime(outputs, feeds)]) {
      expectClose(found.behind, table(5, 6, later), "float32");
      expectClose(found.fed, table(5, 6, later), "float32");
    }
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
      query: attention.queryProjection.forward(query.add(sinusoidalPositions(5, 4, 2))),
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

  test("count from any place, which may be known to a run only", async () => {
    const all = numbers(positions.weight.value as NdArray);
    const expected = array(all.slice(4 * 3, 9 * 3), [5, 3]);
    const behind = positions.forward(5, "past").add(input("past", ["past"]).sum().mul(0));
    const fed = positions.forward(5, input("place", [], "int32"));
    const { outputs, feeds } = withParameterInputs({ fixed: positions.forward(5, 4), behind, fed }, positions);
    const given = { ...feeds, past: randomNumbers([4]), place: array([4], [], "int32") };
    for (const found of [evaluate(outputs, given), await onOnnxRuntime(outputs, given)]) {
      for (const name of Object.keys(outputs)) expectClose(found[name], expected, "float32", name);
    }
  });

  test("there is none for a place before the first", async () => {
    expect(() => positions.forward(2, -1)).toThrow(
      new ShapeError("LearnedPositions: expected places from 0 on but found -1"),
    );
    const y = positions.forward(2, input("place", [], "int32"));
    const { outputs, feeds } = withParameterInputs({ y }, positions);
    await expect(onOnnxRuntime(outputs, { ...feeds, place: array([-1], [], "int32") })).rejects.toThrow(
      /^run: expected ONNX Runtime to run/,
    );
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
      const distance = (i % keyLen) - Math.floor(i / keyLen) - (keyLen - queryLen);
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

  test("each example's queries may stand at another place", () => {
    const attention = new RelativePositionAttention({ headDim, valueDim, maxDistance: 3 });
    initialize(attention, 5);
    const args = {
      query: random("query", 2, 3, queryLen, headDim),
      key: random("key", 2, 3, keyLen, headDim),
      value: random("value", 2, 3, keyLen, valueDim),
    };
    const example = (at: number) =>
      Object.fromEntries(
        Object.entries(args).map(([name, x]) => [name, x.slice({ axis: 0, start: at, end: at + 1 })]),
      ) as typeof args;
    const together = attention.forward({ ...args, queryOffset: constant(array([0, 6], [2, 1, 1], "int32")) });
    const alone = [0, 6].map((queryOffset, at) => attention.forward({ ...example(at), queryOffset }).output);
    const { outputs, feeds } = withParameterInputs({ together: together.output, alone: concat(alone, 0) }, attention);
    const found = evaluate(outputs, feeds);
    expectClose(found.together, found.alone as NdArray, "float64");
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

describe("scores that know places are told those of the queries", () => {
  const [query, key] = [random("query", 2, 5, 4), random("key", 2, 7, 4)];
  const relative = new RelativePositionAttention({ headDim: 4, valueDim: 3, maxDistance: 3 });
  initialize(relative, 5);

  test.each<[string, Score]>([
    ["alibiScore", alibiScore({ slopes: [1] })],
    ["rotaryScore", rotaryScore()],
    ["RelativePositionAttention", (pair) => relative.score(pair)],
  ])("%s", (_, score) => {
    const part = query.slice({ axis: 1, start: 1, end: 3 });
    const scores = {
      all: score({ query, key }),
      same: score({ query, key, queryOffset: 2 }),
      others: score({ query, key, queryOffset: 0 }),
      part: score({ query: part, key, queryOffset: 3 }),
      fed: score({ query: part, key, queryOffset: input("place", [], "int32") }),
      rows: score({ query, key }).slice({ axis: 1, start: 1, end: 3 }),
    };
    const { outputs, feeds } = withParameterInputs(scores, relative);
    const found = evaluate(outputs, { ...feeds, place: array([3], [], "int32") });
    expectClose(found.same, found.all as NdArray, "float64");
    expect(numbers(found.others as NdArray)).not.toEqual(numbers(found.all as NdArray));
    expectClose(found.part, found.rows as NdArray, "float64");
    expectClose(found.fed, found.rows as NdArray, "float64");
  });
});

describe("options out of range", () => {
  const states = input("states", [2, 5, 7]);
  const open = input("open", [2, "heads", 5, 7]);
  const wide = input("wide", [2, 5, "width"]);
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
      new RangeError("alibiAttention: expected slope to be finite and above 0 but found 0"),
      () => alibiAttention({ query: states, key: states, value: states, slopes: [0] }),
    ],
    [
      new RangeError("alibiAttention: expected dropout to be at least 0 and below 1 but found 1"),
      () => alibiAttention({ query: states, key: states, value: states, dropout: 1 }),
    ],
    [
      new RangeError("rotaryAttention: expected dropout to be at least 0 and below 1 but found 1"),
      () => rotaryAttention({ query: states, key: states, value: states, rotaryDim: 2, dropout: 1 }),
    ],
    [
      new RangeError("rotaryAttention: expected scale to be finite but found NaN"),
      () => rotaryAttention({ query: states, key: states, value: states, rotaryDim: 2, scale: Number.NaN }),
    ],
    [
      new RangeError("alibiAttention: expected scale to be finite but found NaN"),
      () => alibiAttention({ query: states, key: states, value: states, scale: Number.NaN }),
    ],
    [
      new ModelError("alibiAttention: expected a number as headDim but found width; give a scale"),
      () => alibiAttention({ query: wide, key: wide, value: wide }),
    ],
    [
      new RangeError("rotaryAttention: expected queryOffset to be an integer but found 0.5"),
      () => rotaryAttention({ query: states, key: states, value: states, rotaryDim: 2, queryOffset: 0.5 }),
    ],
    [
      new RangeError(
        "rotaryAttention: expected rotaryDim to be an even number from 2 to headDim=7 but found 7; give a rotaryDim",
      ),
      () => rotaryAttention({ query: states, key: states, value: states }),
    ],
    [
      new ShapeError('alibiBias: expected queryOffset to be int32 but found float32; use cast("int32")'),
      () => alibiBias({ queryLen: 1, keyLen: 1, queryOffset: constant(0) }),
    ],
    [
      new RangeError("clippedDistances: expected maxDistance to be a positive integer but found 0"),
      () => clippedDistances({ queryLen: 1, keyLen: 1, maxDistance: 0 }),
    ],
    [
      new ModelError("alibiAttention: expected a number of heads but found heads; give slopes"),
      () => alibiAttention({ query: open, key: open, value: open }),
    ],
  ])("%s", (error, attempt) => {
    expect(attempt).toThrow(error);
  });
});
