import type { Outputs } from "../tensor/graph.ts";
import type { NdArray } from "../tensor/nd-array.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** What a back end is given to prepare. */
export interface GraphToRun {
  readonly outputs: Outputs;
  readonly inputs: readonly Tensor[];
}

/**
 * Arrays that outlive a run (parameters, moments, statistics), behind a handle: on the device, in whatever form the back end
 * keeps them. `read` copies out, `write` copies in.
 */
export interface State {
  readonly names: readonly string[];
  read(name: string): NdArray;
  write(name: string, value: NdArray): void;
  /** Takes back what the last run made the next values of these. */
  undo(names: readonly string[]): void;
}

/** Elements `start` … `end` − 1 of every state of a graph over vectors. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** Whether the states take their new values after this one; until then they are as before the first. */
  readonly isLast: boolean;
}

/** A prepared graph. */
export interface Session {
  /** Size of the prepared model in bytes, for caches that are bounded by bytes. */
  readonly bytes: number;
  /**
   * Runs once. Inputs named in `state` are read from it; outputs named in `next` replace the state of that name after the run.
   * With `part`, only that part of each state is read and replaced.
   */
  run(feeds: Readonly<Record<string, NdArray>>, part?: Part): Promise<Record<string, NdArray>>;
  release(): Promise<void>;
}

/** Names of outputs that become the next value of a state. */
export type NextState = Readonly<Record<string, string>>;

export interface SessionOptions {
  readonly state?: State;
  readonly next?: NextState;
  /** Whether a run may write its outputs, which are of fixed shapes, over those of the one before. Default: false. */
  readonly reuse?: boolean;
}

/** Runs models that are written already. */
export interface Loader {
  /**
   * Long vectors are updated in pieces of so many numbers, that what is computed of one stays in the processor's cache. Left out,
   * they are always updated at once.
   */
  readonly piece?: number;
  createState(values: Readonly<Record<string, NdArray>>): State;
  /** Prepares a model that is written as ONNX. @throws ModelError when it cannot be loaded */
  load(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

export interface Backend extends Loader {
  readonly name: string;
  prepare(graph: GraphToRun, options?: SessionOptions): Promise<Session>;
}
