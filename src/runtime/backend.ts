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

/** A prepared graph. */
export interface Session {
  /** Size of the prepared model in bytes, for caches that are bounded by bytes. */
  readonly bytes: number;
  /**
   * Runs once. Inputs named in `state` are read from it; outputs named in `next` replace the state of that name after the run.
   */
  run(feeds: Readonly<Record<string, NdArray>>): Promise<Record<string, NdArray>>;
  release(): Promise<void>;
}

/** Names of outputs that become the next value of a state. */
export type NextState = Readonly<Record<string, string>>;

export interface SessionOptions {
  readonly state?: State;
  readonly next?: NextState;
}

/** Runs models that are written already. */
export interface Loader {
  createState(values: Readonly<Record<string, NdArray>>): State;
  /** Prepares a model that is written as ONNX. @throws ModelError when it cannot be loaded */
  load(bytes: Uint8Array, options?: SessionOptions): Promise<Session>;
}

export interface Backend extends Loader {
  readonly name: string;
  prepare(graph: GraphToRun, options?: SessionOptions): Promise<Session>;
}
