import { expect, test } from "vitest";
import type { GraphFacts } from "../../worker/api.ts";
import { graphInputs, readValues, sizeOf, toldSizes } from "./graph-inputs.ts";

const graph: GraphFacts = {
  inputs: [
    { name: "text", dtype: "int32", shape: ["batch", "time"] },
    { name: "scale", dtype: "float32", shape: ["batch", 3] },
  ],
  open: ["batch", "time"],
  outputs: ["weights"],
  attention: { weights: ["batch", "queryLen", "keyLen"] },
  faults: [],
};

test("open axes have the reader's sizes, else small ones", () => {
  expect(graph.open.map((axis) => sizeOf(axis, {}, graph))).toEqual([1, 8]);
  expect(sizeOf("time", { time: 5 }, graph)).toBe(5);
  expect(sizeOf("constructor", {}, graph)).toBe(8);
});

test.each([
  ["the first of every input is of examples, whatever its name", [["b", "t"], ["b"]], ["b", "t"], [1, 8]],
  ["the only one is a length", [["n", 4]], ["n"], [8]],
  [
    "two that come first are lengths",
    [
      ["q", 4],
      ["k", 4],
    ],
    ["q", "k"],
    [8, 8],
  ],
  ["a name that says so comes before the place", [["time", "batch", 4]], ["time", "batch"], [8, 1]],
])("of open axes %s", (_, shapes, open, sizes) => {
  const inputs = shapes.map((shape, i) => ({ name: `x${i}`, dtype: "float32" as const, shape }));
  const other = { ...graph, inputs, open };
  expect(open.map((axis) => sizeOf(axis, {}, other))).toEqual(sizes);
});

const asked = (inputs: string) =>
  ({ sizes: { time: 5 }, inputs, seed: 3 }) as unknown as Parameters<typeof graphInputs>[1];

test("open axes are as long as nested values have them, whatever the sizes say", () => {
  const { sizes, values } = graphInputs(graph, asked('{"text": [[1, 2, 3], [4, 5, 6]]}'));
  expect([sizes, values.text]).toEqual([{ batch: 2, time: 3 }, [1, 2, 3, 4, 5, 6]]);
  expect(graphInputs(graph, asked('{"text": [1, 2, 3, 4, 5]}')).sizes).toEqual({ batch: 1, time: 5 });
  expect(graphInputs(graph, asked('{"scale": [[1, 2, 3], [4, 5, 6]]}')).sizes).toEqual({ batch: 2, time: 5 });
  expect(toldSizes('{"text": [[1, 2', graph)).toEqual({});
});

test("reads nested and flat values", () => {
  expect(readValues('{"text": [[1, 2], [3, 4]], "scale": [true, 0.5, 1]}', graph)).toEqual({
    values: { text: [1, 2, 3, 4], scale: [1, 0.5, 1] },
    sizes: { batch: 2, time: 2 },
  });
  expect(readValues(" ", graph)).toEqual({ values: {}, sizes: {} });
});

test.each([
  ["[1]", 'inputs: expected an object such as {"x": [1, 2]} but found [1]'],
  ['{"x": 1}', "inputs: expected names of inputs (text, scale) but found x"],
  ['{"text": ["a"]}', 'inputs: expected numbers for text but found "a"'],
  ['{"text": [[1, 2], [3]]}', "inputs: expected lists of one shape in text but found [2] beside [1]"],
  ['{"text": [[1, 2], 3]}', "inputs: expected lists of one shape in text but found [2] beside a number"],
  [
    '{"text": [[1, 2]], "scale": [[1, 2, 3], [4, 5, 6]]}',
    "inputs: expected batch to be 1 in scale, as in text, but found 2",
  ],
])("refuses %s", (text, message) => {
  expect(() => readValues(text, graph)).toThrow(new SyntaxError(message));
});
