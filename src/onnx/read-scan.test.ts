import { describe, expect, it } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { array, ModelError, type NdArray, numbers } from "../tensor/index.ts";
import type { GraphMessage, NodeMessage } from "./messages.ts";
import { info, model } from "./read.fixture.ts";
import { readModel } from "./read.ts";

/** `total' = total + x · outside`, of which every step is given, too. */
const step: GraphMessage = {
  input: [{ name: "total" }, { name: "element" }],
  output: [{ name: "next" }, { name: "copy" }],
  node: [
    { opType: "Mul", input: ["element", "outside"], output: ["scaled"] },
    { opType: "Add", input: ["total", "scaled"], output: ["next"] },
    { opType: "Identity", input: ["next"], output: ["copy"] },
  ],
};

const scan = (body: GraphMessage | undefined, attributes: NodeMessage["attribute"] = []): NodeMessage => ({
  opType: "Scan",
  input: ["start", "x"],
  output: ["last", "y"],
  attribute: [...(body ? [{ name: "body", g: body, type: 5 }] : []), ...attributes],
});

const counted = [{ name: "num_scan_inputs", i: 1, type: 2 }];

const file = (node: NodeMessage) =>
  model({
    input: [info("x", [{ dimParam: "time" }]), info("start", []), info("outside", [])],
    output: [info("last", []), info("y", [])],
    node: [node],
  });

describe("a Scan from a file", () => {
  it("runs, with types that its body leaves open, and a value from outside", () => {
    const { outputs, inputs } = readModel(file(scan(step, counted)));
    const feeds = { x: array([1, 2, 3]), start: array(10, []), outside: array(2, []) };
    const found = evaluate(outputs, new Map(inputs.map((leaf) => [leaf, feeds[leaf.node.attributes.name as "x"]])));
    expect(numbers(found.y as NdArray)).toEqual([12, 16, 22]);
    expect(numbers(found.last as NdArray)).toEqual([22]);
    expect(outputs.y?.shape).toEqual(["time"]);
  });

  it.each<[string, NodeMessage, string]>([
    ["no body", scan(undefined, counted), "onnx: expected node 0 (Scan) to have a body but found none"],
    ["no count", scan(step), "onnx: expected node 0 (Scan) to scan 1 to 2 inputs but found none"],
    [
      "a strange count",
      scan(step, [{ name: "num_scan_inputs", i: 5, type: 2 }]),
      "onnx: expected node 0 (Scan) to scan 1 to 2 inputs but found 5",
    ],
    [
      "an axis that is not there",
      scan(step, [...counted, { name: "scan_input_axes", ints: [4], type: 7 }]),
      "onnx: expected node 0 (Scan) to scan an axis of its input but found 4",
    ],
    [
      "a body of other inputs",
      scan({ ...step, input: [{ name: "total" }] }, counted),
      "onnx: expected a body with 2 inputs but found 1",
    ],
    [
      "a body that gives a name of the graph around it",
      scan({ ...step, input: [{ name: "x" }, { name: "element" }] }, counted),
      "onnx: expected values of different names but found x twice",
    ],
    [
      "a state of another shape",
      scan(
        {
          ...step,
          output: [{ name: "wide" }],
          node: [{ opType: "Expand", input: ["element", "shape"], output: ["wide"] }],
          initializer: [{ name: "shape", dims: [1], dataType: 7, int64Data: [3] }],
        },
        counted,
      ),
      "onnx: expected node 0 (Scan) to fit its inputs but found: Scan: expected state 0 to stay float32 [] but found float32 [3]",
    ],
    [
      "sparse data in the body",
      scan({ ...step, sparseInitializer: [new Uint8Array()] }, counted),
      "onnx: expected dense initialisers but found sparse ones; save them as dense tensors",
    ],
    [
      "an unknown operator in the body",
      scan({ ...step, node: [{ opType: "Loop", input: ["total"], output: ["next"] }] }, counted),
      "onnx: expected an operator of the table (fovea list operators) but found node 0 (Loop)",
    ],
  ])("is refused with %s", (_, node, message) => {
    expect(() => readModel(file(node))).toThrow(new ModelError(message));
  });

  it("counts the nodes of its body", () => {
    expect(() => readModel(file(scan(step, counted)), { limits: { nodes: 3 } })).toThrow(
      new ModelError("onnx: expected at most 3 nodes but found 4; raise the limit"),
    );
  });

  it("is refused where bodies lie too deep in each other", () => {
    let body = step;
    for (let depth = 0; depth < 40; depth++) body = { ...step, node: [scan(body, counted)] };
    expect(() => readModel(file(scan(body, counted)))).toThrow(ModelError);
  });
});
