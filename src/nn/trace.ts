import type { Shape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { concat, input, type Tensor } from "../tensor/tensor.ts";
import type { Buffer } from "./module.ts";

/** A weight tensor with the names of its axes. */
export interface TracedWeights {
  readonly tensor: Tensor;
  readonly axes: readonly string[];
}

interface Trace {
  readonly parts: Tensor[];
  readonly axes: readonly string[];
  readonly loop: string | undefined;
}

/** What is gathered while a model's forward pass builds its graph. */
class Tracing {
  readonly training: boolean;
  readonly traces: Map<string, Trace> = new Map();
  readonly noise: Map<string, Tensor> = new Map();
  readonly updates: Map<Buffer, Tensor> = new Map();

  constructor(training: boolean) {
    this.training = training;
  }
}

let current: Tracing | undefined;

export interface Traced<T> {
  readonly result: T;
  /** Weight tensors marked by `trace`, by name. */
  readonly weights: Readonly<Record<string, TracedWeights>>;
  /** Uniform inputs asked for by `uniformNoise`, by input name. */
  readonly noise: ReadonlyMap<string, Tensor>;
  /** New values of buffers. */
  readonly updates: ReadonlyMap<Buffer, Tensor>;
}

/** Builds a graph and gathers what its modules mark on the way. `training` turns dropout and buffer updates on. */
export function traceGraph<T>({ training }: { training: boolean }, build: () => T): Traced<T> {
  const outer = current;
  const tracing = new Tracing(training);
  current = tracing;
  try {
    const result = build();
    const weights = Object.fromEntries([...tracing.traces].map(([name, parts]) => [name, join(parts)]));
    return { result, weights, noise: tracing.noise, updates: tracing.updates };
  } finally {
    current = outer;
  }
}

function join({ parts, axes, loop }: Trace): TracedWeights {
  return { tensor: loop === undefined ? (parts[0] as Tensor) : concat(parts, axes.indexOf(loop)), axes };
}

/** Whether the graph under way is for training. */
export function isTraining(): boolean {
  return current?.training ?? false;
}

/**
 * Marks a weight tensor, so that explain, export and the views can show it: the very numbers that the model used. It costs
 * nothing unless it is fetched.
 *
 * @param axes names of its axes, as `"batch heads queryLen keyLen"`
 * @param loop the axis along which calls of the same name in a loop are joined
 * @throws ShapeError when the names are not as many as the axes; ModelError for a name used twice without `loop`, or with other
 *   axes
 */
export function trace(name: string, weights: Tensor, axes: string, { loop }: { loop?: string } = {}): void {
  const names = axes.split(" ");
  if (names.length !== weights.rank || (loop !== undefined && !names.includes(loop))) {
    throw new ShapeError(
      `trace: expected ${weights.rank} axes with ${loop ?? "any names"} for ${name} but found "${axes}"`,
    );
  }
  const found = current?.traces.get(name);
  if (found && (loop === undefined || found.loop === undefined)) {
    throw new ModelError(`trace: expected one tensor named ${name} but found two; name the axis of the loop`);
  }
  if (found && (found.loop !== loop || found.axes.join(" ") !== axes)) {
    throw new ModelError(
      `trace: expected ${name} in a loop over ${found.loop} of "${found.axes.join(" ")}" but found ${loop} of "${axes}"`,
    );
  }
  if (found) found.parts.push(weights);
  else current?.traces.set(name, { parts: [weights], axes: names, loop });
}

/**
 * Uniform numbers in [0, 1), fed at each run: a function of seed, step, name and, along the first axis, the example's index.
 *
 * @throws ModelError outside `traceGraph`, and for a name used twice
 */
export function uniformNoise(name: string, shape: Shape): Tensor {
  if (!current)
    throw new ModelError(`uniformNoise: expected a graph under way for ${name} but found none; use traceGraph`);
  const inputName = `noise.${name}`;
  if (current.noise.has(inputName))
    throw new ModelError(`uniformNoise: expected one input named ${name} but found two`);
  const tensor = input(inputName, shape);
  current.noise.set(inputName, tensor);
  return tensor;
}

/** A name for the next noise of a kind, by order of use. */
export function nextNoiseName(kind: string): string {
  return `${kind}.${current?.noise.size ?? 0}`;
}

/** Sets the value that a buffer takes after this training step. */
export function updateBuffer(buffer: Buffer, next: Tensor): void {
  if (current?.training) current.updates.set(buffer, next);
}
