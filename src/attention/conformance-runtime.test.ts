import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { Module } from "../nn/module.ts";
import { trace } from "../nn/trace.ts";
import { readModel } from "../onnx/read.ts";
import { SESSION_OPTIONS } from "../runtime/node.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { exportOnnx, type InputTypes } from "../tasks/inference.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CONFORMANCE, type ConformanceRow, titleOf } from "./conformance.fixture.ts";
import {
  type BuildOptions,
  type Built,
  build,
  type Counts,
  type Feeds,
  feedsOf,
  KEY_LEN,
  mapped,
  randomize,
  reads,
  rowsOf,
  run,
  SELF_SIZES,
  SELF_SYMBOLS,
  SIZES,
  type Sizes,
  SYMBOLS,
  shapesOf,
  sizesOf,
  takes,
} from "./conformance-graph.fixture.ts";

function toOrt({ data, shape, dtype }: NdArray): ort.Tensor {
  return dtype === "bool"
    ? new ort.Tensor("bool", data as Uint8Array, shape)
    : new ort.Tensor("float32", Float32Array.from(data as Float64Array), shape);
}

/** Output and weights of a graph on ONNX Runtime, in float32. */
async function runRough({ outputs, leaves, weights }: Built, feeds: Feeds) {
  const named = { output: outputs.output as Tensor, attention: outputs.weights as Tensor };
  const given = Object.entries(feeds).filter(([name]) => leaves.has(name));
  const rough = await onOnnxRuntime(named, { ...weights, ...Object.fromEntries(given) });
  return { output: rough.output as NdArray, weights: rough.attention as NdArray };
}

/** The ways that a mechanism may go, by what it is given. */
const WAYS: Readonly<Record<string, readonly [Counts, BuildOptions]>> = {
  "a mask in full": [SIZES, {}],
  "a mask in full, and a bias": [SIZES, { bias: true }],
  "no mask, and lengths alike": [SELF_SIZES, { mask: "none" }],
  "a mask of keys, and lengths alike": [SELF_SIZES, { mask: "batch 1 keyLen" }],
};

/** For what runs twice for each number. */
const FEW: Counts = { batch: 2, queryLen: 3, keyLen: 5 };

/** A model of a mechanism alone, which shows its weights. */
class Shown extends Module {
  readonly attention: Module | undefined;
  readonly #row: ConformanceRow;
  readonly #forward: ReturnType<ConformanceRow["make"]>["forward"];

  constructor(row: ConformanceRow) {
    super();
    const { model, forward } = row.make({ dropout: 0 });
    if (model) randomize(model);
    this.attention = model;
    this.#forward = forward;
    this.#row = row;
  }

  /** Names of the weights' axes. */
  get axes(): string {
    return this.#row.mechanism.axes.replace("...", "batch");
  }

  forward(inputs: Readonly<Record<string, Tensor>>): { output: Tensor } {
    const { output, weights } = this.#forward(inputs as Record<"query" | "key" | "value", Tensor>);
    trace("weights", weights, this.axes);
    return { output };
  }
}

function typesOf(row: ConformanceRow, { batch, queryLen, keyLen }: Sizes, mask: boolean): InputTypes {
  const pairs = [batch, row.ownQueries ?? queryLen, keyLen];
  const all: InputTypes = {
    query: { shape: [batch, queryLen, row.queryDim], dtype: "float32" },
    key: { shape: [batch, keyLen, row.keyDim], dtype: "float32" },
    value: { shape: [batch, keyLen, 11], dtype: "float32" },
    ...(mask && { mask: { shape: pairs, dtype: "bool" } }),
    ...(row.noise && { noise: { shape: pairs, dtype: "float32" } }),
  };
  // One that counts its keys only still asks for them.
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === "key" || takes(row, name)));
}

