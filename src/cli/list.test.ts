import { expect, test } from "vitest";
import { MECHANISMS } from "../attention/index.ts";
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

test("mechanisms and operators are those of the lists", async () => {
  const names = (table: string) =>
    table
      .trimEnd()
      .split("\n")
      .slice(2)
      .map((line) => line.split(" ")[0]);
  expect(names(await list(["mechanisms"]))).toEqual(MECHANISMS.map(({ name }) => name));
  expect(names(await list(["operators"]))).toEqual(Object.keys(OPERATORS));
});

test("JSON holds every fact", async () => {
  expect(JSON.parse(await list(["mechanisms", "--format", "json"]))).toEqual(MECHANISMS);
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
