import { describe, expect, test } from "vitest";
import { onOnnxRuntime, onReference, withParameterInputs } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import type { Shape } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type DType, type NdArray, numbers } from "../tensor/nd-array.ts";
import { concat, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { Gru } from "./gru.ts";
import { Lstm, type LstmState } from "./lstm.ts";
import { initialize } from "./module.ts";
import { UNROLLED_STEPS } from "./scan.ts";
import { traceGraph } from "./trace.ts";

const [BATCH, TIME, INPUT, HIDDEN] = [3, 5, 7, 2];
const LONG = UNROLLED_STEPS + 3;

type Layer = Lstm | Gru;
type State = Readonly<Record<string, Tensor>>;

interface LayerCase {
  readonly name: string;
  readonly layer: Layer;
  readonly parts: readonly string[];
  readonly width: number;
}

const CASES: readonly LayerCase[] = [false, true].flatMap((bidirectional) => {
  const [title, width] = bidirectional ? ["two-way", 2 * HIDDEN] : ["one-way", HIDDEN];
  const options = { inputDim: INPUT, hiddenDim: HIDDEN, bidirectional };
  return [
    { name: `a ${title} LSTM`, layer: new Lstm(options), parts: ["hidden", "cell"], width },
    { name: `a ${title} GRU`, layer: new Gru(options), parts: ["hidden"], width },
  ];
});

for (const { layer } of CASES) {
  initialize(layer, 5);
  for (const [name, leaf] of layer.parameters()) {
    leaf.value = array(numbers(randomNumbers(leaf.shape as number[], name)), leaf.shape as number[]);
  }
}

function forward(layer: Layer, x: Tensor, options: { lengths?: Tensor; initial?: State }): Outputs {
  return { ...(layer as Lstm).forward(x, options as { lengths?: Tensor; initial?: LstmState }) };
}

describe.each(CASES)("$name from a state of one's own", ({ layer, parts, width }) => {
  const initial = Object.fromEntries(parts.map((name) => [name, input(`initial.${name}`, [BATCH, width])]));
  const lengths = input("lengths", [BATCH], "int32");
  const build = (training: boolean, time: number, options: { lengths?: Tensor; initial?: State }) => {
    const { result } = traceGraph({ training }, () => forward(layer, input("x", [BATCH, time, INPUT]), options));
    return withParameterInputs(result, layer);
  };
  const feedsOf = (time: number) => ({
    x: randomNumbers([BATCH, time, INPUT], "x"),
    lengths: array([time, 1, 3], [BATCH], "int32"),
    ...Object.fromEntries(parts.map((name) => [`initial.${name}`, randomNumbers([BATCH, width], name)])),
  });
  const operators = ({ outputs }: { outputs: Outputs }) =>
    sortNodes(Object.values(outputs)).map(({ operator }) => operator);

  test.each([
    ["written out", TIME, true],
    ["written out, all steps valid", TIME, false],
    ["as a scan", LONG, true],
    ["as a scan, all steps valid", LONG, false],
  ])("%s, it is ONNX's own operator, on both back ends", async (_, time, isPadded) => {
    const options = { initial, ...(isPadded ? { lengths } : {}) };
    const [own, native] = [build(true, time, options), build(false, time, options)];
    expect(operators(own).includes("Scan")).toBe(time === LONG);
    expect(operators(native).filter((name) => name === "LSTM" || name === "GRU")).toHaveLength(width / HIDDEN);
    const feeds = { ...own.feeds, ...feedsOf(time) };
    const expected = onReference(own.outputs, feeds);
    for (const { outputs } of [own, native]) {
      const [exact, rough] = [onReference(outputs, feeds), await onOnnxRuntime(outputs, feeds)];
      for (const [name, value] of Object.entries(expected)) {
        expectClose(exact[name], value, "float64", name);
        expectClose(rough[name], value, "float32", name);
      }
    }
  });

  test("zeros are what it starts from by itself, other numbers are not", () => {
    const own = build(true, TIME, { lengths, initial });
    const feeds = { ...own.feeds, ...feedsOf(TIME) };
    const zeros = Object.fromEntries(
      parts.map((name) => [`initial.${name}`, array(new Array(BATCH * width).fill(0), [BATCH, width], "float64")]),
    );
    const expected = onReference(build(true, TIME, { lengths }).outputs, feeds);
    const found = onReference(own.outputs, { ...feeds, ...zeros });
    for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
    expect(numbers(onReference(own.outputs, feeds).output as NdArray)).not.toEqual(numbers(expected.output as NdArray));
  });

  test.each([
    ["written out", TIME],
    ["of a scan", LONG],
  ])("the gradient of the state, %s, is that of central differences", async (_, time) => {
    const { outputs, feeds: values } = build(true, time, { lengths, initial });
    const terms = Object.entries(outputs).map(([name, tensor]) =>
      tensor.mul(input(`cotangent.${name}`, tensor.shape)).sum(),
    );
    const loss = terms.reduce((sum, term) => sum.add(term));
    const slopes = gradient(
      loss,
      parts.map((name) => initial[name] as Tensor),
    );
    const cotangents = Object.entries(outputs).map(
      ([name, tensor]) => [`cotangent.${name}`, randomNumbers(tensor.shape as number[], `of ${name}`)] as const,
    );
    const feeds = { ...values, ...feedsOf(time), ...Object.fromEntries(cotangents) };
    const named = Object.fromEntries(parts.map((name, i) => [name, slopes[i] as Tensor]));
    const [exact, rough] = [onReference(named, feeds), await onOnnxRuntime(named, feeds)];
    for (const name of parts) {
      const expected = centralDifferences(loss, feeds, `initial.${name}`);
      expectClose(exact[name], expected, "differences", name);
      expectClose(rough[name], exact[name] as NdArray, "float32", name);
    }
  });

  test("a state of another shape or type is refused", () => {
    const owner = layer instanceof Lstm ? "Lstm" : "Gru";
    const refused = (part: string, { shape, dtype = "float32" }: { shape: Shape; dtype?: DType }, message: string) =>
      expect(() =>
        forward(layer, input("x", [BATCH, TIME, INPUT]), {
          initial: { ...initial, [part]: input("other", shape, dtype) },
        }),
      ).toThrow(new ShapeError(`${owner}: expected initial.${part} to ${message}`));
    for (const part of parts) {
      const wanted = `have shape [3,${width}] but found`;
      refused(part, { shape: [BATCH, width + 1] }, `${wanted} [3,${width + 1}]`);
      refused(part, { shape: [BATCH + 1, width] }, `${wanted} [4,${width}]`);
      refused(part, { shape: [width] }, `${wanted} [${width}]`);
      refused(part, { shape: [1, BATCH, width] }, `${wanted} [1,3,${width}]`);
      refused(part, { shape: [BATCH, width], dtype: "int32" }, 'be float32 but found int32; use cast("float32")');
    }
  });
});

describe.each(CASES.filter(({ layer }) => !layer.backwardCell))("$name", ({ layer, parts, width }) => {
  const initial = Object.fromEntries(parts.map((name) => [name, input(`initial.${name}`, [BATCH, width])]));

  test("a sequence in two halves, the second from the state after the first, is the whole one", () => {
    const { result } = traceGraph({ training: true }, () => {
      const [x, y] = input("x", [BATCH, 4, INPUT]).split([1, 3], 1) as [Tensor, Tensor];
      const { output: first, ...middle } = forward(layer, x, { initial });
      const { output: second, ...end } = forward(layer, y, { initial: middle });
      const whole = forward(layer, input("x", [BATCH, 4, INPUT]), { initial });
      return {
        whole: whole.output,
        halves: concat([first, second] as Tensor[], 1),
        end: end.hidden,
        last: whole.hidden,
      };
    });
    const { outputs, feeds } = withParameterInputs(result as Outputs, layer);
    const states = parts.map((name) => [`initial.${name}`, randomNumbers([BATCH, width], name)] as const);
    const given = { x: randomNumbers([BATCH, 4, INPUT], "x"), ...Object.fromEntries(states) };
    const found = onReference(outputs, { ...feeds, ...given });
    expectClose(found.halves, found.whole as NdArray, "float64");
    expectClose(found.end, found.last as NdArray, "float64");
  });
});
