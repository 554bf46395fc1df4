/** The trained model, handed on: to Look, where the browser keeps it under its name, and to the reader as a zip. */
import { EVENT_LOG_FILE } from "fovea/tasks";
import { reportHtml, TrainingRecord, trainingReport } from "fovea/views";
import { keep } from "../../state/kept.ts";
import { add, entries } from "../../state/models.ts";
import { goTo } from "../../state/route.ts";
import { saveFile } from "../../state/save-file.ts";
import type { Files, Kept } from "../../worker/api.ts";
import { eventLog } from "./event-log.ts";
import { report, training, trainingWorker } from "./train-store.ts";
import type { TrainingState } from "./training-state.ts";

/** Recipe and day, as `dates-2026-11-25`. */
export function modelName({ request }: Pick<TrainingState, "request">, day: Date = new Date()): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${request?.recipe ?? "model"}-${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** What {@link modelName} gives, and what it becomes where the name is taken. */
const MODEL_NAME = /-\d{4}-\d\d-\d\d(-\d+)?$/;

/** The name of a model of this page that has the same files; undefined for none. */
async function nameOf(files: Files): Promise<string | undefined> {
  const likely = entries.get().filter(({ name, source }) => {
    return (source === "trained" || source === "browser") && MODEL_NAME.test(name);
  });
  for (const { name, load } of likely) if (isSame(files, await load())) return name;
  return undefined;
}

/** Whether two models are the same: their graphs are. */
function isSame(a: Files, b: Files): boolean {
  const graphOf = (files: Files) => [...files].find(([name]) => name.endsWith(".onnx"))?.[1];
  const [one, other] = [graphOf(a), graphOf(b)];
  return one !== undefined && one.length === other?.length && one.every((byte, i) => byte === other[i]);
}

/** Opens the trained model under Look, once; the browser keeps it under the name that it has there. */
export async function look(): Promise<void> {
  try {
    const files = await trainingWorker().call("files");
    const known = await nameOf(files);
    const whole = known === undefined ? await withExamples(files) : files;
    const name = known ?? (await add(modelName(training.get()), whole, "trained"));
    if (known === undefined) await keep(name, whole);
    goTo("look", { model: name });
  } catch (error) {
    report(error);
  }
}

/** The files with what the training told of texts of its test set: they are what one begins to look at. */
async function withExamples(files: Files): Promise<Files> {
  const kept = await trainingWorker().call("kept");
  const log = eventLog(kept?.events.filter(({ type }) => type === "examples") ?? []);
  return log ? new Map([...files, [EVENT_LOG_FILE, new TextEncoder().encode(log)]]) : files;
}

/** The model that was last handed to the reader. */
let downloaded: TrainingState["saved"];

/** Hands the model folder to the browser as a zip. */
export async function download(): Promise<void> {
  const state = training.get();
  try {
    const [kept, files] = await Promise.all([trainingWorker().call("kept"), trainingWorker().call("files")]);
    const texts = { "report.html": reportOf(kept, files), [EVENT_LOG_FILE]: eventLog(kept?.events ?? []) };
    const extra = new Map(
      Object.entries(texts).flatMap(([name, text]) => (text ? [[name, new TextEncoder().encode(text)] as const] : [])),
    );
    const bytes = (await trainingWorker().call("zip", extra)) as Uint8Array<ArrayBuffer>;
    saveFile(`${modelName(state)}.zip`, new Blob([bytes], { type: "application/zip" }));
    downloaded = state.saved;
  } catch (error) {
    report(error);
  }
}

/** Whether the trained model would be gone if another took its place: the reader has not got it, nor is it among the models. */
export async function isOnlyHere(): Promise<boolean> {
  const { phase, saved } = training.get();
  if (phase !== "finished" || (saved !== undefined && saved === downloaded)) return false;
  return (await nameOf(await trainingWorker().call("files"))) === undefined;
}

/** The report that the command line leaves in the folder, of what this training told. */
function reportOf(kept: Kept | undefined, files: Files): string {
  const record = new TrainingRecord();
  for (const event of kept?.events ?? []) if (event.type !== "compute") record.add(event);
  record.readHistory(files.get("metrics.json"));
  return reportHtml(trainingReport(record));
}
