/**
 * The training of this page. It goes on whichever tab is shown; what it tells is gathered here, and handed to whoever shows it
 * a few times a second.
 */
import type { SavedEvent } from "fovea/tasks";
import { reportHtml, TrainingRecord, trainingReport } from "fovea/views";
import { add, entries } from "../../state/models.ts";
import { messageOf } from "../../state/notices.ts";
import { goTo } from "../../state/route.ts";
import { createStore, type Store } from "../../state/store.ts";
import type { Kept, RecipeFacts, Steering, TrainingApi, TrainingEvent, TrainingRequest } from "../../worker/api.ts";
import { type Connection, connect } from "../../worker/client.ts";
import { Curves } from "./curves.ts";
import { newForm, type TrainForm } from "./form.ts";
import { begin, end, IDLE, isUnderWay, reduce, type TrainingState } from "./training-state.ts";

/** What is shown; a few times a second behind what was told. */
export const training: Store<TrainingState> = createStore<TrainingState>(IDLE);
/** Counts what is shown anew, for what grows where it stands. */
export const shownCount: Store<number> = createStore(0);
export const recipes: Store<readonly RecipeFacts[]> = createStore<readonly RecipeFacts[]>([]);
export const form: Store<TrainForm | undefined> = createStore<TrainForm | undefined>(undefined);
/** Whether a training outlives the page. */
export const isSafe: Store<boolean> = createStore(true);
/** Why something that was asked for outside of a training did not work. */
export const problem: Store<string> = createStore("");

/** So many milliseconds pass at least from one showing to the next. */
const SHOWING_MS = 220;

let connection: Connection<TrainingApi> | undefined;
let now: TrainingState = IDLE;
let curves = new Curves();
let timer: ReturnType<typeof setTimeout> | undefined;

export function currentCurves(): Curves {
  return curves;
}

function worker(): Connection<TrainingApi>["remote"] {
  connection ??= connect<TrainingApi>("training", () => {
    connection = undefined;
  });
  return connection.remote;
}

/** Shows what is known now: at once where the phase changed, else with the next showing. */
function show(): void {
  if (now.phase !== training.get().phase) publish();
  else timer ??= setTimeout(publish, SHOWING_MS);
}

function publish(): void {
  clearTimeout(timer);
  timer = undefined;
  training.set(now);
  shownCount.set(shownCount.get() + 1);
}

function hear(event: TrainingEvent): void {
  now = reduce(now, event);
  if (event.type !== "compute") curves.add(event);
  show();
}

/** Asks the worker what can be trained, and what an earlier page has left behind; once. */
export async function prepareTraining(): Promise<void> {
  if (recipes.get().length > 0) return;
  try {
    const known = await worker().call("recipes");
    const [first] = known;
    recipes.set(known);
    if (first && !form.get()) form.set(newForm(first, navigator.hardwareConcurrency > 1 ? 2 : 1));
    isSafe.set(await worker().call("isSafe"));
    const kept = await worker().call("kept");
    if (kept && now.phase === "idle") recall(kept);
    problem.set("");
  } catch (error) {
    problem.set(messageOf(error));
  }
}

/** Shows a training of an earlier page as it stood. */
function recall(kept: Kept): void {
  curves = new Curves();
  for (const event of kept.events) if (event.type !== "compute") curves.add(event);
  const before = { ...IDLE, request: kept.request, stopAt: kept.request.stopAt };
  const state = kept.events.reduce(reduce, before);
  now = { ...state, phase: kept.isFinished ? "finished" : "stopped", checkpoint: kept.step, isRecalled: true };
  publish();
}

/** Trains; a request to go on takes up the last checkpoint. */
export async function train(request: TrainingRequest): Promise<void> {
  if (isUnderWay(now.phase)) return;
  now = begin(now, request);
  if (!request.resume) curves = new Curves();
  problem.set("");
  publish();
  addEventListener("beforeunload", warn);
  try {
    for await (const event of worker().stream("train", request)) hear(event as TrainingEvent);
    now = end(now);
  } catch (error) {
    now = end(now, error as Error);
  } finally {
    removeEventListener("beforeunload", warn);
  }
  if (now.phase === "fault") await renew();
  publish();
}

/** After a fault a new worker is better than one whose memory may be damaged, where nothing is lost with it. */
async function renew(): Promise<void> {
  const kept = await worker()
    .call("kept")
    .catch(() => undefined);
  if (!kept) {
    const { checkpoint, ...rest } = now;
    now = rest;
  } else now = { ...now, checkpoint: kept.step };
  if (!isSafe.get()) return;
  connection?.close();
  connection = undefined;
}

/** Goes on from the last checkpoint, as the training was asked for. */
export function goOn(): void {
  const { request, stopAt } = now;
  if (request) void train({ ...request, stopAt, resume: true });
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Steers the training, and shows at once what was asked for. */
export function steer(change: Steering): void {
  if (!isUnderWay(now.phase)) return;
  const isRunning = now.phase === "training" || now.phase === "paused";
  if (change.kind === "learningRate") now = { ...now, factor: change.factor };
  else if (change.kind === "stopAt") now = { ...now, stopAt: change.share };
  else if (isRunning && (change.kind === "pause" || change.kind === "step")) now = { ...now, phase: "paused" };
  else if (isRunning && change.kind === "resume") now = { ...now, phase: "training" };
  else if (isRunning && (change.kind === "finish" || change.kind === "abort")) now = { ...now, phase: "stopping" };
  publish();
  worker()
    .call("steer", change)
    .catch((error: unknown) => problem.set(messageOf(error)));
}

/** Forgets the training and what the browser keeps of it. */
export async function discard(): Promise<void> {
  if (isUnderWay(now.phase)) return;
  await worker()
    .call("discard")
    .catch((error: unknown) => problem.set(messageOf(error)));
  curves = new Curves();
  now = IDLE;
  publish();
}

/** The name under which the last trained model was opened. */
let openedAs: { readonly saved: SavedEvent | undefined; readonly name: string } | undefined;

/** Opens the trained model under Look, once. */
export async function look(): Promise<void> {
  const { saved } = now;
  try {
    const isOpen = openedAs?.saved === saved && entries.get().some(({ name }) => name === openedAs?.name);
    if (!isOpen) openedAs = { saved, name: await add(modelName(now), await worker().call("files"), "trained") };
    goTo("look", { model: openedAs?.name ?? "" });
  } catch (error) {
    problem.set(messageOf(error));
  }
}

/** Hands the model folder to the browser as a zip. */
export async function download(): Promise<void> {
  try {
    const report = new Map([["report.html", new TextEncoder().encode(await reportOf())]]);
    const bytes = (await worker().call("zip", report)) as Uint8Array<ArrayBuffer>;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: "application/zip" }));
    link.download = `${modelName(now)}.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    problem.set(messageOf(error));
  }
}

/** The report that the command line leaves in the folder, of what this training told. */
async function reportOf(): Promise<string> {
  const record = new TrainingRecord();
  const [kept, files] = await Promise.all([worker().call("kept"), worker().call("files")]);
  for (const event of kept?.events ?? []) if (event.type !== "compute") record.add(event);
  record.readHistory(files.get("metrics.json"));
  return reportHtml(trainingReport(record));
}

/** Recipe and day, as `dates-2026-11-25`. */
function modelName({ request }: TrainingState): string {
  const today = new Date();
  const two = (value: number) => String(value).padStart(2, "0");
  return `${request?.recipe ?? "model"}-${today.getFullYear()}-${two(today.getMonth() + 1)}-${two(today.getDate())}`;
}
