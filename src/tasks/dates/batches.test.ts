import { describe, expect, it } from "vitest";
import { ALPHABET, ARTICLE_ALPHABET, decodeOutput, MAX_INPUT } from "../../data/dates/index.ts";
import type { NdArray } from "../../tensor/nd-array.ts";
import { DateBatches, encodeRows, heldOut, NO_ANSWER } from "./batches.ts";

const options = { seed: 3, batch: 10, nonsense: 2, nonsenseWeight: 0.25, alphabet: ALPHABET };

describe("a training batch", () => {
  it("is a function of seed and step, whatever was made before", () => {
    const batches = new DateBatches(options);
    const first = batches.batch(7);
    batches.batch(8);
    expect(batches.batch(7)).toEqual(first);
    expect(new DateBatches(options).batch(7)).toEqual(first);
    expect(batches.batch(8)).not.toEqual(first);
    expect(new DateBatches({ ...options, seed: 4 }).batch(7)).not.toEqual(first);
  });

  it("holds the asked number of inputs without an answer, which weigh less", () => {
    const { text, lengths, label, weight } = new DateBatches(options).batch(0) as Record<string, NdArray>;
    expect([text?.shape, lengths?.shape, label?.shape, weight?.shape]).toEqual([[10, MAX_INPUT], [10], [10, 10], [10]]);
    expect([text, lengths, label, weight].map((value) => value?.dtype)).toEqual(["int32", "int32", "int32", "float32"]);
    expect([...((weight as NdArray).data as Float32Array)]).toEqual([0.25, 0.25, 1, 1, 1, 1, 1, 1, 1, 1]);
    const labels = [...((label as NdArray).data as Int32Array)];
    expect(labels.slice(0, 20)).toEqual(new Array(20).fill(NO_ANSWER));
    for (let row = 2; row < 10; row++) expect(decodeOutput(labels, row * 10)).toMatch(/^(19|20)\d\d-[01]\d-[0-3]\d$/);
  });

  it("has other examples at every step", () => {
    const batches = new DateBatches({ ...options, nonsense: 0, batch: 50 });
    const texts = [0, 1, 2].flatMap((step) => {
      const { data } = batches.batch(step).text as NdArray;
      return Array.from({ length: 50 }, (_, row) => String(data.slice(row * MAX_INPUT, (row + 1) * MAX_INPUT)));
    });
    expect(new Set(texts).size).toBeGreaterThan(145);
  });
});

it("rows are padded, and read by the alphabet that is asked for", () => {
  const { text, lengths, label } = encodeRows([{ text: "1-May", iso: "2001-05-01" }, { text: "x" }], ARTICLE_ALPHABET);
  const [unknown, padding] = [35, 36];
  const ids = [...((text as NdArray).data as Int32Array)];
  expect(ids.slice(0, 6)).toEqual([4, unknown, 24, 13, 34, padding]);
  expect(ids.slice(6, 30)).toEqual(new Array(24).fill(padding));
  expect(ids.slice(30)).toEqual([unknown, ...new Array(29).fill(padding)]);
  expect([...((lengths as NdArray).data as Int32Array)]).toEqual([5, 1]);
  expect([...((label as NdArray).data as Int32Array)]).toEqual([
    2,
    0,
    0,
    1,
    10,
    0,
    5,
    10,
    0,
    1,
    ...new Array(10).fill(NO_ANSWER),
  ]);
});

it("held-out dates occur neither in training nor in the other held-out part", () => {
  const batches = new DateBatches({ ...options, nonsense: 0, batch: 2000 });
  const { data } = batches.batch(0).label as NdArray;
  const trained = new Set(Array.from({ length: 2000 }, (_, row) => decodeOutput(data as Int32Array, row * 10)));
  const [validation, test] = [heldOut("validation", 500, 1), heldOut("test", 500, 1)];
  const isos = (examples: typeof test) => new Set(examples.map(({ iso }) => iso));
  expect([...isos(validation)].filter((iso) => trained.has(iso) || isos(test).has(iso))).toEqual([]);
  expect([...isos(test)].filter((iso) => trained.has(iso))).toEqual([]);
  expect(heldOut("test", 20, 1)).toEqual(test.slice(0, 20));
  expect(heldOut("test", 20, 2)).not.toEqual(test.slice(0, 20));
});
