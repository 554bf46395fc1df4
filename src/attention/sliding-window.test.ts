import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { traceGraph } from "../nn/trace.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { constant, full, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { alibiScore, attend, lengthMask, scaledDot, slidingWindowAttention, sparsemax } from "./index.ts";

interface Setting {
  readonly length: number;
  readonly window: number;
  readonly dilation: number;
  readonly causal: boolean;
}

const [BATCH, HEADS, DIM, VALUE_DIM] = [2, 3, 5, 7];
const score = scaledDot({ scale: 1 });

/** Whether query i sees key j, in the words of the paper. */
const sees = ({ window, dilation, causal }: Setting, i: number, j: number) =>
  Math.abs(i - j) <= (dilation * window) / 2 && (i - j) % dilation === 0 && !(causal && j > i);

const insideOf = (setting: Setting) => {
  const all = Array.from({ length: setting.length ** 2 }, (_, at) => [Math.floor(at / setting.length), at] as const);
  const data = all.map(([i, at]) => Number(sees(setting, i, at % setting.length)));
  return constant(array(data, [setting.length, setting.length], "bool"));
};

const shapesOf = (length: number) => ({
  query: [BATCH, HEADS, length, DIM],
  key: [BATCH, HEADS, length, DIM],
  value: [BATCH, HEADS, length, VALUE_DIM],
});

function leavesOf(length: number, batch: number | string = BATCH) {
  const { query, key, value } = shapesOf(length);
  return {
    query: input("query", [batch, ...query.slice(1)]),
    key: input("key", [batch, ...key.slice(1)]),
    value: input("value", [batch, ...value.slice(1)]),
  };
}

const feedsOf = (length: number) =>
  Object.fromEntries(Object.entries(shapesOf(length)).map(([name, shape]) => [name, randomNumbers(shape, name)]));

/** Output, weights and the gradients of a mix of both. */
function everything(
  { query, key, value }: ReturnType<typeof leavesOf>,
  { output, weights }: { output: Tensor; weights: Tensor },
) {
  const loss = output.tanh().sum().add(weights.mul(weights).sum());
  const slopes = gradient(loss, [query, key, value]) as [Tensor, Tensor, Tensor];
  return { output, weights, ofQuery: slopes[0], ofKey: slopes[1], ofValue: slopes[2] };
}

const settings: fc.Arbitrary<Setting> = fc
  .record({
    radius: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    spare: fc.integer({ min: 1, max: 9 }),
    causal: fc.boolean(),
  })
  .map(({ radius, dilation, spare, causal }) => {
    return { length: 4 * radius * dilation + spare, window: 2 * radius, dilation, causal };
  });

/** Elements of every tensor that an output needs. */
const sizesOf = (output: Tensor) =>
  sortNodes([output]).flatMap((node) => node.outputs.map(({ shape }) => product(shape as number[])));