describe.each(CONFORMANCE.map((row) => ({ title: titleOf(row), row })))("$title", ({ row }) => {
  const built = build(row);
  const readable = (allowed: (pair: number) => boolean) => reads(row, allowed);

  for (const [way, [sizes, options]] of Object.entries(WAYS)) {
    if (row.selfOnly && sizes !== SELF_SIZES) continue;
    test(`ONNX Runtime agrees in float32: ${way}`, async () => {
      const perKey = options.mask === "batch 1 keyLen";
      const feeds = feedsOf(row, (i) => i >= KEY_LEN && i % 4 !== 1, sizes);
      const [batch, keyLen] = [sizes.batch, sizes.keyLen];
      const keys = array(
        Array.from({ length: batch * keyLen }, (_, i) => Number(i % 3 !== 0)),
        [batch, 1, keyLen],
        "bool",
      );
      const given = perKey ? { ...feeds, mask: keys } : feeds;
      const graph = build(row, sizes, options);
      const [exact, rough] = [run(graph, given), await runRough(graph, given)];
      expectClose(rough.output, exact.output, "float32", "output");
      expectClose(rough.weights, exact.weights, "float32", "weights");
    });
  }

  for (const size of [1e12, -1e12]) {
    test(`numbers as far out as ${size} leave finite results, whose forbidden weights are 0`, async () => {
      const allowed = (pair: number) => pair % 3 !== 0;
      const plain = feedsOf(row, allowed);
      const far = (value: NdArray) => mapped(value, (x) => x * size);
      const feeds = { ...plain, query: far(plain.query), key: far(plain.key) };
      for (const { output, weights } of [run(built, feeds), await runRough(built, feeds)]) {
        expect([...numbers(output), ...numbers(weights)].every(Number.isFinite)).toBe(true);
        const forbidden = numbers(weights).filter((_, i) => !readable(allowed)(i));
        expect(forbidden.every((weight) => Math.abs(weight) === 0)).toBe(true);
        for (const [i, found] of rowsOf(weights).entries()) {
          const any = found.some((_, key) => readable(allowed)(i * found.length + key));
          const sum = found.reduce((a, b) => a + b, 0);
          if (row.except?.["rows sum to 1 or 0"] ?? row.except?.["far rows sum to 1 or 0"])
            expect(sum).toBeLessThanOrEqual(any ? 1 + 1e-6 : 0);
          else expect(sum).toBeCloseTo(any ? 1 : 0, 6);
        }
      }
    });
  }

  test.skipIf(row.except?.slopes)(
    titled("the derived gradients are the slopes of the values", row.except?.slopes),
    () => {
      const sizes = row.selfOnly ? { ...FEW, queryLen: FEW.keyLen } : FEW;
      const { outputs, leaves, weights } = build(row, sizes, { bias: true });
      const feeds = { ...weights, ...feedsOf(row, (i) => i % 4 !== 1, sizes) };
      const [output, shown] = [outputs.output as Tensor, outputs.weights as Tensor];
      const loss = output.tanh().sum().add(shown.mul(shown).sum());
      const names = [...leaves.keys()].filter((name) => name !== "mask");
      const derived = gradient(
        loss,
        names.map((name) => leaves.get(name) as Tensor),
      );
      const values = evaluate(Object.fromEntries(names.map((name, i) => [name, derived[i] as Tensor])), feeds);
      for (const name of names) expectClose(values[name], centralDifferences(loss, feeds, name), "differences", name);
    },
  );

  test.each([true, false])(
    "the exported model takes any sizes and names its weights and their axes (with a mask: %s)",
    async (mask) => {
      // Without a mask, self-attention: of one symbol for both lengths.
      const symbols = mask && !row.selfOnly ? SYMBOLS : SELF_SYMBOLS;
      const model = new Shown(row);
      const bytes = exportOnnx(model, typesOf(row, symbols, mask));
      const { metadata, outputs } = readModel(bytes);
      expect(Object.keys(outputs).sort()).toEqual(["output", "weights"]);
      expect(metadata["fovea.axes.weights"]).toBe(model.axes);
      expect(outputs.weights?.rank).toBe(model.axes.split(" ").length);
      const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
      const small = { batch: 3, queryLen: symbols === SYMBOLS ? 1 : 2, keyLen: 2 };
      for (const sizes of [symbols === SYMBOLS ? SIZES : SELF_SIZES, small]) {
        const feeds = feedsOf(row, (i) => i % 5 !== 0, sizes);
        const given = Object.fromEntries(session.inputNames.map((name) => [name, toOrt(feeds[name as keyof Feeds])]));
        const results = await session.run(given);
        const exact = run(build(row, sizes, { mask: mask ? "batch queryLen keyLen" : "none" }), feeds);
        for (const name of ["output", "weights"] as const) {
          const { data, dims } = results[name] as ort.Tensor;
          expectClose({ data: data as Float32Array, shape: dims, dtype: "float32" }, exact[name], "float32", name);
        }
      }
      await session.release();
    },
  );

  const withoutDropout = row.except?.dropout;
  test.skipIf(withoutDropout)(titled("dropout acts in training only, and weights stay whole", withoutDropout), () => {
    const nodes = (dropout: number) => sortNodes(Object.values(build(row, sizesOf(row), { dropout }).outputs)).length;
    expect(nodes(0.25)).toBe(nodes(0));
    const built = build(row, sizesOf(row), { dropout: 0.25, training: true });
    const shape = shapesOf(row).weights;
    const draws = Array.from({ length: product(shape) }, (_, i) => (i % 4 === 0 ? 0.2 : 0.25 + (i % 3) / 4));
    expect(built.noise.size).toBe(1);
    const noise = [...built.noise.keys()].map((name) => [name, array(draws, shape, "float64")]);
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
