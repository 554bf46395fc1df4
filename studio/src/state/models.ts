/**
 * The models of this page. Their files stay here, the models themselves live in a worker; when that dies, a new one opens them
 * again as they are asked for.
 */
import type { Change, Explanation, Faithfulness } from "fovea/tasks";
import type { Files, GraphInputs, GraphRun, ModelApi, OpenedModel } from "../worker/api.ts";
import { type Connection, connect } from "../worker/client.ts";
import { notify } from "./notices.ts";
import { createStore, type Store } from "./store.ts";

export type ModelSource = "site" | "trained" | "dropped" | "url" | "run" | "browser";

/** A model that can be looked at; opened when it first is. */
export interface ModelEntry {
  /** Its name in this page and in addresses. */
  readonly name: string;
  readonly source: ModelSource;
  readonly load: () => Promise<Files>;
}

export const entries: Store<readonly ModelEntry[]> = createStore<readonly ModelEntry[]>([]);

let connection: Connection<ModelApi> | undefined;
const opened = new Map<string, Promise<OpenedModel>>();
let deaths = 0;

function worker(): Connection<ModelApi>["remote"] {
  connection ??= connect<ModelApi>("model", (error) => {
    deaths++;
    connection = undefined;
    opened.clear();
    notify({ kind: "worker", detail: error.message });
  });
  return connection.remote;
}

/**
 * Ends whatever is being computed: the worker ends, what waits for it fails, and a new one opens the models again as they are
 * asked for.
 */
export function stopModels(): void {
  connection?.close();
  connection = undefined;
  opened.clear();
}

/** A name that no other model of the page has. */
function freeName(name: string): string {
  const taken = new Set(entries.get().map((entry) => entry.name));
  if (!taken.has(name)) return name;
  let count = 2;
  while (taken.has(`${name}-${count}`)) count++;
  return `${name}-${count}`;
}

/** Names a model without opening it; one of the same name stays as it is. */
export function list(entry: ModelEntry): void {
  if (entries.get().some(({ name }) => name === entry.name)) return;
  entries.set([...entries.get(), entry]);
}

/**
 * Opens a model from its files.
 *
 * @returns the name it has in this page
 * @throws ModelError or DataError (as `RemoteError`) for files that are no model; then nothing is added
 */
export async function add(name: string, files: Files, source: ModelSource = "dropped"): Promise<string> {
  const opening = worker().call("open", name, files);
  await opening;
  const unique = freeName(name);
  opened.set(unique, opening);
  entries.set([...entries.get(), { name: unique, source, load: async () => files }]);
  return unique;
}

/** Opens a model that is listed, once. */
export function open(name: string): Promise<OpenedModel> {
  const known = opened.get(name);
  if (known) return known;
  const entry = entries.get().find((one) => one.name === name);
  if (!entry) return Promise.reject(new RangeError(`models: expected a model of this page but found ${name}`));
  const opening = entry.load().then((files) => worker().call("open", name, files));
  opened.set(name, opening);
  opening.catch(() => opened.get(name) === opening && opened.delete(name));
  return opening;
}

/** Closes a model and takes it off the list. */
export async function remove(name: string): Promise<void> {
  entries.set(entries.get().filter((entry) => entry.name !== name));
  const closing = opened.get(name);
  opened.delete(name);
  const model = await closing?.catch(() => undefined);
  if (model) await worker().call("close", model.id);
}

/** Asks a model; once more where the worker died meanwhile, of this question or of another. */
async function ask<Answer>(name: string, question: (model: OpenedModel) => Promise<Answer>): Promise<Answer> {
  const before = deaths;
  try {
    return await question(await open(name));
  } catch (error) {
    if (deaths === before) throw error;
    return question(await open(name));
  }
}

export function explain(name: string, text: string, change?: Change): Promise<Explanation> {
  return ask(name, ({ id }) => worker().call("explain", id, text, change));
}

/** How far the attention of an answer agrees with what the answer depends on. */
export function faithfulness(name: string, text: string): Promise<Faithfulness> {
  return ask(name, ({ id }) => worker().call("faithfulness", id, text));
}

export function run(name: string, given: GraphInputs): Promise<GraphRun> {
  return ask(name, ({ id }) => worker().call("run", id, given));
}
