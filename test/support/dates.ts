import { type Folder, memoryFolder, RECIPES, type Recipe, type TaskEvent, type TrainOptions } from "fovea";
import { nodeBackend, nodeEngine } from "fovea/node";

export const dates: Recipe = RECIPES.find(({ name }) => name === "dates") as Recipe;

/** Small enough for a test: half a second, most of it for the graphs. */
export const TINY: Readonly<Record<string, string>> = {
  steps: "12",
  batch: "8",
  validateEvery: "4",
  validationCount: "20",
  testCount: "30",
  "model.encoderDim": "3",
  "model.decoderDim": "5",
  "model.energyDim": "2",
};

/** Trains to the end; what it tells. */
export async function train(folder: Folder, options: Partial<TrainOptions> = {}): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  const given = { folder, createEngine: nodeEngine, backend: nodeBackend, settings: TINY, ...options };
  for await (const event of dates.train(given)) events.push(event);
  return events;
}

/** What a training ends with, as far as it does not depend on the clock. */
export interface Outcome {
  readonly weights: Uint8Array;
  /** Loss, learning rate and validations, step by step. */
  readonly history: object;
  readonly bestStep: number;
  /** The smoothed loss at the end. */
  readonly loss: number | undefined;
}

export async function outcomeOf(folder: Folder, events: readonly TaskEvent[]): Promise<Outcome> {
  const { history, bestStep } = await readJson<{ history: object; bestStep: number }>(folder, "metrics.json");
  const last = events.findLast((event) => event.type === "progress");
  return { weights: (await folder.read("model.safetensors")) as Uint8Array, history, bestStep, loss: last?.loss };
}

/** What an uninterrupted training ends with. */
export async function trainedOutcome(options: Partial<TrainOptions> = {}): Promise<Outcome> {
  const folder = memoryFolder();
  return outcomeOf(folder, await train(folder, options));
}

export async function readJson<T>(folder: Folder, name: string): Promise<T> {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await folder.read(name))) as T;
}

/** Whether two files hold the same bytes; in one word, so that a difference is not printed. */
export function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}
