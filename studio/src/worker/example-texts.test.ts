import { expect, test } from "vitest";
import { exampleTexts } from "./example-texts.ts";

const log = (...lines: unknown[]) =>
  new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
const examples = (...texts: unknown[]) => ({ type: "examples", examples: texts.map((text) => ({ text })) });

test("the texts of the last examples that a log tells of", () => {
  const bytes = log({ type: "start" }, examples("a"), examples("b", "", 3, "x".repeat(301), "c"), { type: "saved" });
  expect(exampleTexts(bytes)).toEqual(["b", "c"]);
});

test("no log, and one that is damaged, tell of none", () => {
  for (const bytes of [undefined, log({ type: "start" }), log({ type: "examples", examples: [null, 3] })]) {
    expect(exampleTexts(bytes)).toEqual([]);
  }
  expect(exampleTexts(new TextEncoder().encode('{"type":"examples",'))).toEqual([]);
});
