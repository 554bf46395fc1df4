/** The worker that holds opened models and answers for them. */
import { type Folder, filesFolder, folderFromZip } from "fovea/data";
import {
  type Change,
  type Explanation,
  type OpenGraph,
  type OpenModel,
  openDims,
  openGraph,
  openModel,
  type Prediction,
} from "fovea/tasks";
import { ModelError } from "fovea/tensor";
import { webBackend } from "fovea/web";
import type { Files, GraphInputs, GraphRun, ModelApi, OpenedModel } from "./api.ts";
import type { Methods } from "./rpc.ts";

type Held =
  | { readonly kind: "task"; readonly model: OpenModel }
  | { readonly kind: "graph"; readonly model: OpenGraph };

const held = new Map<number, Held>();
let last = 0;

/** The files as a folder; a zip is unpacked. @throws DataError for a damaged zip */
function folderOf(name: string, files: Files): Folder {
  const [only, ...others] = files;
  if (only && others.length === 0 && /\.zip$/i.test(only[0])) return folderFromZip(only[1], { path: name });
  return filesFolder(files, name);
}

/** The graph of a model of no task that Fovea knows: a folder that `save` has written, or an ONNX file alone. */
async function graphOf(folder: Folder): Promise<Uint8Array | undefined> {
  const config = await folder.read("config.json");
  if (config) return isCustom(config) ? folder.read("onnx/model.onnx") : undefined;
  const [name, ...others] = await folder.list();
  return name !== undefined && others.length === 0 && /\.onnx$/i.test(name) ? folder.read(name) : undefined;
}

/** Whether a folder is of a model of one's own; what is damaged, `openModel` says better. */
function isCustom(config: Uint8Array): boolean {
  try {
    return JSON.parse(new TextDecoder().decode(config))?.task === "custom";
  } catch {
    return false;
  }
}

async function hold(folder: Folder): Promise<Held> {
  const graph = await graphOf(folder);
  const isFolder = graph !== undefined && (await folder.read("config.json")) !== undefined;
  if (isFolder) return { kind: "graph", model: await openGraph(graph, webBackend) };
  try {
    return { kind: "task", model: await openModel(folder, webBackend) };
  } catch (error) {
    if (!graph || !(error instanceof ModelError)) throw error;
    // An ONNX file that does not say of which task it is, or one that is damaged: of that, the first error names the file.
    const model = await openGraph(graph, webBackend).catch(() => Promise.reject(error));
    return { kind: "graph", model };
  }
}

async function open(name: string, files: Files): Promise<OpenedModel> {
  const opened = await hold(folderOf(name, files));
  const id = ++last;
  held.set(id, opened);
  if (opened.kind === "task") return { id, kind: "task", task: opened.model.task, name };
  const { facts } = opened.model;
  const shapes = facts.inputs.map(({ shape }) => shape);
  return { id, kind: "graph", name, graph: { ...facts, open: openDims(shapes) } };
}

interface ModelOf {
  readonly task: OpenModel;
  readonly graph: OpenGraph;
}

function find<Kind extends keyof ModelOf>(id: number, kind: Kind): ModelOf[Kind] {
  const found = held.get(id);
  if (found?.kind === kind) return found.model as ModelOf[Kind];
  throw new RangeError(`models: expected an open model of kind ${kind} but found ${found?.kind ?? "none"}`);
}

async function explain(id: number, text: string, change?: Change): Promise<Explanation> {
  return find(id, "task").explain(text, change);
}

async function predict(id: number, texts: readonly string[]): Promise<Awaited<ReturnType<ModelApi["predict"]>>> {
  const answers: (Prediction | { text: string; error: string })[] = [];
  for await (const answer of find(id, "task").predict(texts)) answers.push(answer);
  return answers;
}

async function run(id: number, given: GraphInputs): Promise<GraphRun> {
  const { maps, seconds } = await find(id, "graph").run(given);
  return { maps, seconds };
}

async function close(id: number): Promise<void> {
  const found = held.get(id);
  held.delete(id);
  await found?.model.close();
}

export const methods: ModelApi & Methods = { open, explain, predict, run, close };
