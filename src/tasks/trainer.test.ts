import { describe, expect, it } from "vitest";
import { Linear } from "../nn/linear.ts";
import { meanSquaredError } from "../nn/losses.ts";
import { Module, type Parameter } from "../nn/module.ts";
import { adam, averaged, type Optimizer, sgd } from "../nn/optimizers.ts";
import { nodeBackend } from "../runtime/node.ts";
import { singleEngine } from "../runtime/single-engine.ts";
import { ModelError } from "../tensor/errors.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { Toy, type ToyArray, toyBatch, toyLoss } from "./toy.fixture.ts";
import { type StepEvent, Trainer } from "./trainer.ts";

const createEngine = singleEngine(nodeBackend);

function newTrainer(options: { seed?: number; dropout?: number; optimizer?: Optimizer } = {}): Trainer<Toy, ToyArray> {
  const { seed = 1, dropout = 0, optimizer = adam({ learningRate: 0.05 }) } = options;
  return new Trainer({ model: new Toy({ dropout }), loss: toyLoss, optimizer, seed, createEngine });
}

const batches = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => toyBatch(32, from + i));

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const valuesOf = (model: Module) =>
  new Map([...model.parameters()].map(([name, { value }]) => [name, (value as NdArray).data.slice()]));

describe("fit", () => {
  it("learns a toy task, tells of each step, and gives the model its values at the end", async () => {
    const trainer = newTrainer();
    const before = valuesOf(trainer.model);
    const events: StepEvent[] = [];
    for await (const event of trainer.fit(batches(0, 60))) {
      events.push(event);
      expect(valuesOf(trainer.model)).toEqual(before);
    }
    expect(events.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(events[0]).toEqual({ type: "step", step: 1, loss: expect.closeTo(Math.log(3), 0), learningRate: 0.05 });
    expect(events.at(-1)?.loss).toBeLessThan(0.1);
    expect(trainer.step).toBe(60);
    const after = valuesOf(trainer.model);
    expect(after.get("embedding")).toEqual(before.get("embedding"));
    for (const name of ["hidden.weight", "hidden.bias", "head"]) expect(after.get(name)).not.toEqual(before.get(name));
    expect(await trainer.parameters()).toEqual(
      new Map([...trainer.model.parameters()].slice(1).map(([name, { value }]) => [name, value])),
    );
    await trainer.close();
  });

  it("gives the same bits for the same seed, and others for another", async () => {
    const run = async (seed: number) => {
      const trainer = newTrainer({ seed, dropout: 0.4 });
      const losses = (await collect(trainer.fit(batches(0, 6)))).map(({ loss }) => loss);
      await trainer.close();
      return { losses, values: valuesOf(trainer.model) };
    };
    expect(await run(2)).toEqual(await run(2));
    expect((await run(3)).losses[5]).not.toBe((await run(2)).losses[5]);
  });

  it("starts from values that the model has already", async () => {
    const model = new Toy();
    model.head.value = array(new Float32Array(21).fill(0.5), [7, 3]);
    const trainer = new Trainer({
      model,
      loss: toyLoss,
      optimizer: sgd({ learningRate: 1 }),
      seed: 1,
      createEngine,
    });
    expect((await trainer.parameters()).get("head")).toEqual(model.head.value);
    await trainer.close();
  });
});

class Line extends Module {
  readonly linear: Linear = new Linear({ inputDim: 2, outputDim: 1 });
}

function lineTrainer(learningRate: number): Trainer<Line, "x" | "y"> {
  const loss = ({ linear }: Line, { x, y }: Record<"x" | "y", Tensor>) => meanSquaredError(linear.forward(x), y);
  return new Trainer({ model: new Line(), loss, optimizer: sgd({ learningRate }), seed: 1, createEngine });
}

const point = (x: number, y: number): Record<"x" | "y", NdArray> => ({
  x: array([x, 1], [1, 2]),
  y: array([y], [1, 1]),
});

describe("a loss that is no number", () => {
  const mend = "lower the learning rate or clip the gradient";

  it("ends fit with the step, and leaves the model as the last good step made it", async () => {
    const good = point(1, 2);
    const twoSteps = lineTrainer(0.1);
    await collect(twoSteps.fit([good, good]));
    await twoSteps.close();
    const trainer = lineTrainer(0.1);
    const run = collect(trainer.fit([good, good, point(Number.NaN, 2), good]));
    const message = `train: expected a finite loss but found NaN at step 3; ${mend}`;
    await expect(run).rejects.toThrow(new ModelError(message));
    expect(valuesOf(trainer.model)).toEqual(valuesOf(twoSteps.model));
    expect(trainer.step).toBe(2);
    await trainer.close();
  });

  it("keeps what was learnt when the loop is left early", async () => {
    const trainer = lineTrainer(0.1);
    const before = valuesOf(trainer.model);
    for await (const { step } of trainer.fit(Array.from({ length: 9 }, () => point(1, 2)))) if (step === 3) break;
    expect(trainer.step).toBe(3);
    expect(valuesOf(trainer.model)).not.toEqual(before);
    for (const [name, { data }] of await trainer.parameters()) expect(valuesOf(trainer.model).get(name)).toEqual(data);
    await trainer.close();
  });

  it("takes overlapping steps in turn", async () => {
    const [together, inTurn] = [lineTrainer(0.1), lineTrainer(0.1)];
    const losses = (await Promise.all([1, 2, 3].map(() => together.takeStep(point(1, 2))))).map(({ loss }) => loss);
    expect(new Set(losses).size).toBe(3);
    for (let step = 0; step < 3; step++) expect((await inTurn.takeStep(point(1, 2))).loss).toBe(losses[step]);
    await together.close();
    await inTurn.close();
  });

  it("comes of a huge learning rate, too", async () => {
    const trainer = lineTrainer(1e30);
    const run = collect(trainer.fit(Array.from({ length: 5 }, () => point(1, 2))));
    const message = `train: expected a finite loss but found Infinity at step 2; ${mend}`;
    await expect(run).rejects.toThrow(new ModelError(message));
    await trainer.close();
  });

  it("is found where only the last update was too large, before the model is touched", async () => {
    const trainer = lineTrainer(1e38);
    const before = valuesOf(trainer.model);
    const run = collect(trainer.fit([point(1e4, 2)]));
    const message = `train: expected finite parameters but found Infinity in linear.weight after step 1; ${mend}`;
    await expect(run).rejects.toThrow(new ModelError(message));
    await expect(trainer.checkpoint()).rejects.toThrow(new ModelError(message));
    expect(valuesOf(trainer.model)).toEqual(before);
    await trainer.close();
  });

  it("comes of a batch that weighs nothing", async () => {
    const trainer = newTrainer();
    const batch = { ...toyBatch(3, 0), weight: array([0, 0, 0]) };
    const message = `train: expected a finite loss but found NaN at step 1; ${mend}`;
    await expect(trainer.takeStep(batch)).rejects.toThrow(new ModelError(message));
    await trainer.close();
  });
});

describe("a checkpoint", () => {
  const clipped = adam({ learningRate: (step) => 0.1 / (1 + step), clipNorm: 0.5 });

  it.each([
    ["adam", clipped],
    ["averaged adam", averaged(clipped, { decay: 0.7, from: 2 })],
    ["sgd", sgd({ learningRate: 0.1, momentum: 0.5 })],
  ])("of %s is gone on from to the same bits", async (_, optimizer) => {
    const options = { dropout: 0.4, optimizer };
    const whole = newTrainer(options);
    const losses = (await collect(whole.fit(batches(0, 9)))).map(({ loss }) => loss);
    const first = newTrainer(options);
    await collect(first.fit(batches(0, 4)));
    const saved = await first.checkpoint();
    await collect(first.fit(batches(4, 6)));
    const second = newTrainer({ ...options, seed: 1 });
    await second.takeStep(toyBatch(5, 99));
    await second.restore(saved, 4);
    const rest = (await collect(second.fit(batches(4, 9)))).map(({ loss }) => loss);
    expect(rest).toEqual(losses.slice(4));
    expect(valuesOf(second.model)).toEqual(valuesOf(whole.model));
    expect(await second.checkpoint()).toEqual(await whole.checkpoint());
    for (const trainer of [whole, first, second]) await trainer.close();
  });

  it("names each vector's parts by parameter", async () => {
    const trainer = newTrainer();
    const saved = await trainer.checkpoint();
    expect([...saved].map(([name, { shape }]) => `${name} [${shape}]`)).toEqual([
      ...["parameters", "firstMoment", "secondMoment"].flatMap((vector) => [
        `${vector}/hidden.weight [5,7]`,
        `${vector}/hidden.bias [7]`,
        `${vector}/head [7,3]`,
      ]),
      "frozen/embedding [11,5]",
    ]);
    await trainer.close();
  });

  it.each([
    ["without a parameter", "parameters: expected hidden.bias to be float32 [7] but found none"],
    ["with another shape", "parameters: expected head to be float32 [7,3] but found float32 [3,7]"],
    ["with another type", "parameters: expected head to be float32 [7,3] but found float64 [7,3]"],
    [
      "with more in it",
      "restore: expected a checkpoint of this model and its optimizer but found parameters/tail in it",
    ],
    [
      "of another optimizer",
      "restore: expected a checkpoint of this model and its optimizer but found velocity/hidden.weight in it",
    ],
  ])("%s is refused, and nothing is changed", async (kind, message) => {
    const trainer = newTrainer();
    const saved = await trainer.checkpoint();
    const other = new Map(saved);
    const head = saved.get("parameters/head") as NdArray;
    if (kind.includes("without")) other.delete("parameters/hidden.bias");
    else if (kind.includes("shape")) other.set("parameters/head", { ...head, shape: [3, 7] });
    else if (kind.includes("type"))
      other.set("parameters/head", array([...(head.data as Float32Array)], [7, 3], "float64"));
    else if (kind.includes("more")) other.set("parameters/tail", head);
    else other.set("velocity/hidden.weight", saved.get("parameters/hidden.weight") as NdArray);
    await expect(trainer.restore(other, 3)).rejects.toThrow(new ModelError(message));
    expect(trainer.step).toBe(0);
    expect(await trainer.checkpoint()).toEqual(saved);
    await trainer.close();
  });
});

it("where the optimiser keeps an average of the parameters, that is what the model gets", async () => {
  const [plain, averaging] = [sgd({ learningRate: 0.3 }), averaged(sgd({ learningRate: 0.3 }), { decay: 0.75 })];
  const last = newTrainer({ optimizer: plain });
  const path: Float32Array[] = [];
  for (const batch of batches(0, 4)) {
    await last.takeStep(batch);
    path.push((await last.parameters()).get("head")?.data as Float32Array);
  }
  const mean = newTrainer({ optimizer: averaging });
  expect((await mean.parameters()).get("head")).toEqual(mean.model.head.value);
  await collect(mean.fit(batches(0, 4)));
  const wanted = path.reduce((average, now, step) => {
    return step === 0 ? now : average.map((value, i) => 0.75 * value + 0.25 * (now[i] as number));
  });
  expectClose(mean.model.head.value, array(wanted, [7, 3]), "float32");
  expect(wanted).not.toEqual(path.at(-1));
  for (const trainer of [last, mean]) await trainer.close();
});

it("an engine that cannot start is told at the first step", async () => {
  const failing = () => Promise.reject(new ModelError("workers: expected threads but found none"));
  const model = new Toy();
  const trainer = new Trainer({
    model,
    loss: toyLoss,
    optimizer: sgd({ learningRate: 1 }),
    seed: 1,
    createEngine: failing,
  });
  const head: Parameter = model.head;
  expect(head.value).toBeDefined();
  await expect(trainer.takeStep(toyBatch(2, 0))).rejects.toThrow(
    new ModelError("workers: expected threads but found none"),
  );
});
