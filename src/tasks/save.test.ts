import { expect, test } from "vitest";
import { memoryFolder } from "../data/folder.ts";
import { Linear } from "../nn/linear.ts";
import { initialize, Module } from "../nn/module.ts";
import { nodeBackend } from "../runtime/node.ts";
import { ModelError } from "../tensor/errors.ts";
import { array, numbers } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { prepare } from "./inference.ts";
import { load, save } from "./save.ts";

class Line extends Module {
  layer: Linear;
  constructor(outputDim = 3) {
    super();
    this.layer = new Linear({ inputDim: 2, outputDim });
  }
  forward({ x }: Record<string, Tensor>): { y: Tensor } {
    return { y: this.layer.forward(x as Tensor) };
  }
}

const types = { x: { shape: ["batch", 2], dtype: "float32" } } as const;

test("a saved model answers as before, from its values and from its ONNX file", async () => {
  const model = new Line();
  initialize(model, 5);
  const folder = memoryFolder("line");
  await save(model, folder, { types, config: { outputDim: 3, task: "poems" } });
  expect(await folder.list()).toEqual(["config.json", "model.safetensors", "onnx/model.onnx"]);
  expect(JSON.parse(new TextDecoder().decode(await folder.read("config.json")))).toEqual({
    fovea: 1,
    task: "custom",
    inputs: { x: { shape: ["batch", 2], dtype: "float32" } },
    options: { outputDim: 3, task: "poems" },
  });
  const again = new Line();
  await load(again, folder);
  const feeds = { x: array([1, 2, 3, 4, 5, 6], [3, 2]) };
  const before = await (await prepare(model, types, nodeBackend)).run(feeds);
  const after = await (await prepare(again, types, nodeBackend)).run(feeds);
  const file = await (await nodeBackend.load((await folder.read("onnx/model.onnx")) as Uint8Array)).run(feeds);
  expect(numbers(before.y as never).some((value) => value !== 0)).toBe(true);
  expect(after).toEqual(before);
  expect(file).toEqual(before);
});

test("another model is refused, and keeps its values", async () => {
  const folder = memoryFolder("line");
  const model = new Line();
  await expect(load(model, folder)).rejects.toThrow(
    new ModelError("load: expected model.safetensors in line but found none; save a model there first"),
  );
  initialize(model, 5);
  await save(model, folder, { types });
  const other = new Line(4);
  await expect(load(other, folder)).rejects.toThrow(
    new ModelError(
      "load: expected layer.weight to be float32 [2,4] but found float32 [2,3]; build the model as it was saved",
    ),
  );
  expect(other.layer.weight.value).toBeUndefined();
});
