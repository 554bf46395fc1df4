import { describe, expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, input, type Tensor } from "../tensor/tensor.ts";
import { Buffer } from "./module.ts";
import { isTraining, nextNoiseName, trace, traceGraph, uniformNoise, updateBuffer } from "./trace.ts";

const weights = (value: number) => constant(array([value, value + 1], [1, 1, 2]));

describe("marked weights", () => {
  test("come back under their name with the names of their axes", () => {
    const marked = weights(1);
    const { weights: found, result } = traceGraph({ training: false }, () => {
      trace("reading", marked, "batch queryLen keyLen");
      return 7;
    });
    expect(result).toBe(7);
    expect(found).toEqual({ reading: { tensor: marked, axes: ["batch", "queryLen", "keyLen"] } });
  });

  test("of a loop are joined along the loop's axis, in order", () => {
    const { weights: found } = traceGraph({ training: false }, () => {
      for (const value of [1, 3, 5]) trace("reading", weights(value), "batch queryLen keyLen", { loop: "queryLen" });
    });
    const tensor = found.reading?.tensor as Tensor;
    expect(tensor.shape).toEqual([1, 3, 2]);
    expect(numbers(evaluate({ tensor }, {}).tensor as NdArray)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("outside a graph nothing happens", () => {
    expect(trace("reading", weights(1), "batch queryLen keyLen")).toBeUndefined();
  });

  const refused: [what: string, second: () => void, error: Error][] = [
    [
      "too few axes",
      () => trace("x", weights(1), "batch keyLen"),
      new ShapeError('trace: expected 3 axes with any names for x but found "batch keyLen"'),
    ],
    [
      "a loop over no axis",
      () => trace("x", weights(1), "batch queryLen keyLen", { loop: "time" }),
      new ShapeError('trace: expected 3 axes with time for x but found "batch queryLen keyLen"'),
    ],
    [
      "a name twice",
      () => {
        trace("x", weights(1), "a b c");
        trace("x", weights(1), "a b c");
      },
      new ModelError("trace: expected one tensor named x but found two; name the axis of the loop"),
    ],
    [
      "a name once without and once with a loop",
      () => {
        trace("x", weights(1), "a b c");
        trace("x", weights(1), "a b c", { loop: "b" });
      },
      new ModelError("trace: expected one tensor named x but found two; name the axis of the loop"),
    ],
    [
      "a loop over other axes",
      () => {
        trace("x", weights(1), "a b c", { loop: "b" });
        trace("x", weights(1), "a b d", { loop: "b" });
      },
      new ModelError('trace: expected x in a loop over b of "a b c" but found b of "a b d"'),
    ],
  ];
  test.each(refused)("%s is refused", (_, build, error) => {
    expect(() => traceGraph({ training: false }, build)).toThrow(error);
  });
});

describe("noise", () => {
  test("is an input of its own for each use, named by order", () => {
    const { noise } = traceGraph({ training: true }, () => [
      uniformNoise(nextNoiseName("dropout"), [2, 3]),
      uniformNoise("sample", [5]),
      uniformNoise(nextNoiseName("dropout"), [2]),
    ]);
    expect([...noise].map(([name, { shape }]) => [name, shape])).toEqual([
      ["noise.dropout.0", [2, 3]],
      ["noise.sample", [5]],
      ["noise.dropout.2", [2]],
    ]);
  });

  test("is refused outside a graph, and twice under one name", () => {
    expect(() => uniformNoise("x", [1])).toThrow(
      new ModelError("uniformNoise: expected a graph under way for x but found none; use traceGraph"),
    );
    const twice = () => [uniformNoise("x", [1]), uniformNoise("x", [1])];
    expect(() => traceGraph({ training: true }, twice)).toThrow(
      new ModelError("uniformNoise: expected one input named x but found two"),
    );
  });
});

describe("buffers", () => {
  const buffer = new Buffer(array([1, 2]));
  const update = () => updateBuffer(buffer, buffer.mul(0.9).add(input("mean", [2]).mul(0.1)));

  test("are moved on in training only", () => {
    const { updates } = traceGraph({ training: true }, update);
    expect([...updates.keys()]).toEqual([buffer]);
    const next = evaluate(
      { next: updates.get(buffer) as Tensor },
      new Map<Tensor, NdArray>([[buffer, buffer.value], ...meanOf(updates.get(buffer) as Tensor)]),
    );
    expect(numbers(next.next as NdArray).map((value) => Number(value.toFixed(6)))).toEqual([1.9, 2.8]);
    expect(traceGraph({ training: false }, update).updates.size).toBe(0);
  });

  test("the last update counts", () => {
    const last = constant([3, 4]);
    const { updates } = traceGraph({ training: true }, () => {
      update();
      updateBuffer(buffer, last);
    });
    expect(updates.get(buffer)).toBe(last);
  });

  function meanOf(tensor: Tensor): [Tensor, NdArray][] {
    const mean = tensor.node.inputs[1]?.node.inputs[0] as Tensor;
    return [[mean, array([10, 10])]];
  }
});

test("graphs nest, and an error leaves none under way", () => {
  const seen = traceGraph({ training: true }, () => {
    const inner = traceGraph({ training: false }, () => isTraining()).result;
    return [inner, isTraining()];
  }).result;
  expect(seen).toEqual([false, true]);
  const failing = () => {
    throw new ModelError("stop");
  };
  expect(() => traceGraph({ training: true }, failing)).toThrow(new ModelError("stop"));
  expect(isTraining()).toBe(false);
});
