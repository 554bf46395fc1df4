import { dropout } from "../nn/dropout.ts";
import { glorot, normal } from "../nn/initializers.ts";
import { Linear } from "../nn/linear.ts";
import { crossEntropy, type WeightedLoss } from "../nn/losses.ts";
import { Module, Parameter } from "../nn/module.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A model with all that training has to keep apart: frozen weights, two learning rates, biases, noise. */
export class Toy extends Module {
  readonly embedding: Parameter = new Parameter([11, 5], { initializer: normal(0.7), frozen: true });
  readonly hidden: Linear = new Linear({ inputDim: 5, outputDim: 7 });
  readonly head: Parameter = new Parameter([7, 3], { initializer: glorot(), rate: 0.5 });
  readonly dropout: number;

  constructor({ dropout }: { dropout: number } = { dropout: 0 }) {
    super();
    this.dropout = dropout;
  }

  forward({ symbol }: { symbol: Tensor }): { logits: Tensor } {
    const states = this.hidden.forward(this.embedding.gather(symbol)).tanh();
    return { logits: dropout(states, this.dropout).matmul(this.head) };
  }
}

/** Arrays of a batch. */
export type ToyArray = "symbol" | "label" | "weight";

export function toyLoss(model: Toy, { symbol, label, weight }: Record<ToyArray, Tensor>): WeightedLoss {
  return crossEntropy(model.forward({ symbol }).logits, label, { rowWeight: weight });
}

/** Learnable: the label is the symbol's remainder. */
export function toyBatch(rows: number, step: number): Record<ToyArray, NdArray> {
  const rng = new Rng(5, "toy").at(step);
  const symbols = Array.from({ length: rows }, () => rng.integer(11));
  return {
    symbol: array(symbols, [rows], "int32"),
    label: array(
      symbols.map((symbol) => symbol % 3),
      [rows],
      "int32",
    ),
    weight: array(symbols.map((symbol) => (symbol === 10 ? 0.25 : 1))),
  };
}
