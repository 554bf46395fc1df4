import { expect, test } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { array } from "../tensor/nd-array.ts";
import { constantInitializer, uniform } from "./initializers.ts";
import { Linear } from "./linear.ts";
import { Buffer, initialize, Module, Parameter } from "./module.ts";

class Block extends Module {
  readonly first = new Linear({ inputDim: 2, outputDim: 3 });
  readonly mean = new Buffer(array([0, 0, 0]));
}

class Model extends Module {
  readonly blocks = [new Block(), new Block()];
  readonly heads = { left: new Linear({ inputDim: 3, outputDim: 1, bias: false }), size: 3, note: undefined };
  readonly question = new Parameter([1, 5], { initializer: uniform(1) });
  readonly tied = this.heads.left;
  readonly alsoTied = this.question;
  readonly itself = this;
  readonly #hidden = new Linear({ inputDim: 7, outputDim: 7 });

  width(): number {
    return this.#hidden.weight.shape[0] as number;
  }
}

test("parameters are named by their path, in field order, each once under its first path", () => {
  const model = new Model();
  expect([...model.parameters().keys()]).toEqual([
    "blocks.0.first.weight",
    "blocks.0.first.bias",
    "blocks.1.first.weight",
    "blocks.1.first.bias",
    "heads.left.weight",
    "question",
  ]);
  expect(model.parameters().get("blocks.1.first.bias")).toBe(model.blocks[1]?.first.bias);
  expect(model.width()).toBe(7);
});

test("buffers and modules are found the same way", () => {
  const model = new Model();
  expect([...model.buffers().keys()]).toEqual(["blocks.0.mean", "blocks.1.mean"]);
  expect([...model.modules().keys()]).toEqual([
    "",
    "blocks.0",
    "blocks.0.first",
    "blocks.1",
    "blocks.1.first",
    "heads.left",
  ]);
  expect(model.modules().get("")).toBe(model);
});

test("parameterCount counts a tied one once", () => {
  expect(new Model().parameterCount).toBe(2 * (2 * 3 + 3) + 3 + 5);
});

test("initialize draws from seed and path: another layer changes nothing", () => {
  class Larger extends Module {
    readonly extra = new Linear({ inputDim: 11, outputDim: 13 });
    readonly blocks = [new Block()];
  }
  const [model, larger, other] = [new Model(), new Larger(), new Model()];
  initialize(model, 7);
  initialize(larger, 7);
  initialize(other, 8);
  const weight = (m: Model | Larger) => m.blocks[0]?.first.weight.value?.data;
  expect(weight(larger)).toEqual(weight(model));
  expect(weight(other)).not.toEqual(weight(model));
  expect(model.blocks[1]?.first.weight.value?.data).not.toEqual(weight(model));
});

test("initialize leaves a value that is there", () => {
  const model = new Block();
  const value = array([1, 2, 3, 4, 5, 6], [2, 3]);
  model.first.weight.value = value;
  initialize(model, 1);
  expect(model.first.weight.value).toBe(value);
  expect([...(model.first.bias?.value?.data ?? [])]).toEqual([0, 0, 0]);
});

test("matrices decay, vectors do not, unless told", () => {
  const initializer = constantInitializer(0);
  const decay = (shape: number[], rest: object = {}) => new Parameter(shape, { initializer, ...rest }).decay;
  expect([decay([2, 3]), decay([3]), decay([3], { decay: true }), decay([2, 3], { decay: false })]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test("two parameters whose paths are spelt alike are refused", () => {
  const parameter = () => new Parameter([1], { initializer: constantInitializer(0) });
  class Clash extends Module {
    readonly a = { b: parameter() };
    readonly "a.b" = parameter();
  }
  expect(() => new Clash().parameters()).toThrow(
    new ModelError("Module: expected parameters of different paths but found a.b twice; rename a field"),
  );
});
