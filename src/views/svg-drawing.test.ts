import { expect, test } from "vitest";
import { fromLatin1 } from "../tensor/bytes.fixture.ts";
import { hexColor, type Rgb, sequentialTable, shadeIndex } from "./color-table.ts";
import { DATE_MAP } from "./date-map.fixture.ts";
import { decodePng } from "./png.fixture.ts";
import { renderSvg, renderTerminal } from "./render.ts";

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
const count = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].length;

/** Whether every tag that opens also closes, in order. */
function isBalanced(markup: string): boolean {
  const open: string[] = [];
  for (const [, close, name, self] of markup.matchAll(/<(\/?)([a-z]+)(?:"[^"]*"|[^>"])*?(\/?)>/gi)) {
    if (close) {
      if (open.pop() !== name) return false;
    } else if (!self) open.push(name as string);
  }
  return open.length === 0;
}

test("a map is one accessible image with real text and a tooltip a cell", () => {
  const svg = renderSvg(DATE_MAP);
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" class="fv" width="\d+" height="\d+" viewBox="0 0 /);
  expect(svg).toContain(
    'role="img" aria-label="the 29th of August 1958 → 1958-08-29: attention of 10 output tokens over 23 input tokens"',
  );
  expect(isBalanced(svg)).toBe(true);
  expect(count(svg, /<title>/g)).toBe(230);
  expect(svg).toContain(
    "<title>output “1” (1) ← input “1” (20): weight 0.725, rank 1 of 23, row entropy 1.68 bits</title>",
  );
  expect(texts(svg)).toEqual([
    "the 29th of August 1958 → 1958-08-29",
    ..."the␣29th␣of␣August␣1958",
    ..."1958-08-29",
    "input",
    "output",
    "attention weight",
    ...["0", "0.25", "0.5", "0.75", "1"],
  ]);
});

test("a map of queries over keys is called so, in either language", () => {
  const map = { axes: "queries", rows: ["?b"], columns: ["a", "b"], weights: [0.25, 0.75] } as const;
  const svg = renderSvg(map);
  expect(svg).toContain('aria-label="attention of 1 query over 2 keys"');
  expect(svg).toContain(
    "<title>query “?b” (1) ← key “b” (2): weight 0.750, rank 1 of 2, row entropy 0.81 bits</title>",
  );
  expect(texts(svg)).toEqual(["a", "b", "?b", "key", "query", "attention weight", "0", "0.25", "0.5", "0.75", "1"]);
  const chinese = renderSvg(map, { language: "zh-CN" });
  expect(chinese).toContain('aria-label="1 个查询对 2 个键的注意力"');
  expect(chinese).toContain(
    "<title>查询“?b”（第 1 个）← 键“b”（第 2 个）：权重 0.750，本行第 1 / 2，行熵 0.81 比特</title>",
  );
  expect(renderTerminal(map)).toContain("key →  query ↓");
});

test("light colours are attributes, dark ones a style sheet for screens", () => {
  const svg = renderSvg({ rows: ["a"], columns: ["x", "y"], weights: [0, 1] });
  expect(svg).toContain('<rect class="fv0" ');
  expect(svg).toContain('fill="#0f275c"');
  expect(svg).toContain("@media screen and (prefers-color-scheme:dark){");
  expect(svg).toContain(".fv255{fill:#fde737}");
  const dark = renderSvg({ rows: ["a"], columns: ["x", "y"], weights: [0, 1] }, { theme: "dark" });
  expect(dark).not.toContain("<style>");
  expect(dark).toContain('fill="#fde737"');
  expect(renderSvg(DATE_MAP, { theme: "light" })).not.toContain("<style>");
  expect(renderSvg(DATE_MAP, { standalone: false })).not.toMatch(/<style>|xmlns|fv-paper/);
});

test("hostile labels are text and nothing else", () => {
  const hostile = `</text><script>alert(1)</script>]]>"'&\u0000`;
  const svg = renderSvg({ title: hostile, rows: [hostile], columns: [hostile], weights: [1] }, { width: 4000 });
  expect(svg).not.toContain("<script");
  expect(svg).not.toContain("]]>");
  expect(svg).not.toContain("\u0000");
  expect(isBalanced(svg)).toBe(true);
  expect(svg).toContain("&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;&quot;&#39;&amp;␀");
});

test("labels that would collide are thinned, turned or slanted", () => {
  const labels = (size: number, name: (i: number) => string, width: number) => {
    const tokens = Array.from({ length: size }, (_, i) => name(i));
    const svg = renderSvg({ rows: ["r"], columns: tokens, weights: new Float32Array(size) }, { width });
    return { shown: texts(svg).filter((text) => tokens.includes(text as string)), svg };
  };
  const letters = labels(100, (i) => String.fromCodePoint(0x3b1 + i), 720);
  expect(letters.shown).toHaveLength(50);
  const slanted = labels(20, (i) => `token${i}`, 720);
  expect(slanted.shown).toHaveLength(20);
  expect(slanted.svg).toContain("rotate(-45 ");
  const upright = labels(50, (i) => `token${i}`, 720);
  expect(upright.shown).toHaveLength(50);
  expect(upright.svg).toContain("rotate(-90 ");
  const across = labels(5, (i) => `token${i}`, 720);
  expect(across.shown).toHaveLength(5);
  expect(across.svg).not.toContain("rotate(-45");
});

