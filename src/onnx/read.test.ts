import { describe, expect, it } from "vitest";
import { CASES } from "../runtime/reference/differential.fixture.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { apply, applyOne, array, input, type NdArray, numbers, type Tensor, zeros } from "../tensor/index.ts";
import { encode, type TensorMessage } from "./messages.ts";
import { info, model, relu, x } from "./read.fixture.ts";
import { readModel } from "./read.ts";
import { readTensor } from "./read-tensor.ts";
import { writeModel } from "./write.ts";

describe("readModel", () => {
  it("reads back what was written: names, types, shapes and values", () => {
    const a = input("a", ["batch", 3]);
    const hidden = a.matmul(zeros([3, 5]).add(0.5)).reshape(["batch", 5]);
    const bytes = writeModel({ sum: hidden.sum({ axes: 1 }), best: hidden.argMax() }, { metadata: { axes: "batch" } });
    const read = readModel(bytes);
    expect(read.inputs.map(({ node, shape, dtype }) => [node.attributes.name, shape, dtype])).toEqual([
      ["a", ["batch", 3], "float32"],
    ]);
    expect(Object.entries(read.outputs).map(([name, { shape, dtype }]) => [name, shape, dtype])).toEqual([
      ["sum", ["batch"], "float32"],
      ["best", ["batch"], "int64"],
    ]);
    expect([read.opset, read.metadata]).toEqual([{ "": 18 }, { axes: "batch" }]);
    const { sum } = evaluate(read.outputs, { a: array([1, 2, 3, 4, 5, 6], [2, 3]) });
    expect(sum).toEqual(array([15, 37.5], [2], "float64"));
  });

  it.each(Object.entries(CASES))("reads %s back as it was", (operator, cases) => {
    for (const { inputs, attributes, outputs = 1 } of cases) {
      const leaves = inputs.map((value, i) => value && input(`input${i}`, value.shape, value.dtype));
      const feeds = Object.fromEntries(inputs.map((value, i) => [`input${i}`, value as NdArray]));
      const named = Object.fromEntries(
        apply(operator, leaves, attributes, outputs).map((made, i) => [`output${i}`, made]),
      );
      const read = readModel(writeModel(named, { opset: 28 }));
      const [found, expected] = [evaluate(read.outputs, feeds), evaluate(named, feeds)];
      for (const [name, { data, shape, dtype }] of Object.entries(expected)) {
        expect([found[name]?.dtype, found[name]?.shape]).toEqual([dtype, shape]);
        // Attributes are float32 in the file.
        const far = numbers(found[name] as NdArray).filter(
          (x, i) => Math.abs(x - Number(data[i])) > 1e-6 * Math.max(1, Math.abs(x)),
        );
        expect(far).toEqual([]);
      }
    }
  });

  it("keeps absent inputs and outputs", () => {
    const w = applyOne("Clip", [input("x", [3]), undefined, applyOne("Identity", [input("high", [])])]);
    const read = readModel(writeModel({ w }));
    const feeds = { x: array([-7, 1, 7]), high: array(2) };
    expect(evaluate(read.outputs, feeds).w).toEqual(array([-7, 1, 2], [3], "float64"));
    const lstm = {
      opType: "LSTM",
      input: ["x", "w", "r"],
      output: ["", "y"],
      attribute: [{ name: "hidden_size", i: 2, type: 2 }],
    };
    const leaves = [
      [5, 1, 3],
      [1, 8, 3],
      [1, 8, 2],
    ].map((dims, i) =>
      info(
        "xwr"[i] as string,
        dims.map((dimValue) => ({ dimValue })),
      ),
    );
    expect(readModel(model({ input: leaves, node: [lstm] })).outputs.y?.shape).toEqual([1, 1, 2]);
  });

  it("takes initialisers that are also inputs as constants", () => {
    const { inputs, outputs } = readModel(
      model({
        input: [x, info("bias", [{ dimValue: 1 }])],
        initializer: [{ name: "bias", dims: [1], dataType: 1, floatData: [2] }],
        node: [{ opType: "Add", input: ["x", "bias"], output: ["y"] }],
      }),
    );
    expect(inputs.length).toBe(1);
    expect(evaluate(outputs, { x: array([1, 2, 3]) }).y).toEqual(array([3, 4, 5], [3], "float64"));
  });

  it("makes symbols of dimension names, and names that our arithmetic would misread into plain ones", () => {
    const names = ["batch", "30*batch", "(past+1)", "past + 1", "2", "a*", "Infinity", ""];
    const dims = names.map((dimParam) => ({ dimParam }));
    const [tensor] = readModel(model({ input: [info("x", dims)], node: [relu] })).inputs;
    const plain = ["_past_20_2b_201", "_2", "_a_2a", "_Infinity"];
    expect(tensor?.shape.slice(0, -1)).toEqual(["batch", "30*batch", "(past+1)", ...plain]);
    expect(tensor?.shape.at(-1)).toMatch(/^\?\d+$/);
  });

  it.each([
    [{ name: "value_float", f: 0.5, type: 1 }, array(0.5)],
    [{ name: "value_floats", floats: [1, 2], type: 6 }, array([1, 2])],
    [{ name: "value_int", i: 7, type: 2 }, array([7], [], "int64")],
    [{ name: "value_ints", ints: [7, -7], type: 7 }, array([7, -7], [2], "int64")],
    [
      { name: "value", t: { dims: [1], dataType: 10, int32Data: [0x3c00] }, type: 4 },
      { data: Uint16Array.of(0x3c00), shape: [1], dtype: "float16" },
    ],
  ] as const)("reads a Constant from %o", (attribute, value) => {
    const { outputs } = readModel(
      model({ node: [{ opType: "Constant", output: ["y"], attribute: [attribute as never] }] }),
    );
    expect((outputs.y as Tensor).node.attributes.value).toEqual(value);
  });
});

