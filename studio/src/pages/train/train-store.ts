/**
 * The training of this page. It goes on whichever tab is shown; what it tells is gathered here, and handed to whoever shows it
 * a few times a second.
 */
import { messageOf } from "../../state/notices.ts";
import { createStore, type Store } from "../../state/store.ts";
import type {
  Data,
  Keeping,
  Kept,
  RecipeFacts,
  Steering,
  TrainingApi,
  TrainingEvent,
  TrainingRequest,
} from "../../worker/api.ts";
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
export const keeping: Store<Keeping> = createStore<Keeping>("kept");
/** Whether the form is shown above a trained model, which stays until a new training starts. */
export const isAgain: Store<boolean> = createStore(false);
/** Why something that was asked for outside of a training did not work: a message, or what another page has done. */
export const problem: Store<Problem | undefined> = createStore<Problem | undefined>(undefined);

export type Problem = { readonly kind: "fault"; readonly message: string } | { readonly kind: "busy" | "changed" };

/** So many milliseconds pass at least from one showing to the next. */
const SHOWING_MS = 220;

let connection: Connection<TrainingApi> | undefined;
let now: TrainingState = IDLE;
let curves = new Curves();
let timer: ReturnType<typeof setTimeout> | undefined;

export function currentCurves(): Curves {
  return curves;
}

/** The worker that trains, started when it is first needed. */
export function trainingWorker(): Connection<TrainingApi>["remote"] {
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
    const known = await trainingWorker().call("recipes");
    const [first] = known;
    recipes.set(known);
    if (first && !form.get()) form.set(newForm(first, navigator.hardwareConcurrency > 1 ? 2 : 1));
    const kept = await trainingWorker().call("kept");
    if (kept && now.phase === "idle") recall(kept);
    problem.set(undefined);
    await readKeeping();
  } catch (error) {
    report(error);
  }
}

/** Says why something did not work. */
export function report(error: unknown): void {
  problem.set({ kind: "fault", message: messageOf(error) });
}

/** Asks anew whether a training would outlive the page: another one may have begun or ended meanwhile. */
export async function readKeeping(): Promise<void> {
  keeping.set(await trainingWorker().call("keeping"));
}

/** Shows a training of another page as it stood. */
function recall(kept: Kept | undefined): void {
  curves = new Curves();
  now = kept ? recalled(kept) : IDLE;
  for (const event of kept?.events ?? []) if (event.type !== "compute") curves.add(event);
  publish();
}

function recalled(kept: Kept): TrainingState {
  const before = { ...IDLE, request: kept.request, stopAt: kept.request.stopAt };
  const state = kept.events.reduce(reduce, before);
  return { ...state, phase: kept.isFinished ? "finished" : "stopped", checkpoint: kept.step, isRecalled: true };
}

/** Trains; a request to go on takes up the last checkpoint. @param data of a new training */
export async function train(request: TrainingRequest, data: Data = new Map()): Promise<void> {
  if (isUnderWay(now.phase)) return;
  now = begin(now, request);
  if (!request.resume) curves = new Curves();
  isAgain.set(false);
  problem.set(undefined);
  publish();
  addEventListener("beforeunload", warn);
  try {
    for await (const event of trainingWorker().stream("train", request, data)) hear(event as TrainingEvent);
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
  const kept = await trainingWorker()
    .call("kept")
    .catch(() => undefined);
  await readKeeping();
  if (kept) now = { ...now, checkpoint: kept.step };
  else if (keeping.get() !== "busy") {
    const { checkpoint, ...rest } = now;
    now = rest;
  }
  if (keeping.get() !== "kept") return;
  connection?.close();
  connection = undefined;
}

/** Goes on from the last checkpoint, as the training was asked for. */
export async function goOn(): Promise<void> {
  const { request, stopAt } = now;
  if (request && (await isStillThere())) void train({ ...request, stopAt, resume: true });
}

/**
 * Whether what is kept is still the training that is shown. Another page may train now, which is said, or may have left a
 * training of its own, which is then shown.
 */
async function isStillThere(): Promise<boolean> {
  try {
    const kept = await trainingWorker().call("kept");
    if (isSame(kept)) return true;
    await readKeeping();
    if (keeping.get() === "busy") problem.set({ kind: "busy" });
    else {
      recall(kept);
      problem.set({ kind: "changed" });
    }
  } catch (error) {
    report(error);
  }
  return false;
}

/** Whether a training is the one that is shown: one of the same settings that has come as far is the same to the last bit. */
function isSame(kept: Kept | undefined): boolean {
  const plain = ({ stopAt, resume, ...request }: TrainingRequest) => JSON.stringify(request);
  const { request, checkpoint } = now;
  if (!kept || !request) return kept === undefined && checkpoint === undefined;
  return plain(kept.request) === plain(request) && kept.step === checkpoint;
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
  trainingWorker().call("steer", change).catch(report);
}

/** Forgets the training and what the browser keeps of it. */
export async function discard(): Promise<void> {
  if (isUnderWay(now.phase) || !(await isStillThere())) return;
  await trainingWorker().call("discard").catch(report);
  recall(undefined);
}
