import { decode, encode, type ModelMessage } from "../onnx/messages.ts";
import { type ReadModel, readModel } from "../onnx/read.ts";
import { checkFields, DEFAULT_LIMITS } from "../onnx/read-limits.ts";
import { typeOf } from "../onnx/read-shape.ts";
import { formatShape, type Shape } from "../tensor/dim.ts";
import type { DType } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { concreteShape, openDims } from "./graph-inputs.ts";
import { MOST_NODES } from "./graph-work.ts";

/** Inputs of a graph, and the attention weights that it gives. */
export interface GraphFacts {
  readonly inputs: readonly { readonly name: string; readonly dtype: DType; readonly shape: Shape }[];
  readonly outputs: readonly string[];
  /** Names of the open axes of its inputs, whose sizes a run may choose. */
  readonly open: readonly string[];
  /** Axis names of the outputs that are said to be attention weights. */
  readonly attention: Readonly<Record<string, readonly string[]>>;
  /** What its metadata says of attention that does not hold, in sentences. */
  readonly faults: readonly string[];
}

const AXES = "fovea.axes.";
/** Of files from strangers. */
const LIMITS = { limits: { nodes: MOST_NODES } };
/** Element types that attention weights may have. */
export const FLOATS: readonly DType[] = ["float32", "float64", "float16", "bfloat16"];

/** What an ONNX file says of itself. @throws ModelError for bytes that `readModel` refuses */
export function readFacts(bytes: Uint8Array): { message: ModelMessage; facts: GraphFacts } {
  checkFields(bytes, DEFAULT_LIMITS.fields);
  const message = decode("Model", bytes);
  const inputs = inputsOf(message);
  return { message, facts: factsOf(inputs, readSomehow(bytes, message, inputs)) };
}

/** The inputs that a run must feed, by what the file itself says of them. */
function inputsOf({ graph }: ModelMessage): GraphFacts["inputs"] {
  const initial = new Set(graph?.initializer?.map(({ name }) => name));
  return (graph?.input ?? []).flatMap((info) => {
    return initial.has(info.name) ? [] : [{ name: info.name ?? "", ...typeOf(info) }];
  });
}

/** The shapes of a graph's inputs in numbers. */
export function shapesOf(inputs: GraphFacts["inputs"], sizes: Readonly<Record<string, number>>): Map<string, number[]> {
  return new Map(inputs.map(({ name, shape }) => [name, concreteShape(shape, sizes)]));
}

/** The graph with its axes open; or, where that cannot be read because axes of two names must be alike, of equal sizes. */
function readSomehow(bytes: Uint8Array, message: ModelMessage, inputs: GraphFacts["inputs"]): ReadModel {
  try {
    return readModel(bytes, LIMITS);
  } catch (error) {
    try {
      return readModel(withShapes(message, shapesOf(inputs, {})), LIMITS);
    } catch {
      throw error;
    }
  }
}

function factsOf(inputs: GraphFacts["inputs"], { outputs, metadata }: ReadModel): GraphFacts {
  const attention: [string, string[]][] = [];
  const faults: string[] = [];
  for (const [key, value] of Object.entries(metadata)) {
    if (!key.startsWith(AXES)) continue;
    const name = key.slice(AXES.length);
    const tensor = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    const axes = value.trim().split(/\s+/);
    const fault = tensor
      ? misfit(tensor, axes, name)
      : `${key} to be of an output (${listed(outputs)}) but found no ${name}`;
    if (!fault) attention.push([name, axes]);
    const doubt = fault ?? unnamed(axes, name);
    if (doubt) faults.push(`graph: expected ${doubt}`);
  }
  return {
    inputs,
    outputs: Object.keys(outputs),
    open: openDims(inputs.map(({ shape }) => shape)),
    attention: Object.fromEntries(attention),
    faults,
  };
}

const listed = (outputs: object) => Object.keys(outputs).join(", ").slice(0, 100);

/** Why an output cannot have such axes. */
function misfit({ shape, rank, dtype }: Tensor, axes: readonly string[], name: string): string | undefined {
  if (rank < 2 || !FLOATS.includes(dtype)) {
    return `${AXES}${name} to be of an output of floats with two or more axes but found ${dtype} ${formatShape(shape)}`;
  }
  if (axes.length === rank) return undefined;
  return `${AXES}${name} to name the ${rank} axes of ${name} ${formatShape(shape)} but found ${axes.join(" ")}`;
}

/** Axes without a name that says which are queries and keys: what stands for them. */
function unnamed(axes: readonly string[], name: string): string | undefined {
  if (axes.includes("keyLen")) return undefined;
  const query = axes.includes("queryLen") ? "" : `${axes.at(-2)} is taken for queryLen, `;
  const rest = `${query}${axes.at(-1)} ${query ? "" : "is taken "}for keyLen`;
  return `queryLen and keyLen among the axes of ${AXES}${name} but found ${axes.join(" ")}; ${rest}`;
}

/** The same model with numbers in the shapes of its inputs. */
export function withShapes(message: ModelMessage, shapes: ReadonlyMap<string, readonly number[]>): Uint8Array {
  const inputs = message.graph?.input?.map((info) => {
    const shape = shapes.get(info.name ?? "");
    if (!shape) return info;
    const dim = shape.map((dimValue) => ({ dimValue }));
    return { ...info, type: { ...info.type, tensorType: { ...info.type?.tensorType, shape: { dim } } } };
  });
  return encode("Model", { ...message, graph: { ...message.graph, ...(inputs ? { input: inputs } : {}) } });
}