describe("readTensor", () => {
  const typed: [TensorMessage, NdArray][] = [
    [{ dims: [2], dataType: 1, floatData: [1, 2] }, array([1, 2])],
    [{ dims: [2], dataType: 11, doubleData: [1, 2] }, array([1, 2], [2], "float64")],
    [{ dims: [2], dataType: 6, int32Data: [1, -2] }, array([1, -2], [2], "int32")],
    [{ dims: [2], dataType: 3, int32Data: [1, -2] }, array([1, -2], [2], "int8")],
    [{ dims: [2], dataType: 9, int32Data: [5, 0] }, array([1, 0], [2], "bool")],
    [{ dims: [1], dataType: 7, int64Data: [-2] }, array([-2], [1], "int64")],
    [{ dims: [1], dataType: 12, uint64Data: [7] }, array([7], [1], "uint32")],
    [{ dims: [1], dataType: 13, uint64Data: [7] }, array([7], [1], "uint64")],
    [
      { dims: [1], dataType: 16, int32Data: [0x3f80] },
      { data: Uint16Array.of(0x3f80), shape: [1], dtype: "bfloat16" },
    ],
    [{ dataType: 1, rawData: new Uint8Array(Float32Array.of(2).buffer) }, array(2)],
    [{ dims: [2], dataType: 9, rawData: Uint8Array.of(7, 0) }, array([1, 0], [2], "bool")],
    [{ dims: [0, 3], dataType: 1 }, array([], [0, 3])],
  ];

  it.each(typed)("reads %o", (message, expected) => {
    expect(readTensor(encode("Tensor", message))).toEqual(expected);
  });

  it("keeps the limits of 64-bit integers", () => {
    const limit = 2n ** 63n - 1n;
    const raw = new Uint8Array(BigInt64Array.of(limit).buffer);
    expect(readTensor(encode("Tensor", { dims: [1], dataType: 7, rawData: raw })).data[0]).toBe(limit);
  });
});
