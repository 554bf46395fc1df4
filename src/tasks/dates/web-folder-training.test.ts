import { afterEach, expect, it } from "vitest";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import { removeWebFolder, webFolder } from "../../data/web-folder.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { singleEngine } from "../../runtime/single-engine.ts";
import { TrainingControl } from "../control.ts";
import { openModel } from "../index.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import { dates } from "./index.ts";

const NAME = "training of a test";
afterEach(() => removeWebFolder(NAME));

async function train(folder: Folder, options: Partial<TrainOptions> = {}): Promise<void> {
  const sizes = { "model.encoderDim": "3", "model.decoderDim": "5", "model.energyDim": "2" };
  const settings = { steps: "4", batch: "4", validateEvery: "2", validationCount: "5", testCount: "5", ...sizes };
  const engine = { createEngine: singleEngine(nodeBackend), backend: nodeBackend };
  for await (const event of dates.train({ folder, ...engine, settings, ...options }))
    expect(event.type).toBeTypeOf("string");
}

// In a page this is the browser's own storage.
it("a training in a folder of the browser is interrupted, and goes on to the same bits", async () => {
  const whole = memoryFolder();
  await train(whole);
  const folder = await webFolder(NAME);
  const [control, controller] = [new TrainingControl(), new AbortController()];
  control.takeSteps(3);
  setTimeout(() => controller.abort(), 1000);
  await expect(train(folder, { control, signal: controller.signal })).rejects.toThrow(InterruptedError);
  expect(await folder.list()).toEqual(["checkpoint.safetensors"]);
  await train(await webFolder(NAME), { resume: true, settings: {} });
  expect(await folder.list()).toEqual(await whole.list());
  for (const name of ["model.safetensors", "onnx/model.onnx", "config.json"]) {
    expect(await folder.read(name)).toEqual(await whole.read(name));
  }
  const model = await openModel(folder, nodeBackend);
  expect((await model.explain("3 May 1979")).map.rows).toHaveLength(10);
  await model.close();
});
