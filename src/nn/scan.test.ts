import { InferenceSession } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { onOnnxRuntime, onReference } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { writeModel } from "../onnx/write.ts";
import { lower } from "../runtime/program.ts";
import type { Dim } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, range, type Tensor, zeros } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { dropout } from "./dropout.ts";
import { Buffer } from "./module.ts";
import { scan } from "./scan.ts";
import { nextNoiseName, trace, traceGraph, uniformNoise, updateBuffer } from "./trace.ts";

const [TIME, BATCH, INPUT, HIDDEN] = [5, 3, 2, 7];

const FEEDS: Readonly<Record<string, NdArray>> = {
  x: randomNumbers([TIME, BATCH, INPUT], "x"),
  w: randomNumbers([INPUT, HIDDEN], "w"),
  u: randomNumbers([HIDDEN, HIDDEN], "u"),
  b: randomNumbers([HIDDEN], "b"),
  start: randomNumbers([BATCH, HIDDEN], "start"),
};

/** A recurrent network with a count of its steps, an output beside the state, and a weight from outside used twice. */
function recurrence({
  unroll,
  reverse = false,
  time = TIME,
  batch = BATCH,
}: {
  unroll: boolean;
  reverse?: boolean;
  time?: Dim;
  batch?: Dim;
}) {
  const leaves = {
    x: input("x", [time, batch, INPUT]),
    w: input("w", [INPUT, HIDDEN]),
    u: input("u", [HIDDEN, HIDDEN]),
    b: input("b", [HIDDEN]),
    start: input("start", [batch, HIDDEN]),
  };
  const squared = leaves.b.mul(leaves.b).mul(0.1);
  const { last, output } = scan({
    initial: { hidden: leaves.start, mean: zeros([]) },
    inputs: { x: leaves.x, place: range(time, "int32") },
    step: ({ hidden, mean }, { x, place }) => {
      const next = x.matmul(leaves.w).add(hidden.matmul(leaves.u)).mul(0.3).add(squared).tanh();
      const seen = next.mul(place.cast("float32").mul(0.1)).matmul(leaves.u).sin();
      return { state: { hidden: next, mean: mean.add(next.mean()) }, output: { seen, next } };
    },
    reverse,
    unroll,
  });
  return { leaves, outputs: { hidden: last.hidden, mean: last.mean, seen: output.seen, next: output.next } };
}

function withGradients({ leaves, outputs }: ReturnType<typeof recurrence>): {
  loss: Tensor;
  all: Record<string, Tensor>;
} {
  const terms = Object.values(outputs).map((output) => output.mul(output).sum());
  const loss = terms.reduce((sum, term) => sum.add(term));
  const slopes = gradient(loss, Object.values(leaves));
  const named = Object.keys(leaves).map((name, i) => [`gradient.${name}`, slopes[i] as Tensor]);
  return { loss, all: { ...outputs, ...Object.fromEntries(named) } };
}

describe.each([false, true])("a scan, reversed: %s", (reverse) => {
  const unrolled = withGradients(recurrence({ unroll: true, reverse }));
  const node = withGradients(recurrence({ unroll: false, reverse }));

  test("is one node forward and one backward", () => {
    const operators = (all: Record<string, Tensor>) => sortNodes(Object.values(all)).map(({ operator }) => operator);
    expect(operators(node.all).filter((name) => name === "Scan")).toHaveLength(2);
    expect(operators(unrolled.all)).not.toContain("Scan");
  });

  test("equals the same steps written out, gradients too, on the reference", () => {
    const [expected, found] = [onReference(unrolled.all, FEEDS), onReference(node.all, FEEDS)];
    for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
  });

  test("and on ONNX Runtime, simplified and pruned", async () => {
    const [expected, found] = [onReference(unrolled.all, FEEDS), await onOnnxRuntime(node.all, FEEDS)];
    for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float32", name);
  });

  test.each(["x", "w", "u", "b", "start"])("its gradient by %s is the slope of the values", (name) => {
    const slope = centralDifferences(node.loss, FEEDS, name);
    expectClose(
      onReference({ slope: node.all[`gradient.${name}`] as Tensor }, FEEDS).slope,
      slope,
      "differences",
      name,
    );
  });
});

test("the gradient of a weight is one product after the last step", () => {
  const { all } = withGradients(recurrence({ unroll: false }));
  const { node } = lower({ w: all["gradient.w"] as Tensor }).outputs.w as Tensor;
  const [a, b] = node.inputs as [Tensor, Tensor];
  expect([node.operator, a.shape, b.shape]).toEqual(["Gemm", [TIME * BATCH, INPUT], [TIME * BATCH, HIDDEN]]);
});

test("a program computes nothing that it does not give", () => {
  const { outputs } = recurrence({ unroll: false });
  const scans = (wanted: Record<string, Tensor>) =>
    sortNodes(Object.values(lower(wanted).outputs)).filter(({ operator }) => operator === "Scan");
  expect(scans({ next: outputs.next })[0]?.outputs).toHaveLength(2);
  expect(scans({ mean: outputs.mean })[0]?.outputs).toHaveLength(2);
  expect(scans({ ...outputs })[0]?.outputs).toHaveLength(4);
});

