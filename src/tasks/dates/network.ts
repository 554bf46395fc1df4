import { MAX_INPUT, OUTPUT_LENGTH } from "../../data/dates/index.ts";
import { type ReadModel, readModel } from "../../onnx/read.ts";
import type { Backend, GraphToRun, Session } from "../../runtime/backend.ts";
import { formatShape, type Shape } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import { sortNodes } from "../../tensor/graph.ts";
import type { DType } from "../../tensor/nd-array.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { MOST_NODES } from "../graph-work.ts";

interface Wanted {
  readonly dtype: DType;
  readonly shape: Shape;
}

const INPUTS: Readonly<Record<string, Wanted>> = {
  text: { dtype: "int32", shape: ["batch", MAX_INPUT] },
  lengths: { dtype: "int32", shape: ["batch"] },
};

/** A network that is ready to run, and its graph. */
export interface Network {
  readonly session: Session;
  readonly graph: GraphToRun;
}

/**
 * A network that may come from a stranger, ready to run. What runs is the graph as Fovea has read it, written anew, never the
 * bytes themselves: they could name files to read and operators of other libraries. Loops, which could take any time, it has none.
 *
 * @param options.file names the file in messages
 * @throws ModelError naming the file, for a graph that `readModel` refuses or that has other inputs and outputs
 */
export async function loadNetwork(
  bytes: Uint8Array,
  { file, symbols, backend }: { file: string; symbols: number; backend: Backend },
): Promise<Network> {
  try {
    const { inputs, outputs } = readModel(bytes, { limits: { nodes: MOST_NODES } });
    checkNodes(outputs);
    checkInputs(inputs);
    const logits = checkOutput(outputs, "logits", symbols);
    const attention = checkOutput(outputs, "attention", MAX_INPUT);
    const graph = { inputs, outputs: { logits, attention } };
    return { session: await backend.prepare(graph), graph };
  } catch (error) {
    throw new ModelError(`model: expected ${file} to load but found: ${(error as Error).message}`, { cause: error });
  }
}

function checkNodes(outputs: ReadModel["outputs"]): void {
  const loop = sortNodes(Object.values(outputs)).find(({ attributes }) => attributes.body);
  if (loop) throw new ModelError(`network: expected operators without a graph inside but found ${loop.operator}`);
}

function checkInputs(inputs: ReadModel["inputs"]): void {
  const found = new Map(inputs.map((tensor) => [tensor.node.attributes.name as string, tensor]));
  const names = Object.keys(INPUTS);
  if (found.size !== names.length || names.some((name) => !found.has(name))) {
    throw new ModelError(`network: expected inputs ${names.join(", ")} but found ${[...found.keys()].join(", ")}`);
  }
  for (const [name, wanted] of Object.entries(INPUTS)) check(`input ${name}`, found.get(name) as Tensor, wanted);
}

function checkOutput(outputs: ReadModel["outputs"], name: string, width: number): Tensor {
  const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (!output) {
    throw new ModelError(`network: expected outputs logits, attention but found ${Object.keys(outputs).join(", ")}`);
  }
  check(`output ${name}`, output, { dtype: "float32", shape: ["batch", OUTPUT_LENGTH, width] });
  return output;
}

/** Where only a run can tell a dimension, the reader checks it then. */
function check(what: string, { dtype, shape }: Tensor, wanted: Wanted): void {
  const fits = (dim: number | string | undefined, axis: number) =>
    typeof dim === "string" || dim === wanted.shape[axis];
  if (dtype === wanted.dtype && shape.length === wanted.shape.length && shape.every(fits)) return;
  throw new ModelError(
    `network: expected ${what} to be ${wanted.dtype} ${formatShape(wanted.shape)} but found ${dtype} ${formatShape(shape)}`,
  );
}
