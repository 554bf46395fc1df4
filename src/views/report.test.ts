import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { DATE_MAP } from "./date-map.fixture.ts";
import { type Report, reportHtml } from "./report.ts";
import { REPORT_SCRIPT, REPORT_SCRIPT_HASH } from "./report-script.ts";

const REPORT: Report = {
  title: "Date normaliser",
  subtitle: "held-out examples",
  sections: [
    {
      heading: "Result",
      blocks: [
        {
          kind: "facts",
          facts: [
            ["exact match", "98.7 %"],
            ["steps", 1600],
          ],
        },
        { kind: "paragraph", text: "Measured once." },
        { kind: "table", table: { columns: [{ name: "kind" }], rows: [["a"]] } },
        { kind: "chart", chart: { curves: [{ name: "loss", x: [0, 1], y: [2, 1] }] } },
        { kind: "map", map: DATE_MAP },
      ],
    },
  ],
};
const policyOf = (html: string) => html.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)?.[1];

test("the hash of the script is that of the script", () => {
  const digest = createHash("sha256").update(REPORT_SCRIPT, "utf8").digest("base64");
  expect(REPORT_SCRIPT_HASH).toBe(`sha256-${digest}`);
  const script = reportHtml(REPORT).match(/<script>([\s\S]*?)<\/script>/)?.[1];
  expect(script).toBe(REPORT_SCRIPT);
});

test("the policy allows the one script and no request; without maps there is no script", () => {
  expect(policyOf(reportHtml(REPORT))).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src '${REPORT_SCRIPT_HASH}'`,
  );
  const bare = reportHtml({ title: "t", sections: [] });
  expect(policyOf(bare)).toBe("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
  expect(bare).not.toContain("<script");
});

test("nothing in the document points outside it", () => {
  expect(reportHtml(REPORT)).not.toMatch(/https?:|url\(|src=|href=|@import/);
});

test("each block is drawn", () => {
  const html = reportHtml(REPORT);
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(html).toContain("<h1>Date normaliser</h1>");
  expect(html).toContain("<h2>Result</h2>");
  expect(html).toContain("<div><dt>exact match</dt><dd>98.7 %</dd></div><div><dt>steps</dt><dd>1,600</dd></div>");
  expect(html).toContain("<p>Measured once.</p>");
  expect(html).toContain("<td>a</td>");
  expect([...html.matchAll(/<svg /g)]).toHaveLength(3);
  expect(html).toContain('<figure class="map" tabindex="0" role="group" aria-label="the 29th');
  expect(html).toContain("<summary>The same as a table</summary>");
  expect(html).toContain('<td class="number">0.725</td>');
});

test("hostile text stays text everywhere", () => {
  const hostile = `"><img src=x onerror=alert(1)></title></style><script>alert(1)</script>]]>`;
  const html = reportHtml({
    title: hostile,
    subtitle: hostile,
    sections: [
      {
        heading: hostile,
        blocks: [
          { kind: "facts", facts: [[hostile, hostile]] },
          { kind: "paragraph", text: hostile },
          { kind: "table", table: { title: hostile, columns: [{ name: hostile }], rows: [[hostile]] } },
          {
            kind: "chart",
            chart: { title: hostile, across: hostile, curves: [{ name: hostile, unit: hostile, x: [0], y: [1] }] },
          },
          { kind: "map", map: { title: hostile, rows: [hostile], columns: [hostile], weights: [1] } },
        ],
      },
    ],
  });
  expect(html).not.toContain("<img");
  expect(html.match(/<script>/g)).toHaveLength(1);
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  expect(html.match(/<\/title>/g)).toHaveLength(2);
  expect(html.replace(/<[^<>]*>/g, "")).not.toMatch(/<(?!\d| |=)/);
});

test("a report in Chinese says its fixed words in Chinese", () => {
  const html = reportHtml({ ...REPORT, language: "zh-CN" });
  expect(html).toContain('<html lang="zh-CN">');
  expect(html).toContain("以表格查看");
  expect(html).toContain("输出“1”（第 1 个）← 输入“1”（第 20 个）：权重 0.725，本行第 1 / 23，行熵 1.68 比特");
});
