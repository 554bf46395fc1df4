import { type Folder, memoryFolder } from "fovea/data";
import type { Backend, EngineFactory } from "fovea/runtime";
import { InterruptedError, type Recipe } from "fovea/tasks";
import { expect, test } from "vitest";
import type { TrainingEvent, TrainingRequest } from "./api.ts";
import { type TrainingPlace, TrainingSession, type TrainingTools } from "./training-session.ts";

const CHECKPOINT = "checkpoint.safetensors";

interface Toy {
  /** What happens at a step before it is taken. */
  readonly before?: (step: number) => void;
}

/** A recipe of ten steps with a checkpoint after each fifth, which obeys its control as the real ones do. */
function toyRecipe({ before }: Toy = {}): Recipe {
  return {
    name: "toy",
    summary: "counts to ten",
    measure: "exactMatch",
    settings: { steps: 10 },
    limits: () => ({ steps: { type: "integer", minimum: 1 } }),
    async *train({ folder, control, signal, resume, seed = 0 }) {
      const found = await folder.read(CHECKPOINT);
      if (!resume && (await folder.list()).length > 0) throw new Error("the folder is not empty");
      let step = resume && found ? (found[0] as number) : 0;
      const save = () => folder.write(CHECKPOINT, Uint8Array.of(step));
      const numbers = { steps: 10, workers: 1, seed, parameters: 3 };
      yield { type: "start", task: "toy", folder: folder.path, step, ...numbers };
      while (step < 10 && !control?.isFinishing) {
        await control?.nextStep(signal);
        if (signal?.aborted) {
          await save();
          throw new InterruptedError(step, folder.path);
        }
        step++;
        before?.(step);
        const rate = control?.learningRateFactor ?? 1;
        const pace = { examplesPerSecond: 1, secondsLeft: 1 };
        yield { type: "progress", step, steps: 10, loss: 1 / step, learningRate: rate, ...pace };
        if (step % 5 !== 0) continue;
        await save();
        yield { type: "checkpoint", step, folder: folder.path };
      }
      await folder.write("config.json", Uint8Array.of(1, 2, 3));
      await folder.remove(CHECKPOINT);
      yield { type: "saved", folder: folder.path, files: ["config.json"], seconds: 1 };
    },
  };
}

/** What a browser keeps, for all of its pages. */
interface Place {
  readonly model: Folder;
  readonly notes: Folder;
  isTaken: boolean;
}

const newFolders = () => ({ model: memoryFolder("model"), notes: memoryFolder("notes") });
const newPlace = (): Place => ({ ...newFolders(), isTaken: false });

async function take(place: Place): Promise<TrainingPlace> {
  if (place.isTaken) return { ...newFolders(), keeping: "busy", release: () => undefined };
  place.isTaken = true;
  const release = () => {
    place.isTaken = false;
  };
  return { ...place, keeping: "kept", release };
}

const engine: EngineFactory = async () => {
  throw new Error("a toy needs no engine");
};

let lose: () => void = () => undefined;

function session(recipe: Recipe, place: Place = newPlace()): TrainingSession {
  const tools: TrainingTools = {
    recipes: [recipe],
    backend: { name: "none" } as Backend,
    compute: async ({ compute, train, onFallback }) => {
      if (compute === "auto") await train(engine);
      if (compute === "webgpu") lose = () => onFallback("the device is gone; WASM goes on");
      return { name: compute === "auto" ? "wasm" : compute, why: `asked for ${compute}`, createEngine: engine };
    },
    take: () => take(place),
    keeping: async () => (place.isTaken ? "busy" : "kept"),
    zip: async (folder, { time }) =>
      new TextEncoder().encode(`${await folder.list()} ${time && Date.now() - +time < 60_000}`),
  };
  return new TrainingSession(tools);
}

const request: TrainingRequest = {
  recipe: "toy",
  settings: {},
  seed: 3,
  steps: 10,
  workers: 1,
  compute: "wasm",
  probes: ["a text"],
  stopAt: undefined,
  resume: false,
};

