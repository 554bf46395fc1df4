import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onOnnxRuntime, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { crossEntropy } from "../nn/losses.ts";
import { initialize, type Parameter } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, full, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CoverageAttention, lengthMask, POINTER, PointerAttention } from "./index.ts";

const [BATCH, QUERY_LEN, KEY_LEN, QUERY_DIM, KEY_DIM] = [2, 5, 7, 3, 11];
const query = input("query", [BATCH, QUERY_LEN, QUERY_DIM]);
const key = input("key", [BATCH, KEY_LEN, KEY_DIM]);
const value = input("value", [BATCH, KEY_LEN, 13]);
const FEEDS = {
  query: randomNumbers([BATCH, QUERY_LEN, QUERY_DIM], "query"),
  key: randomNumbers([BATCH, KEY_LEN, KEY_DIM], "key"),
  value: randomNumbers([BATCH, KEY_LEN, 13], "value"),
};
const sizes = { queryDim: QUERY_DIM, keyDim: KEY_DIM, hiddenDim: 17 };

describe("CoverageAttention", () => {
  const plain = new CoverageAttention(sizes);
  const fertile = new CoverageAttention({ ...sizes, fertility: 2 });
  for (const model of [plain, fertile]) initialize(model, 5);
  const runWith = (model: CoverageAttention, wanted: Outputs) => {
    const { outputs, feeds } = withParameterInputs(wanted, model);
    return evaluate(outputs, { ...feeds, ...FEEDS }) as Record<string, NdArray>;
  };

  test("the coverage is the sum of the weights so far", () => {
    const before = randomNumbers([BATCH, KEY_LEN], "before");
    const { weights, coverage } = plain.forward({ query, key, value, coverage: constant(before).cast("float32") });
    const found = runWith(plain, {
      coverage,
      sum: constant(before)
        .cast("float32")
        .add(weights.sum({ axes: 1 })),
    });
    expectClose(found.coverage, found.sum as NdArray, "float64");
  });

  test("over the fertility, where there is one", () => {
    const { weights, coverage } = fertile.forward({ query, key, value });
    const logits = fertile.fertilityProjection?.forward(key).squeeze(-1) as Tensor;
    // 1 / (2 sigmoid(x)) = (1 + exp(−x)) / 2
    const shares = logits.neg().exp().add(1).mul(0.5);
    const found = runWith(fertile, { coverage, sum: weights.sum({ axes: 1 }).mul(shares) });
    expectClose(found.coverage, found.sum as NdArray, "float64");
  });

  test("some queries now and the rest later give what all give at once", () => {
    const mask = lengthMask(constant(array([KEY_LEN, 4], [BATCH], "int32")), KEY_LEN);
    const whole = fertile.forward({ query, key, value, mask });
    const first = fertile.forward({ query: query.slice({ axis: 1, end: 2 }), key, value, mask });
    const second = fertile.forward({
      query: query.slice({ axis: 1, start: 2 }),
      key,
      value,
      mask,
      coverage: first.coverage,
    });
    const cut = (x: Tensor, options: { start?: number; end?: number }) => x.slice({ axis: 1, ...options });
    const found = runWith(fertile, {
      first: first.output,
      second: second.output,
      coverage: second.coverage,
      wholeFirst: cut(whole.output, { end: 2 }),
      wholeSecond: cut(whole.output, { start: 2 }),
      wholeCoverage: whole.coverage,
    });
    expectClose(found.first, found.wholeFirst as NdArray, "float64", "first");
    expectClose(found.second, found.wholeSecond as NdArray, "float64", "second");
    expectClose(found.coverage, found.wholeCoverage as NdArray, "float64", "coverage");
  });

  test("what has been read is read less, where its weight says so", () => {
    // One hidden unit: score = −tanh(coverage), so the key that was read comes last.
    const wary = new CoverageAttention({ queryDim: 2, keyDim: 2, hiddenDim: 1 });
    initialize(wary, 1);
    const set = (parameter: Parameter, values: number[]) => {
      parameter.value = array(values, parameter.shape as number[]);
    };
    set(wary.queryProjection.weight, [0, 0]);
    set(wary.keyProjection.weight, [0, 0]);
    set(wary.coverageProjection.weight, [1]);
    set(wary.scoreProjection.weight, [-1]);
    const keys = full([1, 3, 2], 1);
    const coverage = constant(array([0, 2, 1], [1, 3]));
    const { weights } = wary.forward({ query: full([1, 1, 2], 1), key: keys, value: keys, coverage });
    const { outputs, feeds } = withParameterInputs({ weights }, wary);
    const [unread, read, half] = numbers(evaluate(outputs, feeds).weights as NdArray) as [number, number, number];
    expect(unread / half).toBeCloseTo(Math.exp(Math.tanh(1)), 10);
    expect(half / read).toBeCloseTo(Math.exp(Math.tanh(2) - Math.tanh(1)), 10);
  });

  test("as many queries as a run says are one loop of the graph with the same numbers", async () => {
    const bias = constant(randomNumbers([1, KEY_LEN], "bias")).cast("float32");
    const given = { key, value, bias, mask: full([BATCH, 1, KEY_LEN], 1, "bool") };
    const written = fertile.forward({ ...given, query });
    const looped = fertile.forward({ ...given, query: input("query", [BATCH, "queryLen", QUERY_DIM]) });
    const has = (output: Tensor) => sortNodes([output]).some(({ operator }) => operator === "Scan");
    expect([has(looped.output), has(written.output)]).toEqual([true, false]);
    expect(looped.weights.shape).toEqual([BATCH, "queryLen", KEY_LEN]);
    const expected = runWith(fertile, { output: written.output, coverage: written.coverage });
    const { outputs, feeds } = withParameterInputs({ output: looped.output, coverage: looped.coverage }, fertile);
    const found = evaluate(outputs, { ...feeds, ...FEEDS });
    const rough = await onOnnxRuntime(outputs, { ...feeds, ...FEEDS });
    for (const [name, value] of Object.entries(expected)) {
      expectClose(found[name], value, "float64", name);
      expectClose(rough[name], value, "float32", `${name} on ONNX Runtime`);
    }
  });

  test("dropout leaves weights and coverage whole", () => {
    const dropping = new CoverageAttention({ ...sizes, dropout: 0.5 });
    initialize(dropping, 5);
    const build = (training: boolean) => traceGraph({ training }, () => dropping.forward({ query, key, value }));
    const noise = {
      "noise.dropout.0": array(new Array(BATCH * QUERY_LEN * KEY_LEN).fill(0.2), [BATCH, QUERY_LEN, KEY_LEN]),
    };
    const run = (training: boolean) => {
      const { outputs, feeds } = withParameterInputs({ ...build(training).result }, dropping);
      return evaluate(outputs, { ...feeds, ...FEEDS, ...noise });
    };
    const [whole, dropped] = [run(false), run(true)];
    expect(numbers(dropped.coverage as NdArray)).toEqual(numbers(whole.coverage as NdArray));
    expect(numbers(dropped.weights as NdArray)).toEqual(numbers(whole.weights as NdArray));
    expect(numbers(dropped.output as NdArray).map(Math.abs)).toEqual(new Array(BATCH * QUERY_LEN * 13).fill(0));
  });

  test.each([
    [{ fertility: 0 }, "CoverageAttention: expected fertility to be finite and above 0 but found 0"],
    [{ keyDim: 0 }, "CoverageAttention: expected keyDim to be a positive integer but found 0"],
    [{ dropout: -1 }, "CoverageAttention: expected dropout to be at least 0 and below 1 but found -1"],
  ])("refuses %j", (options, message) => {
    expect(() => new CoverageAttention({ ...sizes, ...options })).toThrow(new RangeError(message));
  });

  test("the same queries for a whole batch, and more axes in front, give what each gives for itself", () => {
    const one = query.slice({ axis: 0, end: 1 });
    const whole = fertile.forward({ query: one.expand([BATCH, QUERY_LEN, QUERY_DIM]), key, value });
    const shared = fertile.forward({ query: one.squeeze(0), key, value });
    const [keys, values] = [key, value].map((x) => x.unsqueeze(1)) as [Tensor, Tensor];
    const deep = fertile.forward({ query: one.squeeze(0), key: keys, value: values });
    const { weights, output, coverage } = whole;
    const found = runWith(fertile, {
      ...{ weights, output, coverage },
      ...Object.fromEntries(Object.entries(shared).map(([name, x]) => [`shared ${name}`, x])),
      ...Object.fromEntries(Object.entries(deep).map(([name, x]) => [`deep ${name}`, x.squeeze(1)])),
    });
    for (const name of ["weights", "output", "coverage"]) {
      expectClose(found[`shared ${name}`], found[name] as NdArray, "float64", `shared ${name}`);
      expectClose(found[`deep ${name}`], found[name] as NdArray, "float64", `deep ${name}`);
    }
  });

  test("refuses a coverage of other examples", () => {
    expect(() => plain.forward({ query, key, value, coverage: full([3, KEY_LEN], 0) })).toThrow(
      new ShapeError("CoverageAttention: expected shapes that broadcast but found [2] and [2] and [3]"),
    );
  });

  test("refuses a coverage of other keys", () => {
    expect(() => plain.forward({ query, key, value, coverage: full([BATCH, 3], 0) })).toThrow(
      new ShapeError(
        "CoverageAttention: expected coverage [... keyLen] to have keyLen=7, as in key, but found shape [2,3]",
      ),
    );
  });
});

