/** What a reader drops or picks, made into the files of one model. */
import { DataError } from "fovea/tensor";
import type { Files } from "../../worker/api.ts";

/** A file with its path below what was dropped. */
export interface Picked {
  readonly path: string;
  readonly file: File;
}

/** A model as it was picked, not yet read. */
export interface Choice {
  readonly name: string;
  readonly files: ReadonlyMap<string, File>;
}

const MEBIBYTE = 2 ** 20;
/** Bytes of the largest file that is read. */
export const LARGEST_FILE: number = 256 * MEBIBYTE;
/** Files of a folder that are looked through before giving up. */
export const MOST_FILES = 2000;

/** Files of a model folder that are not needed to run it. */
const UNNEEDED = /(^|\/)(checkpoint\.safetensors|model\.safetensors|report\.html)$|(^|\/)\./;

const baseName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const folderOf = (path: string) => path.slice(0, path.lastIndexOf("/") + 1);
const depth = (path: string) => path.split("/").length;

function whatIsThere(picked: readonly Picked[]): string {
  if (picked.length === 0) return "nothing";
  const names = picked.slice(0, 3).map(({ path }) => path);
  return names.join(", ") + (picked.length > 3 ? ` and ${picked.length - 3} more` : "");
}

/**
 * Finds the model among what was picked: a zip, an ONNX file, or a folder with `config.json`.
 *
 * @throws DataError when there is none, or more than one, or a file is too large
 */
export function choose(picked: readonly Picked[]): Choice {
  const choice = single(picked) ?? folder(picked);
  for (const [path, file] of choice.files) {
    if (file.size <= LARGEST_FILE) continue;
    throw new DataError(
      `open: expected files of at most ${LARGEST_FILE / MEBIBYTE} MB but found ${path} of ${Math.ceil(file.size / MEBIBYTE)} MB; open it with fovea on the command line`,
    );
  }
  return choice;
}

function single(picked: readonly Picked[]): Choice | undefined {
  const alone = picked.filter(({ path }) => /\.(zip|onnx)$/i.test(path));
  const [only] = alone;
  if (!only || (alone.length > 1 && !picked.some(({ path }) => baseName(path) === "config.json"))) {
    if (alone.length < 2) return undefined;
    throw new DataError(`open: expected one model at a time but found ${whatIsThere(alone)}; drop one of them`);
  }
  if (picked.some(({ path }) => baseName(path) === "config.json")) return undefined;
  const name = baseName(only.path);
  return { name: name.replace(/\.(zip|onnx)$/i, ""), files: new Map([[name, only.file]]) };
}

function folder(picked: readonly Picked[]): Choice {
  const configs = picked.filter(({ path }) => baseName(path) === "config.json");
  const [config] = configs.toSorted((a, b) => depth(a.path) - depth(b.path));
  if (!config) {
    throw new DataError(
      `open: expected a model folder (with config.json), its .zip or an .onnx file but found ${whatIsThere(picked)}; fovea train and save write such folders`,
    );
  }
  const top = folderOf(config.path);
  const beside = configs.filter(({ path }) => depth(path) === depth(config.path));
  if (beside.length > 1) {
    throw new DataError(`open: expected one model at a time but found ${whatIsThere(beside)}; drop one of the folders`);
  }
  const inside = picked.filter(({ path }) => path.startsWith(top) && !UNNEEDED.test(path));
  const files = new Map(inside.map(({ path, file }) => [path.slice(top.length), file]));
  return { name: baseName(top.slice(0, -1)) || "model", files };
}

/** Reads a choice. The bytes are read beside the page's thread by the browser. */
export async function readFiles({ files }: Choice): Promise<Files> {
  const read = [...files].map(async ([path, file]): Promise<[string, Uint8Array]> => {
    try {
      return [path, new Uint8Array(await file.arrayBuffer())];
    } catch (error) {
      throw new DataError(`open: expected to read ${path} but found ${(error as Error).message}; was it moved?`);
    }
  });
  return new Map(await Promise.all(read));
}

/** The files that an `<input type="file">` was given; those of a folder have their path. */
export function fromInput(files: Iterable<File>): Picked[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped, folders walked through. @throws DataError for a folder with too many files */
export async function fromDrop(items: Iterable<DataTransferItem>): Promise<Picked[]> {
  // All entries are to be taken at once: after the first wait the browser has emptied the list.
  const dropped = [...items].filter(({ kind }) => kind === "file");
  const found = dropped.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const picked: Picked[] = [];
  for (const { entry, file } of found) {
    if (entry) await walk(entry, picked);
    else if (file) picked.push({ path: file.name, file });
  }
  return picked;
}

async function walk(entry: FileSystemEntry, picked: Picked[]): Promise<void> {
  if (picked.length >= MOST_FILES) {
    throw new DataError(
      `open: expected a model folder but found one of more than ${MOST_FILES} files; drop the model's own`,
    );
  }
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    picked.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader gives a hundred or so at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const inner of some) await walk(inner, picked);
  }
}
