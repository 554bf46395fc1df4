import { randomBytes } from "node:crypto";
import * as fileSystem from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { encodeText, type Folder, memoryFolder } from "./folder.ts";
import { type FileSystem, nodeFolder } from "./node-folder.ts";

let root = "";
beforeAll(async () => {
  root = await fileSystem.mkdtemp(join(tmpdir(), "fovea-folder-"));
});
afterAll(() => fileSystem.rm(root, { recursive: true }));

let count = 0;
const newPath = (): string => join(root, `${count++}`, "model");

const text = (bytes: Uint8Array | undefined) => (bytes ? new TextDecoder().decode(bytes) : undefined);

const KINDS: readonly [string, () => Folder][] = [
  ["in memory", () => memoryFolder()],
  ["on disk", () => nodeFolder(newPath())],
];

describe.each(KINDS)("a folder %s", (_, create) => {
  it("gives back what was written, under names that may hold slashes, sorted", async () => {
    const folder = create();
    expect(await folder.list()).toEqual([]);
    expect(await folder.read("config.json")).toBeUndefined();
    const bytes = randomBytes(1 << 16);
    await folder.write("onnx/model.onnx", bytes);
    await folder.write("config.json", encodeText("{}"));
    await folder.write("empty", new Uint8Array());
    expect(await folder.list()).toEqual(["config.json", "empty", "onnx/model.onnx"]);
    expect(Buffer.compare((await folder.read("onnx/model.onnx")) as Uint8Array, bytes)).toBe(0);
    expect((await folder.read("empty"))?.length).toBe(0);
  });

  it("tells whether there are more names than so many", async () => {
    const folder = create();
    expect(await folder.list({ most: 1 })).toEqual([]);
    await folder.write("a/b", encodeText("x"));
    expect(await folder.list({ most: 1 })).toEqual(["a/b"]);
    for (const name of ["a/c", "d", "e/f/g"]) await folder.write(name, encodeText("x"));
    expect((await folder.list({ most: 1 })).length).toBeGreaterThan(1);
    expect(await folder.list({ most: 4 })).toEqual(["a/b", "a/c", "d", "e/f/g"]);
  });

  it("replaces and removes; to remove what is not there is no fault", async () => {
    const folder = create();
    await folder.write("a", encodeText("old and long"));
    await folder.write("a", encodeText("new"));
    expect(text(await folder.read("a"))).toBe("new");
    await folder.remove("a");
    await folder.remove("a");
    expect([await folder.read("a"), await folder.list()]).toEqual([undefined, []]);
  });

  it("keeps its bytes to itself", async () => {
    const folder = create();
    const bytes = encodeText("abc");
    await folder.write("a", bytes);
    bytes.fill(0);
    (await folder.read("a"))?.fill(0);
    expect(text(await folder.read("a"))).toBe("abc");
  });

  it("writes many files at a time, the last write of one name staying whole", async () => {
    const folder = create();
    const contents = Array.from({ length: 20 }, (_, i) => encodeText(String(i).repeat(5000)));
    await Promise.all(contents.map((bytes) => folder.write("same", bytes)));
    expect(contents.map(text)).toContain(text(await folder.read("same")));
    expect(await folder.list()).toEqual(["same"]);
  });
});

describe("a folder on disk", () => {
  it.each(["../x", "a/../../x", "/etc/passwd", "", "a//b", "./a", "C:\\x", "a\\..\\x", "a\0b"])(
    "holds nothing under the name %j",
    async (name) => {
      const folder = nodeFolder(join(root, "inside"));
      const message = `folder: expected the name of a file inside ${folder.path} but found ${name}`;
      for (const use of [
        () => folder.read(name),
        () => folder.write(name, encodeText("x")),
        () => folder.remove(name),
      ]) {
        await expect((async () => use())()).rejects.toThrow(new RangeError(message));
      }
    },
  );

  it("refuses what is no plain file, or too large, and a file where a folder should be", async () => {
    const path = newPath();
    const folder = nodeFolder(path, { limit: 4 });
    await folder.write("file", encodeText("12345"));
    await fileSystem.mkdir(join(path, "folder"));
    const cases: [() => Promise<unknown>, string][] = [
      [
        () => folder.read("folder"),
        `folder: expected ${path}/folder to be a plain file but found a folder or a device`,
      ],
      [() => folder.read("file"), `folder: expected ${path}/file to have at most 4 bytes but found 5`],
      [
        () => folder.write("file/x", encodeText("")),
        `folder: expected to write ${path}/file/x but found a file where a folder should be; name a folder (ENOTDIR)`,
      ],
      [
        () => folder.write("folder", encodeText("")),
        `folder: expected to write ${path}/folder but found a folder where a file should be; remove it or name another folder (EISDIR)`,
      ],
    ];
    for (const [use, message] of cases) {
      await expect(use()).rejects.toMatchObject({ name: "DataError", message });
    }
    expect(text((await nodeFolder(path).read("file")) as Uint8Array)).toBe("12345");
    expect((await fileSystem.readdir(path)).sort()).toEqual(["file", "folder"]);
  });

  it.each(["open", "write", "sync", "rename"] as const)("is as before where the disk fails to %s", async (at) => {
    const path = newPath();
    await nodeFolder(path).write("a", encodeText("old"));
    const full = () => Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }));
    const open: FileSystem["open"] = async (file, flags, mode) => {
      if (at === "open" && flags === "wx") return full();
      const handle = await fileSystem.open(file, flags, mode);
      if (flags === "wx" && at === "write") handle.writeFile = full;
      if (flags === "wx" && at === "sync") handle.sync = full;
      return handle;
    };
    const files: FileSystem = { ...fileSystem, open, ...(at === "rename" ? { rename: full } : {}) };
    const folder = nodeFolder(path, { files });
    const message = `folder: expected to write ${path}/a but found the disk full; free some space or name a folder on another disk (ENOSPC)`;
    const error: unknown = await folder.write("a", encodeText("new")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ message, file: join(path, "a"), cause: { code: "ENOSPC" } });
    expect(text(await folder.read("a"))).toBe("old");
    expect(await fileSystem.readdir(path)).toEqual(["a"]);
  });

  it("does not list what a killed write has left behind, and removes it with the file", async () => {
    const path = newPath();
    const folder = nodeFolder(path);
    await folder.write("a", encodeText("whole"));
    const others = [".a.b.0123456789ab.unfinished", ".aa.0123456789ab.unfinished", ".a.txt"];
    for (const name of [".a.0123456789ab.unfinished", ...others]) await fileSystem.writeFile(join(path, name), "ha");
    expect(await folder.list()).toEqual([".a.txt", "a"]);
    await folder.remove("a");
    expect((await fileSystem.readdir(path)).sort()).toEqual([...others].sort());
  });
});
