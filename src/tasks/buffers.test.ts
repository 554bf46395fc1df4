import { expect, test } from "vitest";
import { Linear } from "../nn/linear.ts";
import type { WeightedLoss } from "../nn/losses.ts";
import { Buffer, Module } from "../nn/module.ts";
import { sgd } from "../nn/optimizers.ts";
import { isTraining, updateBuffer } from "../nn/trace.ts";
import { nodeBackend } from "../runtime/node.ts";
import { singleEngine } from "../runtime/single-engine.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { prepare } from "./inference.ts";
import { Trainer } from "./trainer.ts";

/** Takes the running mean of what it sees from its input. */
class Centred extends Module {
  layer: Linear = new Linear({ inputDim: 2, outputDim: 1 });
  mean: Buffer = new Buffer(array([0, 0]));

  forward({ x }: Record<string, Tensor>): { y: Tensor } {
    const input = x as Tensor;
    const now = isTraining() ? input.mean({ axes: 0 }) : this.mean;
    updateBuffer(this.mean, this.mean.mul(0.5).add(now.mul(0.5)));
    return { y: this.layer.forward(input.sub(now)) };
  }
}

function loss(model: Centred, batch: Readonly<Record<string, Tensor>>): WeightedLoss {
  const { y } = model.forward(batch);
  return { sum: y.mul(y).sum(), weight: (batch.x as Tensor).mul(0).add(0.5).sum() };
}

function trainer(): Trainer<Centred> {
  return new Trainer({
    model: new Centred(),
    loss,
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 1,
    createEngine: singleEngine(nodeBackend),
  });
}

const first = { x: array([2, 4, 4, 0, 0, 2], [3, 2]) };
const second = { x: array([8, 1, 8, 1, 8, 1], [3, 2]) };

test("a buffer moves with training, is checkpointed, and is in the exported model", async () => {
  const training = trainer();
  await training.takeStep(first);
  const checkpoint = await training.checkpoint();
  expect(numbers(checkpoint.get("buffers/mean") as NdArray)).toEqual([1, 1]);
  await training.takeStep(second);
  await training.updateModel();
  expect(numbers(training.model.mean.value)).toEqual([4.5, 1]);

  const resumed = trainer();
  await resumed.restore(checkpoint, 1);
  await resumed.takeStep(second);
  await resumed.updateModel();
  expect(resumed.model.mean.value).toEqual(training.model.mean.value);
  expect(resumed.model.layer.weight.value).toEqual(training.model.layer.weight.value);

  const types = { x: { shape: ["batch", 2], dtype: "float32" } } as const;
  const { y } = await (await prepare(training.model, types, nodeBackend)).run({ x: array([4.5, 1], [1, 2]) });
  expect(numbers(y as NdArray)).toEqual(numbers(training.model.layer.bias?.value as NdArray));
  await training.close();
  await resumed.close();
});
