import { MessageChannel } from "node:worker_threads";
import ort from "onnxruntime-node";
import { writeModel } from "../onnx/write.ts";
import { formatShape, sameShape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { allocate, type DType, type NdArray, product } from "../tensor/nd-array.ts";
import type { Backend, Part, Session, SessionOptions, State } from "./backend.ts";
import { CACHED_PIECE, loadError, RUN_OPSET, runError, SESSION_OPTIONS } from "./session-options.ts";

export { SESSION_OPTIONS } from "./session-options.ts";

function toOrt({ data, shape, dtype }: NdArray): ort.Tensor {
  return new ort.Tensor(dtype as "float32", data as Float32Array, shape as number[]);
}

function fromOrt(tensor: ort.Tensor): NdArray {
  return { data: tensor.data as Float32Array, shape: tensor.dims, dtype: tensor.type as DType };
}

/** A view of a part of a vector. */
function viewOf(tensor: ort.Tensor, part: Part | undefined): ort.Tensor {
  if (!part) return tensor;
  const { start, end } = part;
  return toOrt({ ...fromOrt(tensor), data: (tensor.data as Float32Array).subarray(start, end), shape: [end - start] });
}

/** Two buffers a state, swapped at each step: a run reads one and writes the other in place. */
class NodeState implements State {
  readonly #buffers = new Map<string, [ort.Tensor, ort.Tensor]>();

  constructor(values: Readonly<Record<string, NdArray>>) {
    for (const [name, value] of Object.entries(values)) {
      const copy = (): ort.Tensor => {
        const data = allocate(value.dtype, product(value.shape));
        data.set(value.data as never);
        return toOrt({ ...value, data });
      };
      this.#buffers.set(name, [copy(), copy()]);
    }
  }

  get names(): readonly string[] {
    return [...this.#buffers.keys()];
  }

  current(name: string): ort.Tensor {
    return this.#pair(name)[0];
  }

  spare(name: string): ort.Tensor {
    return this.#pair(name)[1];
  }

  swap(name: string): void {
    this.#pair(name).reverse();
  }

  read(name: string): NdArray {
    const { data, shape, dtype } = fromOrt(this.current(name));
    return { data: data.slice(), shape, dtype };
  }

  write(name: string, value: NdArray): void {
    const { data, dims, type } = this.current(name);
    if (value.dtype !== type || !sameShape(value.shape, dims)) {
      const found = `${value.dtype} ${formatShape(value.shape)}`;
      throw new ShapeError(`state: expected ${name} to be ${type} ${formatShape(dims)} but found ${found}`);
    }
    (data as Float32Array).set(value.data as Float32Array);
  }

  undo(names: readonly string[]): void {
    for (const name of names) this.swap(name);
  }

  #pair(name: string): [ort.Tensor, ort.Tensor] {
    const pair = this.#buffers.get(name);
    if (!pair) throw new ModelError(`state: expected one of ${this.names} but found ${name}`);
    return pair;
  }
}

/** Nobody listens: what is sent there is gone at once. */
const { port1: nowhere, port2: end } = new MessageChannel();
end.close();

/**
 * Frees arrays at once. onnxruntime-node 1.30 copies each output that it has written in place once more; left to the garbage
 * collector, these copies take as long as the update itself, for it walks the whole heap again and again to find them.
 */
function discard(buffers: readonly ArrayBuffer[]): void {
  nowhere.postMessage(undefined, buffers);
}

function bufferOf({ data }: ort.Tensor): ArrayBuffer {
  return (data as Float32Array).buffer as ArrayBuffer;
}

// The memory allocator of Linux gives what is freed back to the system, to ask for it again in each run, unless a block as large
// as this has been freed before.
discard([new ArrayBuffer(31 * 2 ** 20)]);

class NodeSession implements Session {
  readonly bytes: number;
  readonly #session: ort.InferenceSession;
  readonly #outputs: readonly string[];
  readonly #read: readonly string[];
  readonly #next: readonly (readonly [output: string, state: string])[];
  readonly #state: NodeState | undefined;
  readonly #reuse: boolean;
  /** What the outputs of all runs are written to. */
  #arrays: ReadonlyMap<string, ort.Tensor> = new Map();

  constructor(session: ort.InferenceSession, bytes: number, { state, next = {}, reuse = false }: SessionOptions) {
    this.bytes = bytes;
    this.#reuse = reuse;
    this.#session = session;
    this.#state = state as NodeState | undefined;
    this.#next = Object.entries(next);
    this.#outputs = session.outputNames.filter((name) => !Object.hasOwn(next, name));
    this.#read = session.inputNames.filter((name) => state?.names.includes(name));
  }

  async run(feeds: Readonly<Record<string, NdArray>>, part?: Part): Promise<Record<string, NdArray>> {
    const inputs: Record<string, ort.Tensor> = {};
    for (const name of this.#session.inputNames) {
      const value = feeds[name];
      if (value) inputs[name] = toOrt(value);
    }
    for (const name of this.#read) inputs[name] = viewOf((this.#state as NodeState).current(name), part);
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const name of this.#outputs) fetches[name] = this.#arrays.get(name) ?? null;
    for (const [output, name] of this.#next) fetches[output] = viewOf((this.#state as NodeState).spare(name), part);
    const results = await this.#session.run(inputs, fetches).catch((error: Error) => {
      throw runError(error.message);
    });
    if (!part || part.isLast) for (const [, name] of this.#next) (this.#state as NodeState).swap(name);
    const written = Object.entries(fetches).filter(([name, tensor]) => tensor && tensor !== results[name]);
    if (written.length > 0) discard(written.map(([name]) => bufferOf(results[name] as ort.Tensor)));
    const given = this.#outputs.map((name) => [name, fetches[name] ?? (results[name] as ort.Tensor)] as const);
    if (this.#reuse) this.#arrays = new Map(given);
    return Object.fromEntries(given.map(([name, tensor]) => [name, fromOrt(tensor)]));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** ONNX Runtime in Node, on the processor. */
export const nodeBackend: Backend = {
  name: "node",
  piece: CACHED_PIECE,
  createState: (values) => new NodeState(values),
  prepare(graph, options) {
    return this.load(writeModel(graph.outputs, { inputs: graph.inputs, opset: RUN_OPSET }), options);
  },
  async load(bytes, options = {}) {
    const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS).catch((error: Error) => {
      throw loadError(error.message);
    });
    return new NodeSession(session, bytes.length, options);
  },
};
