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

const CHANGE = { masked: [4], forced: [], written: [{ step: 9, token: "5" }] };
const SAID = "changed: “2” (5) masked; step 10 made to write “5”";

test("a changed reading says so wherever there is room for words", () => {
  const options = { change: CHANGE };
  const make = (name: ExportFormat["name"]) => asText(format(name).make(DATE_EXPLANATION, options));
  expect(make("svg")).toContain('aria-label="the 29th of August 1958 → 1958-08-29 (changed): attention of 10 output');
  expect(make("svg")).toContain(`>${SAID}</text>`);
  expect(make("html")).toContain("<h1>the 29th of August 1958 → 1958-08-29 (changed)</h1>");
  expect(make("html")).toContain(`<p class="subtitle">${SAID}</p>`);
  expect(make("html")).toContain("<h2>Answer, changed</h2>");
  expect(make("txt")).toContain("changed: “2” (5) masked;");
  const record = JSON.parse(make("json"));
  expect(Object.keys(record).slice(0, 3)).toEqual(["text", "change", "output"]);
  expect(record.change).toEqual(CHANGE);
  const alone = JSON.parse(asText(format("json").make(DATE_MAP, options)));
  expect(alone).toEqual({ change: CHANGE, ...JSON.parse(renderJson(DATE_MAP)) });
  const page = asText(format("html").make({ rows: ["1"], columns: [..."00002"], weights: [0, 0, 0, 0, 1] }, options));
  expect(page).toContain(`<p class="subtitle">${SAID}</p>`);
  expect(asText(format("svg").make(DATE_MAP, { ...options, language: "zh-CN" }))).toContain(
    ">改动：屏蔽“2”（第 5 个）；令第 10 步写“5”</text>",
  );
});

test("a change that changes nothing is not told of", () => {
  for (const { make } of EXPORTS) {
    expect(make(DATE_EXPLANATION, { change: { masked: [] } })).toEqual(make(DATE_EXPLANATION));
  }
});

test("curves become every format but NumPy's", () => {
  const chart = { title: "Loss", across: "step", curves: [{ name: "loss", x: [1, 2], y: [3, 4] }] };
  expect(EXPORTS.filter(({ takes }) => takes(chart)).map(({ name }) => name)).toEqual([
    ...["txt", "json", "csv", "svg", "html"],
  ]);
  expect(format("svg").make(chart)).toBe(renderSvg(chart));
  expect(format("csv").make(chart)).toBe(renderCsv(chart));
  expect(format("json").make(chart)).toBe(renderJson(chart));
  expect(format("txt").make(chart)).toBe(`${renderTerminal(chart)}\n`);
  expect(format("html").make(chart)).toContain("<h1>Loss</h1>");
  expect(() => format("npy").make(chart)).toThrow(
    new RangeError("mapOf: expected an answer or a map but found curves; take another format"),
  );
});

test("what a format has no use for changes nothing", () => {
  for (const name of ["json", "csv", "npy"] as const) {
    expect(format(name).make(DATE_MAP, { theme: "dark", language: "zh-CN" })).toEqual(format(name).make(DATE_MAP));
  }
});
