import { expect, test } from "vitest";
import { DATE_MAP } from "./date-map.fixture.ts";
import { DATE_EXPLANATION } from "./explanation.fixture.ts";
import { EXPORTS, type ExportFormat } from "./export-map.ts";
import { attentionMapNpy } from "./npy.ts";
import { renderCsv, renderJson, renderSvg, renderTerminal } from "./render.ts";

const format = (name: ExportFormat["name"]) => EXPORTS.find((candidate) => candidate.name === name) as ExportFormat;
const asText = (made: string | Uint8Array) => made as string;

test("there is one of each kind, named by its ending", () => {
  expect(EXPORTS.map(({ name, ending, mime }) => [name, ending, mime])).toEqual([
    ["txt", ".txt", "text/plain"],
    ["json", ".json", "application/json"],
    ["csv", ".csv", "text/csv"],
    ["npy", ".npy", "application/octet-stream"],
    ["svg", ".svg", "image/svg+xml"],
    ["html", ".html", "text/html"],
  ]);
});

test("a map alone is what its own drawing makes of it", () => {
  const made = Object.fromEntries(EXPORTS.map(({ name, make }) => [name, make(DATE_MAP)]));
  expect(made.txt).toBe(`${renderTerminal(DATE_MAP)}\n`);
  expect(made.json).toBe(renderJson(DATE_MAP));
  expect(made.csv).toBe(renderCsv(DATE_MAP));
  expect(made.npy).toEqual(attentionMapNpy(DATE_MAP));
  expect(made.svg).toBe(renderSvg(DATE_MAP));
  expect(made.html).toContain("<h1>the 29th of August 1958 → 1958-08-29</h1>");
  expect(format("html").make({ rows: ["a"], columns: ["b"], weights: [1] })).toContain("<h1>attention weight</h1>");
});

test("an answer adds what the model made of it, with its weights as the 32-bit floats that they are", () => {
  const record = JSON.parse(asText(format("json").make(DATE_EXPLANATION)));
  expect(record).toMatchObject(DATE_EXPLANATION.prediction);
  expect(record.candidates).toEqual(DATE_EXPLANATION.candidates);
  const weights = record.map.weights.flat() as number[];
  expect(Float32Array.from(weights)).toEqual(Float32Array.from(DATE_MAP.weights));
  expect(Math.max(...weights.map((weight) => String(weight).length))).toBeLessThan(14);
  expect(asText(format("txt").make(DATE_EXPLANATION))).toMatch(/^1958-08-29\n\n {2}the 29th of August 1958/);
  expect(asText(format("html").make(DATE_EXPLANATION))).toContain("<h2>Step by step</h2>");
  expect(JSON.parse(asText(format("json").make({ ...DATE_EXPLANATION, candidates: [] }))).candidates).toEqual([]);
});

test.each(EXPORTS.filter(({ name }) => ["svg", "html", "txt"].includes(name)).map((one) => [one.name, one] as const))(
  "%s is made in Chinese and for a theme",
  (name, { make }) => {
    const made = asText(make(DATE_EXPLANATION, { language: "zh-CN", theme: "dark" }));
    expect(made).toContain("注意力权重");
    const hasTheme = name !== "txt";
    expect([made.includes("#12161c"), made.includes("prefers-color-scheme")]).toEqual([hasTheme, false]);
  },
);

test("what a format has no use for changes nothing", () => {
  for (const name of ["json", "csv", "npy"] as const) {
    expect(format(name).make(DATE_MAP, { theme: "dark", language: "zh-CN" })).toEqual(format(name).make(DATE_MAP));
  }
});
