import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeText } from "../data/folder.ts";
import { nodeFolder } from "../data/node-folder.ts";
import { DataError } from "../tensor/errors.ts";
import { exportStudio } from "./export.ts";
import { modelFilesIn, openModelFiles } from "./model-files.ts";
import { PAGE, scratchFolder } from "./server.fixture.ts";

const MODEL = { "dates/config.json": "{}", "dates/onnx/model.onnx": "graph", "dates/report.html": "" };
const filesOf = (path: string) => (readdirSync(path, { recursive: true }) as string[]).sort();
const siteOf = (path: string) => JSON.parse(readFileSync(join(path, "studio.json"), "utf8"));

test("a new folder gets the page, the model and what tells of it", async () => {
  const path = join(scratchFolder(), "a/site");
  const files = await modelFilesIn(join(scratchFolder(MODEL), "dates"));
  await exportStudio(path, { page: scratchFolder(PAGE), version: "1.2.3", files });
  expect(filesOf(path)).toEqual(
    [
      ...Object.keys(PAGE),
      "assets",
      "model",
      "model/config.json",
      "model/onnx",
      "model/onnx/model.onnx",
      "studio.json",
    ].sort(),
  );
  expect(readFileSync(join(path, "model/onnx/model.onnx"), "utf8")).toBe("graph");
  expect(siteOf(path)).toEqual({
    version: "1.2.3",
    mode: "static",
    model: { name: "dates", files: ["config.json", "onnx/model.onnx"] },
    runs: false,
    predict: false,
  });
});

test("an earlier export is replaced; what others have laid beside it stays", async () => {
  const path = scratchFolder();
  const files = await modelFilesIn(join(scratchFolder(MODEL), "dates"));
  await exportStudio(path, { page: scratchFolder({ ...PAGE, "assets/old.js": "" }), version: "1.2.2", files });
  writeFileSync(join(path, "CNAME"), "studio.example");
  await exportStudio(path, { page: scratchFolder(PAGE), version: "1.2.3" });
  expect(existsSync(join(path, "assets/old.js"))).toBe(false);
  expect(existsSync(join(path, "model"))).toBe(false);
  expect(readFileSync(join(path, "CNAME"), "utf8")).toBe("studio.example");
  expect(siteOf(path)).toMatchObject({ version: "1.2.3", model: null });
});

test.each([
  [{ "notes.txt": "" }, "notes.txt"],
  [{ "studio.json": '{"mode":"server"}' }, "studio.json"],
  [{ "studio.json": "{" }, "studio.json"],
])("a folder with %j stays as it is", async (content, found) => {
  const path = scratchFolder(content);
  await expect(exportStudio(path, { page: scratchFolder(PAGE), version: "1.2.3" })).rejects.toThrow(
    new DataError(
      `studio: expected ${path} to be empty, new or an earlier export but found ${found}; name another folder`,
      { file: path },
    ),
  );
  expect(filesOf(path)).toEqual(Object.keys(content));
});

test.each(["model", "assets/mine", "model/model.onnx"])(
  "a model in what would be replaced (%s) stays",
  async (place) => {
    const path = scratchFolder({ "studio.json": '{"mode":"static"}', "index.html": "old" });
    const files = await modelFilesIn(join(scratchFolder(MODEL), "dates"));
    await exportStudio(path, { page: scratchFolder(PAGE), version: "1.2.2", files });
    const model = join(path, place);
    if (place === "assets/mine") await nodeFolder(model).write("config.json", encodeText("{}"));
    if (place.endsWith(".onnx")) writeFileSync(model, "graph");
    const before = filesOf(path);
    const again = exportStudio(path, {
      page: scratchFolder(PAGE),
      version: "1.2.3",
      files: await openModelFiles(model),
    });
    const first = place.split("/")[0];
    await expect(again).rejects.toThrow(
      new DataError(
        `studio: expected a model outside of ${path}, whose ${first} is replaced, but found it in ${model}; copy it to another place first`,
        { file: model },
      ),
    );
    expect([filesOf(path), siteOf(path).version]).toEqual([before, "1.2.2"]);
  },
);

test("a model beside an earlier export may be the next one's", async () => {
  const path = scratchFolder({ "studio.json": '{"mode":"static"}', "mine/config.json": "{}" });
  await exportStudio(path, {
    page: scratchFolder(PAGE),
    version: "1.2.3",
    files: await modelFilesIn(join(path, "mine")),
  });
  expect(filesOf(path)).toEqual(expect.arrayContaining(["mine/config.json", "model/config.json"]));
});

test("a file of the model that is gone meanwhile is told before anything is changed", async () => {
  const path = scratchFolder({ "studio.json": '{"mode":"static"}', "index.html": "old" });
  const model = join(scratchFolder(MODEL), "dates");
  const files = await modelFilesIn(model);
  rmSync(join(model, "onnx/model.onnx"));
  await expect(exportStudio(path, { page: scratchFolder(PAGE), version: "1.2.3", files })).rejects.toThrow(
    new DataError(`studio: expected onnx/model.onnx in ${model} but found none; is it still being written?`, {
      file: model,
    }),
  );
  expect([filesOf(path), readFileSync(join(path, "index.html"), "utf8")]).toEqual([
    ["index.html", "studio.json"],
    "old",
  ]);
});

test("a file in its place is told", async () => {
  const path = join(scratchFolder({ file: "" }), "file");
  await expect(exportStudio(path, { page: scratchFolder(PAGE), version: "1.2.3" })).rejects.toThrow(
    new DataError(`studio: expected a folder to write in at ${path} but found a file in its place; name another`, {
      file: path,
    }),
  );
});
