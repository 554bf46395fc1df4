import { expect, it } from "vitest";
import { encode } from "../onnx/messages.ts";
import { nodeBackend } from "../runtime/node.ts";
import { ModelError } from "../tensor/errors.ts";
import type { DType } from "../tensor/nd-array.ts";
import { applyOne, input, type Tensor } from "../tensor/tensor.ts";
import { checkWork } from "./graph-work.ts";
import { openGraph } from "./open-graph.ts";
import { costOf } from "./operator-cost.ts";

const LONG = "graph: expected at most 4 seconds of computing but found more; choose smaller sizes";

interface Loop {
  /** None: the state is handed on as it is. */
  readonly operator?: string;
  readonly inputs?: number;
  readonly steps: number;
  readonly numbers: number;
}

/** A file whose scan applies one operator to some numbers at every step, and keeps nothing but the last of them. */
function loopOf({ operator, inputs = 1, steps, numbers }: Loop): Uint8Array {
  const value = (name: string, dims: readonly number[]) => {
    const dim = dims.map((dimValue) => ({ dimValue }));
    return { name, type: { tensorType: { elemType: 1, shape: { dim } } } };
  };
  const body = {
    name: "body",
    node: [
      ...(operator ? [{ opType: operator, input: new Array<string>(inputs).fill("state"), output: ["next"] }] : []),
      { opType: "Identity", input: ["element"], output: ["seen"] },
    ],
    input: [value("state", [1, numbers]), value("element", [1])],
    output: [value(operator ? "next" : "state", [1, numbers]), value("seen", [1])],
  };
  const attribute = [
    { name: "body", type: 5, g: body },
    { name: "num_scan_inputs", type: 2, i: 1 },
  ];
  return encode("Model", {
    irVersion: 10,
    opsetImport: [{ domain: "", version: 20 }],
    graph: {
      name: "graph",
      node: [
        { opType: "Scan", input: ["x", "steps"], output: ["last", "all"], attribute },
        { opType: "Softmax", input: ["last"], output: ["weights"] },
      ],
      input: [value("x", [1, numbers]), value("steps", [steps, 1])],
      output: [value("weights", [1, numbers])],
    },
  });
}

it("a loop is refused by how long its operators take, not by how many numbers they are given", async () => {
  const run = async (loop: Loop) => {
    const graph = await openGraph(loopOf(loop), nodeBackend);
    return graph.run().finally(() => graph.close());
  };
  // Ten million tangents or powers take seconds; as many comparisons do not.
  const size = { steps: 1000, numbers: 100_000 };
  for (const [operator, inputs] of [
    ["Pow", 2],
    ["Tan", 1],
    ["Cos", 1],
    ["Tanh", 1],
  ] as const) {
    await expect(run({ operator, inputs, ...size })).rejects.toThrow(new ModelError(LONG));
  }
  await expect(run({ steps: 100_000, numbers: 1_000_000 })).rejects.toThrow(new ModelError(LONG));
  expect((await run({ operator: "Relu", steps: 1000, numbers: 1000 })).maps[0]?.shape).toEqual([1, 1000]);
  expect((await run({ operator: "Tan", steps: 10, numbers: 1000 })).maps[0]?.shape).toEqual([1, 1000]);
});

const of = (shape: readonly number[], dtype: DType = "float32"): Tensor => input("x", shape, dtype);
const secondsOf = (tensor: Tensor) => costOf(tensor.node) / 1e9;

it.each<[string, Tensor, number]>([
  ["a tangent", applyOne("Tan", [of([1000, 1000])]), 0.32],
  ["a power", of([1000, 1000]).pow(of([1000, 1000])), 2 * 0.128],
  ["a sum", of([1000, 1000]).add(of([1000])), 0.016],
  ["a remainder of whole numbers", applyOne("Mod", [of([1000], "int64"), of([1000], "int64")]), 32e-6],
  ["a remainder of floats", applyOne("Mod", [of([1000]), of([1000])], { fmod: 1 }), 16.384e-3],
  ["a product of large matrices", of([1000, 1000]).matmul(of([1000, 1000])), 0.256],
  ["products of tiny ones", of([1000, 1, 1]).matmul(of([1000, 1, 1])), 0.4e-3],
  ["a row that is taken from a large table", of([1_000_000, 8]).gather(of([1], "int64")), 128e-9],
])("%s is weighed by what it takes in a page", (_, tensor, seconds) => {
  expect(secondsOf(tensor)).toBeGreaterThanOrEqual(seconds);
  expect(secondsOf(tensor)).toBeLessThan(1.02 * seconds + 2e-6);
});

it("an encoder of usual size may run, one of long texts may not", () => {
  const encoder = (length: number): Tensor => {
    let states = of([1, length, 768]);
    for (let layer = 0; layer < 12; layer++) {
      const [query, key, value] = [0, 1, 2].map(() => {
        return states
          .matmul(of([768, 768]))
          .reshape([1, length, 12, 64])
          .transpose([0, 2, 1, 3]);
      }) as [Tensor, Tensor, Tensor];
      const weights = query.matmul(key.transpose([0, 1, 3, 2])).softmax();
      const read = weights.matmul(value).transpose([0, 2, 1, 3]).reshape([1, length, 768]);
      states = read
        .matmul(of([768, 3072]))
        .erf()
        .matmul(of([3072, 768]))
        .add(states);
    }
    return states;
  };
  expect(() => checkWork({ y: encoder(128) })).not.toThrow();
  expect(() => checkWork({ y: encoder(512) })).toThrow(new ModelError(LONG));
});
