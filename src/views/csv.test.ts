import { expect, test } from "vitest";
import { renderCsv } from "./render.ts";

const MAP = {
  rows: ["-", 'say "hi"', "two\nlines"],
  columns: ["a,b", "=1+1", " "],
  weights: Float32Array.from([0.1, 0.2, 0.7, 0, 1, 0, 0.25, 0.25, 0.5]),
};

test("a map is quoted as RFC 4180 has it, its weights exact", () => {
  expect(renderCsv(MAP)).toBe(
    ',"a,b",=1+1," "\r\n-,0.1,0.2,0.7\r\n"say ""hi""",0,1,0\r\n"two\nlines",0.25,0.25,0.5\r\n',
  );
});

test("for a spreadsheet, what would run as a formula is led by an apostrophe", () => {
  const [head, first] = renderCsv(MAP, { forSpreadsheet: true }).split("\r\n");
  expect(head).toBe(',"a,b",\'=1+1," "');
  expect(first).toBe("'-,0.1,0.2,0.7");
});

test("a table keeps its values as they are", () => {
  const table = { columns: [{ name: "kind" }, { name: "share", format: () => "shown" }], rows: [["a", 0.123456]] };
  expect(renderCsv(table)).toBe("kind,share\r\na,0.123456\r\n");
});

test("a chart is one point a line, with gaps left empty", () => {
  const chart = { curves: [{ name: "loss", unit: "nats", x: [1, 2], y: [0.5, Number.NaN] }] };
  expect(renderCsv(chart)).toBe("curve,unit,x,y\r\nloss,nats,1,0.5\r\nloss,nats,2,\r\n");
});