test("exports with open length and batch, and takes any", async () => {
  const { outputs } = recurrence({ unroll: false, time: "time", batch: "batch" });
  const { outputs: lowered } = lower(outputs);
  const session = await InferenceSession.create(writeModel(lowered));
  await session.release();
  for (const [time, batch] of [
    [TIME, BATCH],
    [11, 2],
    [1, 1],
  ] as const) {
    const feeds = {
      ...FEEDS,
      x: randomNumbers([time, batch, INPUT], "other"),
      start: randomNumbers([batch, HIDDEN], "other"),
    };
    const expected = onReference(recurrence({ unroll: true, time, batch }).outputs, feeds);
    const [exact, rough] = [onReference(outputs, feeds), await onOnnxRuntime(outputs, feeds)];
    for (const [name, value] of Object.entries(expected)) {
      expectClose(exact[name], value, "float64", name);
      expectClose(rough[name], value, "float32", name);
    }
  }
});

test("scans lie in scans", async () => {
  const build = (unroll: boolean) => {
    const x = input("x", [TIME, BATCH, INPUT]);
    const { output } = scan({
      initial: {},
      inputs: { x },
      step: (_, element) => {
        const { last } = scan({
          initial: { sum: zeros([INPUT]) },
          inputs: { row: element.x },
          step: ({ sum }, { row }) => ({ state: { sum: sum.add(row).tanh() }, output: {} }),
          unroll,
        });
        return { state: {}, output: { sum: last.sum } };
      },
      unroll,
    });
    const [slope] = gradient(output.sum.mul(output.sum).sum(), [x]) as [Tensor];
    return { sum: output.sum, slope };
  };
  const expected = onReference(build(true), FEEDS);
  const [exact, rough] = [onReference(build(false), FEEDS), await onOnnxRuntime(build(false), FEEDS)];
  for (const [name, value] of Object.entries(expected)) {
    expectClose(exact[name], value, "float64", name);
    expectClose(rough[name], value, "float32", name);
  }
});

describe("a scan refuses", () => {
  test("inputs of different lengths", () => {
    const step = () => ({ state: {}, output: {} });
    for (const unroll of [true, false]) {
      expect(() => scan({ initial: {}, inputs: { a: input("a", [3, 1]), b: input("b", [4]) }, step, unroll })).toThrow(
        new ShapeError("scan: expected b to have length 3, as a has, but found 4"),
      );
      expect(() => scan({ initial: {}, inputs: { a: input("a", [3]), b: input("b", []) }, step, unroll })).toThrow(
        new ShapeError("scan: expected b to have an axis to scan but found shape []"),
      );
    }
    expect(() => scan({ initial: {}, inputs: {}, step })).toThrow(
      new ShapeError("scan: expected at least one input to scan but found none"),
    );
  });

  test.each([true, false])("a state that changes its shape, or is left out; written out: %s", (unroll) => {
    const x = input("x", [3, 2]);
    const step = ({ sum }: { sum: Tensor }, element: { x: Tensor }) => ({
      state: { sum: sum.add(element.x) },
      output: {},
    });
    expect(() => scan({ initial: { sum: zeros([1]) }, inputs: { x }, step, unroll })).toThrow(
      new ShapeError("scan: expected the step to hand on the state sum as float32 [1] but found float32 [2]"),
    );
    const forgets = () => ({ state: {} as { sum: Tensor }, output: {} });
    expect(() => scan({ initial: { sum: zeros([1]) }, inputs: { x }, step: forgets, unroll })).toThrow(
      new ShapeError("scan: expected the step to hand on the state sum as float32 [1] but found none"),
    );
  });

  test("steps of unknown number, written out", () => {
    const step = () => ({ state: {}, output: {} });
    expect(() => scan({ initial: {}, inputs: { x: input("x", ["time", 2]) }, step, unroll: true })).toThrow(
      new ShapeError("scan: expected a length in numbers to write its steps out but found time; leave out unroll"),
    );
  });

  test("to have no step", async () => {
    const build = (time: Dim) => {
      const step = (_: object, element: { x: Tensor }) => ({ state: {}, output: { y: element.x } });
      return scan({ initial: {}, inputs: { x: input("x", [time, 2]) }, step, unroll: false }).output;
    };
    expect(() => build(0)).toThrow(new ShapeError("scan: expected x to have at least one element but found none"));
    const empty = { x: { data: new Float32Array(), shape: [0, 2], dtype: "float32" } } as const;
    expect(() => onReference(build("time"), empty)).toThrow(
      new ShapeError("Scan: expected inputs of one length of at least 1 but found 0"),
    );
    await expect(onOnnxRuntime(build("time"), empty)).rejects.toThrow();
  });

  test("a tensor of a step that is used outside", () => {
    let leaked = zeros([2]);
    scan({
      initial: {},
      inputs: { x: input("x", [3, 2]) },
      step: (_, element) => {
        leaked = element.x;
        return { state: {}, output: {} };
      },
      unroll: false,
    });
    const name = leaked.node.attributes.name as string;
    expect(() => lower({ y: leaked.exp() })).toThrow(
      new ModelError(`graph: expected a scan's own tensors inside it but found ${name}; return it from the step`),
    );
    expect(() => onReference({ y: leaked.exp() }, {})).toThrow(
      new ModelError(`evaluate: expected a value for Input ${name} but found none; return it from the scan's step`),
    );
  });

  test("to be differentiated where its states were not kept", () => {
    const { outputs, leaves } = recurrence({ unroll: false });
    const pruned = lower({ next: outputs.next }).outputs.next as Tensor;
    expect(() => gradient(pruned.sum(), [leaves.w])).toThrow(
      new ModelError(
        "gradient of Scan: expected a scan over axis 0 that keeps its states but found another; build it with scan()",
      ),
    );
  });
});

