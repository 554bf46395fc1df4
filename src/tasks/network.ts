import { readModel } from "../onnx/read.ts";
import type { Backend, GraphToRun, Session } from "../runtime/backend.ts";
import { formatShape, type Shape } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import type { DType } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { MOST_NODES } from "./graph-work.ts";

/** What a network's inputs or outputs are to be, by name. A dimension that is a symbol may be any. */
export type WantedTensors = Readonly<Record<string, { readonly dtype: DType; readonly shape: Shape }>>;

/** A network that is ready to run, and its graph. */
export interface Network {
  readonly session: Session;
  readonly graph: GraphToRun;
}

export interface NetworkOptions {
  /** Names the file in messages. */
  readonly file: string;
  readonly inputs: WantedTensors;
  /** Others are left out. */
  readonly outputs: WantedTensors;
  readonly backend: Backend;
}

/**
 * A network that may come from a stranger, ready to run. What runs is the graph as Fovea has read it, written anew, never the
 * bytes themselves: they could name files to read and operators of other libraries. Loops, which could take any time, it has none.
 *
 * @throws ModelError naming the file, for a graph that `readModel` refuses or that has other inputs and outputs
 */
export async function loadNetwork(bytes: Uint8Array, { file, backend, ...wanted }: NetworkOptions): Promise<Network> {
  try {
    const { inputs, outputs } = readModel(bytes, { limits: { nodes: MOST_NODES } });
    const loop = sortNodes(Object.values(outputs)).find(({ attributes }) => attributes.body);
    if (loop) throw new ModelError(`network: expected operators without a graph inside but found ${loop.operator}`);
    checkInputs(inputs, wanted.inputs);
    const names = Object.keys(wanted.outputs);
    const missing = names.find((name) => !Object.hasOwn(outputs, name));
    if (missing !== undefined) {
      throw new ModelError(
        `network: expected outputs ${names.join(", ")} but found ${Object.keys(outputs).join(", ")}`,
      );
    }
    for (const name of names) check(`output ${name}`, outputs[name] as Tensor, wanted.outputs[name] as Wanted);
    const graph = { inputs, outputs: Object.fromEntries(names.map((name) => [name, outputs[name] as Tensor])) };
    return { session: await backend.prepare(graph), graph };
  } catch (error) {
    throw new ModelError(`model: expected ${file} to load but found: ${(error as Error).message}`, { cause: error });
  }
}

type Wanted = WantedTensors[string];

function checkInputs(inputs: readonly Tensor[], wanted: WantedTensors): void {
  const found = new Map(inputs.map((tensor) => [tensor.node.attributes.name as string, tensor]));
  const names = Object.keys(wanted);
  if (found.size !== names.length || names.some((name) => !found.has(name))) {
    throw new ModelError(`network: expected inputs ${names.join(", ")} but found ${[...found.keys()].join(", ")}`);
  }
  for (const name of names) check(`input ${name}`, found.get(name) as Tensor, wanted[name] as Wanted);
}

/** Where only a run can tell a dimension, whoever runs it checks it then. */
function check(what: string, { dtype, shape }: Tensor, wanted: Wanted): void {
  const fits = (dim: number | string | undefined, axis: number) =>
    typeof dim === "string" || dim === wanted.shape[axis];
  if (dtype === wanted.dtype && shape.length === wanted.shape.length && shape.every(fits)) return;
  throw new ModelError(
    `network: expected ${what} to be ${wanted.dtype} ${formatShape(wanted.shape)} but found ${dtype} ${formatShape(shape)}`,
  );
}
