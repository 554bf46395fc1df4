import ort from "onnxruntime-node";
import { writeModel } from "../onnx/write.ts";
import { formatShape, sameShape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { allocate, type DType, type NdArray, product } from "../tensor/nd-array.ts";
import type { Backend, Session, SessionOptions, State } from "./backend.ts";
import { loadError, RUN_OPSET, runError, SESSION_OPTIONS } from "./session-options.ts";

export { SESSION_OPTIONS } from "./session-options.ts";

function toOrt({ data, shape, dtype }: NdArray): ort.Tensor {
  return new ort.Tensor(dtype as "float32", data as Float32Array, shape as number[]);
}

function fromOrt(tensor: ort.Tensor): NdArray {
  return { data: tensor.data as Float32Array, shape: tensor.dims, dtype: tensor.type as DType };
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

class NodeSession implements Session {
  readonly bytes: number;
  readonly #session: ort.InferenceSession;
  readonly #outputs: readonly string[];
  readonly #read: readonly string[];
  readonly #next: readonly (readonly [output: string, state: string])[];
  readonly #state: NodeState | undefined;

  constructor(session: ort.InferenceSession, bytes: number, { state, next = {} }: SessionOptions) {
    this.bytes = bytes;
    this.#session = session;
    this.#state = state as NodeState | undefined;
    this.#next = Object.entries(next);
    this.#outputs = session.outputNames.filter((name) => !Object.hasOwn(next, name));
    this.#read = session.inputNames.filter((name) => state?.names.includes(name));
  }

  async run(feeds: Readonly<Record<string, NdArray>>): Promise<Record<string, NdArray>> {
    const given: Record<string, ort.Tensor> = {};
    for (const name of this.#session.inputNames) {
      const value = feeds[name];
      if (value) given[name] = toOrt(value);
    }
    for (const name of this.#read) given[name] = (this.#state as NodeState).current(name);
    const fetches: Record<string, ort.Tensor | null> = {};
    for (const name of this.#outputs) fetches[name] = null;
    for (const [output, name] of this.#next) fetches[output] = (this.#state as NodeState).spare(name);
    const results = await this.#session.run(given, fetches).catch((error: Error) => {
      throw runError(error.message);
    });
    for (const [, name] of this.#next) (this.#state as NodeState).swap(name);
    return Object.fromEntries(this.#outputs.map((name) => [name, fromOrt(results[name] as ort.Tensor)]));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** ONNX Runtime in Node, on the processor. */
export const nodeBackend: Backend = {
  name: "node",
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
