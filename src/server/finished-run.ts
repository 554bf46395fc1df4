import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type LoggedEvent, parseLogLine } from "../tasks/event-log.ts";
import type { TestEvent } from "../tasks/events.ts";
import { smoothLosses } from "../tasks/smooth-loss.ts";
import type { ModelFiles } from "./model-files.ts";

const step: z.ZodNumber = z.number();

const config = z.object({
  task: z.string(),
  training: z.object({ seed: z.number(), steps: z.number(), workers: z.number() }),
});

const metrics = z.object({
  test: z.custom<TestEvent>(
    (value) => parseLogLine(JSON.stringify({ time: 0, ...(value as object) }))?.type === "test",
  ),
  bestStep: z.number(),
  trainingSeconds: z.number(),
  parameters: z.number(),
  history: z.object({
    train: z.array(z.object({ step, loss: z.number(), learningRate: z.number() })),
    validation: z.array(z.looseObject({ step })),
  }),
});

/**
 * What the training of a finished model told, as far as its folder still says so: for a model that came without its log, as one
 * that was trained in the page. How fast it went is not told. Nothing for a folder that no recipe has written.
 */
export async function readFinished(model: ModelFiles): Promise<LoggedEvent[]> {
  const { folder } = model;
  const known = config.safeParse(await readJson(model, "config.json")).data;
  const measured = metrics.safeParse(await readJson(model, "metrics.json")).data;
  const end = await writtenAt(folder.path);
  if (!known || !measured || end === undefined) return [];
  const { task, training } = known;
  const { test, bestStep, trainingSeconds, parameters, history } = measured;
  const begin = end - Math.round(1000 * trainingSeconds);
  const last = Math.max(1, ...history.train.map((record) => record.step));
  const timeOf = (reached: number) => Math.round(begin + ((end - begin) * reached) / last);
  const steps = training.steps;
  const losses = smoothLosses(history.train);
  const curve: LoggedEvent[] = [
    ...history.train.map((record, i): LoggedEvent => {
      const time = timeOf(record.step);
      return { time, type: "progress", steps, ...record, loss: losses[i] as number };
    }),
    ...history.validation.map((record): LoggedEvent => {
      const { step } = record;
      return { time: timeOf(step), type: "evaluation", step, metrics: numbersOf(record), best: step === bestStep };
    }),
  ].sort((a, b) => a.time - b.time);
  return [
    { time: begin, type: "start", task, folder: folder.path, parameters, step: 0, ...training },
    ...curve,
    { time: end, ...test },
    { time: end, type: "saved", folder: folder.path, files: await folder.list(), seconds: trainingSeconds },
  ];
}

/** Files from an archive without times are of this day: then it is the folder that says when it was written. */
const NO_TIME = new Date(1980, 0, 1).getTime();
const DAY = 24 * 3600 * 1000;

async function writtenAt(path: string): Promise<number | undefined> {
  const timeOf = async (place: string) => (await stat(place).catch(() => undefined))?.mtimeMs;
  const file = await timeOf(join(path, "config.json"));
  const time = file !== undefined && Math.abs(file - NO_TIME) <= DAY ? await timeOf(path) : file;
  return time === undefined ? undefined : Math.round(time);
}

function numbersOf({ step: _, ...record }: Readonly<Record<string, unknown>>): Record<string, number> {
  const numbers = Object.entries(record).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return Object.fromEntries(numbers);
}

/** Of the model's own files alone: a link may lead out of the folder. */
async function readJson({ files, folder }: ModelFiles, name: string): Promise<unknown> {
  const bytes = files.includes(name) ? await folder.read(name).catch(() => undefined) : undefined;
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
