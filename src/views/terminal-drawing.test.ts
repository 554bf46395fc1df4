import { expect, test } from "vitest";
import type { AttentionMap } from "./attention-map.ts";
import { DATE_MAP } from "./date-map.fixture.ts";
import { displayWidth } from "./display-width.ts";
import { renderTerminal } from "./render.ts";

const ESCAPE = String.fromCharCode(27);
const withoutStyles = (text: string) => text.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, "g"), "");

/** A map that reads one column a row. */
function diagonal(rows: readonly string[], columns: readonly string[]): AttentionMap {
  return { rows, columns, weights: rows.flatMap((_, row) => columns.map((_, column) => Number(column === row))) };
}

test("without colour a map is shades, one for each tenth", () => {
  const expected = `
  the 29th of August 1958 → 1958-08-29
  input →  output ↓
  t h e ␣ 2 9 t h ␣ o f ␣ A u g u s t ␣ 1 9 5 8
1                                       ##..
9                                         %%
5                                           %%
8                                             @@
-                       ::..          --      ..
0                       ..==::..
8                         ++::..
-         --..    ::    ..
2         %%
9           %%

  attention weight   ..::--==++**##%%@@
                   0       0.5        1`;
  expect(renderTerminal(DATE_MAP)).toBe(expected.slice(1));
});

test("in a narrow terminal without Unicode the same map is smaller, and every line fits", () => {
  const expected = `
  the 29th of August 1958 >
  1958-08-29
  input >  output v
  the_29th_of_August_1958
1                    #.
9                     %
5                      %
8                       @
-            :.     -   .
0            .=:.
8             +:.
-     -.  :  .
2     %
9      %

  attention weight
    ..::--==++**##%%@@
  0       0.5        1`;
  expect(renderTerminal(DATE_MAP, { width: 30, unicode: false })).toBe(expected.slice(1));
});

test("24-bit colour paints cells with cividis, and white → blue on a light terminal", () => {
  const map = { rows: ["a"], columns: ["x", "y"], weights: [0, 1] };
  const row = (theme: "dark" | "light") => renderTerminal(map, { color: "truecolor", theme }).split("\n")[2];
  expect(row("dark")).toBe(`a ${ESCAPE}[48;2;0;34;77m  ${ESCAPE}[0;48;2;253;231;55m  ${ESCAPE}[0m`);
  expect(row("light")).toBe(`a ${ESCAPE}[48;2;255;255;255m  ${ESCAPE}[0;48;2;15;39;92m  ${ESCAPE}[0m`);
});

test("256 colours are used by index", () => {
  const map = { rows: ["a"], columns: ["x", "y"], weights: [0, 1] };
  const row = renderTerminal(map, { color: "256" }).split("\n")[2];
  expect(row).toBe(`a ${ESCAPE}[48;5;17m  ${ESCAPE}[0;48;5;227m  ${ESCAPE}[0m`);
});

test("in colour a map of characters draws two rows a line as half blocks", () => {
  const lines = renderTerminal(DATE_MAP, { color: "truecolor" }).split("\n");
  const block = "▀".repeat(46);
  expect(lines.slice(2, 8).map(withoutStyles)).toEqual([
    "   t h e ␣ 2 9 t h ␣ o f ␣ A u g u s t ␣ 1 9 5 8",
    `19 ${block}`,
    `58 ${block}`,
    `-0 ${block}`,
    `8- ${block}`,
    `29 ${block}`,
  ]);
  const own = renderTerminal(DATE_MAP, { color: "truecolor", entropy: true }).split("\n");
  expect(own.slice(3, 13).map((line) => line[0])).toEqual([..."1958-08-29"]);
});

test("a tall map draws two rows a line, and their labels read on", () => {
  const text = renderTerminal(diagonal(["a", "b", "c"], ["x", "y"]), { color: "truecolor", height: 2 });
  const [, , first, second] = text.split("\n");
  expect(first).toBe(
    `ab ${ESCAPE}[38;2;253;231;55;48;2;0;34;77m▀▀${ESCAPE}[0;38;2;0;34;77;48;2;253;231;55m▀▀${ESCAPE}[0m`,
  );
  expect(second).toBe(`c  ${ESCAPE}[38;2;0;34;77m▀▀▀▀${ESCAPE}[0m`);
  const words = renderTerminal(diagonal(["the", "dog", "ran"], ["x"]), { color: "truecolor", height: 2 }).split("\n");
  expect(withoutStyles(words[2] as string)).toBe("the│dog ▀");
  expect(withoutStyles(words[3] as string)).toBe("   ran│ ▀");
});

