import { describe, expect, it } from "vitest";
import { FlatParameters } from "../nn/flat.ts";
import { normal } from "../nn/initializers.ts";
import { initialize, Module, Parameter } from "../nn/module.ts";
import { adam, adamW, averaged, type Optimizer, sgd } from "../nn/optimizers.ts";
import { Toy, type ToyArray, toyBatch, toyLoss } from "../tasks/toy.fixture.ts";
import { Trainer } from "../tasks/trainer.ts";
import { updateGraph, updateInPieces } from "../tasks/training-graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { SUM, type TrainingProgram } from "./engine.ts";
import { nodeBackend } from "./node.ts";
import { evaluate } from "./reference/index.ts";
import { singleEngine } from "./single-engine.ts";
import { Update } from "./update.ts";
import { planPieces, planUpdate } from "./update-plan.ts";

const PIECE = 16;
const initializer = normal(1);

/** Segments of each kind, two of them of the same size. */
class Bag extends Module {
  readonly matrix: Parameter;
  readonly bias: Parameter = new Parameter([3], { initializer });
  readonly slow: Parameter;

  constructor(size: number) {
    super();
    this.matrix = new Parameter([size, 1], { initializer });
    this.slow = new Parameter([1, size], { initializer, rate: 0.5 });
  }
}

function setUp(size: number, optimizer: Optimizer): { flat: FlatParameters; program: TrainingProgram } {
  const model = new Bag(size);
  initialize(model, 1);
  const flat = new FlatParameters(model);
  const zeros = optimizer.slots.map((name) => [name, array(new Float32Array(flat.size))] as const);
  const program: TrainingProgram = {
    seed: 1,
    state: { ...flat.values(), ...Object.fromEntries(zeros) },
    update: updateGraph(flat, optimizer),
    updateInPieces: () => updateInPieces(flat, optimizer),
    gradients: () => ({ outputs: {}, noise: new Map() }),
  };
  return { flat, program };
}

/** A gradient whose squares add up without rounding, in whatever order. */
function gradientOf(size: number, step: number): Float32Array {
  const rng = new Rng(2, "gradient").at(step);
  return Float32Array.from({ length: size }, () => (rng.integer(17) - 8) / 8);
}

const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  "sgd, clipped": sgd({ learningRate: 0.1, momentum: 0.5, clipNorm: 0.25 }),
  adam: adam({ learningRate: 0.01 }),
  "averaged adamW, clipped": averaged(adamW({ learningRate: 0.01, clipNorm: 0.25, weightDecay: 0.1 }), { decay: 0.9 }),
};

describe.each(Object.keys(OPTIMIZERS))("%s in pieces", (label) => {
  const optimizer = OPTIMIZERS[label] as Optimizer;

  it.each([1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])(
    "is the whole to the bit, with segments of %i",
    async (n) => {
      const { flat, program } = setUp(n, optimizer);
      const plans = [planUpdate(program), planPieces(updateInPieces(flat, optimizer), PIECE)];
      const found = plans.map(async (plan) => {
        const state = nodeBackend.createState(program.state);
        const update = await Update.load(plan, nodeBackend, state);
        for (let step = 0; step < 3; step++) {
          const scalars = { ...optimizer.scalars(step), [SUM.weight]: 4, [SUM.examples]: 4 };
          await update.run({ [SUM.gradient]: gradientOf(flat.size, step) }, scalars);
        }
        await update.release();
        return Object.fromEntries(state.names.map((name) => [name, state.read(name)]));
      });
      const [whole, cut] = (await Promise.all(found)) as [Record<string, NdArray>, Record<string, NdArray>];
      expect(cut).toEqual(whole);
      expect(whole.parameters).not.toEqual(program.state.parameters);
    },
  );

  it("is the whole on the reference runtime, too", () => {
    const { flat, program } = setUp(PIECE, optimizer);
    const { runs, squares } = updateInPieces(flat, optimizer);
    const scalars = Object.entries({ ...optimizer.scalars(2), [SUM.weight]: 4 }).map(
      ([name, value]) => [name, array(value)] as const,
    );
    const whole = {
      ...program.state,
      [SUM.gradient]: array(gradientOf(flat.size, 0)),
      ...Object.fromEntries(scalars),
    };
    const given = { ...whole, ...evaluate(squares, whole) };
    const expected = evaluate(program.update, whole);
    let start = 0;
    for (const { size, update } of runs) {
      const sliced = Object.entries(given).map(([name, value]) => {
        return [name, value.shape.length === 0 ? value : array(numbers(value).slice(start, start + size))] as const;
      });
      for (const [name, value] of Object.entries(evaluate(update, Object.fromEntries(sliced)))) {
        const part = array(numbers(expected[name] as NdArray).slice(start, start + size));
        expectClose(value, part, "rounded", name);
      }
      start += size;
    }
    expect(start).toBe(flat.size);
  });
});

