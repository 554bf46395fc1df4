import { describe, expect, test } from "vitest";
import { onOnnxRuntime, onReference, parametersAsInputs, withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { type Outputs, sortNodes, substitute } from "../tensor/graph.ts";
import { array } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { Gru } from "./gru.ts";
import { Lstm } from "./lstm.ts";
import { initialize } from "./module.ts";
import { UNROLLED_STEPS } from "./scan.ts";
import { traceGraph } from "./trace.ts";

const TIME = UNROLLED_STEPS + 3;
const FEEDS = {
  x: randomNumbers([2, TIME, 3], "x"),
  lengths: array([TIME, 5], [2], "int32"),
};

describe.each([
  ["LSTM", () => new Lstm({ inputDim: 3, hiddenDim: 5, bidirectional: true })],
  ["GRU", () => new Gru({ inputDim: 3, hiddenDim: 5, bidirectional: true })],
])("a two-way %s over a long sequence", (_, make) => {
  const layer = make();
  initialize(layer, 3);
  const leaves = { x: input("x", [2, TIME, 3]), lengths: input("lengths", [2], "int32") };
  const form = (training: boolean) => {
    const build = () => layer.forward(leaves.x, { lengths: leaves.lengths });
    const { output, ...state } = { ...traceGraph({ training }, build).result } as Outputs;
    return withParameterInputs({ output: output as Tensor, ...state }, layer);
  };

  test("is a scan, whose size does not grow with the length", () => {
    const nodes = sortNodes(Object.values(form(true).outputs));
    expect(nodes.filter(({ operator }) => operator === "Scan")).toHaveLength(1);
    expect(nodes.length).toBeLessThan(150);
  });

  test("equals ONNX's own operator, on both back ends", async () => {
    const [training, inference] = [form(true), form(false)];
    const expected = onReference(inference.outputs, { ...FEEDS, ...inference.feeds });
    const exact = onReference(training.outputs, { ...FEEDS, ...training.feeds });
    const rough = await onOnnxRuntime(training.outputs, { ...FEEDS, ...training.feeds });
    for (const [name, value] of Object.entries(expected)) {
      expectClose(exact[name], value, "float64", name);
      expectClose(rough[name], value, "float32", name);
    }
  });

  test("has the gradient of a short sequence that is written out, where the rest is padding", async () => {
    const short = { x: input("short", [2, 5, 3]), lengths: input("lengths", [2], "int32") };
    const feeds = { x: FEEDS.x, short: array(cut(), [2, 5, 3], "float64"), lengths: array([5, 2], [2], "int32") };
    const slopes = (leaf: { x: Tensor; lengths: Tensor }) => {
      const { output } = traceGraph({ training: true }, () => layer.forward(leaf.x, { lengths: leaf.lengths })).result;
      const parameters = [...layer.parameters()];
      const found = gradient(
        output.mul(output).sum(),
        parameters.map(([, parameter]) => parameter),
      );
      return Object.fromEntries(parameters.map(([name], i) => [`slope of ${name}`, found[i] as Tensor]));
    };
    const { inputs, feeds: values } = parametersAsInputs(layer);
    const [long, written] = [substitute(slopes(leaves), inputs), substitute(slopes(short), inputs)];
    const expected = onReference(written, { ...feeds, ...values });
    const exact = onReference(long, { ...feeds, ...values });
    const rough = await onOnnxRuntime(long, { ...feeds, ...values });
    for (const [name, value] of Object.entries(expected)) {
      expectClose(exact[name], value, "float64", name);
      expectClose(rough[name], value, "float32", name);
    }
  });

  /** The first five steps of both examples. */
  function cut(): number[] {
    const data = FEEDS.x.data as Float64Array;
    return [0, TIME].flatMap((start) => [...data.slice(start * 3, (start + 5) * 3)]);
  }
});
