import { expect, test } from "vitest";
import { stopGradient, withPullback } from "../autodiff/index.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { scanNode } from "../tensor/scan.ts";
import { type Body, input, type Tensor, zeros } from "../tensor/tensor.ts";
import { forRunning } from "./for-running.ts";

/** A queue: every place takes what the next one held, and the last what is scanned. */
function queue(places: number): { front: Tensor; last: Readonly<Record<string, Tensor>> } {
  const names = Array.from({ length: places }, (_, i) => `place${i}`);
  const { output, last } = scanNode<Readonly<Record<string, Tensor>>, { x: Tensor }, { front: Tensor }>({
    initial: Object.fromEntries(names.map((name) => [name, zeros([])])),
    inputs: { x: input("x", [5]) },
    step: (state, { x }) => {
      const moved = names.map((name, i) => [
        name,
        i + 1 < places ? (state[names[i + 1] as string] as Tensor).neg() : x,
      ]);
      return { state: Object.fromEntries(moved), output: { front: (state.place0 as Tensor).add(1) } };
    },
  });
  return { front: output.front, last };
}

test("states stay that others need, however many, and no others", () => {
  const { front, last } = queue(4);
  const outputs = forRunning({ front });
  expect(outputs.front?.node.inputs).toHaveLength(5);
  const rear = forRunning({ rear: last.place3 as Tensor }).rear as Tensor;
  expect(rear.node.inputs).toHaveLength(2);
  const feeds = { x: array([1, 2, 3, 4, 5]) };
  const found = evaluate({ ...outputs, rear }, feeds);
  expect([found.front, found.rear].map((value) => numbers(value as NdArray))).toEqual([[1, 1, 1, 1, 0], [5]]);
});

test("a scan of thousands of states is pruned in one go: to sort its body for each of them would take minutes", () => {
  const { front } = queue(20_000);
  expect(forRunning({ front }).front?.node.inputs).toHaveLength(20_001);
});

/** Every node of a graph, those of scans' bodies, too. */
function allNodes(outputs: readonly Tensor[]): Tensor["node"][] {
  return sortNodes(outputs).flatMap((node) => {
    const { body } = node.attributes as { body?: Body };
    return [node, ...(body ? allNodes(body.outputs) : [])];
  });
}

test("no mark for the gradient is left, in the graph or in a scan's body, and nothing that only a mark reads", () => {
  /** The square, marked both ways; only the pullback reads `given`. */
  const marked = (x: Tensor, given: Tensor) =>
    stopGradient(withPullback(x.mul(x), { inputs: [x], given: [given] }, () => [undefined]));
  const x = input("x", [5]);
  const { output } = scanNode<{ sum: Tensor; spare: Tensor }, { x: Tensor }, { sum: Tensor }>({
    initial: { sum: zeros([]), spare: zeros([]) },
    inputs: { x },
    step: ({ sum, spare }, element) => {
      const next = sum.add(marked(element.x, spare));
      return { state: { sum: next, spare: spare.add(element.x) }, output: { sum: next } };
    },
  });
  const sums = marked(output.sum, x.exp());
  const marks = (of: Tensor) =>
    allNodes([of]).filter(({ attributes }) => attributes.pullback || attributes.stopGradient).length;
  expect(marks(sums)).toBe(4);
  const ran = forRunning({ sums }).sums as Tensor;
  expect(marks(ran)).toBe(0);
  expect(allNodes([ran]).map(({ operator }) => operator)).not.toContain("Exp");
  const scan = allNodes([ran]).find(({ operator }) => operator === "Scan");
  expect(scan?.inputs).toHaveLength(2); // the sum and what is scanned: the spare state is gone
  expect(numbers(evaluate({ ran }, { x: array([1, 2, 3, 4, 5]) }).ran as NdArray)).toEqual([1, 25, 196, 900, 3025]);
});