describe("PointerAttention", () => {
  const numbersOfKeys = fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 9 });

  test("with weights that say so, it points at the smallest number that is allowed, and its logarithm is that of the weight", () => {
    const pointer = new PointerAttention({ queryDim: 1, keyDim: 1, hiddenDim: 1 });
    initialize(pointer, 1);
    const set = (parameter: Parameter, value: number) => {
      parameter.value = array([value], [1, 1]);
    };
    set(pointer.energy.keyProjection.weight, -0.1);
    set(pointer.energy.queryProjection.weight, 0);
    set(pointer.energy.scoreProjection.weight, 20);
    fc.assert(
      fc.property(numbersOfKeys, fc.nat(), (values, forbidden) => {
        const at = forbidden % values.length;
        const keys = constant(array(values, [values.length, 1]));
        const mask = constant(
          array(
            values.map((_, i) => Number(i !== at)),
            [1, values.length],
            "bool",
          ),
        );
        const answer = pointer.forward({ query: full([1, 1], 1), key: keys, value: keys, mask });
        const wanted = { ...answer, index: answer.logProbabilities.argMax() };
        const { outputs, feeds } = withParameterInputs(wanted, pointer);
        const { weights, logProbabilities, index } = evaluate(outputs, feeds) as Record<string, NdArray>;
        const allowed = values.map((number, i) => (i === at ? Number.POSITIVE_INFINITY : number));
        expect(numbers(index as NdArray)).toEqual([allowed.indexOf(Math.min(...allowed))]);
        const logs = numbers(weights as NdArray).map((weight, i) => (i === at ? -1e4 : Math.log(weight)));
        expectClose(logProbabilities, array(logs, [1, values.length], "float64"), "float64");
      }),
      { numRuns: 50 },
    );
  });

  test("trains by the index of the right key: the gradient is finite, and 0 for forbidden keys", async () => {
    const pointer = new PointerAttention(sizes);
    initialize(pointer, 3);
    const mask = lengthMask(constant(array([KEY_LEN, 4], [BATCH], "int32")), KEY_LEN);
    const { logProbabilities } = pointer.forward({ query, key, value, mask });
    // The last index is one that the mask forbids: an error in the data may not break the training.
    const labels = constant(array([0, 1, 2, 6, 5, 0, 1, 2, 3, 6], [BATCH, QUERY_LEN], "int32"));
    const { sum } = crossEntropy(logProbabilities, labels);
    const [slope] = gradient(sum, [key]) as [Tensor];
    const { outputs, feeds } = withParameterInputs({ sum, slope }, pointer);
    const given = { ...feeds, ...FEEDS };
    for (const found of [evaluate(outputs, given), await onOnnxRuntime(outputs, given)]) {
      const loss = numbers(found.sum as NdArray)[0] as number;
      expect(loss > 1e4 && loss < 1.1e4).toBe(true);
      const slopes = numbers(found.slope as NdArray);
      expect(slopes.every(Number.isFinite)).toBe(true);
      expect(slopes.slice((KEY_LEN + 4) * KEY_DIM).every((x) => x === 0)).toBe(true);
      expect(slopes.slice(0, (KEY_LEN + 4) * KEY_DIM).every((x) => x !== 0)).toBe(true);
    }
  });

  test("its example trains what is pointed at: the log-probability of the right key, negated", () => {
    const { build, loss } = POINTER.example;
    const model = build({ dim: 3, valueDim: 13, queryLen: QUERY_LEN, keyLen: KEY_LEN });
    const logProbabilities = input("logProbabilities", [1, 2, 3]);
    const weights = logProbabilities.exp();
    const answer = { output: weights, weights, logProbabilities };
    const where = constant(array([2, 0], [1, 2], "int32"));
    const own = loss?.({ model, answer, losses: full([1, 2], 0), where }) as Tensor;
    const found = evaluate({ own }, { logProbabilities: array([-1, -2, -3, -4, -5, -6], [1, 2, 3]) });
    expect(numbers(found.own as NdArray)).toEqual([7]);
  });

  test("refuses queries of another size than its weights'", () => {
    const pointer = new PointerAttention(sizes);
    expect(() => pointer.forward({ query: key, key, value })).toThrow(
      new ShapeError(
        "PointerAttention: expected query [... queryLen queryDim] to have queryDim=3, as in queryProjection, but found shape [2,7,11]",
      ),
    );
  });
});
