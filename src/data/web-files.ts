import { DataError } from "../tensor/errors.ts";
import { crc32 } from "./crc-32.ts";

/** Names of files that a write has not finished; left behind only where the page was closed meanwhile. */
const UNFINISHED = /^\..*\.[0-9a-f]{12}\.unfinished$/;

/** What of the file system is used, some of which not every browser has, or only in workers. */
interface FileHandle {
  readonly kind: "file";
  readonly name: string;
  getFile(): Promise<Blob>;
  createWritable?(): Promise<{
    write(bytes: Uint8Array): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
  createSyncAccessHandle?(): Promise<{
    write(bytes: Uint8Array): number;
    truncate(size: number): void;
    flush(): void;
    close(): void;
  }>;
  move?(name: string): Promise<void>;
}

/** A directory of the origin private file system. */
export interface DirectoryHandle {
  readonly kind: "directory";
  readonly name: string;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  values(): AsyncIterable<FileHandle | DirectoryHandle>;
}

/** The directory that a file lies in, and the file's own name there. */
async function parentOf(
  all: DirectoryHandle,
  parts: readonly string[],
  { create }: { create: boolean },
): Promise<{ parent: DirectoryHandle; name: string }> {
  let parent = all;
  for (const part of parts.slice(0, -1)) parent = await parent.getDirectoryHandle(part, { create });
  return { parent, name: parts.at(-1) as string };
}

/** How often a file is opened again that was replaced while it was read. */
const MOST_READS = 100;

/** The bytes of a file, by the parts of its path; undefined where there is none. */
export async function readFile(all: DirectoryHandle, parts: readonly string[]): Promise<Uint8Array | undefined> {
  const { parent, name } = await parentOf(all, parts, { create: false }).catch((error: unknown) =>
    ifMissing(error, { parent: undefined, name: "" }),
  );
  return parent && ((await readCopy(parent, name)) ?? (await readWhole(parent, name)));
}

async function readWhole(parent: DirectoryHandle, name: string): Promise<Uint8Array | undefined> {
  for (let attempt = 1; ; attempt++) {
    const handle = await parent.getFileHandle(name).catch((error: unknown) => ifMissing(error, undefined));
    const file = await handle?.getFile().catch((error: unknown) => ifMissing(error, undefined));
    if (!file) return undefined;
    try {
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      const isReplaced = ["NotReadableError", "NotFoundError"].includes(nameOf(error) ?? "");
      if (!isReplaced || attempt === MOST_READS) throw error;
    }
  }
}

/**
 * Whoever reads finds the old bytes or the new ones, wherever a page is closed meanwhile. The new ones are written under another
 * name and renamed; or, by a browser that cannot rename, into a copy first, which is read in place of the file as long as it is
 * there.
 */
export async function writeFile(all: DirectoryHandle, parts: readonly string[], bytes: Uint8Array): Promise<void> {
  const { parent, name } = await parentOf(all, parts, { create: true });
  const random = crypto.getRandomValues(new Uint8Array(6));
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unfinished = `.${name}.${hex}.unfinished`;
  const handle = await parent.getFileHandle(unfinished, { create: true });
  try {
    if (handle.move) {
      await fill(handle, bytes);
      await handle.move(name);
    }
  } catch (error) {
    await removeSoon(parent, unfinished);
    throw error;
  }
  if (!handle.move) {
    await parent.removeEntry(unfinished);
    await replace(parent, name, bytes);
  }
  await removeIn(parent, copyOf(name));
}

/** A file whose writing has just failed may be held for a moment; what stays nevertheless is removed with its file. */
async function removeSoon(parent: DirectoryHandle, name: string): Promise<void> {
  for (let wait = 5; wait < 200; wait *= 2) {
    const isGone = await parent.removeEntry(name).then(
      () => true,
      () => false,
    );
    if (isGone) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** The name of a file's copy, among those of unfinished ones. */
const copyOf = (name: string) => `.${name}.000000000000.unfinished`;
/** Bytes at a copy's end: length and check sum of those before. */
const COPY_END = 8;

/** Writes a copy, with its length and check sum, then the file; then the copy may go. One of the two is whole at any time. */
async function replace(parent: DirectoryHandle, name: string, bytes: Uint8Array): Promise<void> {
  const before = await readCopy(parent, name);
  // Here a page was closed while it wrote the file: only the copy is whole, and must not be written over.
  if (before) await fill(await parent.getFileHandle(name, { create: true }), before);
  const copy = new Uint8Array(bytes.length + COPY_END);
  copy.set(bytes);
  const end = new DataView(copy.buffer, bytes.length);
  end.setUint32(0, bytes.length);
  end.setUint32(4, crc32(bytes));
  try {
    await fill(await parent.getFileHandle(copyOf(name), { create: true }), copy);
  } catch (error) {
    await removeIn(parent, copyOf(name)).catch(() => undefined);
    throw error;
  }
  await fill(await parent.getFileHandle(name, { create: true }), bytes);
}

/** What a file's copy holds, where it is whole: newer bytes than the file's, or the same. */
async function readCopy(parent: DirectoryHandle, name: string): Promise<Uint8Array | undefined> {
  const copy = await readWhole(parent, copyOf(name));
  if (!copy || copy.length < COPY_END) return undefined;
  const bytes = copy.subarray(0, copy.length - COPY_END);
  const end = new DataView(copy.buffer, bytes.length);
  const isWhole = end.getUint32(0) === bytes.length && end.getUint32(4) === crc32(bytes);
  return isWhole ? bytes.slice() : undefined;
}

async function removeIn(parent: DirectoryHandle, name: string): Promise<void> {
  await parent.removeEntry(name).catch((error: unknown) => ifMissing(error, undefined));
}

async function fill(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  if (handle.createWritable) {
    const stream = await handle.createWritable();
    try {
      await stream.write(bytes);
    } catch (error) {
      await stream.abort().catch(() => undefined);
      throw error;
    }
    return stream.close();
  }
  const access = await handle.createSyncAccessHandle?.();
  if (!access) throw new DOMException("no way to write files here", "NotSupportedError");
  try {
    access.truncate(0);
    if (access.write(bytes) < bytes.length) throw new DOMException("not all was written", "QuotaExceededError");
    access.flush();
  } finally {
    access.close();
  }
}

/** Removes a file, and with it what unfinished writes of it have left behind. */
export async function removeFile(all: DirectoryHandle, parts: readonly string[]): Promise<void> {
  try {
    const { parent, name } = await parentOf(all, parts, { create: false });
    const names: string[] = [];
    for await (const entry of parent.values()) if (entry.kind === "file") names.push(entry.name);
    const isLeft = (other: string) =>
      UNFINISHED.test(other) && other.startsWith(`.${name}.`) && other.length === name.length + 25;
    for (const other of names) if (other === name || isLeft(other)) await parent.removeEntry(other);
  } catch (error) {
    return ifMissing(error, undefined);
  }
}

/** Names of the files below a directory. */
export async function filesIn(directory: DirectoryHandle, prefix: string): Promise<string[]> {
  const names: string[] = [];
  const copied: string[] = [];
  for await (const entry of directory.values()) {
    if (entry.kind === "directory") names.push(...(await filesIn(entry, `${prefix}${entry.name}/`)));
    else if (!UNFINISHED.test(entry.name)) names.push(prefix + entry.name);
    else copied.push(entry.name.slice(1, -copyOf("").length + 1));
  }
  for (const name of copied) {
    if (!names.includes(prefix + name) && (await readCopy(directory, name))) names.push(prefix + name);
  }
  return names;
}

const nameOf = (error: unknown) => (error instanceof DOMException ? error.name : undefined);

/** For errors that say that there is nothing. */
export function ifMissing<T>(error: unknown, nothing: T): T {
  if (nameOf(error) === "NotFoundError") return nothing;
  throw error;
}

/** What was found, and the mend. */
const FAULTS: Readonly<Record<string, string>> = {
  QuotaExceededError: "the browser's storage for this site full; remove what is kept there",
  NotAllowedError: "no permission; allow this site to keep data",
  SecurityError: "no permission; allow this site to keep data",
  InvalidStateError: "that its folder was removed meanwhile; open it again",
  NoModificationAllowedError: "it open elsewhere; close other pages of this site",
  TypeMismatchError: "a folder where a file should be, or a file where a folder should be; name another",
  NotSupportedError: "a browser that cannot write files; use another",
};

/** @throws DataError that says what was to be done and what was in the way */
export function fail(what: string, reason: unknown): never {
  const name = nameOf(reason);
  const fault = FAULTS[name ?? ""] ?? `another fault: ${reason instanceof Error ? reason.message : reason}`;
  const error = new DataError(`folder: expected to ${what} but found ${fault}${name ? ` (${name})` : ""}`);
  error.cause = reason;
  throw error;
}
