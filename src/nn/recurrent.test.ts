import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { type Arrays, onOnnxRuntime, onReference, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { writeModel } from "../onnx/write.ts";
import { SESSION_OPTIONS } from "../runtime/node.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose, type Tolerance } from "../tensor/tolerances.fixture.ts";
import { Gru, type GruCell } from "./gru.ts";
import { Lstm, LstmCell } from "./lstm.ts";
import { initialize, type Module } from "./module.ts";
import { traceGraph } from "./trace.ts";

const [BATCH, TIME, INPUT, HIDDEN] = [3, 5, 7, 2];
const LENGTHS = array([5, 1, 3], [BATCH], "int32");
const VALUES: Arrays = {
  x: randomNumbers([BATCH, TIME, INPUT], "x"),
  ids: array([6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6], [BATCH, TIME], "int32"),
  lengths: LENGTHS,
};

const LAYERS: readonly { name: string; make: () => Lstm | Gru }[] = [
  { name: "LSTM", make: () => new Lstm({ inputDim: INPUT, hiddenDim: HIDDEN }) },
  { name: "two-way LSTM", make: () => new Lstm({ inputDim: INPUT, hiddenDim: HIDDEN, bidirectional: true }) },
  { name: "GRU", make: () => new Gru({ inputDim: INPUT, hiddenDim: HIDDEN }) },
  { name: "two-way GRU", make: () => new Gru({ inputDim: INPUT, hiddenDim: HIDDEN, bidirectional: true }) },
];

/** Random values for all parameters: no bias is 0. */
function withValues<M extends Module>(model: M): M {
  initialize(model, 5);
  for (const [name, leaf] of model.parameters()) {
    leaf.value = array(numbers(randomNumbers(leaf.shape as number[], name)), leaf.shape as number[]);
  }
  return model;
}

function inputs(dims: readonly (number | string)[]): { x: Tensor; ids: Tensor; lengths: Tensor } {
  const [batch, time] = dims as [number, number];
  return {
    x: input("x", [batch, time, INPUT]),
    ids: input("ids", [batch, time], "int32"),
    lengths: input("lengths", [batch], "int32"),
  };
}

describe.each(LAYERS)("$name", ({ make }) => {
  const layer = withValues(make());
  const leaves = inputs([BATCH, TIME]);
  const form = (training: boolean, build: () => object) =>
    withParameterInputs({ ...(traceGraph({ training }, build).result as Outputs) }, layer);

  test.each([
    ["vectors with lengths", () => layer.forward(leaves.x, { lengths: leaves.lengths })],
    ["vectors, all steps valid", () => layer.forward(leaves.x)],
    ["integers with lengths", () => layer.forward(leaves.ids, { lengths: leaves.lengths })],
    ["integers, all steps valid", () => layer.forward(leaves.ids)],
  ])("the native form agrees with the unrolled one, on both back ends: %s", async (_, build) => {
    const [unrolled, native] = [form(true, build), form(false, build)];
    const feeds = { ...unrolled.feeds, ...VALUES };
    const exact = onReference(unrolled.outputs, feeds);
    const others: [Record<string, NdArray>, Tolerance][] = [
      [onReference(native.outputs, feeds), "float64"],
      [await onOnnxRuntime(native.outputs, feeds), "float32"],
      [await onOnnxRuntime(unrolled.outputs, feeds), "float32"],
    ];
    for (const [found, tolerance] of others) {
      expect(Object.keys(found).sort()).toEqual(Object.keys(exact).sort());
      for (const [name, value] of Object.entries(exact)) expectClose(found[name], value, tolerance, name);
    }
  });

  test("integers are one-hot vectors", () => {
    const hot = numbers(VALUES.ids as NdArray).flatMap((id) =>
      Array.from({ length: INPUT }, (_, i) => Number(i === id)),
    );
    const dense = { ...VALUES, x: array(hot, [BATCH, TIME, INPUT], "float64") };
    const build = () => ({
      dense: layer.forward(leaves.x, { lengths: leaves.lengths }).output,
      ids: layer.forward(leaves.ids, { lengths: leaves.lengths }).output,
    });
    const { outputs, feeds } = form(true, build);
    const found = onReference(outputs, { ...feeds, ...dense });
    expectClose(found.ids, found.dense as NdArray, "float64");
  });

  test("padding counts nothing: its output is 0, and what stands in it does not matter", () => {
    const { outputs, feeds } = form(true, () => layer.forward(leaves.x, { lengths: leaves.lengths }));
    const before = onReference(outputs, { ...feeds, ...VALUES });
    const padding = (i: number) => Math.floor(i / INPUT) % TIME >= Number(LENGTHS.data[Math.floor(i / INPUT / TIME)]);
    const noise = numbers(VALUES.x as NdArray).map((value, i) => (padding(i) ? 99 : value));
    const after = onReference(outputs, { ...feeds, ...VALUES, x: array(noise, [BATCH, TIME, INPUT], "float64") });
    for (const [name, value] of Object.entries(before)) expectClose(after[name], value, "float64", name);
    const output = before.output as NdArray;
    const width = output.shape[2] as number;
    const padded = numbers(output).filter(
      (_, i) => Math.floor(i / width) % TIME >= Number(LENGTHS.data[Math.floor(i / width / TIME)]),
    );
    expect(padded.length).toBe(width * (4 + 2));
    expect(padded.every((value) => value === 0)).toBe(true);
  });

  test("the exported model takes any batch and time", async () => {
    const open = inputs(["batch", "time"]);
    const { result } = traceGraph({ training: false }, () => layer.forward(open.x, { lengths: open.lengths }));
    expect(result.output.shape.slice(0, 2)).toEqual(["batch", "time"]);
    const parameters = [...layer.parameters()];
    const bytes = writeModel(
      { ...(result as unknown as Outputs) },
      { initializers: new Map(parameters.map(([name, leaf]) => [leaf, { name, value: leaf.value as NdArray }])) },
    );
    const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
    for (const [batch, time, lengths] of [
      [BATCH, TIME, [5, 1, 3]],
      [1, 2, [2]],
    ] as const) {
      const feeds = { x: randomNumbers([batch, time, INPUT], "open"), lengths: array(lengths, [batch], "int32") };
      const fixed = inputs([batch, time]);
      const closed = form(true, () => layer.forward(fixed.x, { lengths: fixed.lengths }));
      const exact = onReference(closed.outputs, { ...closed.feeds, ...feeds });
      const found = await session.run({
        x: new ort.Tensor("float32", Float32Array.from(feeds.x.data as Float64Array), feeds.x.shape),
        lengths: new ort.Tensor("int32", feeds.lengths.data as Int32Array, [batch]),
      });
      for (const [name, value] of Object.entries(exact)) {
        const { data, dims } = found[name] as ort.Tensor;
        expectClose({ data: data as Float32Array, shape: dims, dtype: "float32" }, value, "float32", name);
      }
    }
    await session.release();
  });
});

test("a layer over time is its cell, step by step", () => {
  const [lstm, gru] = [
    withValues(new Lstm({ inputDim: INPUT, hiddenDim: HIDDEN })),
    withValues(new Gru({ inputDim: INPUT, hiddenDim: HIDDEN })),
  ];
  const { x } = inputs([BATCH, 2]);
  const at = (step: number) => x.slice({ axis: 1, start: step, end: step + 1 }).squeeze(1);
  const twice = <S>(cell: { forward(x: Tensor, state: S): S }, state: S) =>
    cell.forward(at(1), cell.forward(at(0), state));
  for (const [model, cell] of [
    [lstm, lstm.forwardCell],
    [gru, gru.forwardCell],
  ] as const) {
    const { result } = traceGraph({ training: true }, () => ({
      layer: model.forward(x).hidden,
      cell:
        cell instanceof LstmCell
          ? twice(cell, cell.initialState(BATCH)).hidden
          : twice(cell as GruCell, (cell as GruCell).initialState(BATCH)).hidden,
    }));
    const { outputs, feeds } = withParameterInputs(result, model);
    const found = onReference(outputs, { ...feeds, x: randomNumbers([BATCH, 2, INPUT], "two") });
    expectClose(found.layer, found.cell as NdArray, "float64");
  }
});

describe.each([
  ["Lstm", new Lstm({ inputDim: INPUT, hiddenDim: HIDDEN })],
  ["Gru", new Gru({ inputDim: INPUT, hiddenDim: HIDDEN })],
] as const)("%s refuses what it cannot take", (owner, layer) => {
  const { x, ids } = inputs([BATCH, TIME]);
  const width = (layer.forwardCell.inputWeight as Tensor).dim(1);
  const lengths = (shape: readonly number[], dtype: "int32" | "int64" | "float32" = "int32") =>
    input("lengths", shape, dtype);
  test.each<[string, () => unknown, string]>([
    [
      "vectors of another length",
      () => layer.forward(input("x", [BATCH, TIME, 11])),
      "expected x [batch time inputDim] to have inputDim=7, as in inputWeight, but found shape [3,5,11]",
    ],
    [
      "vectors without time",
      () => layer.forward(input("x", [BATCH, INPUT])),
      "expected x [batch time inputDim] to have 3 axes, but found shape [3,7]",
    ],
    [
      "integers of three axes",
      () => layer.forward(input("ids", [BATCH, TIME, INPUT], "int32")),
      "expected x [batch time] to have 2 axes, but found shape [3,5,7]",
    ],
    [
      "truth values",
      () => layer.forward(input("x", [BATCH, TIME], "bool")),
      "expected x to be float32, int32 or int64 but found bool; use cast()",
    ],
    [
      "lengths of another batch",
      () => layer.forward(ids, { lengths: lengths([2]) }),
      "expected lengths [batch] to have batch=3, as in x, but found shape [2]",
    ],
    [
      "lengths of two axes",
      () => layer.forward(x, { lengths: lengths([3, 1]) }),
      "expected lengths [batch] to have 1 axes, but found shape [3,1]",
    ],
    [
      "lengths of int64",
      () => layer.forward(x, { lengths: lengths([3], "int64") }),
      'expected lengths to be int32 but found int64; use cast("int32")',
    ],
  ])("%s", (_, build, message) => {
    expect(width).toBe(HIDDEN * (owner === "Lstm" ? 4 : 3));
    expect(build).toThrow(new ShapeError(`${owner}: ${message}`));
  });
});

describe.each([
  ["LSTM", (inputDim: number) => new Lstm({ inputDim, hiddenDim: HIDDEN, bidirectional: true }), 4 * HIDDEN],
  ["GRU", (inputDim: number) => new Gru({ inputDim, hiddenDim: HIDDEN, bidirectional: true }), 3 * HIDDEN],
] as const)("%s over integers of a large vocabulary", (_, make, width) => {
  const built = (inputDim: number, training: boolean) => {
    const layer = withValues<Lstm | Gru>(make(inputDim));
    const { ids, lengths } = inputs([BATCH, TIME]);
    const { result } = traceGraph({ training }, () => layer.forward(ids, { lengths }));
    return withParameterInputs({ ...(result as unknown as Outputs) }, layer);
  };
  const operators = (outputs: Outputs) => new Set(sortNodes(Object.values(outputs)).map(({ operator }) => operator));

  test("takes rows of the weight in place of one-hot vectors, from where that is shorter", () => {
    expect(operators(built(width + 1, false).outputs).has("OneHot")).toBe(false);
    expect(operators(built(width, false).outputs).has("OneHot")).toBe(true);
  });

  test("agrees with the unrolled form, on both back ends", async () => {
    const [unrolled, native] = [built(23, true), built(23, false)];
    const ids = array([22, 0, 1, 2, 3, 14, 15, 16, 0, 1, 2, 13, 4, 5, 22], [BATCH, TIME], "int32");
    const feeds = { ...unrolled.feeds, ids, lengths: LENGTHS };
    const exact = onReference(unrolled.outputs, feeds);
    const [reference, runtime] = [onReference(native.outputs, feeds), await onOnnxRuntime(native.outputs, feeds)];
    expect(Object.keys(reference).sort()).toEqual(Object.keys(exact).sort());
    for (const [name, value] of Object.entries(exact)) {
      expectClose(reference[name], value, "float64", name);
      expectClose(runtime[name], value, "float32", name);
    }
  });
});
