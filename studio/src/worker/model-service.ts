/** The worker that holds opened models and answers for them. */
import { type Folder, filesFolder, folderFromZip } from "fovea/data";
import { type Change, type Explanation, type OpenModel, openModel, type Prediction } from "fovea/tasks";
import { webBackend } from "fovea/web";
import type { Files, GraphInputs, GraphRun, ModelApi, OpenedModel } from "./api.ts";
import type { Methods } from "./rpc.ts";

type Held = { readonly kind: "task"; readonly model: OpenModel };

const held = new Map<number, Held>();
let last = 0;

/** The files as a folder; a zip is unpacked. @throws DataError for a damaged zip */
function folderOf(name: string, files: Files): Folder {
  const [only, ...others] = files;
  if (only && others.length === 0 && /\.zip$/i.test(only[0])) return folderFromZip(only[1], { path: name });
  return filesFolder(files, name);
}

async function open(name: string, files: Files): Promise<OpenedModel> {
  const folder = folderOf(name, files);
  const model = await openModel(folder, webBackend);
  const id = ++last;
  held.set(id, { kind: "task", model });
  return { id, kind: "task", task: model.task, name };
}

function find(id: number): Held {
  const found = held.get(id);
  if (!found) throw new RangeError(`models: expected a model that is open but found ${id}`);
  return found;
}

function explain(id: number, text: string, change?: Change): Promise<Explanation> {
  return find(id).model.explain(text, change);
}

async function predict(id: number, texts: readonly string[]): Promise<Awaited<ReturnType<ModelApi["predict"]>>> {
  const answers: (Prediction | { text: string; error: string })[] = [];
  for await (const answer of find(id).model.predict(texts)) answers.push(answer);
  return answers;
}

async function run(_id: number, _given: GraphInputs): Promise<GraphRun> {
  throw new Error();
}

async function close(id: number): Promise<void> {
  const found = held.get(id);
  held.delete(id);
  await found?.model.close();
}

export const methods: ModelApi & Methods = { open, explain, predict, run, close };
