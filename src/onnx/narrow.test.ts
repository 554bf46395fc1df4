import { expect, it } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { scanNode } from "../tensor/scan.ts";
import { applyOne, type Body, concat, input, type Tensor, zeros } from "../tensor/tensor.ts";
import { narrow } from "./narrow.ts";

/** The most tensors that a node takes or gives; nodes of scans' bodies count, too. */
function width(outputs: readonly Tensor[]): number {
  const widths = sortNodes(outputs).map((node) => {
    const { body } = node.attributes as { body?: Body };
    return Math.max(node.inputs.length, node.outputs.length, body ? width(body.outputs) : 0);
  });
  return Math.max(...widths);
}

const values = Array.from({ length: 60 }, (_, i) => i + 1);

it.each([2, 3, 4, 8])("what is joined, added and cut up gives the same, in trees of at most %i", (most) => {
  const x = input("x", [30, 2]);
  const pieces = x.split([2, ...new Array<number>(26).fill(1), 0, 2], 0);
  const rows = pieces.filter((piece) => piece.shape[0] === 1);
  const outputs: Outputs = {
    turned: concat([...pieces].reverse(), 0),
    sum: applyOne("Sum", rows),
    most: applyOne("Max", rows),
    least: applyOne("Min", rows),
  };
  expect(width(Object.values(outputs))).toBe(29);
  const trees = narrow(outputs, most);
  expect(width(Object.values(trees))).toBe(most);
  const [wide, deep] = [outputs, trees].map((graph) => evaluate(graph, { x: array(values, [30, 2]) }));
  expect(Object.keys(trees)).toEqual(Object.keys(outputs));
  for (const name of Object.keys(outputs)) {
    expect(numbers(deep?.[name] as NdArray)).toEqual(numbers(wide?.[name] as NdArray));
    expect(deep?.[name]?.shape).toEqual(wide?.[name]?.shape);
  }
});

it("a graph without wide nodes stays the very same", () => {
  const x = input("x", [4, 2]);
  const outputs = { y: concat(x.split([1, 3], 0), 0).tanh() };
  expect(narrow(outputs, 8).y).toBe(outputs.y);
});

it("the body of a scan is made narrow, too", () => {
  const { output } = scanNode<{ total: Tensor }, { x: Tensor }, { sum: Tensor }>({
    initial: { total: zeros([1]) },
    inputs: { x: input("x", [6, 10]) },
    step: ({ total }, { x }) => {
      const sum = applyOne("Sum", [total, ...x.split(new Array<number>(10).fill(1), 0)]);
      return { state: { total: sum }, output: { sum } };
    },
  });
  const trees = narrow({ sum: output.sum }, 4);
  expect([width([output.sum]), width([trees.sum as Tensor])]).toEqual([11, 4]);
  const [wide, deep] = [{ sum: output.sum }, trees].map((graph) => evaluate(graph, { x: array(values, [6, 10]) }));
  expect(numbers(deep?.sum as NdArray)).toEqual(numbers(wide?.sum as NdArray));
});