describe("in blocks", () => {
  const masks = {
    none: () => ({}),
    "keys of each example": (length: number) => ({
      mask: lengthMask(constant(array([length, length - 3], [BATCH], "int32")), length).unsqueeze(1),
    }),
    "keys of all": (length: number) => ({
      mask: constant(
        array(
          Array.from({ length }, (_, i) => Number(i % 3 !== 1)),
          [length],
          "bool",
        ),
      ),
    }),
    "no keys, and a bias for each head": (length: number) => ({
      mask: full([BATCH, 1, 1, length], 0, "bool"),
      bias: constant(randomNumbers([HEADS, 1, length], "bias")).cast("float32"),
    }),
    "a bias for each key": (length: number) => ({ bias: constant(randomNumbers([length], "bias")).cast("float32") }),
  };

  test.each(Object.entries(masks))("equals the plain formula, gradients too, with a mask of: %s", (_, given) => {
    fc.assert(
      fc.property(settings, (setting) => {
        const { length, window, dilation, causal } = setting;
        const leaves = leavesOf(length);
        const { mask, bias } = given(length) as { mask?: Tensor; bias?: Tensor };
        const inside = insideOf(setting);
        const masked = { ...leaves, ...(bias ? { bias } : {}), mask: mask ? mask.and(inside) : inside };
        const plain = attend({ ...masked, score: scaledDot() });
        const blocks = slidingWindowAttention({ ...leaves, ...given(length), window, dilation, causal });
        const feeds = feedsOf(length);
        const expected = evaluate(everything(leaves, plain), feeds);
        const found = evaluate(everything(leaves, blocks), feeds);
        for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
      }),
      { numRuns: 12 },
    );
  });

  test("the output holds no tensor of queryLen × keyLen, and the weights, which do, are those it is made of", () => {
    const leaves = { query: input("query", [64, 3]), key: input("key", [64, 3]), value: input("value", [64, 5]) };
    const { output, weights } = slidingWindowAttention({ ...leaves, window: 4 });
    expect(Math.max(...sizesOf(output))).toBeLessThan(64 * 64);
    expect(Math.max(...sizesOf(weights))).toBeGreaterThanOrEqual(64 * 64);
    expect(weights.shape).toEqual([64, 64]);
    const feeds = Object.fromEntries(
      Object.entries(leaves).map(([name, leaf]) => [name, randomNumbers(leaf.shape as number[], name)]),
    );
    const found = evaluate({ output, again: weights.matmul(leaves.value) }, feeds);
    expectClose(found.again, found.output as NdArray, "float64");
  });

  test("twice the length holds twice the numbers, with gradients and with a dilation", () => {
    const held = (length: number) => {
      const leaves = leavesOf(length);
      const { output } = slidingWindowAttention({ ...leaves, window: 4, dilation: 2 });
      const slopes = gradient(output.tanh().sum(), Object.values(leaves));
      return sizesOf(slopes.reduce((sum, slope) => sum.add(slope.sum()), output.sum())).reduce((a, b) => a + b);
    };
    expect(held(256) / held(128)).toBeGreaterThan(1.9);
    expect(held(256) / held(128)).toBeLessThan(2.01);
  });

  test("a length that is a symbol takes blocks, too, on ONNX Runtime as well, but in training, where it has gradients", async () => {
    const open = {
      query: input("query", [BATCH, HEADS, "len", DIM]),
      key: input("key", [BATCH, HEADS, "len", DIM]),
      value: input("value", [BATCH, HEADS, "len", VALUE_DIM]),
    };
    const lengths = input("lengths", [BATCH], "int32");
    const mask = lengthMask(lengths, "len").unsqueeze(1);
    for (const options of [{}, { dilation: 3 }, { causal: true }, { causal: true, dilation: 2 }]) {
      const symbolic = slidingWindowAttention({ ...open, mask, window: 4, ...options });
      expect([symbolic.output.shape, symbolic.weights.shape]).toEqual([
        [BATCH, HEADS, "len", VALUE_DIM],
        [BATCH, HEADS, "len", "len"],
      ]);
      const squares = sortNodes([symbolic.output]).filter(({ outputs }) =>
        outputs.some(({ shape }) => shape.filter((dim) => dim === "len").length > 1),
      );
      expect(squares).toEqual([]);
      for (const length of [1, 3, 23]) {
        const feeds = { ...feedsOf(length), lengths: array([length, length - 1], [BATCH], "int32") };
        const inside = insideOf({ length, window: 4, dilation: 1, causal: false, ...options });
        const fixed = leavesOf(length);
        const seen = lengthMask(lengths, length).unsqueeze(1).and(inside);
        const expected = evaluate(everything(fixed, attend({ ...fixed, score: scaledDot(), mask: seen })), feeds);
        const trained = traceGraph({ training: true }, () =>
          slidingWindowAttention({ ...open, mask, window: 4, ...options }),
        );
        const slopes = evaluate(everything(open, trained.result), feeds);
        for (const [name, value] of Object.entries(expected)) expectClose(slopes[name], value, "float64", name);
        const outputs = { output: symbolic.output, attention: symbolic.weights };
        const [exact, rough] = [evaluate(outputs, feeds), await onOnnxRuntime(outputs, feeds)];
        for (const [name, value] of [
          ["output", expected.output],
          ["attention", expected.weights],
        ] as const) {
          expectClose(exact[name], value as NdArray, "float64", name);
          expectClose(rough[name], value as NdArray, "float32", name);
        }
      }
    }
  });

  test("a score may know distances, and weights may be normalized otherwise", () => {
    const leaves = leavesOf(47);
    for (const causal of [false, true]) {
      const inside = insideOf({ length: 47, window: 4, dilation: 1, causal });
      const options = { score: alibiScore({ slopes: [2, 1, 0.5] }), normalize: sparsemax };
      const blocks = slidingWindowAttention({ ...leaves, ...options, window: 4, causal });
      expect(Math.max(...sizesOf(blocks.output))).toBeLessThan(BATCH * HEADS * 47 * 47);
      const found = evaluate(everything(leaves, blocks), feedsOf(47));
      const expected = evaluate(everything(leaves, attend({ ...leaves, ...options, mask: inside })), feedsOf(47));
      for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
    }
  });

  test("a score that is given beside a dilation sees whole distances", () => {
    const leaves = leavesOf(31);
    const options = { score: alibiScore({ slopes: [2, 1, 0.5] }) };
    const inside = insideOf({ length: 31, window: 4, dilation: 3, causal: false });
    const found = slidingWindowAttention({ ...leaves, ...options, window: 4, dilation: 3 });
    const plain = attend({ ...leaves, ...options, mask: inside });
    const both = evaluate({ found: found.output, plain: plain.output }, feedsOf(31));
    expectClose(both.found, both.plain as NdArray, "float64");
  });

  test.each(["float64", "float16"] as const)("%s goes in and comes out", (dtype) => {
    const states = input("states", [17, DIM], dtype);
    const given = { query: states, key: states, value: states, window: 4 };
    for (const part of [slidingWindowAttention(given), slidingWindowAttention({ ...given, dilation: 2 })]) {
      expect([part.output.dtype, part.weights.dtype]).toEqual([dtype, dtype]);
    }
  });

  test("a batch that is a symbol runs on ONNX Runtime", async () => {
    const { output, weights } = slidingWindowAttention({
      ...leavesOf(23, "batch"),
      window: 4,
      dilation: 2,
      causal: true,
    });
    expect([output.shape, weights.shape]).toEqual([
      ["batch", HEADS, 23, VALUE_DIM],
      ["batch", HEADS, 23, 23],
    ]);
    const feeds = feedsOf(23);
    const exact = evaluate({ output, attention: weights }, feeds);
    const rough = await onOnnxRuntime({ output, attention: weights }, feeds);
    for (const [name, value] of Object.entries(exact)) expectClose(rough[name], value, "float32", name);
  });

  test("dropout acts in training, on blocks, and weights stay whole", () => {
    const leaves = leavesOf(17);
    const drop = (training: boolean) =>
      traceGraph({ training }, () => slidingWindowAttention({ ...leaves, window: 4, dropout: 0.25 }));
    expect([...drop(false).noise.keys()]).toEqual([]);
    const { result, noise } = drop(true);
    const [[name, leaf]] = [...noise] as [[string, Tensor]];
    expect(leaf.shape).toEqual([BATCH, HEADS, 1, 9, 2, 6]);
    const feeds = { ...feedsOf(17), [name]: array(new Array(BATCH * HEADS * 108).fill(0.2), leaf.shape as number[]) };
    const found = evaluate({ ...result, whole: slidingWindowAttention({ ...leaves, window: 4 }).weights }, feeds);
    expectClose(found.weights, found.whole as NdArray, "float64");
    expect(numbers(found.output as NdArray).every((x) => x === 0)).toBe(true);
  });
});

