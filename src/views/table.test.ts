import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { renderTerminal } from "./render.ts";
import { type Table, tableHtml, tableText } from "./table.ts";

const TABLE: Table = {
  title: "By kind",
  columns: [
    { name: "written" },
    { name: "examples" },
    { name: "exact", align: "right", format: (value) => `${(100 * Number(value)).toFixed(1)} %` },
  ],
  rows: [
    ["d MMM yyyy", 12045, 0.998],
    ["二〇一八年", 12, 0.5],
  ],
};

test("numbers stand right, texts left, and wide characters line up", () => {
  const expected = `
By kind
written     examples   exact
──────────  ────────  ──────
d MMM yyyy    12,045  99.8 %
二〇一八年        12  50.0 %`;
  expect(tableText(TABLE)).toBe(expected.slice(1));
  expect(renderTerminal(TABLE)).toBe(expected.slice(1));
});

test("a narrow terminal shortens the widest column", () => {
  const expected = `
By kind
written  examples   exact
-------  --------  ------
d MMM …    12,045  99.8 %
二〇一…        12  50.0 %`;
  expect(tableText(TABLE, { width: 25, unicode: false })).toBe(expected.slice(1));
});

test("with colour the names are bold", () => {
  const [title] = renderTerminal(TABLE, { color: "256" }).split("\n");
  expect(title).toBe(`${String.fromCharCode(27)}[1mBy kind${String.fromCharCode(27)}[0m`);
});

test("HTML has headings with a scope, and columns of numbers are marked", () => {
  expect(tableHtml({ columns: [{ name: "kind" }, { name: "n" }], rows: [["<b>]]>&", 1]] })).toBe(
    '<table><thead><tr><th scope="col">kind</th><th scope="col" class="number">n</th></tr></thead>\n<tbody>\n' +
      '<tr><td>&lt;b&gt;]]&gt;&amp;</td><td class="number">1</td></tr>\n</tbody></table>',
  );
});

test("a row of another length is refused", () => {
  expect(() => tableText({ columns: [{ name: "a" }], rows: [["x"], ["x", 1]] })).toThrow(
    new ShapeError("table: expected 1 values in row 2 but found 2"),
  );
});
