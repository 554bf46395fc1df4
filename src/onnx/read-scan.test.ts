import { describe, expect, it } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { array, ModelError, type NdArray, numbers, ShapeError } from "../tensor/index.ts";
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
      "onnx: expected node 0 (Scan) to fit its inputs but found: Scan: expected scan_input_axes from -1 to 0 but found 4",
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
    ...[5, 1e9, -9].map((axis): [string, NodeMessage, string] => [
      `outputs stacked along axis ${axis}`,
      scan(step, [...counted, { name: "scan_output_axes", ints: [axis], type: 7 }]),
      `onnx: expected node 0 (Scan) to fit its inputs but found: Scan: expected scan_output_axes from -1 to 0 but found ${axis}`,
    ]),
    [
      "a strange direction",
      scan(step, [...counted, { name: "scan_output_directions", ints: [2], type: 7 }]),
      "onnx: expected node 0 (Scan) to fit its inputs but found: Scan: expected scan_output_directions of 0 or 1 but found 2",
    ],
    [
      "two directions of one output",
      scan(step, [...counted, { name: "scan_output_directions", ints: [0, 1], type: 7 }]),
      "onnx: expected node 0 (Scan) to fit its inputs but found: Scan: expected scan_output_directions to have 1 numbers but found 2",
    ],
    [
      "two bodies",
      scan(step, [{ name: "body", g: step, type: 5 }, ...counted]),
      "onnx: expected node 0 (Scan) to have the attributes (body, num_scan_inputs, scan_input_axes, scan_input_directions, scan_output_axes, scan_output_directions), each once, but found body",
    ],
    [
      "a body of another type",
      scan(undefined, [{ name: "body", g: step, type: 4 }, ...counted]),
      "onnx: expected body of node 0 (Scan) to be of type graph but found type 4",
    ],
    [
      "a body from elsewhere",
      scan(undefined, [{ name: "body", refAttrName: "other", type: 5 }, ...counted]),
      "onnx: expected node 0 (Scan) to have a value for body but found a reference; inline functions",
    ],
  ])("is refused with %s", (_, node, message) => {
    expect(() => readModel(file(node))).toThrow(new ModelError(message));
  });

  it("counts the nodes of its body", () => {
    expect(() => readModel(file(scan(step, counted)), { limits: { nodes: 3 } })).toThrow(
      new ModelError("onnx: expected at most 3 nodes but found 4; raise the limit"),
    );
  });

  /** A scan of a scan of … of `x`, every name once. */
  const nested = (depth: number): NodeMessage => {
    const inner = (at: number, from: string): NodeMessage[] =>
      at === depth
        ? [{ opType: "Identity", input: [from], output: [`y${at}`] }]
        : [
            {
              opType: "Scan",
              input: [at === 0 ? from : "x"],
              output: [`y${at}`],
              attribute: [
                {
                  name: "body",
                  type: 5,
                  g: {
                    input: [{ name: `element${at}` }],
                    output: [{ name: `y${at + 1}` }],
                    node: inner(at + 1, `element${at}`),
                  },
                },
                ...counted,
              ],
            },
          ];
    return inner(0, "x")[0] as NodeMessage;
  };
  const nestedFile = (depth: number, length: { dimParam: string } | { dimValue: number } = { dimParam: "time" }) =>
    model({ input: [info("x", [length])], output: [info("y0", [])], node: [nested(depth)] });

  it("holds bodies in bodies, up to a depth", () => {
    const { outputs } = readModel(nestedFile(3));
    expect(outputs.y0?.shape).toEqual(["time", "time", "time"]);
    expect(() => readModel(nestedFile(40))).toThrow(
      new ModelError(
        "onnx: expected Model as protobuf but found damaged bytes (more than 64 nested messages); is it an ONNX file, and whole?",
      ),
    );
  });

  it("counts the fields of the deepest body", () => {
    let graph: GraphMessage = { sparseInitializer: new Array(100).fill(new Uint8Array()) };
    for (let depth = 0; depth < 21; depth++) graph = { node: [{ attribute: [{ g: graph }] }] };
    expect(() => readModel(model(graph), { limits: { fields: 100 } })).toThrow(
      new ModelError("onnx: expected at most 100 fields but found 101; raise the limit"),
    );
  });

  it("runs as often as its length says, through all that lie in each other", () => {
    const message = (runs: number) =>
      new ModelError(`onnx: expected at most 10000000 runs of nodes in bodies but found ${runs}; raise the limit`);
    expect(readModel(nestedFile(3, { dimValue: 200 })).outputs.y0?.shape).toEqual([200, 200, 200]);
    expect(() => readModel(nestedFile(4, { dimValue: 200 }))).toThrow(message(200 + 200 ** 2 + 200 ** 3 + 200 ** 4));
    const hollow = scan({ input: step.input as [], output: [{ name: "total" }], node: [] }, counted);
    const initializer = [{ name: "rows", dims: [2 ** 40, 0], dataType: 1 }];
    const bytes = model({
      input: [info("start", [])],
      output: [info("last", [])],
      initializer,
      node: [{ ...hollow, input: ["start", "rows"], output: ["last"] }],
    });
    expect(() => readModel(bytes)).toThrow(message(2 ** 40));
  });

  it("scans inputs of one length, which any of them may tell", () => {
    const twoInputs = (first: object, second: object) =>
      model({
        input: [info("x", [first]), info("z", [second]), info("start", [])],
        output: [info("y", [])],
        node: [
          {
            ...scan({ ...step, input: [...(step.input ?? []), { name: "outside" }] }, [
              { name: "num_scan_inputs", i: 2, type: 2 },
            ]),
            input: ["start", "x", "z"],
          },
        ],
      });
    expect(readModel(twoInputs({}, { dimParam: "time" })).outputs.y?.shape).toEqual(["time"]);
    expect(() => readModel(twoInputs({ dimValue: 2 }, { dimValue: 3 }))).toThrow(
      new ModelError(
        "onnx: expected node 0 (Scan) to fit its inputs but found: Scan: expected inputs of one length of at least 1 but found 2, 3",
      ),
    );
    const { inputs, outputs } = readModel(twoInputs({}, {}));
    const feeds = { x: array([1, 2]), z: array([1, 2, 3]), start: array(0, []) };
    const fed = new Map(inputs.map((leaf) => [leaf, feeds[leaf.node.attributes.name as "x"]]));
    expect(() => evaluate(outputs, fed)).toThrow(
      new ShapeError("Scan: expected inputs of one length of at least 1 but found 2, 3"),
    );
  });
});

