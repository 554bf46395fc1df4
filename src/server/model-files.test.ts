import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeText, memoryFolder } from "../data/folder.ts";
import { zipFolder } from "../data/zip.ts";
import { nodeBackend } from "../runtime/node.ts";
import { openAnything } from "../tasks/open-model.ts";
import { DataError, ModelError } from "../tensor/errors.ts";
import { openModelFiles } from "./model-files.ts";
import { scratchFolder, testServer } from "./server.fixture.ts";

const textOf = async (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

test("a folder is read from the disk", async () => {
  const path = join(scratchFolder({ "dates/config.json": "{}", "dates/onnx/model.onnx": "graph" }), "dates");
  const { name, files, folder } = await openModelFiles(path);
  expect({ name, files }).toEqual({ name: "dates", files: ["config.json", "onnx/model.onnx"] });
  expect(await textOf(await folder.read("onnx/model.onnx"))).toBe("graph");
});

test("a zip is unpacked in memory", async () => {
  const packed = memoryFolder();
  for (const name of ["config.json", "onnx/model.onnx", "report.html"]) await packed.write(name, encodeText(name));
  const path = join(scratchFolder(), "dates.zip");
  writeFileSync(path, await zipFolder(packed));
  const found = await openModelFiles(path);
  expect({ name: found.name, files: found.files }).toEqual({
    name: "dates",
    files: ["config.json", "onnx/model.onnx"],
  });
  const { ask } = await testServer({ files: found });
  expect(await (await ask("/model/onnx/model.onnx")).text()).toBe("onnx/model.onnx");
  expect((await ask("/model/report.html")).status).toBe(404);
});

test.each([".onnx", ".zip", ""])(
  "another model%s of the same size, at the same address, is sent anew",
  async (ending) => {
    const addressed = async (content: string) => {
      const folder = scratchFolder({ "model/a.onnx": content, "alone.onnx": content });
      utimesSync(join(folder, "model/a.onnx"), 1000, 1000);
      const packed = memoryFolder();
      await packed.write("a.onnx", encodeText(content));
      writeFileSync(join(folder, "model.zip"), await zipFolder(packed));
      const path = { ".onnx": "alone.onnx", ".zip": "model.zip", "": "model" }[ending] as string;
      const files = await openModelFiles(join(folder, path));
      const { ask } = await testServer({ files });
      return (headers: Record<string, string>) => ask(`/model/${files.files[0]}`, { headers });
    };
    const [first, second] = [await addressed("one"), await addressed("two")];
    const etag = (await first({})).headers.get("etag") as string;
    expect((await first({ "If-None-Match": etag })).status).toBe(304);
    const other = await second({ "If-None-Match": etag });
    expect([other.status, await other.text()]).toEqual([200, "two"]);
  },
);

test("a graph is a model of one file", async () => {
  const path = join(scratchFolder({ "attention.onnx": "graph" }), "attention.onnx");
  const { name, files, folder } = await openModelFiles(path);
  expect({ name, files }).toEqual({ name: "attention", files: ["attention.onnx"] });
  expect(await textOf(await folder.read("attention.onnx"))).toBe("graph");
});

test("a damaged graph is named once, and as it was asked for", async () => {
  const folder = scratchFolder({ "text.onnx": "hello" });
  const { folder: files } = await openModelFiles(join(folder, "text.onnx"));
  await expect(openAnything(files, nodeBackend)).rejects.toThrow(
    new ModelError(
      `model: expected ${join(folder, "text.onnx")} to load but found: onnx: expected a model as protobuf but found damaged bytes ` +
        "(cant skip wire type 4); is it an ONNX file, and whole?",
    ),
  );
});

test.each([
  ["nothing", "missing", "nothing"],
  ["notes", "notes.txt", "another file"],
])("%s is no model", async (_, name, found) => {
  const path = join(scratchFolder({ "notes.txt": "" }), name);
  await expect(openModelFiles(path)).rejects.toThrow(
    new ModelError(
      `studio: expected a model (a folder, a .zip or an .onnx) at ${path} but found ${found}; make one with fovea train dates`,
    ),
  );
});

test("a damaged zip is told", async () => {
  const path = join(scratchFolder({ "dates.zip": "PK no more" }), "dates.zip");
  await expect(openModelFiles(path)).rejects.toThrow(DataError);
});
