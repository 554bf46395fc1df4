import { type Attributes, ModelError } from "../../tensor/index.ts";
import { elu, hardSigmoid, sigmoid, softplus, softsign } from "./special-functions.ts";

export type Activation = (x: number) => number;

/** A function of x, alpha and beta, and the numbers that these have by default, where the function knows them. */
interface ActivationRow {
  readonly f: (x: number, alpha: number, beta: number) => number;
  readonly alpha?: number;
  readonly beta?: number;
}

/** The functions that a recurrent operator can name, by their names in lower case. */
const ROWS: Readonly<Record<string, ActivationRow>> = {
  sigmoid: { f: sigmoid },
  tanh: { f: Math.tanh },
  relu: { f: (x) => Math.max(x, 0) },
  softplus: { f: softplus },
  softsign: { f: softsign },
  affine: { f: (x, alpha, beta) => alpha * x + beta, alpha: 1, beta: 0 },
  leakyrelu: { f: (x, alpha) => (x < 0 ? alpha * x : x), alpha: 0.01 },
  thresholdedrelu: { f: (x, alpha) => (x > alpha ? x : 0), alpha: 1 },
  scaledtanh: { f: (x, alpha, beta) => alpha * Math.tanh(beta * x), alpha: 1, beta: 1 },
  hardsigmoid: { f: hardSigmoid, alpha: 0.2, beta: 0.5 },
  elu: { f: elu, alpha: 1 },
};

/**
 * The activations of a recurrent operator, all directions after one another. Functions take their numbers from
 * `activation_alpha` and `activation_beta` in turn, those that need none taking none.
 *
 * @throws ModelError for a name that ONNX does not have
 */
export function activationsOf(attributes: Attributes, defaults: readonly string[]): Activation[] {
  const names = (attributes.activations as string[] | undefined) ?? defaults;
  const alphas = [...((attributes.activation_alpha as number[] | undefined) ?? [])];
  const betas = [...((attributes.activation_beta as number[] | undefined) ?? [])];
  return names.map((name) => {
    const row = ROWS[name.toLowerCase()];
    if (!row) throw new ModelError(`reference: expected an activation (${Object.keys(ROWS)}) but found ${name}`);
    const alpha = row.alpha === undefined ? 0 : (alphas.shift() ?? row.alpha);
    const beta = row.beta === undefined ? 0 : (betas.shift() ?? row.beta);
    return (x) => row.f(x, alpha, beta);
  });
}
