import { describe, expect, it } from "vitest";
import { type DirectoryHandle, filesIn, readFile, removeFile, writeFile } from "./web-files.ts";

/** How a browser lets files be written: with renaming, through streams alone, or through access handles alone. */
type Kind = "move" | "stream" | "access";

/** A file system whose page may be closed before any change of it: then nothing more changes. */
class Disk {
  readonly files = new Map<string, Uint8Array>();
  readonly kind: Kind;
  /** After so many changes the page is closed; how many there were. */
  last = Number.POSITIVE_INFINITY;
  changes = 0;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  change(make: () => void): void {
    if (this.changes >= this.last) throw new DOMException("the page was closed", "AbortError");
    this.changes++;
    make();
  }

  reopen(): void {
    this.last = Number.POSITIVE_INFINITY;
    this.changes = 0;
  }
}

const missing = () => new DOMException("nothing here", "NotFoundError");

function fileHandle(disk: Disk, name: string) {
  let own = name;
  const set = (bytes: Uint8Array) => disk.change(() => disk.files.set(own, bytes.slice()));
  const handle = {
    kind: "file" as const,
    name,
    getFile: async () => {
      const bytes = disk.files.get(own);
      if (!bytes) throw missing();
      return new Blob([bytes.slice()]);
    },
  };
  const createWritable = async () => {
    let written = new Uint8Array();
    return {
      write: async (bytes: Uint8Array) => {
        written = Uint8Array.from(bytes);
      },
      close: async () => set(written),
      abort: async () => undefined,
    };
  };
  const move = async (next: string) => {
    disk.change(() => {
      disk.files.set(next, disk.files.get(own) as Uint8Array);
      disk.files.delete(own);
      own = next;
    });
  };
  const createSyncAccessHandle = async () => ({
    truncate: (size: number) => set((disk.files.get(own) as Uint8Array).slice(0, size)),
    // What is long does not reach the disk all at once.
    write: (bytes: Uint8Array) => {
      set(bytes.subarray(0, bytes.length >> 1));
      set(bytes);
      return bytes.length;
    },
    flush: () => undefined,
    close: () => undefined,
  });
  if (disk.kind === "move") return { ...handle, createWritable, move };
  return disk.kind === "stream" ? { ...handle, createWritable } : { ...handle, createSyncAccessHandle };
}

function directoryOf(disk: Disk): DirectoryHandle {
  return {
    kind: "directory",
    name: "",
    getDirectoryHandle: async () => Promise.reject(missing()),
    getFileHandle: async (name, { create = false } = {}) => {
      if (!disk.files.has(name) && !create) throw missing();
      if (!disk.files.has(name)) disk.change(() => disk.files.set(name, new Uint8Array()));
      return fileHandle(disk, name);
    },
    removeEntry: async (name) => {
      if (!disk.files.has(name)) throw missing();
      disk.change(() => disk.files.delete(name));
    },
    async *values() {
      for (const name of [...disk.files.keys()]) yield fileHandle(disk, name);
    },
  };
}

const OLD = Uint8Array.from({ length: 3000 }, (_, i) => i % 251);
const NEW = Uint8Array.from({ length: 2000 }, (_, i) => (i * 7) % 253);

describe.each<Kind>(["move", "stream", "access"])("files of a browser that writes by %s", (kind) => {
  it("are written, replaced and removed, and leave nothing else behind", async () => {
    const disk = new Disk(kind);
    const all = directoryOf(disk);
    expect(await readFile(all, ["a"])).toBeUndefined();
    for (const bytes of [OLD, NEW, new Uint8Array()]) {
      await writeFile(all, ["a"], bytes);
      expect(await readFile(all, ["a"])).toEqual(bytes);
      expect([...disk.files.keys()]).toEqual(["a"]);
    }
    await removeFile(all, ["a"]);
    expect(disk.files.size).toBe(0);
  });

  it("hold the old bytes or the new ones, wherever the page is closed in writing, and can be written again", async () => {
    const found = new Set<Uint8Array | undefined>();
    for (const before of [undefined, OLD]) {
      for (let last = 0, isOver = false; !isOver; last++) {
        const disk = new Disk(kind);
        const all = directoryOf(disk);
        if (before) await writeFile(all, ["a"], before);
        disk.reopen();
        disk.last = last;
        isOver = await writeFile(all, ["a"], NEW).then(
          () => true,
          () => false,
        );
        disk.reopen();
        const left = await readFile(all, ["a"]);
        const known = [before, NEW].find((bytes) => bytes?.join() === left?.join());
        expect(left, `closed after ${last} changes`).toEqual(known);
        found.add(known);
        expect(await filesIn(all, "")).toEqual(left ? ["a"] : []);
        disk.last = 4;
        await writeFile(all, ["a"], OLD).catch(() => undefined);
        disk.reopen();
        const again = await readFile(all, ["a"]);
        expect([left, OLD].map((bytes) => bytes?.join())).toContain(again?.join());
        await writeFile(all, ["a"], NEW);
        expect(await readFile(all, ["a"])).toEqual(NEW);
        await removeFile(all, ["a"]);
        expect(disk.files.size).toBe(0);
      }
    }
    expect(found).toEqual(new Set([undefined, OLD, NEW]));
  });
});

it("a copy that was left is read by a browser that can rename, and goes with the next write", async () => {
  let old = new Disk("access");
  for (let last = 1; old.files.get("a")?.length !== 0; last++) {
    old = new Disk("access");
    await writeFile(directoryOf(old), ["a"], OLD);
    old.last = old.changes + last;
    await writeFile(directoryOf(old), ["a"], NEW).catch(() => undefined);
  }
  const disk = new Disk("move");
  for (const [name, bytes] of old.files) disk.files.set(name, bytes);
  const all = directoryOf(disk);
  expect([disk.files.size, await filesIn(all, "")]).toEqual([2, ["a"]]);
  expect(await readFile(all, ["a"])).toEqual(NEW);
  await writeFile(all, ["a"], OLD);
  expect(await readFile(all, ["a"])).toEqual(OLD);
  expect([...disk.files.keys()]).toEqual(["a"]);
});
