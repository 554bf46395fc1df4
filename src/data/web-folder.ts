import { partsInside } from "./file-name.ts";
import { type Folder, memoryFolder } from "./folder.ts";
import { type DirectoryHandle, fail, filesIn, ifMissing, readFile, removeFile, writeFile } from "./web-files.ts";

/** Where everything of Fovea lies in the origin private file system. */
const ROOT = "fovea";

/** Folders of a page whose browser keeps nothing; they last as long as the page. */
const inMemory = new Map<string, Folder>();

let root: Promise<DirectoryHandle | undefined> | undefined;

/** The folder of all folders; undefined where the browser has no file system for pages, or refuses it. */
function findRoot(): Promise<DirectoryHandle | undefined> {
  root ??= (async () => {
    const storage = (globalThis.navigator as { storage?: { getDirectory?: () => Promise<unknown> } } | undefined)
      ?.storage;
    const all = (await storage?.getDirectory?.()) as DirectoryHandle | undefined;
    return all?.getDirectoryHandle(ROOT, { create: true });
  })().catch(() => undefined);
  return root;
}

/** Where `webFolder` keeps files: in the browser's storage for this site, or only in memory until the page is closed. */
export async function webFolderKind(): Promise<"storage" | "memory"> {
  return (await findRoot()) ? "storage" : "memory";
}

/**
 * A folder that the browser keeps for this site, in pages and in workers (the origin private file system); in memory where it
 * keeps none, as some do in private windows: `webFolderKind` tells. It comes into being with the first write.
 *
 * @param name one word for the folder, without `/`
 * @throws RangeError for another name
 */
export async function webFolder(name: string): Promise<Folder> {
  checkFolderName("webFolder", name);
  const directory = await findRoot();
  if (directory) return storageFolder(directory, name);
  const known = inMemory.get(name) ?? memoryFolder(name);
  inMemory.set(name, known);
  return known;
}

function checkFolderName(owner: string, name: string): void {
  if (partsInside("storage", name).length === 1) return;
  throw new RangeError(`${owner}: expected the name of a folder without / but found ${name}`);
}

/** Names of the folders that the browser keeps and that have files in them, sorted. */
export async function listWebFolders(): Promise<readonly string[]> {
  const directory = await findRoot();
  const names: string[] = [];
  if (directory) for await (const { kind, name } of directory.values()) if (kind === "directory") names.push(name);
  const filled = await Promise.all(
    [...names, ...inMemory.keys()].map(async (name) =>
      (await (await webFolder(name)).list()).length > 0 ? [name] : [],
    ),
  );
  return filled.flat().sort();
}

/**
 * Removes a folder with all its files; to remove what is not there is no fault.
 *
 * @throws RangeError for a name that `webFolder` refuses
 */
export async function removeWebFolder(name: string): Promise<void> {
  checkFolderName("removeWebFolder", name);
  inMemory.delete(name);
  const directory = await findRoot();
  if (!directory) return;
  const remove = () => directory.removeEntry(name, { recursive: true });
  await inTurn(name, remove).catch((error: unknown) => ifMissing(error, undefined));
}

/**
 * One change of a folder after the other, in all pages and workers of the site: of two at a time the browser would refuse one.
 * Whoever only reads (`shared`) waits for changes.
 */
async function inTurn<T>(name: string, use: () => Promise<T>, mode: "exclusive" | "shared" = "exclusive"): Promise<T> {
  const { locks } = navigator as { locks?: LockManager };
  let result: { readonly value: T } | undefined;
  const keep = async () => {
    result = { value: await use() };
  };
  if (locks) await locks.request(`${ROOT}/${name}`, { mode }, keep);
  else await keep();
  return (result as { value: T }).value;
}

function storageFolder(all: DirectoryHandle, path: string): Folder {
  const change = (what: string, name: string, use: (parts: string[]) => Promise<void>): Promise<void> => {
    const parts = partsInside(path, name);
    return inTurn(path, () => use([path, ...parts])).catch((error: unknown) => fail(`${what} ${path}/${name}`, error));
  };
  return {
    path,
    read: async (name) => {
      const parts = partsInside(path, name);
      const read = () => readFile(all, [path, ...parts]);
      return inTurn(path, read, "shared").catch((error: unknown) => fail(`read ${path}/${name}`, error));
    },
    write: async (name, bytes) => {
      const copy = bytes.slice();
      return change("write", name, (parts) => writeFile(all, parts, copy));
    },
    remove: async (name) => change("remove", name, (parts) => removeFile(all, parts)),
    list: async () => {
      const found = await all.getDirectoryHandle(path).catch((error: unknown) => ifMissing(error, undefined));
      return found ? (await filesIn(found, "")).sort() : [];
    },
  };
}
