import { expect, test } from "vitest";
import { DATE_MAP } from "./date-map.fixture.ts";
import { DATE_EXPLANATION } from "./explanation.fixture.ts";
import { explanationReport } from "./explanation-report.ts";
import type { ReportBlock } from "./report.ts";
import type { Table } from "./table.ts";

const blocks = (report: ReturnType<typeof explanationReport>) => report.sections.flatMap((section) => section.blocks);
const tables = (all: readonly ReportBlock[]): Table[] =>
  all.flatMap((block) => (block.kind === "table" ? [block.table] : []));

test("a report says the answer, where it was read, each step and the coverage", () => {
  const report = explanationReport(DATE_EXPLANATION);
  expect(report.title).toBe("the 29th of August 1958 → 1958-08-29");
  expect(report.sections.map(({ heading }) => heading)).toEqual([
    "Answer",
    "What the answer was read from",
    "Step by step",
    "Coverage",
  ]);
  expect(blocks(report)[0]).toEqual({
    kind: "facts",
    facts: [
      ["output", "1958-08-29"],
      ["confidence", "0.96"],
      ["certain", "yes"],
      ["real date", "yes"],
      ["mean row entropy", "1.62 bits"],
    ],
  });
  expect(blocks(report)[1]).toEqual({
    kind: "map",
    map: { rows: DATE_MAP.rows, columns: DATE_MAP.columns, weights: DATE_MAP.weights },
    options: { entropy: true, coverage: true },
  });
});

test("each step has its candidates, its entropy and the strongest weights", () => {
  const [steps, coverage] = tables(blocks(explanationReport(DATE_EXPLANATION))) as [Table, Table];
  expect(steps.columns.map(({ name }) => name)).toEqual([
    "step",
    "written",
    "probability",
    "next best",
    "entropy, bits",
    "read most from",
  ]);
  expect(steps.rows[0]).toEqual([1, "1", "0.980", "“7” 0.015, “␣” 0.005", "1.68", "“1” (20) 0.725, “9” (21) 0.125"]);
  expect(coverage.rows).toHaveLength(23);
  expect(coverage.rows[19]).toEqual([20, "1", "0.851", "“1” (1) 0.725, “9” (2) 0.094"]);
  expect(coverage.rows[0]).toEqual([1, "t", "0.041", ""]);
  const total = coverage.rows.reduce((sum, row) => sum + Number(row[2]), 0);
  expect(total).toBeCloseTo(10, 1);
});

test("a token that was written though the model found it unlikely has no probability told", () => {
  const candidates = [[{ token: "2", probability: 0.5 }], ...DATE_EXPLANATION.candidates.slice(1)];
  const [steps] = tables(blocks(explanationReport({ ...DATE_EXPLANATION, candidates }))) as [Table];
  expect(steps.rows[0]?.slice(1, 4)).toEqual(["1", "–", "“2” 0.500"]);
});

test("without candidates there are no columns for them", () => {
  const [steps] = tables(blocks(explanationReport({ ...DATE_EXPLANATION, candidates: [] }))) as [Table];
  expect(steps.columns.map(({ name }) => name)).toEqual(["step", "written", "entropy, bits", "read most from"]);
  expect(steps.rows[3]?.slice(0, 3)).toEqual([4, "8", "0.50"]);
});

test("a doubtful answer says so, in Chinese too, and a long input is cut to what was read most", () => {
  const columns = Array.from({ length: 300 }, (_, i) => String(i));
  const weights = columns.map((_, i) => (i === 299 ? 0.5 : 0.5 / 299));
  const explanation = {
    prediction: { ...DATE_EXPLANATION.prediction, certain: false },
    map: { rows: ["1"], columns, weights },
    candidates: [],
  };
  const report = explanationReport(explanation, { language: "zh-CN", theme: "dark" });
  expect([report.title, report.language, report.theme]).toEqual([
    "the 29th of August 1958 → 1958-08-29",
    "zh-CN",
    "dark",
  ]);
  const texts = blocks(report).flatMap((block) => (block.kind === "paragraph" ? [block.text] : []));
  expect(texts[0]).toBe("1958-08-29  ? 存疑（置信度 0.96）");
  expect(texts).toContain("300 个输入词元中被读取最多的 256 个。");
  const [, coverage] = tables(blocks(report)) as [Table, Table];
  expect(coverage.rows).toHaveLength(256);
  expect(coverage.rows.at(-1)).toEqual([300, "299", "0.500", "“1” (1) 0.500"]);
});
