import { concat, input, type Tensor, where } from "../tensor/tensor.ts";
import { requireFractions, requireNotNegative, requirePositive } from "./options.ts";
import { constantRate, type Schedule } from "./schedules.ts";

/** A run of the flat parameter vector whose parameters share a learning-rate factor and a weight decay. */
export interface Segment {
  readonly size: number;
  readonly rate: number;
  readonly decay: boolean;
}

export interface UpdateArguments {
  /** `[size]` the flat parameters */
  readonly parameters: Tensor;
  /** `[size]` their mean gradient */
  readonly gradient: Tensor;
  /** `[size]` each, by slot name */
  readonly slots: Readonly<Record<string, Tensor>>;
  readonly segments: readonly Segment[];
  /** `[]` the sum of the squares of the mean gradient, where `gradient` is a piece of it only. Default: that of `gradient`. */
  readonly squares?: Tensor | undefined;
}

/** An optimiser over one flat vector: some slots of the same size, an update as graph, and scalars fed at each step. */
export interface Optimizer {
  readonly name: string;
  readonly slots: readonly string[];
  /** Names of the scalars that `scalars` gives; they are inputs of the update. */
  readonly update: (args: UpdateArguments) => { parameters: Tensor; slots: Record<string, Tensor> };
  /** Values of the scalar inputs at a step, counted from 0. */
  readonly scalars: (step: number) => Record<string, number>;
}

interface Common {
  /** A rate, or a schedule of rates. */
  readonly learningRate: number | Schedule;
  /** The gradient is scaled down to this global norm where it is longer (Pascanu et al. 2013, algorithm 1). Default: off. */
  readonly clipNorm?: number;
}

const scalar = (name: string): Tensor => input(name, []);

/** The schedule of an optimiser's options, once they are checked. */
function schedule(owner: string, { learningRate, clipNorm }: Common): Schedule {
  if (clipNorm !== undefined) requirePositive(owner, { clipNorm });
  if (typeof learningRate === "function") return learningRate;
  if (!(Number.isFinite(learningRate) && learningRate >= 0)) {
    throw new RangeError(
      `${owner}: expected learningRate to be finite and at least 0, or a schedule, but found ${learningRate}`,
    );
  }
  return constantRate(learningRate);
}

function clip({ gradient, squares }: UpdateArguments, clipNorm: number | undefined): Tensor {
  if (clipNorm === undefined) return gradient;
  const norm = (squares ?? gradient.mul(gradient).sum()).sqrt();
  const factor = norm.add(1e-6).pow(-1).mul(clipNorm);
  return gradient.mul(where(factor.less(1), factor, 1));
}

/** Multiplies each segment's part of a step by the segment's own number. */
function scaleSegments(step: Tensor, segments: readonly Segment[], factor: (segment: Segment) => number): Tensor {
  const factors = segments.map(factor);
  if (factors.every((value) => value === factors[0])) return step.mul(factors[0] ?? 1);
  const sizes = segments.map(({ size }) => size);
  const parts = step.split(sizes, 0).map((part, i) => part.mul(factors[i] as number));
  return concat(parts, 0);
}

/**
 * θ′ = θ − η v′, v′ = μ v + g (momentum μ, default 0).
 *
 * @throws RangeError for a learning rate below 0, a clipNorm not above 0, or a momentum outside 0 … 1
 */
export function sgd({ learningRate, clipNorm, momentum = 0 }: Common & { momentum?: number }): Optimizer {
  const rate = schedule("sgd", { learningRate, ...(clipNorm === undefined ? {} : { clipNorm }) });
  requireFractions("sgd", { momentum });
  return {
    name: "sgd",
    slots: momentum === 0 ? [] : ["velocity"],
    scalars: (step) => ({ learningRate: rate(step) }),
    update: (args) => {
      const { parameters, slots, segments } = args;
      const clipped = clip(args, clipNorm);
      const velocity = momentum === 0 ? clipped : (slots.velocity as Tensor).mul(momentum).add(clipped);
      const step = scaleSegments(velocity.mul(scalar("learningRate")), segments, (segment) => segment.rate);
      const next: Record<string, Tensor> = momentum === 0 ? {} : { velocity };
      return { parameters: parameters.sub(step), slots: next };
    },
  };
}

