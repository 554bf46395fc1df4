import { expect, test } from "vitest";
import { FAMILIES, MECHANISMS, SOFTMAX } from "../attention/index.ts";
import { GENERATORS } from "../data/generators/index.ts";
import { OPERATORS } from "../tensor/operators/index.ts";
import { TestStream, type TestWorld, testContext } from "./context.fixture.ts";
import { EXIT } from "./exit-codes.ts";
import { testRecipe } from "./recipe.fixture.ts";
import { run } from "./run.ts";

async function list(words: readonly string[], world: TestWorld = {}) {
  const { context, stdout, stderr } = testContext({ recipes: [testRecipe()], ...world });
  const code = await run(["list", ...words], context);
  expect({ code, err: stderr.text }).toEqual({ code: EXIT.done, err: "" });
  return stdout.text;
}

test("recipes come with the settings that can be changed", async () => {
  expect(await list(["recipes"])).toBe(`\
name  what it trains
────  ────────────────────
sums  numbers to their sum

Settings of sums, with their defaults:
  --set learningRate=0.01
  --set batch=100
  --set model.dim=3
`);
});

const cells = (table: string, column: number) =>
  table
    .trimEnd()
    .split("\n")
    .slice(2)
    .map((line) => line.split(/ {2,}/)[column]);

const byFamily = Object.keys(FAMILIES).flatMap((family) =>
  MECHANISMS.filter((mechanism) => mechanism.family === family),
);

test("mechanisms are those of the list, family by family", async () => {
  expect(byFamily).toHaveLength(MECHANISMS.length);
  const table = await list(["mechanisms"]);
  expect(cells(table, 0)).toEqual(byFamily.map(({ family }) => family));
  expect(cells(table, 1)).toEqual(byFamily.map(({ name }) => name));
});

test("operators are those of the table", async () => {
  expect(cells(await list(["operators"]), 0)).toEqual(Object.keys(OPERATORS));
});

test("generators are those of the list", async () => {
  expect(await list(["generators"])).toBe(`\
name           what it writes                         as in
─────────────  ─────────────────────────────────────  ──────────────────────────────────────
times          times of day in English words → HH:MM  seven o'clock in the morning
amounts        amounts in English words → digits      twelve thousand three hundred and five
foreign-dates  German and French dates → yyyy-mm-dd   den 21. Januar 2004
questions      yes/no questions → answers             are you free tomorrow?
`);
  const [times] = JSON.parse(await list(["generators", "--format", "json"]));
  expect(times).toEqual({
    name: "times",
    summary: "times of day in English words → HH:MM",
    columns: ["source", "target"],
    alphabet: GENERATORS[0]?.alphabet,
    forms: GENERATORS[0]?.forms.map(({ name, share, example }) => ({ name, share, example })),
  });
});

test("JSON holds every fact", async () => {
  const mechanisms = JSON.parse(await list(["mechanisms", "--format", "json"]));
  expect(mechanisms.map(({ name }: { name: string }) => name)).toEqual(byFamily.map(({ name }) => name));
  expect(mechanisms).toContainEqual({
    name: "softmax",
    family: "normalizers",
    authors: "Bridle",
    year: 1990,
    title: SOFTMAX.title,
    section: "the normalised exponential",
    module: "attention/softmax.ts",
    axes: "... queryLen keyLen",
    choose: SOFTMAX.choose,
    task: "content",
  });
  expect(JSON.parse(await list(["recipes", "--format", "json"]))).toEqual([
    { name: "sums", summary: "numbers to their sum", settings: testRecipe().settings },
  ]);
  const operators = JSON.parse(await list(["operators", "--format", "json"]));
  expect(operators).toContainEqual({
    name: "Softmax",
    domain: "ai.onnx",
    versions: OPERATORS.Softmax?.versions,
    attributes: ["axis"],
  });
});

test("on a terminal a table keeps within its width, in a file it is whole", async () => {
  const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
  const stdout = new TestStream({ isTTY: true, columns: 50 });
  expect(widest(await list(["operators"], { stdout, env: { TERM: "dumb" } }))).toBeLessThanOrEqual(50);
  expect(widest(await list(["operators"]))).toBeGreaterThan(100);
});

test("no name of a mechanism or a family is cut on 80 columns", async () => {
  const stdout = new TestStream({ isTTY: true, columns: 80 });
  const table = await list(["mechanisms"], { stdout, env: { TERM: "dumb" } });
  expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(cells(table, 1)).toEqual(byFamily.map(({ name }) => name));
});
