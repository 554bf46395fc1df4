import type { Dim, Shape } from "../tensor/dim.ts";
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

/** The step of a scan that is under way. */
interface Step {
  /** How many there are. */
  readonly steps: Dim;
  /** The step around the scan, where it is in one. */
  readonly outer: Step | undefined;
  /** How much noise there was before the scan. */
  readonly before: number;
  /** Noise for all steps, by name. */
  readonly noise: Map<string, Tensor>;
  /** Names of the noise that this step has asked for. */
  readonly asked: Set<string>;
  /** This step's part of noise for all steps, `[rows steps …]`. */
  readonly elementOf: (whole: Tensor) => Tensor;
}

/** What is gathered while a model's forward pass builds its graph. */
class Tracing {
  readonly training: boolean;
  readonly traces: Map<string, Trace> = new Map();
  readonly noise: Map<string, Tensor> = new Map();
  readonly updates: Map<Buffer, Tensor> = new Map();
  readonly stages: Map<string, Tensor> = new Map();
  step: Step | undefined;

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
  /** What mechanisms marked on their way by `stage`, by name: the first of each. */
  readonly stages: ReadonlyMap<string, Tensor>;
}

/** Builds a graph and gathers what its modules mark on the way. `training` turns dropout and buffer updates on. */
export function traceGraph<T>({ training }: { training: boolean }, build: () => T): Traced<T> {
  const outer = current;
  const tracing = new Tracing(training);
  current = tracing;
  try {
    const result = build();
    const weights = Object.fromEntries([...tracing.traces].map(([name, parts]) => [name, join(parts)]));
    return { result, weights, noise: tracing.noise, updates: tracing.updates, stages: tracing.stages };
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
 *   axes, and in a step of a `scan`
 */
export function trace(name: string, weights: Tensor, axes: string, { loop }: { loop?: string } = {}): void {
  requireOutside("trace", name, "return it from the step as an output and trace that");
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
 * Marks what a mechanism computes on its way to the weights, such as its scores, for who shows it stage by stage. Nothing else
 * hears of it, and what is marked in a step of a `scan` is not kept: it has no value outside.
 */
export function stage(name: string, tensor: Tensor): void {
  if (!current || current.step || current.stages.has(name)) return;
  current.stages.set(name, tensor);
}

/**
 * Uniform numbers in [0, 1), fed at each run: a function of seed, step, name and, along the first axis, the example's index.
 *
 * Every step of a `scan` has numbers of its own, from one input for all of them, `[rows steps …]`.
 *
 * @throws ModelError outside `traceGraph`, and for a name used twice
 */
export function uniformNoise(name: string, shape: Shape): Tensor {
  if (!current)
    throw new ModelError(`uniformNoise: expected a graph under way for ${name} but found none; use traceGraph`);
  return noiseIn(current, current.step, { name, shape });
}

function noiseIn(tracing: Tracing, step: Step | undefined, { name, shape }: { name: string; shape: Shape }): Tensor {
  const inputName = `noise.${name}`;
  if (step ? step.asked.has(name) : tracing.noise.has(inputName)) {
    throw new ModelError(`uniformNoise: expected one input named ${name} but found two`);
  }
  if (!step) {
    const tensor = input(inputName, shape);
    tracing.noise.set(inputName, tensor);
    return tensor;
  }
  const [rows = 1, ...rest] = shape;
  const whole = step.noise.get(name) ?? noiseIn(tracing, step.outer, { name, shape: [rows, step.steps, ...rest] });
  step.noise.set(name, whole);
  step.asked.add(name);
  const element = step.elementOf(whole);
  return shape.length === 0 ? element.squeeze(0) : element;
}

/**
 * For the steps of a scan, a function that builds one: noise that it asks for is its part of what there is for all of them.
 *
 * @param steps how many there are
 */
export function traceSteps(steps: Dim): <T>(elementOf: Step["elementOf"], build: () => T) => T {
  const tracing = current;
  if (!tracing) return (_, build) => build();
  const [outer, before, noise] = [tracing.step, countNoise(tracing), new Map<string, Tensor>()];
  return (elementOf, build) => {
    tracing.step = { steps, outer, before, noise, asked: new Set(), elementOf };
    try {
      return build();
    } finally {
      tracing.step = outer;
    }
  };
}

function countNoise({ step, noise }: Tracing): number {
  return step ? step.before + step.asked.size : noise.size;
}

/** A step is written once and runs often, or is written often: what it marks would be of one step, or of each. */
function requireOutside(owner: string, what: string, mend: string): void {
  if (!current?.step) return;
  throw new ModelError(`${owner}: expected ${what} outside the steps of a scan but found it in one; ${mend}`);
}

/** A name for the next noise of a kind, by order of use. */
export function nextNoiseName(kind: string): string {
  return `${kind}.${current ? countNoise(current) : 0}`;
}

/**
 * Sets the value that a buffer takes after this training step.
 *
 * @throws ModelError in a step of a `scan`
 */
export function updateBuffer(buffer: Buffer, next: Tensor): void {
  if (!current?.training) return;
  requireOutside("updateBuffer", "the next value", "return it from the step as a state and set that");
  current.updates.set(buffer, next);
}
