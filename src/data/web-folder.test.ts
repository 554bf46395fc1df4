import { afterEach, describe, expect, it } from "vitest";
import { encodeText } from "./folder.ts";
import { listWebFolders, removeWebFolder, webFolder, webFolderKind } from "./web-folder.ts";

const NAMES = ["first", "second run"];
afterEach(async () => {
  for (const name of NAMES) await removeWebFolder(name);
});

const text = (bytes: Uint8Array | undefined) => (bytes ? new TextDecoder().decode(bytes) : undefined);
const hasStorage =
  typeof (globalThis.navigator as Partial<Navigator> | undefined)?.storage?.getDirectory === "function";

it("is kept by the browser where it can, else in memory, and says which", async () => {
  expect(await webFolderKind()).toBe(hasStorage ? "storage" : "memory");
});

describe("a folder of a page", () => {
  it("gives back what was written, under names that may hold slashes, sorted", async () => {
    const folder = await webFolder("first");
    expect([folder.path, await folder.list(), await folder.read("config.json")]).toEqual(["first", [], undefined]);
    const bytes = Uint8Array.from({ length: 1 << 16 }, (_, i) => (i * 7) % 251);
    await folder.write("onnx/deep/model.onnx", bytes);
    await folder.write("config.json", encodeText("{}"));
    await folder.write("empty", new Uint8Array());
    expect(await folder.list()).toEqual(["config.json", "empty", "onnx/deep/model.onnx"]);
    expect(await folder.read("onnx/deep/model.onnx")).toEqual(bytes);
    expect((await folder.read("empty"))?.length).toBe(0);
    expect([await folder.read("onnx/other"), await folder.read("no/folder")]).toEqual([undefined, undefined]);
  });

  it("is the same for everyone who opens it by its name", async () => {
    await (await webFolder("first")).write("a", encodeText("abc"));
    expect(text(await (await webFolder("first")).read("a"))).toBe("abc");
    expect(await (await webFolder("second run")).read("a")).toBeUndefined();
  });

  it("replaces and removes; to remove what is not there is no fault", async () => {
    const folder = await webFolder("first");
    await folder.remove("deep/a");
    await folder.write("a", encodeText("old and long"));
    await folder.write("a", encodeText("new"));
    expect(text(await folder.read("a"))).toBe("new");
    await folder.remove("a");
    await folder.remove("a");
    expect([await folder.read("a"), await folder.list()]).toEqual([undefined, []]);
  });

  it("keeps its bytes to itself", async () => {
    const folder = await webFolder("first");
    const bytes = encodeText("abc");
    const written = folder.write("a", bytes);
    bytes.fill(0);
    await written;
    (await folder.read("a"))?.fill(0);
    expect(text(await folder.read("a"))).toBe("abc");
  });

  it("writes many files at a time, the last write of one name staying whole", async () => {
    const [folder, again] = [await webFolder("first"), await webFolder("first")];
    const contents = Array.from({ length: 12 }, (_, i) => encodeText(String.fromCharCode(97 + i).repeat(5000)));
    await Promise.all(contents.map((bytes, i) => (i % 2 === 0 ? folder : again).write("same", bytes)));
    expect(contents.map(text)).toContain(text(await folder.read("same")));
    expect(await folder.list()).toEqual(["same"]);
  });
});

it("folders with files in them are listed, and removed whole", async () => {
  const [first, second] = [await webFolder("first"), await webFolder("second run")];
  const before = await listWebFolders();
  expect(before.filter((name) => NAMES.includes(name))).toEqual([]);
  await second.write("a", encodeText("x"));
  await first.write("deep/b", encodeText("x"));
  expect((await listWebFolders()).filter((name) => NAMES.includes(name))).toEqual(NAMES);
  await removeWebFolder("first");
  await removeWebFolder("first");
  expect((await listWebFolders()).filter((name) => NAMES.includes(name))).toEqual(["second run"]);
  expect([await (await webFolder("first")).list(), await second.list()]).toEqual([[], ["a"]]);
  await (await webFolder("first")).write("c", encodeText("x"));
  expect(await (await webFolder("first")).list()).toEqual(["c"]);
});

it.each(["", "..", "a/../b", "/a", "a\\b", "C:x", "a\u0000b"])("no folder is named %j", async (name) => {
  const error = new RangeError(`folder: expected the name of a file inside storage but found ${name}`);
  await expect(webFolder(name)).rejects.toThrow(error);
  await expect(removeWebFolder(name)).rejects.toThrow(error);
});

it("no folder's name holds a slash", async () => {
  await expect(webFolder("a/b")).rejects.toThrow(
    new RangeError("webFolder: expected the name of a folder without / but found a/b"),
  );
  await expect(removeWebFolder("a/b")).rejects.toThrow(
    new RangeError("removeWebFolder: expected the name of a folder without / but found a/b"),
  );
});
