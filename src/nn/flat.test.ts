import { describe, expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError } from "../tensor/errors.ts";
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { FlatParameters } from "./flat.ts";
import { constantInitializer } from "./initializers.ts";
import { initialize, Module, Parameter, type ParameterOptions } from "./module.ts";

const parameter = (shape: readonly number[], value: number, options: Partial<ParameterOptions> = {}) =>
  new Parameter(shape, { initializer: constantInitializer(value), ...options });

class Model extends Module {
  readonly matrix = parameter([2, 3], 1);
  readonly bias = parameter([3], 2);
  readonly fixed = parameter([2], 3, { frozen: true });
  readonly slow = parameter([2, 2], 4, { rate: 0.1 });
  readonly second = parameter([1, 5], 5);
  readonly tied = this.bias;
}

function built(): { model: Model; flat: FlatParameters } {
  const model = new Model();
  initialize(model, 1);
  return { model, flat: new FlatParameters(model) };
}

test("parameters lie by group, in the order of their first member, frozen ones apart", () => {
  const { flat } = built();
  expect(flat.trainable.slots.map(({ name }) => name)).toEqual(["matrix", "second", "bias", "slow"]);
  expect(flat.frozen.slots.map(({ name }) => name)).toEqual(["fixed"]);
  expect(flat.segments).toEqual([
    { size: 11, rate: 1, decay: true },
    { size: 3, rate: 1, decay: false },
    { size: 4, rate: 0.1, decay: true },
  ]);
  expect(flat.size).toBe(18);
});

test("values become two vectors, and each parameter finds its piece of them", () => {
  const { model, flat } = built();
  const values = flat.values();
  expect(numbers(values.parameters as NdArray)).toEqual([1, 1, 1, 1, 1, 1, 5, 5, 5, 5, 5, 2, 2, 2, 4, 4, 4, 4]);
  expect(numbers(values.frozen as NdArray)).toEqual([3, 3]);
  const pieces = flat.pieces();
  const outputs = { sum: model.matrix.add(model.tied), slow: model.slow.mul(model.fixed), second: model.second.neg() };
  const result = evaluate(substitute(outputs, pieces), values);
  expect(numbers(result.sum as NdArray)).toEqual([3, 3, 3, 3, 3, 3]);
  expect(numbers(result.slow as NdArray)).toEqual([12, 12, 12, 12]);
  expect(result.second?.shape).toEqual([1, 5]);
});

test("gradients join in the same order", () => {
  const { model, flat } = built();
  const joined = flat.trainable.join(flat.trainable.slots.map(({ leaf }) => leaf.mul(2)));
  expect(joined.shape).toEqual([18]);
  const pieces = flat.pieces();
  const vector = evaluate(substitute({ joined }, pieces), flat.values()).joined as NdArray;
  expect(numbers(vector)).toEqual(numbers(flat.values().parameters as NdArray).map((value) => 2 * value));
  expect(model.parameterCount).toBe(20);
});

test("a vector is taken apart by name and put together again", () => {
  const { flat } = built();
  const vector = array(Float32Array.from({ length: 18 }, (_, i) => i));
  const parts = flat.trainable.takeApart(vector);
  expect([...parts.keys()]).toEqual(["matrix", "second", "bias", "slow"]);
  expect(numbers(parts.get("bias") as NdArray)).toEqual([11, 12, 13]);
  expect(parts.get("slow")?.shape).toEqual([2, 2]);
  expect(flat.trainable.putTogether(new Map([...parts].reverse()))).toEqual(vector);
});

describe("what does not fit is refused", () => {
  test("a missing part", () => {
    expect(() => built().flat.trainable.putTogether(new Map())).toThrow(
      new ModelError("parameters: expected matrix to be float32 [2,3] but found none"),
    );
  });

  test("a part of another shape, even of the same size", () => {
    const { flat } = built();
    const parts = flat.trainable.takeApart(flat.values().parameters as NdArray);
    parts.set("matrix", array([1, 1, 1, 1, 1, 1], [3, 2]));
    expect(() => flat.trainable.putTogether(parts)).toThrow(
      new ModelError("parameters: expected matrix to be float32 [2,3] but found float32 [3,2]"),
    );
  });

  test("a parameter without a value", () => {
    expect(() => new FlatParameters(new Model()).values()).toThrow(
      new ModelError("parameters: expected a value for matrix but found none; call initialize()"),
    );
  });
});

test("a model whose parameters are all frozen has an empty vector", () => {
  const model = new Model();
  for (const leaf of model.parameters().values()) leaf.frozen = true;
  initialize(model, 1);
  const flat = new FlatParameters(model);
  expect([flat.size, flat.segments, flat.values().parameters?.shape]).toEqual([0, [], [0]]);
  const y = evaluate(substitute({ y: model.matrix.add(1) }, flat.pieces()), flat.values()).y;
  expect(numbers(y as NdArray)).toEqual([2, 2, 2, 2, 2, 2]);
});
