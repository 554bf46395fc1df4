import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { type Folder, memoryFolder } from "../data/folder.ts";
import { nodeFolder } from "../data/node-folder.ts";
import { folderFromZip } from "../data/zip.ts";
import { ModelError } from "../tensor/errors.ts";
import { bytesToSend, fileBelow, type SentFile } from "./files.ts";

/** A model's files, for the page to fetch. */
export interface ModelFiles {
  readonly name: string;
  /** Sorted; such as `config.json` and `onnx/model.onnx`. */
  readonly files: readonly string[];
  readonly folder: Folder;
  /** One of `files`; undefined for any other name. */
  readonly file: (name: string) => Promise<SentFile | undefined>;
}

/** What belongs to a model, at most one folder down: no report with scripts in it, no log, nothing hidden. */
const MODEL_FILE = /^(?:\w[\w. -]*\/)?\w[\w. -]*\.(?:json|onnx|onnx_data|safetensors|md|txt)$/;
const CHECKPOINT = /^checkpoint/;
const MOST_FILES = 200;

/** The model's files in a folder on disk; none where there is no such folder. */
export async function modelFilesIn(path: string, name: string = basename(resolve(path))): Promise<ModelFiles> {
  const names: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    if (!entry.isDirectory()) names.push(entry.name);
    else {
      const inside = await readdir(join(path, entry.name)).catch(() => []);
      names.push(...inside.map((file) => `${entry.name}/${file}`));
    }
  }
  const candidates = names.filter((file) => MODEL_FILE.test(file) && !CHECKPOINT.test(file)).sort();
  const files: string[] = [];
  for (const file of candidates.slice(0, MOST_FILES)) if (await fileBelow(path, file)) files.push(file);
  const folder = nodeFolder(path);
  return { name, files, folder, file: async (file) => (files.includes(file) ? fileBelow(path, file) : undefined) };
}

/**
 * The files of a model: a folder, a zip of one, or an ONNX graph.
 *
 * @throws ModelError where there is none; DataError for a zip that is damaged
 */
export async function openModelFiles(path: string): Promise<ModelFiles> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return modelFilesIn(path);
  const ending = extname(path).toLowerCase();
  if (!found || (ending !== ".zip" && ending !== ".onnx")) {
    const what = found ? "another file" : "nothing";
    throw new ModelError(
      `studio: expected a model (a folder, a .zip or an .onnx) at ${path} but found ${what}; make one with fovea train dates`,
    );
  }
  const name = basename(path, extname(path));
  const bytes = (await nodeFolder(resolve(path, "..")).read(basename(path))) as Uint8Array;
  if (ending === ".zip") return filesOf(name, folderFromZip(bytes, { path }));
  const folder = memoryFolder(path);
  await folder.write(basename(path), bytes);
  return filesOf(name, folder);
}

/** The model's files in a folder in memory. */
async function filesOf(name: string, folder: Folder): Promise<ModelFiles> {
  const files = (await folder.list()).filter((file) => MODEL_FILE.test(file) && !CHECKPOINT.test(file));
  const tags = new Map<string, string>();
  const file = async (wanted: string) => {
    const bytes = files.includes(wanted) ? await folder.read(wanted) : undefined;
    if (!bytes) return undefined;
    // Another server at the same address may have had another model: only the bytes themselves tell.
    const tag = tags.get(wanted) ?? `"${createHash("sha256").update(bytes).digest("base64url")}"`;
    tags.set(wanted, tag);
    return bytesToSend(bytes, tag);
  };
  return { name, files: files.slice(0, MOST_FILES), folder, file };
}