test("wide characters line up, down and across", () => {
  expect(
    renderTerminal(diagonal(["猫", "坐"], ["the", "cat"]))
      .split("\n")
      .slice(1, 4),
  ).toEqual(["   the cat", "猫 @@@@", "坐     @@@@"]);
  expect(
    renderTerminal(diagonal(["the", "cat"], ["猫", "坐"]))
      .split("\n")
      .slice(1, 4),
  ).toEqual(["    猫坐", "the @@", "cat   @@"]);
  const narrow = renderTerminal(diagonal(["a"], [..."狗正在跑过草地"]), { color: "truecolor", width: 18, height: 0 });
  expect(withoutStyles(narrow).split("\n")[1]).toBe("   狗正在跑过草地");
});

test("words that do not fit across are stacked", () => {
  const text = renderTerminal(diagonal(["x"], ["the", "cat", "sat", "down"]), { width: 14 });
  expect(text.split("\n").slice(1, 6)).toEqual(["        d", "  t c s o", "  h a a w", "  e t t n", "x @@"]);
});

test("a long input is cut into bands, a longer one is pooled by maximum", () => {
  const tokens = (count: number) => Array.from({ length: count }, (_, i) => String(i % 10));
  const map = (count: number): AttentionMap => {
    return { rows: ["a"], columns: tokens(count), weights: tokens(count).map((_, i) => Number(i === 50)) };
  };
  const bands = renderTerminal(map(100), { width: 44 }).split("\n");
  expect(bands.filter((line) => /\d{16}/.test(line)).map((line) => line.length)).toEqual([44, 44, 18]);
  expect(bands.filter((line) => line.includes("@") && !line.includes("#"))).toEqual(["a         @"]);
  const pooled = renderTerminal(map(400), { width: 44 }).split("\n");
  expect(pooled[2]).toBe("a      @");
  expect(pooled.at(-1)).toBe("  each cell is the maximum of 1 × 10");
});

test.each([12, 20, 40, 80, 120])("no line is wider than %i", (width) => {
  for (const map of [DATE_MAP, diagonal(["猫"], [..."狗正在跑过草地狗正在跑过草地"])]) {
    for (const color of ["none", "256", "truecolor"] as const) {
      const lines = withoutStyles(renderTerminal(map, { width, color, entropy: true })).split("\n");
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
    }
  }
});

test("bars of entropy stand beside the rows, to an eighth of a character", () => {
  const map = { rows: ["a", "b"], columns: ["w", "x", "y", "z"], weights: [0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0] };
  const [head, , first, second] = renderTerminal(map, { entropy: true }).split("\n");
  expect(head).toBe("  input →  entropy, bits");
  expect(first).toBe("a :::::::: 2.00 ████████");
  expect(second).toBe("b @@       0.00");
});

test("numbers are written on cells in the ink that reads there", () => {
  const map = { rows: ["a"], columns: ["x", "y"], weights: [0.25, 0.75] };
  const lines = renderTerminal(map, { color: "truecolor", values: true }).split("\n");
  expect(withoutStyles(lines[2] as string)).toBe("a  25  75 ");
  expect(lines[2]).toContain("38;2;255;255;255;48;2;67;78;107m");
  expect(lines[2]).toContain("38;2;0;0;0;48;2;");
  const narrow = withoutStyles(renderTerminal(DATE_MAP, { color: "truecolor", values: true, width: 40 }));
  expect(narrow.split("\n").filter((line) => line.includes("72"))).toEqual(["1   5  72  12         "]);
});

test("relative and bent scales move the shades", () => {
  const map = { rows: ["a"], columns: ["x", "y"], weights: [0.1, 0.2] };
  expect(renderTerminal(map).split("\n")[2]).toBe("a ..::");
  expect(renderTerminal(map, { scale: "row" }).split("\n")[2]).toBe("a ++@@");
  expect(renderTerminal(map, { gamma: 0.5 }).split("\n")[2]).toBe("a --==");
  expect(() => renderTerminal(map, { gamma: 0 })).toThrow(
    new RangeError("layoutHeatMap: expected gamma above 0 but found 0"),
  );
});

test("tokens and titles cannot command the terminal", () => {
  const hostile = `${ESCAPE}[31mred\r\n${ESCAPE}]0;title\u0007\u202e`;
  const text = renderTerminal({ title: hostile, rows: [hostile], columns: [hostile], weights: [1] });
  expect(text).not.toMatch(new RegExp(`[${ESCAPE}\\r\\u0007\\u202e]`));
  expect(text).toContain("␛[31mred");
});

test("a map without cells is drawn without error", () => {
  expect(renderTerminal({ rows: [], columns: [], weights: [] })).toContain("attention weight");
});

test("the fixed words are there in Chinese", () => {
  expect(renderTerminal(DATE_MAP, { language: "zh-CN" })).toContain("输入 →  输出 ↓");
});
