import { describe, expect, it } from "vitest";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import type { Backend } from "../../runtime/backend.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { singleEngine } from "../../runtime/single-engine.ts";
import { DataError } from "../../tensor/errors.ts";
import { TrainingControl } from "../control.ts";
import type { TaskEvent } from "../events.ts";
import { openModel } from "../index.ts";
import { InterruptedError, type TrainOptions } from "../recipe.ts";
import { dates } from "./index.ts";

const SETTINGS = {
  steps: "6",
  batch: "4",
  validateEvery: "3",
  validationCount: "5",
  testCount: "5",
  "model.encoderDim": "3",
  "model.decoderDim": "5",
  "model.energyDim": "2",
};

type Given = Partial<TrainOptions> & { readonly onEvent?: (event: TaskEvent) => void };

async function train({ onEvent, ...given }: Given = {}): Promise<{ folder: Folder; events: TaskEvent[] }> {
  const folder = given.folder ?? memoryFolder("here");
  const events: TaskEvent[] = [];
  const options = {
    createEngine: singleEngine(nodeBackend),
    backend: nodeBackend,
    settings: SETTINGS,
    ...given,
    folder,
  };
  for await (const event of dates.train(options)) {
    events.push(event);
    onEvent?.(event);
  }
  return { folder, events };
}

const only = <Type extends TaskEvent["type"]>(events: readonly TaskEvent[], type: Type) =>
  events.filter((event) => event.type === type) as Extract<TaskEvent, { type: Type }>[];
const kinds = (events: readonly TaskEvent[]) =>
  events.flatMap(({ type }) => (type === "progress" || type === "test" || type === "examples" ? [] : [type]));

interface Metrics {
  readonly bestStep: number;
  readonly trainingSeconds: number;
  readonly history: {
    readonly train: readonly { readonly step: number; readonly loss: number; readonly learningRate: number }[];
    readonly validation: readonly { readonly step: number; readonly exactMatch: number }[];
  };
}

async function metricsOf(folder: Folder): Promise<Metrics> {
  return JSON.parse(new TextDecoder().decode(await folder.read("metrics.json")));
}

const plain = train();