async function all(events: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> {
  const heard: TrainingEvent[] = [];
  for await (const event of events) heard.push(event);
  return heard;
}

const stepsOf = (events: readonly TrainingEvent[]) => {
  return events.flatMap((event) => (event.type === "progress" ? [event.step] : []));
};

test("a training tells what it computes with, its steps and its end, and leaves its files", async () => {
  const toy = session(toyRecipe());
  expect(await toy.recipes()).toEqual([
    {
      name: "toy",
      summary: "counts to ten",
      measure: "exactMatch",
      fromData: [],
      roles: [],
      settings: { steps: 10 },
      limits: { steps: { type: "integer", minimum: 1 } },
    },
  ]);
  expect(await toy.keeping()).toBe("kept");
  const events = await all(toy.train(request));
  expect(events[0]).toEqual({ type: "compute", backend: "wasm", why: "asked for wasm" });
  expect(stepsOf(events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(events.at(-1)?.type).toBe("saved");
  expect(await toy.files()).toEqual(new Map([["config.json", Uint8Array.of(1, 2, 3)]]));
  const more = new Map([["report.html", Uint8Array.of(4)]]);
  expect(new TextDecoder().decode(await toy.zip(more))).toBe("config.json,report.html true");
  expect([...(await toy.files()).keys()]).toEqual(["config.json"]);
  expect(await toy.kept()).toMatchObject({ isFinished: true, request: { recipe: "toy", seed: 3 } });
});

test("a second training begins in empty folders", async () => {
  const toy = session(toyRecipe());
  await all(toy.train(request));
  expect(stepsOf(await all(toy.train({ ...request, seed: 4 })))).toHaveLength(10);
  expect((await toy.kept())?.request.seed).toBe(4);
});

test("two trainings at a time are one too many, and a recipe has to be there", async () => {
  const toy = session(toyRecipe());
  const first = toy.train(request);
  await first.next();
  await expect(toy.train(request).next()).rejects.toThrow(
    "training: expected one training at a time but found a second; end the first",
  );
  await expect(toy.discard()).rejects.toThrow("training: expected no training under way but found one; abort it first");
  await first.return();
  await expect(toy.train({ ...request, recipe: "none" }).next()).rejects.toThrow(
    "training: expected a recipe but found none; choose one of the list",
  );
});

test("what a closed page leaves behind can be gone on with, or discarded", async () => {
  const place = newPlace();
  const closed = session(toyRecipe(), place).train(request);
  for (let i = 0; i < 9; i++) await closed.next();
  // As a browser lets go what a closed page has held.
  place.isTaken = false;
  const again = session(toyRecipe(), place);
  const kept = await again.kept();
  expect(kept).toMatchObject({ step: 5, steps: 10, isFinished: false });
  expect(stepsOf(kept?.events ?? [])).toEqual([1, 2, 3, 4, 5]);
  expect(stepsOf(await all(again.train({ ...request, resume: true })))).toEqual([6, 7, 8, 9, 10]);
  expect(stepsOf((await again.kept())?.events ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  await again.discard();
  expect(await again.kept()).toBeUndefined();
  expect(await again.files()).toEqual(new Map());
});

test("a page that only shows training keeps no other from it, one that trains does until it has ended", async () => {
  const place = newPlace();
  const [one, other] = [session(toyRecipe(), place), session(toyRecipe(), place)];
  expect([await one.kept(), await other.kept()]).toEqual([undefined, undefined]);
  const events = one.train(request);
  await events.next();
  expect([await one.keeping(), await other.keeping()]).toEqual(["kept", "busy"]);
  for await (const _ of events);
  expect(await other.keeping()).toBe("kept");
  expect((await other.kept())?.request.seed).toBe(3);
});

test("a page that trains while another does has its training in memory, to go on with and to take along", async () => {
  const place = newPlace();
  const [one, other] = [session(toyRecipe(), place), session(toyRecipe(), place)];
  const events = one.train(request);
  await events.next();
  const begun = other.train({ ...request, seed: 8 });
  for (let i = 0; i < 9; i++) await begun.next();
  expect(await other.keeping()).toBe("busy");
  await begun.return();
  for await (const _ of events);
  expect((await other.kept())?.request.seed).toBe(8);
  expect(stepsOf(await all(other.train({ ...request, seed: 8, resume: true })))).toEqual([6, 7, 8, 9, 10]);
  expect((await other.kept())?.request.seed).toBe(8);
  expect((await session(toyRecipe(), place).kept())?.request.seed).toBe(3);
});

test("a model stays the page's own whatever another page trains, and one of another page is not thrown away", async () => {
  const place = newPlace();
  const [one, other] = [session(toyRecipe(), place), session(toyRecipe(), place)];
  await all(one.train(request));
  const events = other.train({ ...request, seed: 8 });
  for (let i = 0; i < 9; i++) await events.next();
  expect((await one.kept())?.request.seed).toBe(3);
  expect(await one.files()).toEqual(new Map([["config.json", Uint8Array.of(1, 2, 3)]]));
  await expect(all(one.train({ ...request, resume: true }))).rejects.toThrow(
    "training: expected to go on but found another page that trains now; wait until it has ended",
  );
  await one.discard();
  expect(await one.kept()).toBeUndefined();
  for await (const _ of events);
  expect(await other.kept()).toMatchObject({ isFinished: true, request: { seed: 8 } });
});

test("damaged notes are none", async () => {
  const place = newPlace();
  await place.notes.write("training.json", new TextEncoder().encode('{"request":'));
  expect(await session(toyRecipe(), place).kept()).toBeUndefined();
});

test("a training pauses, takes a step, goes on, and ends when it is told to", async () => {
  const toy = session(toyRecipe());
  const events = toy.train(request);
  const steps: number[] = [];
  for await (const event of events) {
    if (event.type !== "progress") continue;
    steps.push(event.learningRate);
    if (event.step === 2) {
      await toy.steer({ kind: "pause" });
      await toy.steer({ kind: "learningRate", factor: 0.5 });
      await toy.steer({ kind: "step", count: 1 });
    }
    if (event.step === 3) await toy.steer({ kind: "resume" });
    if (event.step === 6) await toy.steer({ kind: "finish" });
  }
  expect(steps).toEqual([1, 1, 0.5, 0.5, 0.5, 0.5]);
  expect((await toy.kept())?.isFinished).toBe(true);
});

test("where a training stops is noted as it was last said", async () => {
  const toy = session(toyRecipe());
  for await (const event of toy.train(request)) {
    if (event.type === "progress" && event.step === 2) await toy.steer({ kind: "stopAt", share: 0.75 });
  }
  expect((await toy.kept())?.request).toEqual({ ...request, stopAt: 0.75 });
});

test("an abort leaves a checkpoint", async () => {
  const toy = session(toyRecipe());
  const heard: TrainingEvent[] = [];
  const run = async () => {
    for await (const event of toy.train(request)) {
      heard.push(event);
      if (event.type === "progress" && event.step === 7) await toy.steer({ kind: "abort" });
    }
  };
  await expect(run()).rejects.toThrow(InterruptedError);
  expect(stepsOf(heard).at(-1)).toBe(7);
  expect(stepsOf(await all(toy.train({ ...request, resume: true })))).toEqual([8, 9, 10]);
});

test("where the device is lost, the page hears of it, and of what goes on", async () => {
  const toy = session(toyRecipe({ before: (step) => step === 8 && lose() }));
  const events = await all(toy.train({ ...request, compute: "webgpu" }));
  expect(stepsOf(events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const place = events.findIndex(({ type }) => type === "warning");
  expect(events.slice(place, place + 3)).toMatchObject([
    { type: "warning", message: "the device is gone; WASM goes on" },
    { type: "compute", backend: "wasm", why: "the device is gone; WASM goes on" },
    { type: "progress", step: 8 },
  ]);
});

test("a training that is only measured leaves nothing behind", async () => {
  const place = newPlace();
  const events = session(toyRecipe(), place).train({ ...request, compute: "auto" });
  expect((await events.next()).value).toEqual({ type: "compute", backend: "wasm", why: "asked for auto" });
  expect(await place.model.list()).toEqual([]);
  await events.return();
});

test("a fault ends the training, with the checkpoint kept", async () => {
  const fail = (step: number) => {
    if (step === 8) throw new Error("out of memory");
  };
  const toy = session(toyRecipe({ before: fail }));
  await expect(all(toy.train(request))).rejects.toThrow("out of memory");
  expect(await toy.kept()).toMatchObject({ step: 5, isFinished: false });
});