describe("a plan", () => {
  const optimizer = OPTIMIZERS.adam as Optimizer;
  const longer = (size: number) => planUpdate(setUp(size, optimizer).program, PIECE);

  it("takes vectors of up to eight pieces at once, and longer ones in pieces of one segment each", () => {
    expect(longer(62)).toMatchObject({ pieces: [], graphs: [], squares: undefined });
    const { whole, pieces, graphs } = longer(63);
    expect(whole).toBeUndefined();
    expect(pieces).toEqual([
      { start: 0, end: 16, isLast: false, graph: 0 },
      { start: 16, end: 32, isLast: false, graph: 0 },
      { start: 32, end: 48, isLast: false, graph: 0 },
      { start: 48, end: 63, isLast: false, graph: 0 },
      { start: 63, end: 66, isLast: false, graph: 1 },
      { start: 66, end: 82, isLast: false, graph: 2 },
      { start: 82, end: 98, isLast: false, graph: 2 },
      { start: 98, end: 114, isLast: false, graph: 2 },
      { start: 114, end: 129, isLast: true, graph: 2 },
    ]);
    expect(graphs).toHaveLength(3);
  });

  it("adds squares where an optimiser clips, and only there", () => {
    const clipped = adam({ learningRate: 0.01, clipNorm: 1 });
    expect(longer(63).squares).toBeUndefined();
    expect(planUpdate(setUp(63, clipped).program, PIECE).squares?.model.length).toBeGreaterThan(0);
  });

  it("is whole on a back end that names no piece, and for a program that has none", () => {
    const { program } = setUp(100, optimizer);
    expect(planUpdate(program).pieces).toEqual([]);
    const { updateInPieces: _, ...others } = program;
    expect(planUpdate(others, PIECE).pieces).toEqual([]);
  });
});

describe("training with an update in pieces", () => {
  const optimizer = OPTIMIZERS["averaged adamW, clipped"] as Optimizer;
  const newTrainer = (piece: number): Trainer<Toy, ToyArray> => {
    const createEngine = singleEngine({ ...nodeBackend, piece });
    return new Trainer({ model: new Toy({ dropout: 0.3 }), loss: toyLoss, optimizer, seed: 3, createEngine });
  };
  const train = async (trainer: Trainer<Toy, ToyArray>, from: number, to: number) => {
    for (let step = from; step < to; step++) await trainer.takeStep(toyBatch(7, step));
    return trainer.checkpoint();
  };

  it("is training with a whole one, to rounding, and the same bits again", async () => {
    const trainers = [Number.POSITIVE_INFINITY, 7, 7].map(newTrainer);
    const [whole, cut, again] = await Promise.all(trainers.map((trainer) => train(trainer, 0, 5)));
    for (const [name, value] of whole as Map<string, NdArray>) expectClose(cut?.get(name), value, "float32", name);
    expect(again).toEqual(cut);
    for (const trainer of trainers) await trainer.close();
  });

  it("goes on from a checkpoint to the same bits", async () => {
    const [whole, first, second] = [newTrainer(7), newTrainer(7), newTrainer(7)] as const;
    await second.restore(await train(first, 0, 2), 2);
    expect(await train(second, 2, 5)).toEqual(await train(whole, 0, 5));
    for (const trainer of [whole, first, second]) await trainer.close();
  });

  it("keeps the state where the loss is no number", async () => {
    const trainer = newTrainer(7);
    const before = await train(trainer, 0, 2);
    const weight = array([1, 1, 1, 1, 1, 1, Number.NaN]);
    await expect(trainer.takeStep({ ...toyBatch(7, 2), weight })).rejects.toThrow(
      "train: expected a finite loss but found NaN at step 3; lower the learning rate or clip the gradient",
    );
    expect(await trainer.checkpoint()).toEqual(before);
    await trainer.close();
  });
});
