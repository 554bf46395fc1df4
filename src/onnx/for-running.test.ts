import { expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { scanNode } from "../tensor/scan.ts";
import { input, type Tensor, zeros } from "../tensor/tensor.ts";
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
