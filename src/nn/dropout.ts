import { type Tensor, where } from "../tensor/tensor.ts";
import { Module } from "./module.ts";
import { requireFractions } from "./options.ts";
import { isTraining, nextNoiseName, uniformNoise } from "./trace.ts";

/**
 * Dropout (Srivastava et al. 2014, section 4, scaled while training as in section 10): with u uniform in [0, 1),
 *
 *     y = x / (1 − p) where u ≥ p, else 0
 *
 * The numbers u are fed at each run, under `noise.` and a name. Outside training nothing is dropped.
 *
 * @param x any shape
 * @param probability p, the probability of dropping; 0 drops nothing and asks for no noise
 * @param options.name of the noise; default: `dropout.` and a number by order of use
 * @throws RangeError unless 0 ≤ p < 1
 */
export function dropout(x: Tensor, probability: number, { name }: { name?: string } = {}): Tensor {
  requireFractions("dropout", { probability });
  if (probability === 0 || !isTraining()) return x;
  const noise = uniformNoise(name ?? nextNoiseName("dropout"), x.shape);
  return x.mul(where(noise.greaterOrEqual(probability), 1 / (1 - probability), 0));
}

/** `dropout` as a layer. */
export class Dropout extends Module {
  readonly dropout: number;

  /**
   * @param options.dropout the probability of dropping
   * @throws RangeError unless it is at least 0 and below 1
   */
  constructor(options: { dropout: number }) {
    super();
    requireFractions("Dropout", { dropout: options.dropout });
    this.dropout = options.dropout;
  }

  /** `[...]` → `[...]` */
  forward(x: Tensor): Tensor {
    return dropout(x, this.dropout);
  }
}
