import { randomBytes } from "node:crypto";
import * as fileSystem from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { DataError } from "../tensor/errors.ts";
import { partsInside } from "./file-name.ts";
import type { Folder } from "./folder.ts";

/** The calls that a folder makes; tests put a failing disk here. */
export type FileSystem = Pick<typeof fileSystem, "mkdir" | "open" | "readdir" | "rename" | "rm">;

export interface NodeFolderOptions {
  /** Largest file to read, in bytes. @default 2 GiB */
  readonly limit?: number;
  readonly files?: FileSystem;
}

/** Names of files that a write has not finished; left behind only where the process was killed. */
const UNFINISHED = /\.[0-9a-f]{12}\.unfinished$/;

/** A folder on disk. It comes into being with the first write. */
export function nodeFolder(path: string, options: NodeFolderOptions = {}): Folder {
  const { limit = 2 ** 31, files = fileSystem } = options;
  return {
    path,
    read: (name) => readFile(files, inside(path, name), limit),
    write: (name, bytes) => writeFile(files, inside(path, name), bytes),
    remove: (name) => removeFile(files, inside(path, name)),
    list: ({ most } = {}) => (most === undefined ? listFiles(files, path) : listSome(files, path, most)),
  };
}

/** @throws RangeError for a name that leads out of the folder */
function inside(path: string, name: string): string {
  return join(path, ...partsInside(path, name));
}

async function readFile(files: FileSystem, file: string, limit: number): Promise<Uint8Array | undefined> {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
    const handle = await files.open(file, fileSystem.constants.O_RDONLY | (fileSystem.constants.O_NONBLOCK ?? 0));
    try {
      const found = await handle.stat();
      if (!found.isFile())
        throw new DataError(`folder: expected ${file} to be a plain file but found a folder or a device`, { file });
      if (found.size > limit) {
        throw new DataError(`folder: expected ${file} to have at most ${limit} bytes but found ${found.size}`, {
          file,
        });
      }
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    return fail("read", file, error);
  }
}

/** Written under another name, brought to the disk, then renamed: whoever reads finds the old bytes or the new ones. */
async function writeFile(files: FileSystem, file: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(file);
  const unfinished = join(folder, `.${basename(file)}.${randomBytes(6).toString("hex")}.unfinished`);
  try {
    await makeFolder(folder, files);
    const handle = await files.open(unfinished, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(unfinished, file);
  } catch (error) {
    await files.rm(unfinished, { force: true }).catch(() => undefined);
    return fail("write", file, error);
  }
  await syncFolder(files, folder);
}

/**
 * Makes a folder and what is missing above it; gives the uppermost folder that was made. (Node's own `recursive` never comes
 * back where the system lets no folder be made, as in `/proc`.)
 */
export async function makeFolder(
  path: string,
  files: Pick<FileSystem, "mkdir"> = fileSystem,
): Promise<string | undefined> {
  const make = async () => {
    await files.mkdir(path);
    return path;
  };
  const ifThere = async (error: NodeJS.ErrnoException): Promise<string | undefined> => {
    // If a file stands there, the first attempt to write in it tells.
    if (error.code === "EEXIST" || error.code === "EISDIR") return undefined;
    throw error;
  };
  try {
    return await make().catch(ifThere);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
  }
  const first = await makeFolder(dirname(path), files);
  const made = await make().catch(ifThere);
  return first ?? made;
}

/** Removes a file, and with it what killed writes of it have left behind. */
async function removeFile(files: FileSystem, file: string): Promise<void> {
  const folder = dirname(file);
  try {
    await files.rm(file, { force: true });
    const beside = await files.readdir(folder, { withFileTypes: true }).catch(() => []);
    const left = beside.filter(
      ({ name }) => UNFINISHED.test(name) && name.replace(UNFINISHED, "") === `.${basename(file)}`,
    );
    for (const { name } of left) await files.rm(join(folder, name), { force: true });
  } catch (error) {
    fail("remove", file, error);
  }
}

/** Brings the new name to the disk. Not every system can do so for a folder (Windows cannot): the rename then has to do. */
async function syncFolder(files: FileSystem, folder: string): Promise<void> {
  const handle = await files.open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function listFiles(files: FileSystem, path: string): Promise<readonly string[]> {
  try {
    const entries = await files.readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !UNFINISHED.test(entry.name))
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    return fail("list", path, error);
  }
}

/** The first names, and one more than asked for where there are more: a folder may hold a whole disk. */
async function listSome(files: FileSystem, path: string, most: number): Promise<readonly string[]> {
  const names: string[] = [];
  const pending = [path];
  try {
    for (let at = pending.pop(); at !== undefined && names.length <= most; at = pending.pop()) {
      for (const entry of await files.readdir(at, { withFileTypes: true })) {
        const full = join(at, entry.name);
        if (entry.isDirectory()) pending.push(full);
        else if (!UNFINISHED.test(entry.name)) names.push(relative(path, full).split(sep).join("/"));
      }
    }
  } catch (error) {
    if (codeOf(error) !== "ENOENT") fail("list", path, error);
  }
  return names.sort().slice(0, most + 1);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/** What was found, and the mend. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk full; free some space or name a folder on another disk",
  EDQUOT: "your share of the disk used up; free some space or name a folder on another disk",
  EACCES: "no permission; change the permissions or name another folder",
  EPERM: "no permission; change the permissions or name another folder",
  EROFS: "a file system that is read-only; name a folder on another disk",
  ENOENT: "that its folder does not exist; create it or name another",
  ENOTDIR: "a file where a folder should be; name a folder",
  EEXIST: "a file where a folder should be; name a folder",
  EISDIR: "a folder where a file should be; remove it or name another folder",
  ELOOP: "symbolic links that lead in a circle; mend the links",
  EMFILE: "too many open files; raise the limit (ulimit -n)",
  ENAMETOOLONG: "a name that is too long; name a shorter one",
  ERR_FS_FILE_TOO_LARGE: "more than fits into memory; name a smaller file",
};

function fail(verb: string, file: string, reason: unknown): never {
  if (reason instanceof DataError) throw reason;
  const code = codeOf(reason);
  const fault = FAULTS[code ?? ""] ?? `another fault: ${reason instanceof Error ? reason.message : reason}`;
  const error = new DataError(`folder: expected to ${verb} ${file} but found ${fault}${code ? ` (${code})` : ""}`, {
    file,
  });
  error.cause = reason;
  throw error;
}
