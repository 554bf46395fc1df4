import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { writeModel } from "../onnx/write.ts";
import { SESSION_OPTIONS } from "../runtime/node.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CONFORMANCE } from "./conformance.fixture.ts";
import { build, feedsOf, KEY_LEN, run, SIZES, SYMBOLS, shapesOf, takes } from "./conformance-graph.fixture.ts";

function toOrt({ data, shape, dtype }: NdArray): ort.Tensor {
  return dtype === "bool"
    ? new ort.Tensor("bool", data as Uint8Array, shape)
    : new ort.Tensor("float32", Float32Array.from(data as Float64Array), shape);
}

describe.each(CONFORMANCE)("$mechanism.name", (row) => {
  const built = build(row);

  test("ONNX Runtime agrees in float32", async () => {
    const feeds = feedsOf(row, (i) => i >= KEY_LEN && i % 4 !== 1);
    const outputs = { output: built.outputs.output as Tensor, attention: built.outputs.weights as Tensor };
    const exact = run(built, feeds);
    const rough = await onOnnxRuntime(outputs, { ...built.weights, ...feeds });
    expectClose(rough.output, exact.output, "float32", "output");
    expectClose(rough.attention, exact.weights, "float32", "weights");
  });

  test.skipIf(row.except?.slopes)(
    titled("the derived gradients are the slopes of the values", row.except?.slopes),
    () => {
      const feeds = { ...built.weights, ...feedsOf(row, (i) => i % 4 !== 1) };
      const [output, weights] = [built.outputs.output as Tensor, built.outputs.weights as Tensor];
      const loss = output.tanh().sum().add(weights.mul(weights).sum());
      const names = [...built.leaves.keys()].filter((name) => name !== "mask");
      const derived = gradient(
        loss,
        names.map((name) => built.leaves.get(name) as Tensor),
      );
      const values = evaluate(Object.fromEntries(names.map((name, i) => [name, derived[i] as Tensor])), feeds);
      for (const name of names) expectClose(values[name], centralDifferences(loss, feeds, name), "differences", name);
    },
  );

  test("the exported model takes any batch, queryLen and keyLen", async () => {
    const fixed = row.except?.["open lengths"] !== undefined;
    const open = build(row, fixed ? { ...SIZES, batch: "batch" } : SYMBOLS);
    const parameters = [...(open.model?.parameters() ?? [])];
    const bytes = writeModel(open.traced, {
      initializers: new Map(parameters.map(([name, leaf]) => [leaf, { name, value: leaf.value as NdArray }])),
    });
    const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
    expect([...session.inputNames].sort()).toEqual(
      ["key", "mask", "query", "value"].filter((name) => takes(row, name)),
    );
    for (const sizes of [SIZES, fixed ? { ...SIZES, batch: 3 } : { batch: 3, queryLen: 1, keyLen: 2 }]) {
      const feeds = feedsOf(row, (i) => i % 5 !== 0, sizes);
      const results = await session.run(
        Object.fromEntries(
          Object.entries(feeds).flatMap(([name, value]) => (takes(row, name) ? [[name, toOrt(value)]] : [])),
        ),
      );
      const exact = run(open, feeds);
      for (const name of ["output", "weights"] as const) {
        const { data, dims } = results[name] as ort.Tensor;
        expectClose({ data: data as Float32Array, shape: dims, dtype: "float32" }, exact[name], "float32", name);
      }
    }
    await session.release();
  });

  const withoutDropout = row.except?.dropout;
  test.skipIf(withoutDropout)(titled("dropout acts in training only, and weights stay whole", withoutDropout), () => {
    const nodes = (dropout: number) => sortNodes(Object.values(build(row, SIZES, { dropout }).outputs)).length;
    expect(nodes(0.25)).toBe(nodes(0));
    const built = build(row, SIZES, { dropout: 0.25, training: true });
    const shape = shapesOf(row).weights;
    const draws = Array.from({ length: product(shape) }, (_, i) => (i % 4 === 0 ? 0.2 : 0.25 + (i % 3) / 4));
    const noise = [...built.noise].map(([name, { shape }]) => {
      // Any other noise is the same everywhere, so that it decides nothing.
      const equal = () => new Array<number>(product(shape as number[])).fill(0.5);
      return [name, array(name.startsWith("noise.dropout.") ? draws : equal(), shape as number[], "float64")];
    });
    const feeds = { ...feedsOf(row, () => true), ...Object.fromEntries(noise) };
    const [dropped, whole] = [run(built, feeds), run(build(row), feeds)];
    expectClose(dropped.weights, whole.weights, "float64", "weights");
    if (row.weightHeads || row.outputDim || row.ownOutput) {
      expect(numbers(dropped.output)).not.toEqual(numbers(whole.output));
      return;
    }
    const kept = numbers(whole.weights).map((weight, i) => (i % 4 === 0 ? 0 : weight / 0.75));
    const [weights, value] = [input("weights", shape), input("value", feeds.value.shape)];
    const given = { weights: array(kept, shape, "float64"), value: feeds.value };
    expectClose(dropped.output, evaluate({ y: weights.matmul(value) }, given).y as NdArray, "rounded", "output");
  });
});

function titled(title: string, exception: string | undefined): string {
  return exception === undefined ? title : `${title}: left out, for ${exception}`;
}
