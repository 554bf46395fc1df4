import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Folder, openModel, Rng, readSafetensors } from "fovea";
import { nodeBackend, nodeFolder } from "fovea/node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { same, TINY, trainedOutcome } from "./support/dates.ts";

/** A checkpoint at every other step, so that a kill has many writes to hit. */
const SETTINGS = { ...TINY, steps: "24", validateEvery: "2" };
const script = fileURLToPath(new URL("./support/train-dates.mjs", import.meta.url));
const CHECKPOINT = "checkpoint.safetensors";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-kill-"));
});
afterAll(() => rm(root, { recursive: true }));

/** When a process is killed: so many milliseconds after so many checkpoints. */
interface Kill {
  readonly checkpoints: number;
  readonly after: number;
}

/** Trains in a process of its own, which may be killed; how it ended. */
async function trainApart(
  path: string,
  settings: object,
  kill?: Kill,
): Promise<{ code: number | null; signal: string | null }> {
  const child = spawn(process.execPath, [script, path, JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let timer: NodeJS.Timeout | undefined;
  let told = "";
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk;
    if (!kill || told.split("checkpoint\n").length <= kill.checkpoints) return;
    timer ??= setTimeout(() => child.kill("SIGKILL"), kill.after);
  });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(timer);
  return { code, signal };
}

/** The step of the checkpoint, which has to be whole wherever it is there; −1 where it is not. */
async function checkpointStep(folder: Folder): Promise<number> {
  const bytes = await folder.read(CHECKPOINT);
  if (!bytes) return -1;
  const { tensors, metadata } = readSafetensors(bytes);
  const { step } = JSON.parse(metadata.progress as string) as { step: number };
  const vectors = new Set([...tensors.keys()].map((name) => name.split("/")[0]));
  expect([...vectors]).toEqual(expect.arrayContaining(["parameters", "firstMoment", "secondMoment"]));
  expect(vectors.has("best")).toBe(step > 0);
  return step;
}

it.each([
  [1, 6],
  [2, 3],
])(
  "a training on %i workers that is killed at any moment, up to %i times, comes to the very same model",
  async (workers, kills) => {
    const path = join(root, `${workers}`);
    const folder = nodeFolder(path);
    const settings = { ...SETTINGS, workers: String(workers) };
    const rng = new Rng(17 + workers, "kill");
    const steps = [-1];
    for (let kill = 0; kill < kills; kill++) {
      // Counted from checkpoints, so that a busy machine comes as far as a quick one; some kills come before the first.
      const { signal } = await trainApart(path, settings, { checkpoints: rng.integer(3), after: rng.integer(60) });
      if (signal !== "SIGKILL") break;
      steps.push(await checkpointStep(folder));
      const others = (await folder.list()).filter((name) => name !== CHECKPOINT);
      if (steps.at(-1) !== 24) expect(others).toEqual([]);
    }
    expect(steps.length).toBeGreaterThan(kills / 2);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBeGreaterThan(0);
    expect(await trainApart(path, settings)).toEqual({ code: 0, signal: null });
    const weights = await folder.read("model.safetensors");
    expect(same(weights, (await trainedOutcome({ settings })).weights)).toBe(true);
    expect((await readdir(path)).filter((name) => name.includes(CHECKPOINT))).toEqual([]);
    const model = await openModel(folder, nodeBackend);
    expect((await model.explain("3 May 1979")).prediction.output).toHaveLength(10);
    await model.close();
  },
);
