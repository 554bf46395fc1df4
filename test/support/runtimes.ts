import type { Module } from "../../src/nn/module.ts";
import { nodeBackend } from "../../src/runtime/node.ts";
import { compile } from "../../src/runtime/program.ts";
import { evaluate } from "../../src/runtime/reference/index.ts";
import { type Outputs, substitute } from "../../src/tensor/graph.ts";
import { array, type NdArray, numbers } from "../../src/tensor/nd-array.ts";
import { input, type Tensor } from "../../src/tensor/tensor.ts";

export type Arrays = Readonly<Record<string, NdArray>>;

/** A graph on the reference runtime, in float64. */
export function onReference(outputs: Outputs, feeds: Arrays): Record<string, NdArray> {
  return evaluate(outputs, feeds);
}

/** The same graph on ONNX Runtime, in float32: simplified, written and run. */
export async function onOnnxRuntime(outputs: Outputs, feeds: Arrays): Promise<Record<string, NdArray>> {
  const program = await compile(outputs, { backend: nodeBackend });
  try {
    return await program.run(Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, single(value)])));
  } finally {
    await program.release();
  }
}

/** Floats as float32; everything else as it is. */
export function single(value: NdArray): NdArray {
  return value.dtype === "float64" ? array(numbers(value), value.shape) : value;
}

/** The parameters of a model as inputs of their names, and their values (in float64) to feed. */
export function parametersAsInputs(model: Module): { inputs: Map<Tensor, Tensor>; feeds: Record<string, NdArray> } {
  const inputs = new Map<Tensor, Tensor>();
  const feeds: Record<string, NdArray> = {};
  for (const [name, parameter] of model.parameters()) {
    inputs.set(parameter, input(name, parameter.shape, parameter.dtype));
    feeds[name] = array(numbers(parameter.value as NdArray), parameter.value?.shape, "float64");
  }
  return { inputs, feeds };
}

/** A model's outputs as a graph of inputs only, with the values of its parameters. */
export function withParameterInputs(
  outputs: Outputs,
  model: Module,
): { outputs: Outputs; feeds: Record<string, NdArray> } {
  const { inputs, feeds } = parametersAsInputs(model);
  return { outputs: substitute(outputs, inputs), feeds };
}
