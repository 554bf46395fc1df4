/** The worker that holds opened models and answers for them. */
import { type Folder, filesFolder, folderFromZip } from "fovea/data";
import {
  type Change,
  EVENT_LOG_FILE,
  type Explanation,
  type Faithfulness,
  type Opened,
  type OpenGraph,
  type OpenModel,
  openAnything,
} from "fovea/tasks";
import { webBackend } from "fovea/web";
import type { Files, GraphInputs, GraphRun, ModelApi, OpenedModel } from "./api.ts";
import { exampleTexts } from "./example-texts.ts";
import type { Methods } from "./rpc.ts";

const held = new Map<number, Opened>();
let last = 0;

/** The files as a folder; a zip is unpacked. @throws DataError for a damaged zip */
function folderOf(name: string, files: Files): Folder {
  const [only, ...others] = files;
  const alone = others.length === 0 ? (only?.[0] ?? "") : "";
  if (only && /\.zip$/i.test(alone)) return folderFromZip(only[1], { path: name });
  // A graph by itself is named by its file alone.
  return filesFolder(files, /\.onnx$/i.test(alone) ? alone : name);
}

async function open(name: string, files: Files): Promise<OpenedModel> {
  const folder = folderOf(name, files);
  const opened = await openAnything(folder, webBackend);
  const id = ++last;
  held.set(id, opened);
  if (opened.kind === "graph") return { id, kind: "graph", name, graph: opened.graph.facts };
  const { task, faithfulness } = opened.model;
  const examples = exampleTexts(await folder.read(EVENT_LOG_FILE));
  return { id, kind: "task", task, name, hasFaithfulness: faithfulness !== undefined, examples };
}

function find(id: number, kind: "task"): OpenModel;
function find(id: number, kind: "graph"): OpenGraph;
function find(id: number, kind: Opened["kind"]): OpenModel | OpenGraph {
  const found = held.get(id);
  if (found?.kind === kind) return modelOf(found);
  throw new RangeError(`models: expected an open model of kind ${kind} but found ${found?.kind ?? "none"}`);
}

function modelOf(opened: Opened): OpenModel | OpenGraph {
  return opened.kind === "task" ? opened.model : opened.graph;
}

async function explain(id: number, text: string, change?: Change): Promise<Explanation> {
  return find(id, "task").explain(text, change);
}

async function faithfulness(id: number, text: string): Promise<Faithfulness> {
  const model = find(id, "task");
  if (model.faithfulness) return model.faithfulness(text);
  throw new RangeError(`models: expected a model whose attention can be judged but found one of task ${model.task}`);
}

async function run(id: number, given: GraphInputs): Promise<GraphRun> {
  const { maps, seconds } = await find(id, "graph").run(given);
  return { maps, seconds };
}

async function close(id: number): Promise<void> {
  const found = held.get(id);
  held.delete(id);
  if (found) await modelOf(found).close();
}

export const methods: ModelApi & Methods = { open, explain, faithfulness, run, close };
