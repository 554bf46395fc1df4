import { expect, test } from "vitest";
import { SPLITS } from "../dates/splits.ts";
import { distinctExamples, GENERATORS, splitOf } from "./index.ts";

test.each(GENERATORS)(
  "the splits of $name have 80, 10 and 10 in a hundred of its texts, and no text in common",
  (generator) => {
    const counts: Record<string, number> = {};
    const all = [...distinctExamples(generator, { seed: 3, count: 10_000 })];
    for (const { source } of all) counts[splitOf(source)] = (counts[splitOf(source)] ?? 0) + 1;
    expect((counts.train as number) / all.length).toBeCloseTo(0.8, 1);
    expect((counts.validation as number) / all.length).toBeCloseTo(0.1, 1);
    expect((counts.test as number) / all.length).toBeCloseTo(0.1, 1);
    // Other seeds for each, as a user may do.
    const texts = SPLITS.map((split, seed) =>
      [...distinctExamples(generator, { seed, split, count: 2000 })].map(({ source }) => source),
    );
    expect(texts.map((own) => own.length)).toEqual([2000, 2000, 2000]);
    expect(new Set(texts.flat()).size).toBe(6000);
  },
);

test("how a text is typed does not change its split", () => {
  const typings = [
    ["noon", "Noon", "NOON", "  noon "],
    ["le 1er août 1958", "LE 1ER AOÛT 1958", "le 1er aout 1958", "le 1er  aou\u0302t 1958"],
    ["a\tquarter", "a quarter"],
  ];
  for (const texts of typings) expect(new Set(texts.map(splitOf)).size).toBe(1);
});

test("the split of a text stays what it is", () => {
  const texts = ["noon", "are you free tomorrow?", "3. Mai 1979", "two million", "", "明天你有空吗？"];
  expect(texts.map(splitOf)).toEqual(["train", "test", "train", "train", "train", "train"]);
});
