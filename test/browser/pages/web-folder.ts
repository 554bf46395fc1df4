import { listWebFolders, removeWebFolder, webFolder, webFolderKind } from "../../../src/data/web-folder.ts";

/** Uses of folders by name, in the page and in a worker of the same script, for `web-folder.test.ts`. */
const textOf = (bytes: Uint8Array | undefined) => (bytes ? new TextDecoder().decode(bytes) : undefined);
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Makes the browser another one: without a way to write, or to rename, or with no room left. */
function without(what: "createWritable" | "move" | "room" | "storage"): void {
  const { prototype } = FileSystemFileHandle as unknown as { prototype: Record<string, unknown> };
  if (what === "createWritable" || what === "move") delete prototype[what];
  if (what === "storage")
    navigator.storage.getDirectory = () => Promise.reject(new DOMException("no", "SecurityError"));
  if (what !== "room") return;
  const { prototype: stream } = FileSystemWritableFileStream as unknown as { prototype: Record<string, unknown> };
  stream.write = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
}

const uses = {
  without: async (what: Parameters<typeof without>[0]) => without(what),
  kind: () => webFolderKind(),
  list: async (name?: string) => (name === undefined ? listWebFolders() : (await webFolder(name)).list()),
  write: async (folder: string, name: string, text: string) => (await webFolder(folder)).write(name, bytesOf(text)),
  read: async (folder: string, name: string) => textOf(await (await webFolder(folder)).read(name)),
  remove: async (folder: string, name?: string) =>
    name === undefined ? removeWebFolder(folder) : (await webFolder(folder)).remove(name),
  /** Every name that lies in a folder, those of unfinished files too. */
  names: async (folder: string) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("fovea");
    const found = await root.getDirectoryHandle(folder);
    const names: string[] = [];
    for await (const name of (found as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
    return names.sort();
  },
  /** Leaves an unfinished file behind, as a page does that is closed while it writes. */
  leave: async (folder: string, name: string) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle("fovea", { create: true });
    const found = await root.getDirectoryHandle(folder, { create: true });
    await found.getFileHandle(name, { create: true });
  },
  /** Reads a file over and over while it is written; the lengths that were seen, −1 where there was none. */
  readWhile: async (folder: string, lengths: readonly number[]) => {
    const opened = await webFolder(folder);
    await opened.write("same", new Uint8Array(lengths[0] as number));
    const seen = new Set<number>();
    let isOver = false;
    const reading = (async () => {
      while (!isOver) seen.add((await opened.read("same"))?.length ?? -1);
    })();
    for (const length of lengths) await opened.write("same", new Uint8Array(length));
    isOver = true;
    await reading;
    return [...seen];
  },
};

type Order = [use: keyof typeof uses, ...args: never[]];

async function run([use, ...args]: Order): Promise<unknown> {
  try {
    return await (uses[use] as (...given: never[]) => Promise<unknown>)(...args);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

if (typeof document === "undefined") {
  globalThis.onmessage = async ({ data }) => (globalThis as unknown as Worker).postMessage(await run(data));
} else {
  const worker = new Worker("/page.js", { type: "module" });
  const inWorker = (order: Order) =>
    new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage(order);
    });
  Object.assign(globalThis, { inPage: run, inWorker });
}
