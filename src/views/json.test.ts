import { expect, test } from "vitest";
import { DATE_MAP } from "./date-map.fixture.ts";
import { renderJson } from "./render.ts";

test("a map is written a row a line and reads back", () => {
  const map = { title: 'a "b"', rows: ["1", "2"], columns: ["x"], weights: Float32Array.from([0.1, 1]) };
  const text = renderJson(map);
  expect(text).toBe(
    '{\n  "title": "a \\"b\\"",\n  "rows": ["1","2"],\n  "columns": ["x"],\n  "weights": [\n    [0.1],\n    [1]\n  ]\n}\n',
  );
  expect(JSON.parse(renderJson(DATE_MAP)).weights.flat()).toEqual(DATE_MAP.weights);
});

test("a map without rows is still JSON", () => {
  expect(JSON.parse(renderJson({ rows: [], columns: ["x"], weights: [] }))).toEqual({
    rows: [],
    columns: ["x"],
    weights: [],
  });
});

test("a chart and a table read back, gaps as null", () => {
  const curve = { name: "loss", x: [1, 2], y: [0.5, Number.NaN] };
  expect(JSON.parse(renderJson({ across: "step", curves: [curve] }))).toEqual({
    across: "step",
    curves: [{ ...curve, y: [0.5, null] }],
  });
  const table = { columns: [{ name: "kind" }], rows: [["a"], ["b"]] };
  expect(JSON.parse(renderJson(table))).toEqual({ columns: ["kind"], rows: [["a"], ["b"]] });
});
