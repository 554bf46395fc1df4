import { text } from "fovea/data";
import { RECIPES, type TrainingFiles } from "fovea/tasks";
import { expect, test } from "vitest";
import { previewData } from "./data-preview.ts";
import { dataSource } from "./data-source.ts";

const roles = RECIPES.find(({ name }) => name === "translate")?.roles ?? [];

/** @param contents of the files, by name */
function preview(contents: Readonly<Record<string, string | Blob>>, more: Partial<TrainingFiles> = {}) {
  const open = (name: string) => dataSource("translate", name, new Blob([contents[name] as string | Blob]));
  return previewData({ owner: "translate", roles, files: { train: Object.keys(contents), ...more }, open });
}

test("the records of a table, with how many there are and what stands in its first row", async () => {
  expect(await preview({ "a.tsv": "source\ttarget\nja\tyes\nnein\tno\n" })).toEqual({
    rows: [
      { source: "ja", target: "yes" },
      { source: "nein", target: "no" },
    ],
    count: 2,
    bad: 0,
    columns: ["source", "target"],
  });
});

test("files side by side, and packed ones", async () => {
  const { rows, columns } = await preview({ "x.de": "ja\nnein\n", "x.en": "yes\nno\n" });
  expect([rows, columns]).toEqual([
    [
      { source: "ja", target: "yes" },
      { source: "nein", target: "no" },
    ],
    [],
  ]);
  const packed = new Blob(["ja,yes\n"]).stream().pipeThrough(new CompressionStream("gzip"));
  const { count, fault } = await preview({ "a.csv.gz": await new Response(packed).blob() });
  expect([count, fault]).toEqual([1, undefined]);
});

test("what is wrong is told with its place, beside what was read before it", async () => {
  const content = "one\ttwo\nthree\n";
  expect(await preview({ "bad.tsv": content })).toEqual({
    rows: [{ source: "one", target: "two" }],
    count: undefined,
    bad: 0,
    columns: ["one", "two"],
    fault: "translate: expected 2 columns (source, target) at bad.tsv:2:6 but found 1; part columns by a tab",
  });
  expect(await preview({ "bad.tsv": content }, { skipBad: true })).toMatchObject({ count: 1, bad: 1 });
  const { fault } = await preview({ "a.txt": "x" });
  expect(fault).toBe('translate: expected a file that ends in .tsv, .csv or .jsonl but found "a.txt"; name its format');
});

test("columns that the reader names, and files for the test", async () => {
  const content = "id\tGerman\tEnglish\n1\tja\tyes\n";
  expect((await preview({ "a.tsv": content })).fault).toContain("or a header with these names");
  const columns = { source: "German", target: "English" };
  expect((await preview({ "a.tsv": content }, { columns })).rows).toEqual([{ source: "ja", target: "yes" }]);
  const open = async (name: string) =>
    text.memorySource(name, new TextEncoder().encode(name === "t.tsv" ? "" : content));
  const files = { train: ["a.tsv"], test: ["t.tsv"], columns };
  const { fault } = await previewData({ owner: "translate", roles, files, open });
  expect(fault).toBe("translate: expected records in t.tsv but found none");
});
