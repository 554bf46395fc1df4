import { cp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { nodeFolder } from "../data/node-folder.ts";
import { DataError } from "../tensor/errors.ts";
import type { ModelFiles } from "./model-files.ts";
import { SITE_FILE, type Site } from "./site.ts";

export interface ExportOptions {
  /** The folder of the built page. */
  readonly page: string;
  readonly version: string;
  readonly files?: ModelFiles | undefined;
}

/** What an export consists of; beside it others may lie, which stay. */
const OWN = ["index.html", "licenses.md", "assets", "model", SITE_FILE];

/**
 * Writes the studio as files that any web server can serve, under any path, with a model to show first.
 *
 * @param path as messages name it
 * @throws DataError for a folder that holds anything but an earlier export, or that cannot be written; for a model that lies in
 *   what is replaced, or whose files are no longer there. Nothing was changed then.
 */
export async function exportStudio(path: string, { page, version, files }: ExportOptions): Promise<void> {
  await requireFree(path);
  if (files) await requireOutside(path, files);
  const content = files ? await readAll(files) : [];
  const folder = nodeFolder(path);
  const model = files ? { name: files.name, files: files.files } : null;
  const site: Site = { version, mode: "static", model, runs: false, predict: false };
  // First, because it makes the folder, or tells why there can be none; and it is what an export is known by.
  await folder.write(SITE_FILE, new TextEncoder().encode(JSON.stringify(site)));
  for (const name of OWN) if (name !== SITE_FILE) await rm(join(path, name), { recursive: true, force: true });
  await cp(page, path, { recursive: true });
  for (const [name, bytes] of content) await folder.write(`model/${name}`, bytes);
}

/** Read before anything is removed: what cannot be read must not cost what was there. */
async function readAll({ files, folder }: ModelFiles): Promise<[name: string, bytes: Uint8Array][]> {
  const content: [string, Uint8Array][] = [];
  for (const name of files) {
    const bytes = await folder.read(name);
    if (!bytes) {
      throw new DataError(`studio: expected ${name} in ${folder.path} but found none; is it still being written?`, {
        file: folder.path,
      });
    }
    content.push([name, bytes]);
  }
  return content;
}

/** Reading it first would not do: a disk that is full in the middle would leave it nowhere. */
async function requireOutside(path: string, { folder }: ModelFiles): Promise<void> {
  const target = await realpath(path).catch(() => undefined);
  const model = await realpath(folder.path).catch(() => undefined);
  if (target === undefined || model === undefined) return;
  const [first = ""] = relative(target, model).split(sep);
  if (!OWN.includes(first)) return;
  throw new DataError(
    `studio: expected a model outside of ${path}, whose ${first} is replaced, but found it in ${folder.path}; copy it to another place first`,
    { file: folder.path },
  );
}

async function requireFree(path: string): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    const found = error.code === "ENOTDIR" ? "a file in its place" : error.message;
    throw new DataError(`studio: expected a folder to write in at ${path} but found ${found}; name another`, {
      file: path,
    });
  });
  if (names.length === 0 || (await isExport(path))) return;
  throw new DataError(
    `studio: expected ${path} to be empty, new or an earlier export but found ${names.sort()[0]}; name another folder`,
    { file: path },
  );
}

async function isExport(path: string): Promise<boolean> {
  try {
    return JSON.parse(await readFile(join(path, SITE_FILE), "utf8"))?.mode === "static";
  } catch {
    return false;
  }
}