describe("a training under control", () => {
  it("that is left alone gives the very bits of one without", async () => {
    const { folder, events } = await train({ control: new TrainingControl() });
    const { folder: other, events: others } = await plain;
    for (const name of ["model.safetensors", "onnx/model.onnx", "config.json"]) {
      expect(await folder.read(name)).toEqual(await other.read(name));
    }
    expect((await metricsOf(folder)).history).toEqual((await metricsOf(other)).history);
    expect(kinds(events)).toEqual(kinds(others));
    expect(kinds(events)).toEqual(["start", "evaluation", "checkpoint", "evaluation", "checkpoint", "saved"]);
  });

  it("multiplies the learning rate from the next step on, and tells so", async () => {
    const control = new TrainingControl();
    control.takeSteps(2);
    const { folder, events } = await train({
      control,
      onEvent: (event) => {
        if (event.type !== "progress" || event.step !== 2) return;
        control.learningRateFactor = 0.25;
        control.resume();
      },
    });
    const [{ history }, { history: before }] = [await metricsOf(folder), await metricsOf((await plain).folder)];
    const ratios = history.train.map(({ learningRate }, i) => learningRate / (before.train[i]?.learningRate as number));
    expect(ratios).toEqual([1, 1, 0.25, 0.25, 0.25, 0.25]);
    expect(history.train.slice(0, 3).map(({ loss }) => loss)).toEqual(before.train.slice(0, 3).map(({ loss }) => loss));
    expect(history.train[3]?.loss).not.toBe(before.train[3]?.loss);
    const told = only(events, "progress");
    // Step 2 was taken before the factor changed, though whoever hears of it may change it at once.
    const factors = [told[0], told[1], told.at(-1)].map((event) => [event?.step, event?.learningRateFactor]);
    expect(factors).toEqual([
      [1, undefined],
      [2, undefined],
      [6, 0.25],
    ]);
    const last = told.at(-1);
    expect([last?.step, last?.learningRate]).toEqual([6, history.train[5]?.learningRate]);
  });

  it("multiplies it after an interruption as before, to the very bits, and tells so", async () => {
    const control = () => Object.assign(new TrainingControl(), { learningRateFactor: 0.1 });
    const { folder: whole } = await train({ control: control() });
    const folder = memoryFolder("here");
    const controller = new AbortController();
    const onEvent = (event: TaskEvent) => event.type === "evaluation" && event.step === 3 && controller.abort();
    await expect(train({ folder, control: control(), signal: controller.signal, onEvent })).rejects.toThrow(
      new InterruptedError(3, "here"),
    );
    const interrupted = memoryFolder("here");
    for (const name of await folder.list()) await interrupted.write(name, (await folder.read(name)) as Uint8Array);
    const again = new TrainingControl();
    const { events } = await train({ folder, control: again, resume: true, settings: {} });
    expect(again.learningRateFactor).toBe(0.1);
    expect(only(events, "start")[0]).toMatchObject({ step: 3, learningRateFactor: 0.1 });
    for (const name of ["model.safetensors", "onnx/model.onnx", "config.json"]) {
      expect(await folder.read(name)).toEqual(await whole.read(name));
    }
    expect((await metricsOf(folder)).history).toEqual((await metricsOf(whole)).history);
    // The same where nobody steers it.
    await train({ folder: interrupted, resume: true, settings: {} });
    expect(await interrupted.read("model.safetensors")).toEqual(await whole.read("model.safetensors"));
    expect(await whole.read("model.safetensors")).not.toEqual(await (await plain).folder.read("model.safetensors"));
  });

  it("takes another factor that is set before an interrupted training goes on", async () => {
    const folder = memoryFolder("here");
    const controller = new AbortController();
    const control = Object.assign(new TrainingControl(), { learningRateFactor: 0.1 });
    const onEvent = (event: TaskEvent) => event.type === "evaluation" && event.step === 3 && controller.abort();
    await expect(train({ folder, control, signal: controller.signal, onEvent })).rejects.toThrow(InterruptedError);
    const other = Object.assign(new TrainingControl(), { learningRateFactor: 1 });
    const { events } = await train({ folder, control: other, resume: true, settings: {} });
    expect(only(events, "start")[0]).not.toHaveProperty("learningRateFactor");
    const [{ history }, { history: before }] = [await metricsOf(folder), await metricsOf((await plain).folder)];
    const ratios = history.train.map(({ learningRate }, i) => learningRate / (before.train[i]?.learningRate as number));
    expect(ratios).toEqual([...new Array(3).fill(expect.closeTo(0.1, 12)), 1, 1, 1]);
  });

  it("tells of each step that is taken in a pause, and does not count the time between", async () => {
    const control = new TrainingControl();
    control.takeSteps(1);
    const start = performance.now();
    const { folder, events } = await train({
      control,
      onEvent: (event) => {
        if (event.type !== "progress" || event.step === 6) return;
        setTimeout(() => control.takeSteps(1), 200);
      },
    });
    const seconds = (performance.now() - start) / 1000;
    expect(only(events, "progress").map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const { trainingSeconds } = await metricsOf(folder);
    expect(seconds).toBeGreaterThan(1);
    expect(trainingSeconds).toBeLessThan(seconds - 0.9);
    // The pace is that of the steps: at a fifth of a second each, one would take as long.
    expect(only(events, "progress").find(({ step }) => step === 5)?.secondsLeft).toBeLessThan(0.2);
    expect(await folder.read("model.safetensors")).toEqual(await (await plain).folder.read("model.safetensors"));
  });

  it("ends after the first validation that is good enough", async () => {
    const control = new TrainingControl();
    control.stopAt = 0;
    const { folder, events } = await train({ control });
    expect(kinds(events)).toEqual(["start", "evaluation", "checkpoint", "saved"]);
    expect((await metricsOf(folder)).history.train.map(({ step }) => step)).toEqual([1, 2, 3]);
    control.stopAt = 1;
    expect(kinds((await train({ control })).events).filter((kind) => kind === "evaluation")).toHaveLength(2);
  });

  it.each([
    [1, [1]],
    [3, [3]],
    [4, [3, 4]],
  ])("ends after step %i where it is told to finish then, with what was best", async (at, validated) => {
    const control = new TrainingControl();
    control.takeSteps(at);
    const { folder, events } = await train({
      control,
      onEvent: (event) => {
        if (event.type === "progress" && event.step === at) control.finish();
      },
    });
    expect(only(events, "evaluation").map(({ step }) => step)).toEqual(validated);
    expect(only(events, "checkpoint").map(({ step }) => step)).toEqual(validated);
    expect(kinds(events).at(-1)).toBe("saved");
    const { history, bestStep } = await metricsOf(folder);
    expect([history.train.at(-1)?.step, bestStep]).toEqual([at, at]);
    const model = await openModel(folder, nodeBackend);
    expect((await model.explain("3 May 1979")).map.rows).toHaveLength(10);
    await model.close();
  });

  it("may be finished before its first step, or out of a pause", async () => {
    const control = new TrainingControl();
    control.pause();
    setTimeout(() => control.finish(), 50);
    const { events, folder } = await train({ control });
    expect(kinds(events)).toEqual(["start", "evaluation", "checkpoint", "saved"]);
    expect(only(events, "evaluation")[0]?.step).toBe(0);
    expect((await metricsOf(folder)).history.train).toEqual([]);
  });

  it("saves a checkpoint where it is aborted in a pause, and goes on from there to the same bits", async () => {
    const folder = memoryFolder("here");
    const [control, controller] = [new TrainingControl(), new AbortController()];
    control.takeSteps(2);
    const told: TaskEvent[] = [];
    const aborted = train({
      folder,
      control,
      signal: controller.signal,
      onEvent: (event) => {
        told.push(event);
        if (event.type === "progress" && event.step === 2) setTimeout(() => controller.abort(), 50);
      },
    });
    await expect(aborted).rejects.toThrow(new InterruptedError(2, "here"));
    expect(told.at(-1)).toEqual({ type: "checkpoint", step: 2, folder: "here" });
    await train({ folder, resume: true, settings: {} });
    expect(await folder.read("model.safetensors")).toEqual(await (await plain).folder.read("model.safetensors"));
  });

  it("is over where it was good enough when it was interrupted", async () => {
    const folder = memoryFolder("here");
    const control = new TrainingControl();
    control.stopAt = 0;
    const failing: Folder = {
      ...folder,
      write: (name, bytes) =>
        name === "config.json" ? Promise.reject(new DataError("full")) : folder.write(name, bytes),
    };
    await expect(train({ folder: failing, control })).rejects.toThrow(new DataError("full"));
    const { events } = await train({ folder, control, resume: true, settings: {} });
    expect(kinds(events)).toEqual(["start", "saved"]);
  });
});

it("leaves no session behind where reading fails", async () => {
  let open = 0;
  const backend: Backend = {
    ...nodeBackend,
    load: async () => {
      open++;
      return {
        bytes: 0,
        run: () => Promise.reject(new DataError("no more memory")),
        release: async () => {
          open--;
        },
      };
    },
  };
  const watched = train({ backend, probes: ["3 May 1979"] });
  await expect(watched).rejects.toThrow(new DataError("no more memory"));
  const validated = train({ backend, settings: { ...SETTINGS, steps: "3" } });
  await expect(validated).rejects.toThrow(new DataError("no more memory"));
  expect(open).toBe(0);
});

describe("probes", () => {
  const probes = ["3 May 1979", "1/2/2003"];

  it("are told before the first step and after each validation, and change nothing else", async () => {
    const { folder, events } = await train({ probes });
    expect(kinds(events)).toEqual([
      "start",
      "probe",
      ...["evaluation", "probe", "checkpoint"],
      ...["evaluation", "probe", "checkpoint"],
      "saved",
    ]);
    const told = only(events, "probe");
    expect(told.map(({ step }) => step)).toEqual([0, 3, 6]);
    for (const event of told) {
      expect(JSON.parse(JSON.stringify(event))).toEqual(event);
      expect(event.explanations.map(({ prediction }) => prediction.text)).toEqual(probes);
      for (const { prediction, map, candidates } of event.explanations) {
        expect([map.rows.length, map.columns.join(""), candidates.length]).toEqual([10, prediction.text, 10]);
        expect(prediction.certain).toBe(false);
      }
    }
    const weights = told.map(({ explanations: [first] }) => first?.map.weights);
    expect(weights[1]).not.toEqual(weights[0]);
    expect(weights[2]).not.toEqual(weights[1]);
    for (const name of ["model.safetensors", "onnx/model.onnx", "config.json"]) {
      expect(await folder.read(name)).toEqual(await (await plain).folder.read(name));
    }
  });

  it("are what the model says that is saved of that step", async () => {
    const { folder, events } = await train({ probes, steps: 3 });
    const model = await openModel(folder, nodeBackend);
    const last = only(events, "probe").at(-1);
    for (const { prediction, map } of last?.explanations ?? []) {
      const found = await model.explain(prediction.text);
      expect(found.map).toEqual(map);
      expect(found.prediction.output).toBe(prediction.output);
    }
    expect(last?.explanations).toHaveLength(2);
    await model.close();
  });

  it("are told where training goes on, too", async () => {
    const folder = memoryFolder("here");
    const control = new TrainingControl();
    control.takeSteps(4);
    const controller = new AbortController();
    const onEvent = (event: TaskEvent) => event.type === "progress" && event.step === 4 && controller.abort();
    await expect(train({ folder, control, signal: controller.signal, onEvent })).rejects.toThrow(InterruptedError);
    const { events } = await train({ folder, probes, resume: true, settings: {} });
    expect(only(events, "probe").map(({ step }) => step)).toEqual([4, 6]);
  });

  it.each([
    ["", "text: expected a date but found nothing; write one, such as 9 may 1998"],
    ["x".repeat(31), "text: expected at most 30 characters but found 31; leave out all but the date, such as the time"],
  ])("that the model cannot take (%j) are told before training begins", async (probe, reason) => {
    const folder = memoryFolder();
    const found = `${JSON.stringify(probe)}, of which it says: ${reason}`;
    await expect(train({ folder, probes: ["3 May 1979", probe] })).rejects.toThrow(
      new DataError(`train: expected probes that the model can take but found ${found}`),
    );
    expect(await folder.list()).toEqual([]);
  });
});
