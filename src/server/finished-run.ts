import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Folder } from "../data/folder.ts";
import { type LoggedEvent, parseLogLine } from "../tasks/event-log.ts";
import type { TestEvent } from "../tasks/events.ts";

const step: z.ZodNumber = z.number();

const config = z.object({
  task: z.string(),
  training: z.object({ seed: z.number(), steps: z.number(), workers: z.number() }),
});

const metrics = z.object({
  test: z.custom<TestEvent>(
    (value) => parseLogLine(JSON.stringify({ time: 0, ...(value as object) }))?.type === "test",
  ),
  trainingSeconds: z.number(),
  parameters: z.number(),
  history: z.object({
    train: z.array(z.object({ step, loss: z.number(), learningRate: z.number() })),
    validation: z.array(z.looseObject({ step })),
  }),
});

/**
 * What the training of a finished model told, as far as its folder still says so: for a model that came without its log, as one
 * that was trained in the page. Nothing for a folder that no recipe has written.
 */
export async function readFinished(folder: Folder): Promise<LoggedEvent[]> {
  const known = config.safeParse(await readJson(folder, "config.json")).data;
  const measured = metrics.safeParse(await readJson(folder, "metrics.json")).data;
  const written = await stat(join(folder.path, "config.json")).catch(() => undefined);
  if (!known || !measured || !written) return [];
  const { task, training } = known;
  const { test, trainingSeconds, parameters, history } = measured;
  const end = Math.round(written.mtimeMs);
  const begin = end - Math.round(1000 * trainingSeconds);
  const last = Math.max(1, ...history.train.map((record) => record.step));
  const timeOf = (reached: number) => Math.round(begin + ((end - begin) * reached) / last);
  const steps = training.steps;
  const rate = { examplesPerSecond: 0, secondsLeft: 0 };
  const curve: LoggedEvent[] = [
    ...history.train.map(
      (record): LoggedEvent => ({ time: timeOf(record.step), type: "progress", steps, ...record, ...rate }),
    ),
    ...history.validation.map((record): LoggedEvent => {
      return {
        time: timeOf(record.step),
        type: "evaluation",
        step: record.step,
        metrics: numbersOf(record),
        best: false,
      };
    }),
  ].sort((a, b) => a.time - b.time);
  return [
    { time: begin, type: "start", task, folder: folder.path, parameters, step: 0, ...training },
    ...curve,
    { time: end, ...test },
    { time: end, type: "saved", folder: folder.path, files: await folder.list(), seconds: trainingSeconds },
  ];
}

function numbersOf({ step: _, ...record }: Readonly<Record<string, unknown>>): Record<string, number> {
  const numbers = Object.entries(record).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return Object.fromEntries(numbers);
}

async function readJson(folder: Folder, name: string): Promise<unknown> {
  const bytes = await folder.read(name).catch(() => undefined);
  try {
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