describe("a small file with scans is read at once", () => {
  const body = (node: NodeMessage[], output: string): GraphMessage => ({
    input: [{ name: "total" }, { name: "element" }],
    output: [{ name: output }],
    node,
  });
  const inputs = [info("x", [{ dimValue: 3 }]), info("start", [])];
  const integers = { name: "v0", dims: [1], dataType: 7, int64Data: [1] };
  const chain = (count: number, opType: string): NodeMessage[] =>
    Array.from({ length: count }, (_, i) => ({
      opType,
      input: [`v${i}`, `v${i}`],
      output: [`v${i + 1}`],
      attribute: opType === "Concat" ? [{ name: "axis", i: 0, type: 2 }] : [],
    }));

  it.each<[string, number, string]>([
    ["vectors that double again and again", 60, "Concat"],
    ["sums of sums, thousands deep", 20_000, "Add"],
    ["products of products", 60, "Mul"],
  ])("though its body reads %s", (_, count, opType) => {
    const reads: NodeMessage[] = [
      { opType: "Cast", input: ["element"], output: ["whole"], attribute: [{ name: "to", i: 7, type: 2 }] },
      { opType: "Add", input: ["whole", `v${count}`], output: ["added"] },
      { opType: "Cast", input: ["added"], output: ["floats"], attribute: [{ name: "to", i: 1, type: 2 }] },
      { opType: "ReduceSum", input: ["floats"], output: ["sum"], attribute: [{ name: "keepdims", i: 0, type: 2 }] },
      { opType: "Mul", input: ["element", "sum"], output: ["part"] },
      { opType: "Add", input: ["total", "part"], output: ["next"] },
    ];
    const bytes = model({
      input: inputs,
      output: [info("last", [])],
      initializer: [integers],
      node: [...chain(count, opType), { ...scan(body(reads, "next"), counted), output: ["last"] }],
    });
    // Followed number by number, it would take longer than any test may.
    expect(readModel(bytes).outputs.last?.shape).toEqual([]);
  });

  it("though many bodies stand in a long graph", () => {
    const count = 40_000;
    const relus = Array.from({ length: count }, (_, i) => ({
      opType: "Relu",
      input: [i === 0 ? "start" : `r${i - 1}`],
      output: [`r${i}`],
    }));
    const scans = Array.from({ length: 4000 }, (_, i): NodeMessage => {
      const node = [{ opType: "Add", input: [`element${i}`, `r${count - 1}`], output: [`next${i}`] }];
      const graph = { input: [{ name: `total${i}` }, { name: `element${i}` }], output: [{ name: `next${i}` }], node };
      return { ...scan(graph, counted), output: [`last${i}`] };
    });
    const bytes = model({ input: inputs, output: [info("last3999", [])], node: [...relus, ...scans] });
    // Where each body walked the whole graph around it, this would take minutes.
    expect(readModel(bytes).outputs.last3999?.shape).toEqual([]);
  });
});
