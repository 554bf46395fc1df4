import { expect, test } from "vitest";
import type { GraphFacts } from "../../worker/api.ts";
import { readValues, sizeOf } from "./graph-inputs.ts";

const graph: GraphFacts = {
  inputs: [
    { name: "text", dtype: "int32", shape: ["batch", "time"] },
    { name: "scale", dtype: "float32", shape: ["batch", 3] },
  ],
  open: ["batch", "time"],
  outputs: ["weights"],
  attention: { weights: ["batch", "queryLen", "keyLen"] },
};

test("open axes have the reader's sizes, else small ones", () => {
  expect(graph.open.map((axis) => sizeOf(axis, {}))).toEqual([1, 8]);
  expect(sizeOf("time", { time: 5 })).toBe(5);
  expect(sizeOf("constructor", {})).toBe(8);
});

test("reads nested and flat values", () => {
  expect(readValues('{"text": [[1, 2], [3, 4]], "scale": [true, 0.5, 1]}', graph)).toEqual({
    text: [1, 2, 3, 4],
    scale: [1, 0.5, 1],
  });
  expect(readValues(" ", graph)).toEqual({});
});

test.each([
  ["[1]", 'inputs: expected an object such as {"x": [1, 2]} but found [1]'],
  ['{"x": 1}', "inputs: expected names of inputs (text, scale) but found x"],
  ['{"text": ["a"]}', 'inputs: expected numbers for text but found "a"'],
])("refuses %s", (text, message) => {
  expect(() => readValues(text, graph)).toThrow(new SyntaxError(message));
});
