import { encodeText, type Folder, memoryFolder } from "../../data/folder.ts";
import { memorySource } from "../../data/text/index.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { singleEngine } from "../../runtime/single-engine.ts";
import { Rng } from "../../tensor/random.ts";
import type { TaskEvent } from "../events.ts";
import type { Recipe, TrainOptions } from "../recipe.ts";

/** Files of a training in memory, by name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Trained {
  readonly folder: Folder;
  readonly events: readonly TaskEvent[];
}

export type TrainingOptions = Partial<TrainOptions> & { readonly files?: TrainOptions["files"] };

/** Opens the files of a training that are held in memory. */
export function openIn(files: Files): NonNullable<TrainOptions["openSource"]> {
  return async (name) => {
    const content = files[name] as string | Uint8Array;
    return memorySource(name, typeof content === "string" ? encodeText(content) : content);
  };
}

/** Trains a recipe in memory, on the first of some files unless it is told otherwise; gives what it tells as it is told. */
export async function* training(
  recipe: Recipe,
  files: Files,
  options: Partial<TrainOptions> & { folder: Folder },
): AsyncGenerator<TaskEvent, void> {
  yield* recipe.train({
    createEngine: singleEngine(nodeBackend),
    backend: nodeBackend,
    openSource: openIn(files),
    ...(options.resume ? {} : { files: { train: [Object.keys(files)[0] as string] } }),
    ...options,
  });
}

/** An engine with a signal that is aborted as a step is taken, counted from 1. */
export function abortedAt(step: number): { signal: AbortSignal; createEngine: TrainOptions["createEngine"] } {
  const controller = new AbortController();
  const inner = singleEngine(nodeBackend);
  const createEngine: TrainOptions["createEngine"] = async (program, options) => {
    const engine = await inner(program, options);
    return {
      workers: engine.workers,
      state: engine.state,
      step: (batch, at) => {
        if (at.step === step - 1) controller.abort();
        return engine.step(batch, at);
      },
      write: (state) => engine.write(state),
      close: () => engine.close(),
    };
  };
  return { signal: controller.signal, createEngine };
}

/** Trains to the end. */
export async function trainOn(recipe: Recipe, files: Files, options: Partial<TrainOptions> = {}): Promise<Trained> {
  const { folder = memoryFolder("model") } = options;
  return { folder, events: await collect(training(recipe, files, { ...options, folder })) };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Words of so many letters, all different and the same for the same seed. */
export function words(
  count: number,
  options: { readonly letters?: string; readonly least?: number; readonly most?: number; readonly seed?: number } = {},
): string[] {
  const { letters = "abcde", least = 2, most = 6, seed = 7 } = options;
  const rng = new Rng(seed, "words");
  const found = new Set<string>();
  while (found.size < count) {
    const length = least + rng.integer(most - least + 1);
    found.add(Array.from({ length }, () => letters[rng.integer(letters.length)]).join(""));
  }
  return [...found];
}

/** A table of pairs: each word, and its letters written large. */
export function capitals(count: number): string {
  return words(count)
    .map((word) => `${word}\t${word.toUpperCase()}\n`)
    .join("");
}

export async function readJson<T>(folder: Folder, name: string): Promise<T> {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await folder.read(name))) as T;
}

/** Whether two files hold the same bytes; in one word, so that a difference is not printed. */
export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