describe.each([
  ["in blocks", 17],
  ["plainly", 7],
])("%s", (_, length) => {
  const leaves = leavesOf(length);

  test("keys outside the window get exactly 0, and those inside more", () => {
    for (const setting of [
      { length, window: 4, dilation: 1, causal: false },
      { length, window: 2, dilation: 3, causal: false },
      { length, window: 4, dilation: 2, causal: true },
    ]) {
      const { weights } = evaluate({ ...slidingWindowAttention({ ...leaves, ...setting }) }, feedsOf(length));
      for (const [at, weight] of numbers(weights as NdArray).entries()) {
        const seen = sees(setting, Math.floor(at / length) % length, at % length);
        expect(seen ? weight > 0 : weight === 0).toBe(true);
      }
    }
  });

  test("changing the future leaves causal outputs alone", () => {
    const { output } = slidingWindowAttention({ ...leaves, window: 4, causal: true });
    const feeds = feedsOf(length);
    const place = (i: number, dim: number) => Math.floor(i / dim) % length;
    const changed = (value: NdArray, from: number) => {
      const dim = value.shape[3] as number;
      const data = numbers(value).map((x, i) => (place(i, dim) >= from ? x + 1 : x));
      return array(data, value.shape, "float64");
    };
    const later = {
      query: changed(feeds.query as NdArray, 4),
      key: changed(feeds.key as NdArray, 4),
      value: changed(feeds.value as NdArray, 4),
    };
    const [before, after] = [feeds, later].map((given) => numbers(evaluate({ output }, given).output as NdArray));
    const kept = (values: readonly number[] | undefined) => values?.filter((_, i) => place(i, VALUE_DIM) < 4);
    expect(kept(after)).toEqual(kept(before));
    expect(after).not.toEqual(before);
  });
});

