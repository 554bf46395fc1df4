import { open, readdir, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../data/node-folder.ts";
import { EVENT_LOG_FILE } from "../tasks/event-log.ts";
import { DataError } from "../tensor/errors.ts";
import type { Context } from "./context.ts";

/** Where a training puts its model. */
export interface OutFolder {
  /** As messages name it. */
  readonly path: string;
  readonly absolute: string;
  /** Takes away again what was made for a training that has left nothing in it. */
  release(): Promise<void>;
}

export interface OutFolderRequest {
  readonly recipe: string;
  readonly out?: string | undefined;
  readonly resume?: boolean | undefined;
}

/** Where models go when nothing else is said. */
const RUNS = "runs";
/** How the files of an interrupted training begin. */
const CHECKPOINT = /^checkpoint/;

/**
 * The folder for a new training, which holds nothing yet, or the one to go on in.
 *
 * @throws DataError for a folder that cannot be used, before anything is computed
 */
export async function chooseOutFolder(request: OutFolderRequest, { cwd }: Context): Promise<OutFolder> {
  if (request.resume) {
    const path = request.out ?? (await newestInterrupted(request.recipe, cwd));
    if (!(await hasCheckpoint(resolve(cwd, path)))) {
      throw new DataError(
        `train: expected the checkpoint of an interrupted training in ${path} but found none; start anew without --resume`,
        { file: path },
      );
    }
    return { path, absolute: resolve(cwd, path), release: async () => undefined };
  }
  const path = request.out ?? (await nextFree(request.recipe, cwd));
  return createFolder(path, resolve(cwd, path));
}

/** `runs/dates`, or the first of `runs/dates-2`, … that is not there yet. */
async function nextFree(recipe: string, cwd: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = `${RUNS}/${recipe}${number === 1 ? "" : `-${number}`}`;
    const found = await stat(resolve(cwd, path)).catch(() => undefined);
    if (!found) return path;
  }
}

/** @throws DataError where there is none, naming those that other trainings have left */
async function newestInterrupted(recipe: string, cwd: string): Promise<string> {
  const names = await readdir(resolve(cwd, RUNS)).catch(() => []);
  const found: { path: string; name: string; time: number }[] = [];
  for (const name of names) {
    const path = `${RUNS}/${name}`;
    const time = await checkpointTime(resolve(cwd, path));
    if (time !== undefined) found.push({ path, name, time });
  }
  found.sort((a, b) => b.time - a.time);
  const isRun = new RegExp(`^${recipe}(-\\d+)?$`);
  const newest = found.find(({ name }) => isRun.test(name));
  if (newest) return newest.path;
  const others = found.map(({ path }) => path);
  const mend =
    others.length > 0 ? `name one with --out (there is ${others.join(", ")})` : "start anew without --resume";
  throw new DataError(`train: expected an interrupted training in ${RUNS}/${recipe} but found none; ${mend}`);
}

async function hasCheckpoint(folder: string): Promise<boolean> {
  return (await checkpointTime(folder)) !== undefined;
}

async function checkpointTime(folder: string): Promise<number | undefined> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((candidate) => CHECKPOINT.test(candidate));
  if (name === undefined) return undefined;
  return (await stat(join(folder, name))).mtimeMs;
}

async function createFolder(path: string, absolute: string): Promise<OutFolder> {
  const found = await readdir(absolute).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw unusable(path, error);
  });
  // A training that was killed before its first checkpoint has left nothing but its log, which is of no use to another.
  const names = found.filter((name) => name !== EVENT_LOG_FILE);
  if (names.length > 0) {
    const mend = names.some((name) => CHECKPOINT.test(name))
      ? "go on with --resume, or name another folder"
      : "name another folder";
    throw new DataError(`train: expected ${path} to be empty or new but found ${names.sort()[0]}; ${mend}`, {
      file: path,
    });
  }
  try {
    const first = await makeFolder(absolute);
    await tryToWrite(absolute);
    await rm(join(absolute, EVENT_LOG_FILE), { force: true });
    return { path, absolute, release: () => removeEmpty(absolute, first) };
  } catch (error) {
    throw unusable(path, error as NodeJS.ErrnoException);
  }
}

/** Permissions alone do not tell whether a file can be written. */
export async function tryToWrite(folder: string): Promise<void> {
  const file = join(folder, `.fovea-${process.pid}.unfinished`);
  const handle = await open(file, "wx");
  await handle.close();
  await rm(file);
}

function unusable(path: string, error: NodeJS.ErrnoException): DataError {
  const faults: Readonly<Record<string, string>> = {
    EACCES: "no permission to write there",
    EPERM: "no permission to write there",
    EROFS: "a file system that is read-only",
    ENOENT: "that none can be made there",
    ENOSPC: "the disk full",
    ENOTDIR: "a file in its place",
    EEXIST: "a file in its place",
  };
  const found = faults[error.code ?? ""] ?? error.message;
  return new DataError(`train: expected a folder to write in at ${path} but found ${found}; name another with --out`, {
    file: path,
  });
}

/** Removes the empty folders from `folder` up to `first`, the uppermost that was made. */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) {
    const isRemoved = await rmdir(path).then(
      () => true,
      () => false,
    );
    if (!isRemoved) return;
  }
}
