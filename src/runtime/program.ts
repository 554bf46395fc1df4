import { forRunning } from "../onnx/for-running.ts";
import { simplify } from "../onnx/simplify.ts";
import { formatShape, sameShape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { inputsOf, type Outputs, sortNodes } from "../tensor/graph.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Backend, GraphToRun, NextState, Session, State } from "./backend.ts";
import { evaluateNode } from "./reference/index.ts";

export interface CompileOptions {
  readonly backend: Backend;
  /** Arrays kept between runs: an `Input` of a name in here is read from it. */
  readonly state?: State;
  /** New values of states, by state name. */
  readonly next?: Outputs;
  /** Whether a run may write its outputs, which are of fixed shapes, over those of the one before. Default: false. */
  readonly reuse?: boolean;
}

export type Feeds = Readonly<Record<string, NdArray>>;

/** A graph made ready to run: `run(feeds)` gives the outputs and moves the state on. */
export class Program {
  readonly outputs: readonly string[];
  readonly nodeCount: number;
  readonly #session: Session;
  readonly #feeds: ReadonlyMap<string, Tensor>;

  constructor(session: Session, outputs: readonly string[], nodeCount: number, feeds: ReadonlyMap<string, Tensor>) {
    this.#session = session;
    this.outputs = outputs;
    this.nodeCount = nodeCount;
    this.#feeds = feeds;
  }

  get bytes(): number {
    return this.#session.bytes;
  }

  /** @throws ShapeError for a feed that is missing, of another shape or type than the input, or at odds with another feed */
  async run(feeds: Feeds): Promise<Record<string, NdArray>> {
    const known = new Map<string, { size: number; name: string }>();
    for (const [name, { shape, dtype }] of this.#feeds) {
      const value = feeds[name];
      const open = shape.map((dim, axis) => (typeof dim === "string" ? (value?.shape[axis] ?? dim) : dim));
      if (!value || value.dtype !== dtype || !sameShape(value.shape, open)) {
        const found = value ? `${value.dtype} ${formatShape(value.shape)}` : "none";
        throw new ShapeError(`run: expected ${name} to be ${dtype} ${formatShape(shape)} but found ${found}`);
      }
      for (const [axis, dim] of shape.entries()) {
        if (typeof dim === "number") continue;
        const first = known.get(dim) ?? { size: value.shape[axis] as number, name };
        known.set(dim, first);
        if (first.size === value.shape[axis]) continue;
        throw new ShapeError(
          `run: expected ${name} ${formatShape(shape)} to have ${dim}=${first.size}, as in ${first.name}, but found shape ${formatShape(value.shape)}`,
        );
      }
    }
    return this.#session.run(feeds);
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

const NEXT = "next.";

/** A graph ready for a back end: simplified, its inputs found, next values of states among its outputs. */
export function lower(outputs: Outputs, next: Outputs = {}): GraphToRun & { next: NextState; nodeCount: number } {
  const renamed = Object.entries(next).map(([name, tensor]) => [NEXT + name, tensor]);
  const simplified = forRunning(simplify({ ...outputs, ...Object.fromEntries(renamed) }, evaluateNode));
  const nodes = sortNodes(Object.values(simplified));
  const inputs = inputsOf(nodes);
  if (nodes.filter((node) => node.operator === "Input").length !== inputs.size) {
    throw new ModelError("compile: expected inputs of different names but found one name twice");
  }
  return {
    outputs: simplified,
    inputs: [...inputs.values()],
    next: Object.fromEntries(Object.keys(next).map((name) => [NEXT + name, name])),
    nodeCount: nodes.filter((node) => node.inputs.length > 0).length,
  };
}

/**
 * Simplifies a graph and prepares it on a back end.
 *
 * @throws ModelError when two inputs share a name, or `next` names no state
 */
export async function compile(outputs: Outputs, options: CompileOptions): Promise<Program> {
  const { backend, state, next = {}, reuse = false } = options;
  for (const name of Object.keys(next)) {
    if (!state?.names.includes(name)) throw new ModelError(`compile: expected a state named ${name} but found none`);
  }
  const graph = lower(outputs, next);
  const session = await backend.prepare(graph, { ...(state ? { state } : {}), next: graph.next, reuse });
  const named = graph.inputs.map((tensor) => [tensor.node.attributes.name as string, tensor] as const);
  const feeds = new Map(named.filter(([name]) => !state?.names.includes(name)));
  return new Program(session, Object.keys(outputs), graph.nodeCount, feeds);
}

/**
 * Programs by key, at most `limit` bytes of models and `most` programs; the one unused for longest is released first. A session takes
 * far more memory than its model, so the count matters for small ones.
 */
export class ProgramCache {
  readonly #programs = new Map<string, Promise<Program>>();
  readonly #limit: number;
  readonly #most: number;

  constructor(limit: number = 256 * 2 ** 20, most: number = 8) {
    this.#limit = limit;
    this.#most = most;
  }

  get size(): number {
    return this.#programs.size;
  }

  async get(key: string, make: () => Promise<Program>): Promise<Program> {
    const found = this.#programs.get(key) ?? make();
    this.#programs.delete(key);
    this.#programs.set(key, found);
    try {
      await found;
    } catch (error) {
      this.#programs.delete(key);
      throw error;
    }
    await this.#evict(key);
    return found;
  }

  async #evict(keep: string): Promise<void> {
    const programs = await Promise.all(
      [...this.#programs].map(async ([key, program]) => ({ key, program: await program })),
    );
    let total = programs.reduce((sum, { program }) => sum + program.bytes, 0);
    for (const { key, program } of programs) {
      if (total <= this.#limit && this.#programs.size <= this.#most) return;
      if (key === keep || !this.#programs.delete(key)) continue;
      total -= program.bytes;
      await program.release();
    }
  }

  async release(): Promise<void> {
    const programs = [...this.#programs.values()];
    this.#programs.clear();
    for (const program of programs) await (await program).release();
  }
}
