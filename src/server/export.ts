import { cp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
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
 * @throws DataError for a folder that holds anything but an earlier export, or that cannot be written
 */
export async function exportStudio(path: string, { page, version, files }: ExportOptions): Promise<void> {
  await requireFree(path);
  const folder = nodeFolder(path);
  const model = files ? { name: files.name, files: files.files } : null;
  const site: Site = { version, mode: "static", model, runs: false, predict: false };
  // First, because it makes the folder, or tells why there can be none; and it is what an export is known by.
  await folder.write(SITE_FILE, new TextEncoder().encode(JSON.stringify(site)));
  for (const name of OWN) if (name !== SITE_FILE) await rm(join(path, name), { recursive: true, force: true });
  await cp(page, path, { recursive: true });
  for (const name of files?.files ?? []) {
    const bytes = await files?.folder.read(name);
    if (bytes) await folder.write(`model/${name}`, bytes);
  }
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
