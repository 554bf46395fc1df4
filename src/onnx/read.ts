import { ModelError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { decode, type ModelMessage } from "./messages.ts";
import { domainOf, GraphReader } from "./read-graph.ts";
import { checkFields, DEFAULT_LIMITS, type ReadLimits, within } from "./read-limits.ts";

/** The newest version of `ai.onnx` whose operators the table knows. */
export const NEWEST_OPSET = 28;

export interface ReadModel {
  /** The inputs that a run must feed. */
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Version of each operator set, by domain; `ai.onnx` is `""`. */
  readonly opset: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The graph of an ONNX model. Initialisers become constants, also those that a caller could replace. Named dimensions become
 * symbols.
 *
 * A model may come from a stranger: reading opens no other file, and takes time and memory in proportion to the bytes.
 *
 * @throws ModelError for damaged bytes, for operators, versions and element types outside the table, for functions,
 * sequences and external data, for names that are made twice or used before, and beyond the limits
 */
export function readModel(bytes: Uint8Array, { limits = {} }: { limits?: ReadLimits } = {}): ReadModel {
  const { bytes: size, fields, nodes, edges, runs } = { ...DEFAULT_LIMITS, ...limits };
  within("bytes", bytes.length, size);
  checkFields(bytes, fields);
  const model = decode("Model", bytes);
  const { graph } = model;
  if (!graph) throw new ModelError("onnx: expected a model with a graph but found none");
  if (model.functions?.length) {
    throw new ModelError("onnx: expected a model without functions but found some; inline them");
  }
  const opset = readOpset(model);
  const metadata = Object.fromEntries((model.metadata ?? []).map(({ key = "", value = "" }) => [key, value]));
  const scope = { opset, edges, nodes, runs, counted: { nodes: 0, runs: 0 } };
  return { ...new GraphReader(graph, scope).read(), opset, metadata };
}

function readOpset(model: ModelMessage): Record<string, number> {
  const opset = Object.fromEntries(
    (model.opsetImport ?? []).map(({ domain = "", version = 0 }) => [domainOf(domain), version]),
  );
  if ((opset[""] ?? 0) > NEWEST_OPSET) {
    throw new ModelError(`onnx: expected ai.onnx up to version ${NEWEST_OPSET} but found version ${opset[""]}`);
  }
  return opset;
}