describe("what a step marks", () => {
  const [rows, width] = [2, 3];

  /** Dropout in a step, beside a step of its own inside, which asks for noise as well. */
  function withNoise(unroll: boolean, { reverse = false, time = 5 }: { reverse?: boolean; time?: number } = {}) {
    const { result, noise } = traceGraph({ training: true }, () => {
      const x = dropout(input("x", [time, rows, width]), 0.1);
      const { output } = scan({
        initial: {},
        inputs: { x },
        step: (_, element) => {
          const first = uniformNoise(nextNoiseName("first"), [rows, width]);
          const { last } = scan({
            initial: { sum: element.x },
            inputs: { letters: element.x.transpose([1, 0]) },
            step: ({ sum }) => ({ state: { sum: sum.add(uniformNoise("inner", [rows, width])) }, output: {} }),
            unroll,
          });
          return { state: {}, output: { first, dropped: dropout(last.sum, 0.5) } };
        },
        unroll,
        reverse,
      });
      return { ...output, after: dropout(x, 0.1) };
    });
    return { outputs: result, noise: new Map([...noise].map(([name, { shape }]) => [name, shape])) };
  }

  test.each([false, true])(
    "noise is its own at every step, and the same in both forms; reversed: %s",
    async (reverse) => {
      const [written, node] = [withNoise(true, { reverse }), withNoise(false, { reverse })];
      expect([...node.noise]).toEqual([
        ["noise.dropout.0", [5, rows, width]],
        ["noise.first.1", [rows, 5, width]],
        ["noise.inner", [rows, 5, width, width]],
        ["noise.dropout.3", [rows, 5, width]],
        ["noise.dropout.4", [5, rows, width]],
      ]);
      expect([...written.noise]).toEqual([...node.noise]);
      const shapes = [["x", [5, rows, width]] as const, ...node.noise] as [string, number[]][];
      const feeds = Object.fromEntries(shapes.map(([name, shape]) => [name, randomNumbers(shape, name)]));
      const expected = onReference(written.outputs, feeds);
      const [exact, rough] = [onReference(node.outputs, feeds), await onOnnxRuntime(node.outputs, feeds)];
      for (const [name, value] of Object.entries(expected)) {
        expectClose(exact[name], value, "float64", name);
        expectClose(rough[name], value, "float32", name);
      }
      expect(new Set(numbers(expected.first as NdArray)).size).toBe(5 * rows * width);
    },
  );

  test.each([true, false])("noise without axes is one number for each step; written out: %s", (unroll) => {
    const { result } = traceGraph({ training: true }, () => {
      const step = () => ({ state: {}, output: { u: uniformNoise("u", []) } });
      return scan({ initial: {}, inputs: { x: input("x", [3, 2]) }, step, unroll }).output;
    });
    const feeds = { "noise.u": array([0.1, 0.2, 0.3], [1, 3], "float64"), x: randomNumbers([3, 2], "x") };
    expectClose(onReference(result, feeds).u, array([0.1, 0.2, 0.3], [3], "float64"), "float64");
  });

  test.each([true, false])("is refused where it is the step's own; written out: %s", (unroll) => {
    const inStep = (mark: (x: Tensor) => void) => () =>
      traceGraph({ training: true }, () => {
        const step = (_: object, { x }: { x: Tensor }) => {
          mark(x);
          return { state: {}, output: {} };
        };
        scan({ initial: {}, inputs: { x: input("x", [3, 2]) }, step, unroll });
      });
    expect(inStep((x) => trace("weights", x, "keyLen"))).toThrow(
      new ModelError(
        "trace: expected weights outside the steps of a scan but found it in one; return it from the step as an output and trace that",
      ),
    );
    expect(inStep((x) => updateBuffer(new Buffer(array([1, 2])), x))).toThrow(
      new ModelError(
        "updateBuffer: expected the next value outside the steps of a scan but found it in one; return it from the step as a state and set that",
      ),
    );
    expect(inStep(() => [uniformNoise("u", [1]), uniformNoise("u", [1])])).toThrow(
      new ModelError("uniformNoise: expected one input named u but found two"),
    );
  });
});
