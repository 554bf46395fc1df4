import { expect, it } from "vitest";
import type { RawExample } from "../../data/text/index.ts";
import { type DataFacts, dataNotes } from "./notes.ts";

const examples = (count: number) => Array.from({ length: count }) as RawExample[];

/** Data of so many examples. */
function facts({
  train = 2000,
  taken = 2000,
  shared = { validation: 0, test: 0 },
  ...changes
}: {
  readonly train?: number;
  readonly taken?: number;
  readonly validationTaken?: number;
  readonly shared?: { readonly validation: number; readonly test: number };
  readonly bad?: DataFacts["files"]["bad"];
  readonly targetLen?: number | undefined;
  readonly more?: object;
} = {}): DataFacts {
  const { validationTaken = 30, bad = new Map(), more } = changes;
  const targetLen = "targetLen" in changes ? changes.targetLen : 50;
  const known = { train: { name: "a.de and a.en" }, bad, ...more };
  const data = { train: { count: train }, validation: examples(30), test: examples(20), shared };
  const settings = targetLen === undefined ? { sourceLen: 40 } : { sourceLen: 40, targetLen };
  return {
    files: known,
    data,
    taken,
    validationTaken,
    vocabulary: { source: 9, target: 7 },
    settings,
  } as unknown as DataFacts;
}

const EVENT = {
  type: "data",
  files: ["a.de and a.en"],
  train: 2000,
  validation: 30,
  test: 20,
  leftOut: 0,
  vocabulary: { source: 9, target: 7 },
};

const warnings = (given: DataFacts) =>
  dataNotes(given).flatMap((note) => (note.type === "warning" ? [note.message] : []));

it("where all is well there is only how much data there is", () => {
  expect(dataNotes(facts())).toEqual([EVENT]);
});

it("all files are named", () => {
  const more = { validation: { name: "v.tsv" }, test: { name: "t.tsv" } };
  expect(dataNotes(facts({ more }))).toEqual([{ ...EVENT, files: ["a.de and a.en", "v.tsv", "t.tsv"] }]);
});

it("bad records are counted, by file", () => {
  const bad = new Map([
    [
      "a.de",
      {
        first: ["toy: the first", "toy: the second"],
        places: new Set(Array.from({ length: 1234 }, (_, i) => `${i}:1`)),
      },
    ],
    ["v.tsv", { first: ["toy: the only"], places: new Set(["3:1"]) }],
  ]);
  expect(dataNotes(facts({ bad }))).toEqual([
    { ...EVENT, leftOut: 1235 },
    { type: "warning", message: "1,234 bad records of a.de left out; the first: toy: the first" },
    { type: "warning", message: "1 bad record of v.tsv left out; the first: toy: the only" },
  ]);
});

it("examples that are too long are counted", () => {
  expect(dataNotes(facts({ taken: 900, validationTaken: 29 }))).toEqual([
    { ...EVENT, train: 900, validation: 29, leftOut: 1101 },
    { type: "warning", message: "1,100 of 2,000 training examples left out, longer than 40 and 50 tokens" },
    { type: "warning", message: "1 of 30 validation examples left out, longer than 40 and 50 tokens" },
  ]);
  expect(warnings(facts({ taken: 1999, targetLen: undefined }))).toEqual([
    "1 of 2,000 training examples left out, longer than 40 tokens",
  ]);
});

it("held-out texts that are learnt from are told", () => {
  expect(warnings(facts({ shared: { validation: 1, test: 1200 } }))).toEqual([
    "1 validation text is in the training data, too: what is measured on it is too good",
    "1,200 test texts are in the training data, too: what is measured on them is too good",
  ]);
});
