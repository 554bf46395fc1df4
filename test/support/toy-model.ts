import { array, type NdArray, Rng, type Tensor } from "fovea";
import { crossEntropy, dropout, glorot, Linear, Module, normal, Parameter, type WeightedLoss } from "fovea/nn";

/** As `src/tasks/toy.fixture.ts`, of the built package: worker threads run compiled files, and its classes are others. */
export class Toy extends Module {
  readonly embedding: Parameter = new Parameter([11, 5], { initializer: normal(0.7), frozen: true });
  readonly hidden: Linear = new Linear({ inputDim: 5, outputDim: 7 });
  readonly head: Parameter = new Parameter([7, 3], { initializer: glorot(), rate: 0.5 });
  readonly dropout: number;

  constructor(options: { dropout: number }) {
    super();
    this.dropout = options.dropout;
  }

  forward({ symbol }: { symbol: Tensor }): { logits: Tensor } {
    const states = this.hidden.forward(this.embedding.gather(symbol)).tanh();
    return { logits: dropout(states, this.dropout).matmul(this.head) };
  }
}

export type ToyArray = "symbol" | "label" | "weight";

export function toyLoss(model: Toy, { symbol, label, weight }: Record<ToyArray, Tensor>): WeightedLoss {
  return crossEntropy(model.forward({ symbol }).logits, label, { rowWeight: weight });
}

/** Learnable: the label is the symbol's remainder. */
export function toyBatch(rows: number, step: number): Record<ToyArray, NdArray> {
  const rng = new Rng(5, "toy").at(step);
  const symbols = Array.from({ length: rows }, () => rng.integer(11));
  const label = symbols.map((symbol) => symbol % 3);
  return {
    symbol: array(symbols, [rows], "int32"),
    label: array(label, [rows], "int32"),
    weight: array(symbols.map((symbol) => (symbol === 10 ? 0.25 : 1))),
  };
}

/** The same batch with a symbol that no embedding has, as example `row`: the step that reads it fails. */
export function badBatch(rows: number, row: number): Record<ToyArray, NdArray> {
  const batch = toyBatch(rows, 0);
  batch.symbol.data[row] = 11;
  return batch;
}
