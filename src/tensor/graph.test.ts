import { expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { inputsOf, sortNodes, substitute, transform } from "./graph.ts";
import { array, type NdArray, numbers } from "./nd-array.ts";
import { apply, applyOne, input, type Tensor } from "./tensor.ts";

const a = input("a", [2]);
const b = input("b", [2]);

test("nodes come after their inputs, each once", () => {
  const shared = a.add(b);
  const order = sortNodes([shared.mul(shared).add(a), shared]);
  expect(order).toHaveLength(new Set(order).size);
  for (const [place, node] of order.entries()) {
    for (const from of node.inputs) expect(order.indexOf((from as Tensor).node)).toBeLessThan(place);
  }
  expect(order.map(({ operator }) => operator)).toEqual(["Input", "Input", "Add", "Mul", "Add"]);
});

test("graphs of any depth are sorted", () => {
  let deep: Tensor = a;
  for (let i = 0; i < 50_000; i++) deep = deep.neg();
  expect(sortNodes([deep])).toHaveLength(50_001);
});

test("inputs are found by name, in order of first use", () => {
  expect([...inputsOf(sortNodes([b.mul(a)])).keys()]).toEqual(["b", "a"]);
});

test("substitute replaces tensors and rebuilds what depends on them", () => {
  const kept = b.exp();
  const [first, second] = apply("Split", [a.mul(2)], { axis: 0 }, 2) as [Tensor, Tensor];
  const before = { sum: first.add(second), kept, stopped: applyOne("Identity", [a], { stopGradient: 1 }) };
  const after = substitute(before, new Map([[a, b.neg()]]));
  expect(after.kept).toBe(kept);
  expect(after.stopped?.node.attributes.stopGradient).toBe(1);
  const found = evaluate(after, { b: array([3, 4]) });
  expect(numbers(found.sum as NdArray)).toEqual([-14]);
  expect([...inputsOf(sortNodes(Object.values(after))).keys()]).toEqual(["b"]);
});

test("substitute replaces what lies between, and an output itself", () => {
  const middle = a.mul(3);
  const after = substitute({ y: middle.add(1), middle }, new Map([[middle, b]]));
  expect(after.middle).toBe(b);
  expect(numbers(evaluate({ y: after.y as Tensor }, { b: array([1, 2]) }).y as NdArray)).toEqual([2, 3]);
});

test("without replacements nothing is rebuilt", () => {
  const outputs = { y: a.add(b) };
  expect(substitute(outputs, new Map()).y).toBe(outputs.y);
});

test("transform changes a tensor that depends on one changed before, and all that read them", () => {
  const first = a.mul(2);
  const second = first.add(1);
  const outputs = { first, second, sum: first.add(second), kept: b.exp() };
  const negated = (tensor: Tensor) => tensor.neg();
  const tenfold = (tensor: Tensor) => tensor.mul(10);
  const after = transform(
    outputs,
    new Map([
      [second, tenfold],
      [first, negated],
    ]),
  );
  expect(after.kept).toBe(outputs.kept);
  const found = evaluate(after, { a: array([3, 5]), b: array([0, 0]) });
  expect(numbers(found.first as NdArray)).toEqual([-6, -10]);
  expect(numbers(found.second as NdArray)).toEqual([-50, -90]);
  expect(numbers(found.sum as NdArray)).toEqual([-56, -100]);
});

test("transform changes leaves and one of several outputs of a node", () => {
  const [left, right] = apply("Split", [a], { axis: 0 }, 2) as [Tensor, Tensor];
  const after = transform(
    { y: left.sub(right) },
    new Map([
      [a, (x) => x.add(b)],
      [left, (x) => x.mul(3)],
    ]),
  );
  expect(numbers(evaluate(after, { a: array([1, 2]), b: array([10, 20]) }).y as NdArray)).toEqual([33 - 22]);
});
