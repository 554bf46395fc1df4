import type { Backend, GraphToRun, Session } from "../runtime/backend.ts";
import { ModelError } from "../tensor/errors.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import { type WeightChange, type WhatIfGraph, whatIfGraph } from "./what-if.ts";

const AXES = ["batch", "heads", "queryLen", "keyLen"];

/** A network whose attention weights a run may change: made when it is first wanted. */
export class Variant {
  readonly #graph: GraphToRun;
  readonly #backend: Backend;
  readonly #name: string;
  #made: Promise<{ graph: WhatIfGraph; session: Session }> | undefined;

  /** @param options.name of the output that holds the weights, `[batch heads queryLen keyLen]` */
  constructor(graph: GraphToRun, { backend, name }: { backend: Backend; name: string }) {
    this.#graph = graph;
    this.#backend = backend;
    this.#name = name;
  }

  /** @throws ModelError for a network without attention, or that computes nothing from it */
  get(): Promise<{ graph: WhatIfGraph; session: Session }> {
    this.#made ??= this.#make();
    this.#made.catch(() => {
      this.#made = undefined;
    });
    return this.#made;
  }

  /** The changed network for one change, with what it is fed for `[rows keys]` of one query each. */
  async options(change: WeightChange): Promise<{
    session: Session;
    feeds: (shape: readonly [rows: number, keys: number]) => Readonly<Record<string, NdArray>>;
  }> {
    const { graph, session } = await this.get();
    return { session, feeds: ([rows, keys]) => graph.feeds(change, [rows, 1, 1, keys]) };
  }

  async release(): Promise<void> {
    const made = await this.#made?.catch(() => undefined);
    await made?.session.release();
  }

  async #make(): Promise<{ graph: WhatIfGraph; session: Session }> {
    if (!Object.hasOwn(this.#graph.outputs, this.#name)) {
      throw new ModelError("explain: expected a model with attention, to change where it looks, but found one without");
    }
    const graph = whatIfGraph(this.#graph, { name: this.#name, axes: AXES });
    return { graph, session: await this.#backend.prepare(graph) };
  }
}

/**
 * Numbers over their sum, whatever their size.
 *
 * @throws RangeError for a number below 0 or without end, and where all are 0
 */
export function sharesOf(weights: readonly number[], step = 0): number[] {
  const bad = weights.find((weight) => !(Number.isFinite(weight) && weight >= 0));
  if (bad !== undefined) {
    throw new RangeError(`explain: expected weights of 0 or more for step ${step} but found ${bad}`);
  }
  if (weights.every((weight) => weight === 0)) {
    throw new RangeError(`explain: expected a weight above 0 for step ${step} but found none`);
  }
  const largest = Math.max(...weights);
  const parts = weights.map((weight) => weight / largest);
  const sum = parts.reduce((total, part) => total + part);
  return parts.map((part) => part / sum);
}
