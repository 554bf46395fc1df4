import { describe, expect, test } from "vitest";
import { withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { initialize } from "../nn/module.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, input } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { type AttentionInput, AttentionPooling, hardmax, hopPenalty, StructuredSelfAttention } from "./index.ts";

const key = input("key", [2, 7, 5]);
const value = input("value", [2, 7, 11]);
const FEEDS = { key: randomNumbers([2, 7, 5], "key"), value: randomNumbers([2, 7, 11], "value") };

const penaltyOf = (weights: number[], shape: number[]) =>
  numbers(evaluate({ penalty: hopPenalty(constant(array(weights, shape, "float64"))) }, {}).penalty as NdArray);

describe("AttentionPooling", () => {
  const pooling = new AttentionPooling({ keyDim: 5, hiddenDim: 3 });
  initialize(pooling, 5);

  test("reads no query: one that is given changes nothing", () => {
    const asked: AttentionInput = { query: input("query", [2, 13, 17]), key, value };
    const [without, given] = [pooling.forward({ key, value }), pooling.forward(asked)];
    const wanted = { without: without.output, given: given.output };
    const { outputs, feeds } = withParameterInputs(wanted, pooling);
    const found = evaluate(outputs, { ...feeds, ...FEEDS });
    expect((found.given as NdArray).shape).toEqual([2, 1, 11]);
    expect(numbers(found.given as NdArray)).toEqual(numbers(found.without as NdArray));
  });

  test("is one hop of structured self-attention, but for the bias", () => {
    const structured = new StructuredSelfAttention({ keyDim: 5, hiddenDim: 3, hops: 1 });
    structured.keyProjection.weight.value = pooling.keyProjection.weight.value;
    structured.contexts.value = pooling.context.value;
    const run = (model: AttentionPooling | StructuredSelfAttention) => {
      const { outputs, feeds } = withParameterInputs({ output: model.forward({ key, value }).output }, model);
      return evaluate(outputs, { ...feeds, ...FEEDS }).output as NdArray;
    };
    expectClose(run(structured), run(pooling), "float64");
  });

  test.each([
    [{ keyDim: 0 }, "AttentionPooling: expected keyDim to be a positive integer but found 0"],
    [{ hiddenDim: 2.5 }, "AttentionPooling: expected hiddenDim to be a positive integer but found 2.5"],
    [{ dropout: 1 }, "AttentionPooling: expected dropout to be at least 0 and below 1 but found 1"],
  ])("refuses %j", (options, message) => {
    expect(() => new AttentionPooling({ keyDim: 2, hiddenDim: 3, ...options })).toThrow(new RangeError(message));
  });
});

describe("hopPenalty", () => {
  test("is 0 where each hop reads one key and no two the same", () => {
    expect(penaltyOf([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0], [3, 4])).toEqual([0]);
  });

  test("counts hops that read the same, spread out, or read nothing", () => {
    // The same key: 1 on both sides of the diagonal. Two keys evenly: (1/2 − 1)². None: (0 − 1)².
    expect(penaltyOf([0, 1, 0, 0, 1, 0], [2, 3])).toEqual([2]);
    expect(penaltyOf([0.5, 0.5, 0, 0, 0, 1], [2, 3])).toEqual([0.25]);
    expect(penaltyOf([0, 0, 0, 0, 0, 1], [2, 3])).toEqual([1]);
  });

  test("is one number for each example", () => {
    expect(penaltyOf([0, 1, 1, 0, 0, 1, 0, 1], [2, 2, 2])).toEqual([0, 2]);
    expect(hopPenalty(input("weights", ["batch", "hops", "keyLen"])).shape).toEqual(["batch"]);
  });
});

describe("StructuredSelfAttention", () => {
  test("gives the penalty of its own weights, and takes another normalizer", () => {
    const attention = new StructuredSelfAttention({ keyDim: 5, hiddenDim: 3, hops: 3, normalize: hardmax });
    initialize(attention, 5);
    const { outputs, feeds } = withParameterInputs({ ...attention.forward({ key, value }) }, attention);
    const { weights, penalty } = evaluate(outputs, { ...feeds, ...FEEDS }) as Record<string, NdArray>;
    expect(numbers(weights as NdArray).every((weight) => weight === 0 || weight === 1)).toBe(true);
    expect(numbers(penalty as NdArray)).toEqual(penaltyOf(numbers(weights as NdArray), [2, 3, 7]));
  });

  test.each([
    [{ hops: 0 }, "StructuredSelfAttention: expected hops to be a positive integer but found 0"],
    [{ keyDim: -1 }, "StructuredSelfAttention: expected keyDim to be a positive integer but found -1"],
    [{ dropout: 2 }, "StructuredSelfAttention: expected dropout to be at least 0 and below 1 but found 2"],
  ])("refuses %j", (options, message) => {
    const attempt = () => new StructuredSelfAttention({ keyDim: 2, hiddenDim: 3, hops: 2, ...options });
    expect(attempt).toThrow(new RangeError(message));
  });
});