describe("plainly", () => {
  test("a mask that differs by query, or fewer queries than keys, which are the last places, need no blocks", () => {
    const length = 17;
    const { query, key, value } = leavesOf(length);
    const setting = { length, window: 4, dilation: 1, causal: false };
    const mask = constant(
      array(
        Array.from({ length: length ** 2 }, (_, i) => Number(i % 4 !== 0)),
        [length, length],
        "bool",
      ),
    );
    const masked = slidingWindowAttention({ query, key, value, mask, window: 4, score });
    const expected = attend({ query, key, value, score, mask: mask.and(insideOf(setting)) });
    const found = evaluate({ masked: masked.output, expected: expected.output }, feedsOf(length));
    expectClose(found.masked, found.expected as NdArray, "float64");
    const part = { query: query.slice({ axis: 2, start: 3, end: 9 }), key, value, window: 4, score };
    const last = slidingWindowAttention({ ...part, query: query.slice({ axis: 2, start: 12 }) });
    const whole = slidingWindowAttention({ query, key, value, window: 4, score }).output;
    const results = evaluate(
      {
        last: last.output,
        tail: whole.slice({ axis: 2, start: 12 }),
        some: slidingWindowAttention({ ...part, queryOffset: 3 }).output,
        fed: slidingWindowAttention({ ...part, queryOffset: input("place", [], "int32") }).output,
        middle: whole.slice({ axis: 2, start: 3, end: 9 }),
      },
      { ...feedsOf(length), place: array([3], [], "int32") },
    );
    expectClose(results.last, results.tail as NdArray, "float64", "last");
    expectClose(results.some, results.middle as NdArray, "float64", "some");
    expectClose(results.fed, results.middle as NdArray, "float64", "fed");
  });
});

describe("refuses", () => {
  const { query, key, value } = leavesOf(17);

  test.each([
    [{ window: 3 }, "slidingWindowAttention: expected window to be an even positive integer but found 3"],
    [{ window: 0 }, "slidingWindowAttention: expected window to be an even positive integer but found 0"],
    [{ window: 2, queryOffset: 0.5 }, "slidingWindowAttention: expected queryOffset to be an integer but found 0.5"],
    [{ window: 2, dilation: 0 }, "slidingWindowAttention: expected dilation to be a positive integer but found 0"],
  ])("%j", (options, message) => {
    expect(() => slidingWindowAttention({ query, key, value, ...options })).toThrow(new RangeError(message));
  });

  test("a mask of another batch, though blocks of it would stretch", () => {
    expect(() =>
      slidingWindowAttention({ query, key, value, window: 2, mask: input("mask", [5, 1, 1, 17], "bool") }),
    ).toThrow(
      new ShapeError("slidingWindowAttention: expected mask to stretch to the scores [2,3,17,17] but found [5,1,1,17]"),
    );
  });
});
