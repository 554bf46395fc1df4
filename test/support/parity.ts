import { expect } from "vitest";
import { gradient } from "../../src/autodiff/gradient.ts";
import { type FrameworkName, parametersFrom } from "../../src/nn/frameworks/index.ts";
import type { Module } from "../../src/nn/module.ts";
import { traceGraph } from "../../src/nn/trace.ts";
import type { Shape } from "../../src/tensor/dim.ts";
import { type Outputs, substitute } from "../../src/tensor/graph.ts";
import type { NdArray } from "../../src/tensor/nd-array.ts";
import { input, type Tensor } from "../../src/tensor/tensor.ts";
import { expectClose, type Tolerance } from "../../src/tensor/tolerances.fixture.ts";
import { type Golden, readGolden } from "./golden.ts";
import { type Arrays, onOnnxRuntime, onReference } from "./runtimes.ts";

/** Inputs of a golden, by name; each case knows which of them its file has. */
export type Tensors = Readonly<Record<InputName, Tensor>>;

/** What goldens call their inputs. */
type InputName =
  | ("input" | "tokens" | "text" | "label" | "labels" | "logits" | "lengths" | "hidden" | "cell" | "source" | "target")
  | ("query" | "key" | "value" | "mask" | "bias" | "noise" | "scores" | "previous")
  | ("causalQuery" | "pastKey" | "pastValue");

type Leaves = Readonly<Record<string, Tensor>>;

/** One row of a table of parity tests: what is compared with a golden file. */
export interface ParityCase {
  /** File below test/goldens, without its ending. */
  readonly golden: string;
  /** Whose weights the file holds; default: none. */
  readonly model?: Module;
  readonly framework?: FrameworkName;
  /** Our outputs, by the golden's names, from the golden's inputs. */
  readonly build: (inputs: Tensors) => Outputs;
  /** Of the reference runtime; default: `float64`. */
  readonly tolerance?: Tolerance;
  /** The traced weights that are the golden's output `weights`. */
  readonly traced?: string;
  /** A weight of ours that the framework keeps otherwise than its table says, from the golden's weights. */
  readonly weight?: (name: string, weights: Leaves) => Tensor | undefined;
}

interface Graph {
  readonly outputs: Outputs;
  readonly leaves: ReadonlyMap<string, Tensor>;
  readonly feeds: Arrays;
}

function leavesOf(prefix: string, values: ReadonlyMap<string, NdArray>): Leaves {
  return Object.fromEntries(
    [...values].map(([name, { shape, dtype }]) => {
      return [name, input(`${prefix}.${name}`, shape, dtype === "float64" ? "float32" : dtype)];
    }),
  );
}

function trace(row: ParityCase, golden: Golden, training: boolean): Graph {
  const { model, framework = "pytorch", build, weight, traced } = row;
  const inputs = leavesOf("input", golden.inputs);
  const weights = leavesOf("weight", golden.weights);
  const used = new Set<string>();
  const take = (name: string, shape: Shape) => {
    const found = weight?.(name, weights) ?? (weights[name] as Tensor);
    expect(found?.shape, name).toEqual(shape);
    used.add(name);
    return found;
  };
  const parameters = model ? parametersFrom(model, framework, take) : new Map<Tensor, Tensor>();
  const { result, weights: marked } = traceGraph({ training }, () => build(inputs as Tensors));
  const shown: Outputs = traced === undefined ? {} : { weights: marked[traced]?.tensor as Tensor };
  const values = { input: golden.inputs, weight: golden.weights, cotangent: golden.cotangents };
  const feeds = Object.entries(values).flatMap(([prefix, group]) =>
    [...group].map(([name, value]): [string, NdArray] => [`${prefix}.${name}`, value]),
  );
  const leaves = new Map(Object.entries(weights));
  for (const [name, leaf] of Object.entries(inputs)) leaves.set(`input.${name}`, leaf);
  return { outputs: substitute({ ...result, ...shown }, parameters), leaves, feeds: Object.fromEntries(feeds) };
}

/** Σ output · cotangent over the outputs that have one. */
function objective(outputs: Outputs, cotangents: ReadonlyMap<string, NdArray>): Tensor {
  const terms = [...cotangents].map(([name, { shape }]) =>
    (outputs[name] as Tensor).mul(input(`cotangent.${name}`, shape)).sum(),
  );
  return terms.reduce((sum, term) => sum.add(term));
}

async function compare(
  { outputs, feeds }: { outputs: Outputs; feeds: Arrays },
  expected: ReadonlyMap<string, NdArray>,
  tolerance: Tolerance = "float64",
): Promise<void> {
  const exact = onReference(outputs, feeds);
  for (const [name, value] of expected) expectClose(exact[name], value, tolerance, `reference ${name}`);
  const rough = await onOnnxRuntime(outputs, feeds);
  for (const [name, value] of expected) expectClose(rough[name], value, "float32", `ONNX Runtime ${name}`);
}

/** The form for training: values, and the gradients of every weight and float input, on both back ends. */
export async function checkTraining(row: ParityCase): Promise<void> {
  const golden = readGolden(row.golden);
  const { outputs, leaves, feeds } = trace(row, golden, true);
  expect(Object.keys(outputs).sort()).toEqual([...golden.outputs.keys()].sort());
  const names = [...golden.gradients.keys()];
  const gradients = gradient(
    objective(outputs, golden.cotangents),
    names.map((name) => leaves.get(name) as Tensor),
  );
  const all = {
    ...outputs,
    ...Object.fromEntries(names.map((name, i) => [`gradient ${name}`, gradients[i] as Tensor])),
  };
  const expected = new Map([
    ...golden.outputs,
    ...[...golden.gradients].map(([name, value]) => [`gradient ${name}`, value] as const),
  ]);
  await compare({ outputs: all, feeds }, expected, row.tolerance);
}

/** The form for inference (ONNX's own recurrent operators): values, on both back ends. */
export async function checkInference(row: ParityCase): Promise<void> {
  const golden = readGolden(row.golden);
  const { outputs, feeds } = trace(row, golden, false);
  await compare({ outputs, feeds }, golden.outputs, row.tolerance);
}
