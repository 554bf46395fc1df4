import { array, type NdArray, Rng, type Tensor, Trainer } from "fovea";
import {
  adamW,
  averaged,
  Buffer,
  crossEntropy,
  Linear,
  Module,
  normal,
  type Optimizer,
  Parameter,
  sgd,
  updateBuffer,
} from "fovea/nn";
import { nodeEngine } from "fovea/node";
import { describe, expect, it } from "vitest";
import { sameBytes } from "../src/tensor/bytes.fixture.ts";
import { expectClose } from "../src/tensor/tolerances.fixture.ts";
import { Toy, toyBatch, toyLoss } from "./support/toy-model.ts";

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ learningRate: 0.2, momentum: 0.9 }),
  adamW: () => adamW({ learningRate: 0.03, clipNorm: 0.4, weightDecay: 0.1, epsilon: 1e-4 }),
};

/** Batches that no number of workers divides, of two shapes in turn. */
const ROWS = [7, 11, 11, 7, 7, 11];

async function train(workers: number, { optimizer, dropout }: { optimizer: string; dropout: number }) {
  const model = new Toy({ dropout });
  const trainer = new Trainer({
    model,
    loss: toyLoss,
    optimizer: optimizers[optimizer]?.() as Optimizer,
    seed: 3,
    createEngine: nodeEngine,
    workers,
  });
  try {
    const losses: number[] = [];
    for await (const { loss } of trainer.fit(ROWS.map(toyBatch))) losses.push(loss);
    return { losses, checkpoint: await trainer.checkpoint() };
  } finally {
    await trainer.close();
  }
}

describe.each([
  { optimizer: "sgd", dropout: 0 },
  { optimizer: "adamW", dropout: 0 },
  { optimizer: "adamW", dropout: 0.4 },
])("training with $optimizer, dropout $dropout", (options) => {
  it("on 2 and 3 workers gives what one gives, to rounding", async () => {
    const alone = await train(1, options);
    for (const workers of [2, 3]) {
      const { losses, checkpoint } = await train(workers, options);
      for (const [step, loss] of losses.entries()) expect(loss).toBeCloseTo(alone.losses[step] as number, 5);
      expect([...checkpoint.keys()]).toEqual([...alone.checkpoint.keys()]);
      for (const [name, value] of alone.checkpoint) {
        expectClose(checkpoint.get(name), value, "float32", `${workers} workers: ${name}`);
      }
    }
  });

  it("on 3 workers gives the same bits again", async () => {
    expect(await train(3, options)).toEqual(await train(3, options));
  });
});

it("dropout and the optimiser make a difference to what is compared", async () => {
  const [plain, noisy] = [
    await train(1, { optimizer: "adamW", dropout: 0 }),
    await train(1, { optimizer: "adamW", dropout: 0.4 }),
  ];
  expect(Math.abs((plain.losses[1] as number) - (noisy.losses[1] as number))).toBeGreaterThan(1e-3);
});

it("a checkpoint of two workers is gone on from by two, to the same bits", async () => {
  const newTrainer = () =>
    new Trainer({
      model: new Toy({ dropout: 0.3 }),
      loss: toyLoss,
      optimizer: optimizers.adamW?.() as Optimizer,
      seed: 3,
      createEngine: nodeEngine,
      workers: 2,
    });
  const [whole, first, second] = [newTrainer(), newTrainer(), newTrainer()];
  for (let step = 0; step < 5; step++) await whole.takeStep(toyBatch(7, step));
  for (let step = 0; step < 2; step++) await first.takeStep(toyBatch(7, step));
  await second.restore(await first.checkpoint(), 2);
  for (let step = 2; step < 5; step++) await second.takeStep(toyBatch(7, step));
  expect(await second.checkpoint()).toEqual(await whole.checkpoint());
  for (const trainer of [whole, first, second]) await trainer.close();
});

/** A million weights and more: they are updated in pieces. */
class Large extends Module {
  readonly embedding: Parameter = new Parameter([16_400, 64], { initializer: normal(0.1) });
  readonly head: Linear = new Linear({ inputDim: 64, outputDim: 3 });
}

it("a vector of many pieces is updated alike by one worker and by two, to the same bits each time", async () => {
  const run = async (workers: number) => {
    const trainer = new Trainer({
      model: new Large(),
      loss: ({ embedding, head }: Large, { symbol, label }: Record<"symbol" | "label", Tensor>) =>
        crossEntropy(head.forward(embedding.gather(symbol)), label),
      optimizer: averaged(optimizers.adamW?.() as Optimizer, { decay: 0.9 }),
      seed: 3,
      createEngine: nodeEngine,
      workers,
    });
    for (let step = 0; step < 3; step++) {
      const { weight: _, ...batch } = toyBatch(7, step);
      await trainer.takeStep(batch);
    }
    const checkpoint = await trainer.checkpoint();
    await trainer.close();
    return checkpoint;
  };
  const [alone, two, again] = [await run(1), await run(2), await run(2)];
  expect([...alone.keys()]).toContain("average/embedding");
  for (const [name, value] of alone) {
    const found = two.get(name) as NdArray;
    const distances = Array.from(found.data as Float32Array, (x, i) => Math.abs(x - Number(value.data[i])));
    expect(distances.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(1e-6);
    expect(sameBytes(found.data, (again.get(name) as NdArray).data)).toBe(true);
  }
});

/** Keeps a running mean of what it sees. */
class Watching extends Module {
  readonly layer: Linear = new Linear({ inputDim: 3, outputDim: 1 });
  readonly mean: Buffer = new Buffer(array([0, 0, 0]));
}

it("buffers are averaged over the workers by examples", async () => {
  const means = [1, 2, 3].map(async (workers) => {
    const trainer = new Trainer({
      model: new Watching(),
      loss: ({ layer, mean }: Watching, { x }: Record<"x", Tensor>) => {
        updateBuffer(mean, mean.mul(0.75).add(x.mean({ axes: 0 }).mul(0.25)));
        const y = layer.forward(x);
        return {
          sum: y.mul(y).sum(),
          weight: x
            .mul(0)
            .add(1 / 3)
            .sum(),
        };
      },
      optimizer: sgd({ learningRate: 0.1 }),
      seed: 1,
      createEngine: nodeEngine,
      workers,
    });
    const rng = new Rng(2, "buffers");
    for (let step = 0; step < 4; step++) {
      await trainer.takeStep({
        x: array(
          Array.from({ length: 21 }, () => rng.normal()),
          [7, 3],
        ),
      });
    }
    await trainer.updateModel();
    await trainer.close();
    return trainer.model.mean.value;
  });
  const [alone, ...shared] = (await Promise.all(means)) as [NdArray, ...NdArray[]];
  expect(Math.max(...Array.from(alone.data, Number).map(Math.abs))).toBeGreaterThan(0.01);
  for (const mean of shared) expectClose(mean, alone, "float32");
});