test("above 2,500 cells a map is one bitmap a theme, in the colours of the table, and its text stays text", () => {
  const size = 60;
  const tokens = Array.from({ length: size }, (_, i) => String(i));
  const weights = Float32Array.from({ length: size * size }, (_, i) => i / (size * size));
  const svg = renderSvg({ rows: tokens, columns: tokens, weights }, { theme: "light" });
  expect(svg).not.toMatch(/<title>|<style>/);
  expect(texts(svg)).toContain("58");
  const files = (markup: string) => [...markup.matchAll(/<image [^>]*href="data:image\/png;base64,([^"]*)"\/>/g)];
  const [[, base64] = []] = files(svg);
  const { width, height, colorAt } = decodePng(fromLatin1(atob(base64 as string)));
  expect([width, height, files(svg).length]).toEqual([size, size, 1]);
  for (let i = 0; i < weights.length; i++) {
    const color = sequentialTable("light")[shadeIndex(weights[i] as number)];
    expect(colorAt(i % size, Math.floor(i / size))).toEqual(color);
  }
  const auto = renderSvg({ rows: tokens, columns: tokens, weights });
  expect(files(auto)).toHaveLength(2);
  expect(count(auto, /<image class="fv-when-dark" display="none" /g)).toBe(1);
  expect(auto).toContain(".fv-when-light{display:none}.fv-when-dark{display:inline}");
  const dark = renderSvg({ rows: tokens, columns: tokens, weights }, { theme: "dark" });
  const last = decodePng(fromLatin1(atob(files(dark)[0]?.[1] as string))).colorAt(size - 1, size - 1);
  expect(last).toEqual(sequentialTable("dark")[255]);
  expect(isBalanced(auto)).toBe(true);
});

test("up to 2,500 cells each is a rectangle in the colour of its weight", () => {
  const svg = renderSvg(DATE_MAP, { theme: "light" });
  const fills = [...svg.matchAll(/<rect class="fv\d+" [^>]*fill="(#[0-9a-f]{6})"><title>/g)].map((match) => match[1]);
  const colors = DATE_MAP.weights as readonly number[];
  expect(fills).toEqual(colors.map((weight) => hexColor(sequentialTable("light")[shadeIndex(weight)] as Rgb)));
});

test("past a pixel a cell a map is pooled", () => {
  const wide = Array.from({ length: 2000 }, (_, i) => String(i));
  const pooled = renderSvg({ rows: ["r"], columns: wide, weights: wide.map((_, i) => Number(i === 1001)) });
  expect(texts(pooled)).toContain("each cell is the maximum of 1 × 4");
  expect(pooled).toContain('class="fv255"');
});

test("numbers and bars of entropy are drawn on request", () => {
  const map = { rows: ["a"], columns: ["x", "y", "z"], weights: [0.001, 0.099, 0.9] };
  const svg = renderSvg(map, { values: true, entropy: true });
  expect(texts(svg)).toEqual(expect.arrayContaining(["10", "90", "entropy, bits", "0.48"]));
  expect(texts(svg)).toContain("attention weight, numbers in %");
  expect(svg).toContain('<text class="fv-on-light" ');
  expect(count(svg, /class="fv-bar"/g)).toBe(1);
});

test("bars of coverage hang below the cells, each as long as its column's sum, in whole pixels across", () => {
  const map = { rows: ["a", "b"], columns: ["x", "y", "z"], weights: [0.5, 0.5, 0, 0.75, 0.25, 0] };
  const svg = renderSvg(map, { coverage: true });
  const heights = [...svg.matchAll(/<rect class="fv-bar" [^>]*height="([\d.]+)"/g)].map((match) => Number(match[1]));
  expect(heights).toEqual([28, 16.8]);
  expect(texts(svg)).toContain("coverage: sum of each column, 1.25 at the longest bar");
  expect(texts(renderSvg(map, { coverage: true, language: "zh-CN" }))).toContain("覆盖度：每列之和，最长条为 1.25");
  expect(svg).toMatch(/<rect class="fv128" x="\d+\.5" y="\d+\.5" width="23" /);
});

test("a long title is broken into lines", () => {
  const title = "a title that is much too long for the small picture that stands below it";
  const lines = texts(renderSvg({ title, rows: ["a"], columns: ["x"], weights: [1] }, { width: 300 }));
  expect(lines.slice(0, 3).join(" ")).toBe(title);
});
