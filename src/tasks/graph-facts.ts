import { decode, encode, type ModelMessage } from "../onnx/messages.ts";
import { type ReadModel, readModel } from "../onnx/read.ts";
import { checkFields, DEFAULT_LIMITS } from "../onnx/read-limits.ts";
import { typeOf } from "../onnx/read-shape.ts";
import type { Shape } from "../tensor/dim.ts";
import type { DType } from "../tensor/nd-array.ts";
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
  const attention = Object.entries(metadata).flatMap(([key, value]): [string, string[]][] => {
    const name = key.startsWith(AXES) ? key.slice(AXES.length) : undefined;
    const tensor = name !== undefined && Object.hasOwn(outputs, name) ? outputs[name] : undefined;
    const axes = value.split(" ");
    const isFit = tensor && axes.length === tensor.rank && tensor.rank >= 2 && FLOATS.includes(tensor.dtype);
    return isFit ? [[name as string, axes]] : [];
  });
  return {
    inputs,
    outputs: Object.keys(outputs),
    open: openDims(inputs.map(({ shape }) => shape)),
    attention: Object.fromEntries(attention),
  };
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