export interface AdamOptions extends Common {
  /** Decay of the first moment, default 0.9. */
  readonly beta1?: number;
  /** Decay of the second moment, default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment, default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2014, algorithm 1):
 *
 *     m′ = β₁ m + (1 − β₁) g     v′ = β₂ v + (1 − β₂) g²
 *     θ′ = θ − η / (1 − β₁ᵗ) · m′ / (√(v′ / (1 − β₂ᵗ)) + ε)
 *
 * @throws RangeError for a learning rate below 0, a clipNorm or epsilon not above 0, or a beta outside 0 … 1
 */
export function adam(options: AdamOptions): Optimizer {
  return adamFamily("adam", options, 0);
}

/**
 * Adam with decoupled weight decay λ, θ′ = … − η λ θ, on matrices but not on biases and norms (Loshchilov & Hutter 2017, algorithm 2).
 *
 * @throws RangeError as `adam`, and for a weightDecay below 0
 */
export function adamW({ weightDecay = 0.01, ...options }: AdamOptions & { weightDecay?: number }): Optimizer {
  return adamFamily("adamW", options, weightDecay);
}

function adamFamily(name: string, options: AdamOptions, weightDecay: number): Optimizer {
  const { clipNorm, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const rate = schedule(name, options);
  requireFractions(name, { beta1, beta2 });
  requirePositive(name, { epsilon });
  requireNotNegative(name, { weightDecay });
  return {
    name,
    slots: ["firstMoment", "secondMoment"],
    scalars: (step) => ({
      learningRate: rate(step),
      stepSize: rate(step) / (1 - beta1 ** (step + 1)),
      secondScale: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
    }),
    update: (args) => {
      const { parameters, slots, segments } = args;
      const g = clip(args, clipNorm);
      const firstMoment = (slots.firstMoment as Tensor).mul(beta1).add(g.mul(1 - beta1));
      const secondMoment = (slots.secondMoment as Tensor).mul(beta2).add(g.mul(g).mul(1 - beta2));
      const direction = firstMoment.div(secondMoment.sqrt().mul(scalar("secondScale")).add(epsilon));
      const step = scaleSegments(direction.mul(scalar("stepSize")), segments, (segment) => segment.rate);
      const moved = parameters.sub(step);
      return { parameters: decay(moved, parameters, segments, weightDecay), slots: { firstMoment, secondMoment } };
    },
  };
}

function decay(moved: Tensor, parameters: Tensor, segments: readonly Segment[], weightDecay: number): Tensor {
  if (weightDecay === 0 || !segments.some((segment) => segment.decay)) return moved;
  const strength = (segment: Segment) => (segment.decay ? weightDecay * segment.rate : 0);
  return moved.sub(scaleSegments(parameters.mul(scalar("learningRate")), segments, strength));
}

/** The slot that holds averaged parameters. */
export const AVERAGE = "average";

/**
 * Another optimiser, with a moving average of its parameters beside them (temporal averaging, Kingma & Ba 2014, section 7.2):
 * ā′ = δ ā + (1 − δ) θ′, which answers better than the last θ while the learning rate is still high.
 *
 * @param options.decay δ
 * @param options.from the step after which parameters are averaged, default 0; until then the average is the parameters themselves
 * @throws RangeError for a decay outside 0 … 1, or a `from` below 0
 */
export function averaged(optimizer: Optimizer, { decay, from = 0 }: { decay: number; from?: number }): Optimizer {
  requireFractions("averaged", { decay });
  requireNotNegative("averaged", { from });
  return {
    name: `averaged ${optimizer.name}`,
    slots: [...optimizer.slots, AVERAGE],
    scalars: (step) => ({ ...optimizer.scalars(step), averageDecay: step <= from ? 0 : decay }),
    update: (args) => {
      const { parameters, slots } = optimizer.update(args);
      const distance = (args.slots[AVERAGE] as Tensor).sub(parameters);
      return { parameters, slots: { ...slots, [AVERAGE]: parameters.add(distance.mul(scalar("averageDecay"))) } };
    },
  };
}
