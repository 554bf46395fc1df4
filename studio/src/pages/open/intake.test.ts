import { expect, test } from "vitest";
import { choose, type Picked } from "./intake.ts";

function picked(...paths: string[]): Picked[] {
  return paths.map((path) => ({ path, file: new File(["x"], path.slice(path.lastIndexOf("/") + 1)) }));
}

function sized(path: string, size: number): Picked {
  const file = new File([], path);
  Object.defineProperty(file, "size", { value: size });
  return { path, file };
}

test("takes the folder that holds config.json, under its own name", () => {
  const choice = choose(
    picked(
      "runs/dates/config.json",
      "runs/dates/vocab.json",
      "runs/dates/onnx/model.onnx",
      "runs/dates/report.html",
      "runs/x.txt",
    ),
  );
  expect(choice.name).toBe("dates");
  expect([...choice.files.keys()]).toEqual(["config.json", "vocab.json", "onnx/model.onnx"]);
});

test("takes files that were picked without their folder", () => {
  const choice = choose(picked("config.json", "vocab.json"));
  expect(choice.name).toBe("model");
  expect([...choice.files.keys()]).toEqual(["config.json", "vocab.json"]);
});

test.each([
  ["dates.zip", "dates"],
  ["down/my model.ONNX", "my model"],
])("takes %s", (path, name) => {
  const choice = choose(picked(path));
  expect(choice.name).toBe(name);
  expect([...choice.files.keys()]).toEqual([path.slice(path.lastIndexOf("/") + 1)]);
});

test.each([
  [
    picked(),
    "open: expected a model folder (with config.json), its .zip or an .onnx file but found nothing; fovea train and save write such folders",
  ],
  [
    picked("a.txt", "b.txt", "c.txt", "d.txt"),
    "open: expected a model folder (with config.json), its .zip or an .onnx file but found a.txt, b.txt, c.txt and 1 more; fovea train and save write such folders",
  ],
  [picked("a.zip", "b.onnx"), "open: expected one model at a time but found a.zip, b.onnx; drop one of them"],
  [
    picked("runs/a/config.json", "runs/b/config.json"),
    "open: expected one model at a time but found runs/a/config.json, runs/b/config.json; drop one of the folders",
  ],
  [
    [sized("big.onnx", 300 * 2 ** 20)],
    "open: expected files of at most 256 MB but found big.onnx of 300 MB; open it with fovea on the command line",
  ],
])("refuses %#", (files, message) => {
  expect(() => choose(files)).toThrow(message);
  expect.assertions(1);
});
