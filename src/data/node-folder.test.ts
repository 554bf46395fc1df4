import * as fileSystem from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DataError } from "../tensor/errors.ts";
import { encodeText } from "./folder.ts";
import { type FileSystem, makeFolder, nodeFolder } from "./node-folder.ts";

let root: string;

beforeEach(async () => {
  root = await fileSystem.mkdtemp(join(tmpdir(), "fovea-folder-"));
});

afterEach(() => fileSystem.rm(root, { recursive: true, force: true }));

/** A disk on which one call fails. */
function failing(call: keyof FileSystem | "writeFile" | "sync", code: string): FileSystem {
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error(`${code}: fake`), { code });
  };
  if (call !== "writeFile" && call !== "sync") return { ...fileSystem, [call]: fail };
  return {
    ...fileSystem,
    open: (async (path: string, flags: string) => {
      const handle = await fileSystem.open(path, flags);
      if (flags === "wx") handle[call] = fail;
      return handle;
    }) as typeof fileSystem.open,
  };
}

test("what is written is read, listed and removed", async () => {
  const folder = nodeFolder(join(root, "new", "model"));
  expect(await folder.list()).toEqual([]);
  expect(await folder.read("config.json")).toBeUndefined();
  await folder.write("onnx/model.onnx", Uint8Array.of(1, 2, 3));
  await folder.write("config.json", encodeText("{}"));
  await folder.write("config.json", encodeText('{"a":1}'));
  expect(await folder.list()).toEqual(["config.json", "onnx/model.onnx"]);
  expect(new TextDecoder().decode(await folder.read("config.json"))).toBe('{"a":1}');
  expect([...((await folder.read("onnx/model.onnx")) ?? [])]).toEqual([1, 2, 3]);
  await folder.remove("config.json");
  await folder.remove("config.json");
  expect(await folder.list()).toEqual(["onnx/model.onnx"]);
});

test.each(["../x", "a/../../x", "/etc/passwd", "..\\x", "a//b", "", ".", "c:x", "a\0b"])(
  "%j is no name of a file inside",
  async (name) => {
    const folder = nodeFolder(root);
    const error = new RangeError(`folder: expected the name of a file inside ${root} but found ${name}`);
    const calls = [() => folder.read(name), () => folder.write(name, encodeText("x")), () => folder.remove(name)];
    for (const call of calls) await expect(async () => call()).rejects.toThrow(error);
  },
);

describe.each([
  ["writeFile", "ENOSPC", "the disk full; free some space or name a folder on another disk"],
  ["sync", "EDQUOT", "your share of the disk used up; free some space or name a folder on another disk"],
  ["rename", "EROFS", "a file system that is read-only; name a folder on another disk"],
  ["open", "EACCES", "no permission; change the permissions or name another folder"],
] as const)("when %s fails with %s", (call, code, fault) => {
  test("the old file stays as it was, nothing else is left, and the error names the mend", async () => {
    await nodeFolder(root).write("a.bin", encodeText("old"));
    const written = nodeFolder(root, { files: failing(call, code) }).write("a.bin", encodeText("new"));
    const file = join(root, "a.bin");
    const message = `folder: expected to write ${file} but found ${fault} (${code})`;
    await expect(written).rejects.toMatchObject({ name: "DataError", message, file });
    expect(await fileSystem.readdir(root)).toEqual(["a.bin"]);
    expect(await fileSystem.readFile(file, "utf8")).toBe("old");
  });
});

test("a file above the limit is not read", async () => {
  const file = join(root, "big");
  await fileSystem.writeFile(file, "123456");
  await expect(nodeFolder(root, { limit: 5 }).read("big")).rejects.toThrow(
    new DataError(`folder: expected ${file} to have at most 5 bytes but found 6`, { file }),
  );
  expect((await nodeFolder(root, { limit: 6 }).read("big"))?.length).toBe(6);
});

test("a folder where a file should be is told", async () => {
  await fileSystem.mkdir(join(root, "config.json"));
  const file = join(root, "config.json");
  await expect(nodeFolder(root).read("config.json")).rejects.toThrow(
    new DataError(`folder: expected ${file} to be a plain file but found a folder or a device`, { file }),
  );
});

test("a file where the folder should be is told", async () => {
  const path = join(root, "file");
  await fileSystem.writeFile(path, "x");
  const file = join(path, "config.json");
  const fault = "a file where a folder should be; name a folder (ENOTDIR)";
  const message = (verb: string) => `folder: expected to ${verb} ${file} but found ${fault}`;
  const folder = nodeFolder(path);
  await expect(folder.read("config.json")).rejects.toMatchObject({ name: "DataError", message: message("read") });
  await expect(folder.write("config.json", encodeText("x"))).rejects.toMatchObject({ message: message("write") });
});

test("what a killed process has left unfinished is not listed", async () => {
  await fileSystem.writeFile(join(root, ".a.bin.0123456789ab.unfinished"), "half");
  await fileSystem.writeFile(join(root, "a.bin"), "whole");
  expect(await nodeFolder(root).list()).toEqual(["a.bin"]);
});

test("readers beside a writer find whole files only", async () => {
  const folder = nodeFolder(root);
  const content = (value: number) => new Uint8Array(200_000).fill(value);
  await folder.write("a.bin", content(0));
  let isWriting = true;
  const writer = (async () => {
    for (let value = 1; value < 20; value++) await folder.write("a.bin", content(value));
    isWriting = false;
  })();
  const found = new Set<string>();
  while (isWriting) {
    const bytes = (await folder.read("a.bin")) as Uint8Array;
    found.add(`${bytes.length} ${new Set(bytes).size}`);
  }
  await writer;
  expect([...found]).toEqual(["200000 1"]);
});

test("makeFolder makes what is missing and says where that begins", async () => {
  expect(await makeFolder(join(root, "a", "b", "c"))).toBe(join(root, "a"));
  expect(await makeFolder(join(root, "a", "b"))).toBeUndefined();
  expect(await makeFolder(join(root, "a", "d"))).toBe(join(root, "a", "d"));
});

test.skipIf(process.platform !== "linux")("makeFolder comes back where no folder can be made", async () => {
  await expect(makeFolder("/proc/fovea/model")).rejects.toThrow("ENOENT");
});
