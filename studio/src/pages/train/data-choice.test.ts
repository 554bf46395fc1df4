import { generators } from "fovea/data";
import { expect, test } from "vitest";
import { type DataChoice, dataOf, filesOf, isData, NO_DATA, probesFrom, SAMPLES, withColumn } from "./data-choice.ts";

const file = (name: string) => ({ name, blob: new Blob([name]) });

test("files are told by names of their own", () => {
  const choice: DataChoice = { ...NO_DATA, train: [file("a.tsv")], test: [file("a.tsv")], columns: { source: "de" } };
  expect(filesOf(choice)).toEqual({ train: ["a.tsv"], test: ["test/a.tsv"], columns: { source: "de" } });
  expect([...dataOf(choice).keys()]).toEqual(["a.tsv", "test/a.tsv"]);
  expect(filesOf({ ...NO_DATA, train: [file("x.de"), file("x.en")], skipBad: true })).toEqual({
    train: ["x.de", "x.en"],
    skipBad: true,
  });
});

test("columns are all told by name, or all by number", () => {
  const named = withColumn(withColumn({}, "source", "German"), "target", "English");
  expect(named).toEqual({ source: "German", target: "English" });
  expect(withColumn(named, "source", "2")).toEqual({ source: "2" });
  expect(withColumn(named, "source", undefined)).toEqual({ target: "English" });
});

test("the texts to watch are the first short ones", () => {
  const rows = ["a".repeat(90), "b", "b", "c", "d", "e"].map((source) => ({ source, target: "x" }));
  expect(probesFrom({ rows }, "source")).toEqual(["b", "c", "d"]);
  expect(probesFrom({ rows: rows.slice(0, 2) }, "source")).toEqual(["b", "a".repeat(90)]);
  expect(probesFrom({ rows }, "text")).toEqual([]);
});

test("what may be data, by its name", () => {
  expect(["a.tsv", "train.de", "b.csv.gz", "plain", "c.txt"].every(isData)).toBe(true);
  expect(["model.zip", "model.onnx", "config.json"].some(isData)).toBe(false);
});

test("samples are made by generators of the library", () => {
  const known = generators.GENERATORS.map(({ name }) => name);
  expect(Object.values(SAMPLES).flat().sort()).toEqual([...known].sort());
});
