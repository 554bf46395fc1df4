import { describe, expect, it } from "vitest";
import { isUnknown, ModelError, type Tensor } from "../tensor/index.ts";
import { encode, type TensorMessage } from "./messages.ts";
import { info, model, opsetImport, relu, x, y } from "./read.fixture.ts";
import { readModel } from "./read.ts";

function constantNode(name: string, ...values: number[]): TensorMessage {
  return { name, dims: [values.length], dataType: 7, int64Data: values };
}

/** The message of the ModelError that reading throws. */
function refused(bytes: Uint8Array): string {
  try {
    readModel(bytes);
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  return "read";
}

describe("readModel refuses", () => {
  const node = (attribute: object[], opType = "Softmax") =>
    model({ node: [{ ...relu, opType, attribute: attribute as never }] });

  it.each<[string, Uint8Array, string]>([
    [
      "bytes that are no model",
      Uint8Array.of(1, 2, 3),
      "onnx: expected a model as protobuf but found damaged bytes (illegal tag: field no 0 wire type 1); is it an ONNX file, and whole?",
    ],
    ["no graph", encode("Model", { opsetImport }), "onnx: expected a model with a graph but found none"],
    [
      "functions",
      model({ node: [relu] }, { functions: [new Uint8Array()] }),
      "onnx: expected a model without functions but found some; inline them",
    ],
    [
      "sparse data",
      model({ node: [relu], sparseInitializer: [new Uint8Array()] }),
      "onnx: expected dense initialisers but found sparse ones; save them as dense tensors",
    ],
    ["no outputs", model({ node: [relu], output: [] }), "onnx: expected a graph with outputs but found none"],
    [
      "an output twice",
      model({ node: [relu], output: [y, y] }),
      "onnx: expected outputs of different names but found y twice",
    ],
    [
      "an output from nowhere",
      model({ node: [] }),
      "onnx: expected the inputs of the graph to be made before it but found y, which nothing makes",
    ],
    ["a name twice", model({ node: [relu, relu] }), "onnx: expected values of different names but found y twice"],
    [
      "a cycle",
      model({
        node: [
          { ...relu, input: ["z"] },
          { opType: "Relu", input: ["y"], output: ["z"] },
        ],
      }),
      "onnx: expected the inputs of node 0 (Relu) to be made before it but found z, used before the node that makes it; sort the nodes",
    ],
    [
      "an unknown operator",
      model({ node: [{ ...relu, name: "n", opType: "Loop" }] }),
      "onnx: expected an operator of the table (fovea list operators) but found node n (Loop)",
    ],
    [
      "another domain",
      model({ node: [{ ...relu, domain: "org.example" }] }),
      "onnx: expected an operator of the table (fovea list operators) but found node 0 (Relu) of org.example",
    ],
    [
      "an older version",
      encode("Model", {
        opsetImport: [{ version: 12 }],
        graph: { input: [x], output: [y], node: [{ ...relu, opType: "Softmax" }] },
      }),
      "onnx: expected ai.onnx of version 13 or later for node 0 (Softmax) but found 12; convert the model to a later operator set",
    ],
    [
      "a newer operator set",
      model({ node: [relu] }, { opsetImport: [{ version: 29 }] }),
      "onnx: expected ai.onnx up to version 28 but found version 29",
    ],
    [
      "a domain without a version",
      model({ node: [relu] }, { opsetImport: [] }),
      "onnx: expected ai.onnx of version 6 or later for node 0 (Relu) but found none; convert the model to a later operator set",
    ],
    [
      "an unknown attribute",
      node([{ name: "beta", f: 1, type: 1 }]),
      "onnx: expected node 0 (Softmax) to have the attributes (axis), each once, but found beta",
    ],
    [
      "an attribute twice",
      node([
        { name: "axis", i: 0 },
        { name: "axis", i: 0 },
      ]),
      "onnx: expected node 0 (Softmax) to have the attributes (axis), each once, but found axis",
    ],
    [
      "an attribute of another type",
      node([{ name: "axis", f: 1, type: 1 }]),
      "onnx: expected axis of node 0 (Softmax) to be of type int but found type 1",
    ],
    [
      "an attribute by reference",
      node([{ name: "axis", refAttrName: "a", type: 2 }]),
      "onnx: expected node 0 (Softmax) to have a value for axis but found a reference; inline functions",
    ],
    [
      "an element type",
      node([{ name: "to", i: 8, type: 2 }], "Cast"),
      "onnx: expected to of node 0 (Cast) of a number type (float, double, 16-bit float, integer, bool) but found data type 8",
    ],
    [
      "inputs that do not fit",
      node([{ name: "axis", i: 3, type: 2 }]),
      "onnx: expected node 0 (Softmax) to fit its inputs but found: Softmax: expected an axis from -1 to 0 but found 3",
    ],
    [
      "too many outputs",
      model({ node: [{ ...relu, output: ["y", "z"] }] }),
      "onnx: expected node 0 (Relu) to have 1 to 1 outputs but found 2",
    ],
    [
      "an input without a shape",
      model({ node: [relu], input: [{ name: "x", type: { tensorType: { elemType: 1 } } }] }),
      "onnx: expected input x to have up to 64 dimensions but found no shape; export the model with shapes",
    ],
    [
      "a sequence",
      model({ node: [relu], input: [{ name: "x", type: { sequenceType: new Uint8Array() } }] }),
      "onnx: expected input x to be a tensor but found another type",
    ],
    [
      "a negative dimension",
      model({ node: [relu], input: [info("x", [{ dimValue: -1 }])] }),
      "onnx: expected input x to have dimensions of 0 or more but found -1",
    ],
    [
      "external data",
      model({
        node: [relu],
        initializer: [
          { name: "w", dataType: 1, dataLocation: 1, externalData: [{ key: "location", value: "../weights.bin" }] },
        ],
      }),
      "onnx: expected initialiser w inside the file but found external data; save the model as one file",
    ],
    [
      "control characters, in the message",
      model({ node: [{ ...relu, name: "\u001b[31m", opType: "Loop" }] }),
      "onnx: expected an operator of the table (fovea list operators) but found node �[31m (Loop)",
    ],
  ])("%s", (_, bytes, message) => {
    expect(refused(bytes)).toBe(message);
  });

  it("more than its limits", () => {
    const bytes = model({ node: [relu] });
    const read = (limits: object) => () => readModel(bytes, { limits });
    expect(read({ bytes: 9 })).toThrow(`onnx: expected at most 9 bytes but found ${bytes.length}; raise the limit`);
    expect(read({ fields: 9 })).toThrow("onnx: expected at most 9 fields but found 10; raise the limit");
    expect(read({ nodes: 0 })).toThrow("onnx: expected at most 0 nodes but found 1; raise the limit");
    expect(read({ edges: 0 })).toThrow("onnx: expected at most 0 inputs of node 0 (Relu) but found 1; raise the limit");
  });
});

describe("small files that ask for much", () => {
  const chain = (count: number, opType: string, inputs: (before: string) => string[], attribute: object[] = []) =>
    Array.from({ length: count }, (_, i) => ({
      opType,
      input: inputs(`v${i}`),
      output: [`v${i + 1}`],
      attribute: attribute as never,
    }));
  const shapeOf = (name: string) => ({ opType: "ConstantOfShape", input: [name], output: ["y"] });

  it("huge tensors without their data", () => {
    const initializer = [{ name: "w", dims: [2 ** 30, 2 ** 20], dataType: 1, rawData: new Uint8Array(4) }];
    expect(refused(model({ node: [relu], initializer }))).toBe(
      "onnx: expected initialiser w to have 1125899906842624 elements of float32 but found 1",
    );
  });

  it("vectors that double again and again, read as a shape", () => {
    const nodes = [...chain(60, "Concat", (v) => [v, v], [{ name: "axis", i: 0, type: 2 }]), shapeOf("v60")];
    const bytes = model({ node: nodes, initializer: [constantNode("v0", 1)] });
    expect(refused(bytes)).toBe(
      "onnx: expected node 60 (ConstantOfShape) to fit its inputs but found: ConstantOfShape: expected a vector of known length up to 64 but found [1152921504606847000]",
    );
  });

  it.each([
    ["products of products", "Mul", 60],
    ["sums of sums", "Add", 20_000],
  ])("%s, read as a shape, are left to the run", (_, opType, count) => {
    const bytes = model({
      node: [...chain(count, opType, (v) => [v, v]), shapeOf(`v${count}`)],
      initializer: [constantNode("v0", 3)],
    });
    const { shape } = readModel(bytes).outputs.y as Tensor;
    expect(shape.map((dim) => isUnknown(dim))).toEqual([true]);
  });

  it("dimensions whose names double", () => {
    const nodes = chain(60, "Concat", (v) => [v, v], [{ name: "axis", i: 0, type: 2 }]);
    const bytes = model({ node: nodes, input: [info("v0", [{ dimParam: "n" }])] });
    expect(refused(bytes)).toMatch(/^onnx: expected node \d \(Concat\) to give up to 64 short dimensions but found /);
  });

  it("ranks from the length of an input", () => {
    const huge = info("shape", [{ dimValue: 2 ** 40 }], 7);
    const node = [{ opType: "Reshape", input: ["x", "shape"], output: ["y"] }];
    expect(refused(model({ node, input: [x, huge] }))).toBe(
      "onnx: expected node 0 (Reshape) to fit its inputs but found: Reshape: expected a vector of known length up to 64 but found [1099511627776]",
    );
  });

  it("outputs that are not there", () => {
    const attribute = [{ name: "num_outputs", i: 2 ** 31, type: 2 }];
    expect(refused(model({ node: [{ ...relu, opType: "Split", attribute }] }))).toBe(
      "onnx: expected node 0 (Split) to have num_outputs = 1 outputs but found 2147483648",
    );
  });

  it("outputs of a size without end", () => {
    const shapes = [
      [1, 1, 3],
      [1, 1, 2],
    ];
    const inputs = shapes.map((dims, i) =>
      info(
        "xw"[i] as string,
        dims.map((dimValue) => ({ dimValue })),
      ),
    );
    const conv = (attribute: object) =>
      model({
        input: inputs,
        node: [{ opType: "Conv", input: ["x", "w"], output: ["y"], attribute: [attribute] as never }],
      });
    expect(refused(conv({ name: "pads", ints: [2 ** 62, 0], type: 7 }))).toBe(
      "onnx: expected node 0 (Conv) to fit its inputs but found: Conv: expected 2 pads of at least 0 but found [4611686018427388000,0]",
    );
    expect(refused(conv({ name: "pads", ints: [2 ** 52, 2 ** 52], type: 7 }))).toBe(
      "onnx: expected node 0 (Conv) to fit its inputs but found: Conv: expected a kernel and padding of some length but found 2 and 4503599627370496+4503599627370496",
    );
    expect(refused(conv({ name: "strides", ints: [], type: 7 }))).toBe(
      "onnx: expected node 0 (Conv) to fit its inputs but found: Conv: expected 1 strides of at least 1 but found []",
    );
  });

  it("heads without number", () => {
    const packed = info("x", [{ dimValue: 1 }, { dimValue: 2 }, { dimValue: 6 }]);
    const attribute = [
      { name: "q_num_heads", i: 2 ** 62, type: 2 },
      { name: "kv_num_heads", i: 2, type: 2 },
    ];
    const node = [{ opType: "Attention", input: ["x", "x", "x"], output: ["y"], attribute: attribute as never }];
    expect(refused(model({ input: [packed], node }, { opsetImport: [{ version: 24 }] }))).toBe(
      "onnx: expected node 0 (Attention) to fit its inputs but found: Attention: expected q_num_heads to be a whole number of at least 1 but found 4611686018427388000",
    );
  });

  it("nested groups", () => {
    expect(refused(new Uint8Array(1_000_000).fill(0x0b))).toMatch(
      /^onnx: expected a model as protobuf but found damaged bytes /,
    );
  });

  it("a deep graph is read all the same", () => {
    const bytes = model({
      node: chain(50_000, "Relu", (v) => [v]),
      input: [info("v0", [])],
      output: [info("v50000", [])],
    });
    expect(readModel(bytes).outputs.v50000?.shape).toEqual([]);
  });
});
