import { ALPHABET } from "../../src/data/dates/index.ts";
import { DateNormalizer } from "../../src/models/date-normalizer/date-normalizer.ts";
import { crossEntropy } from "../../src/nn/losses.ts";
import { adam } from "../../src/nn/optimizers.ts";
import type { EngineFactory } from "../../src/runtime/engine.ts";
import { DateBatches, NO_ANSWER } from "../../src/tasks/dates/batches.ts";
import { Trainer } from "../../src/tasks/trainer.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

export interface DateTrainingOptions {
  readonly createEngine: EngineFactory;
  readonly workers: number;
  readonly steps: number;
}

/** The first losses of the date normaliser, from seed 1, with batches of 100. */
export async function trainDates({ createEngine, workers, steps }: DateTrainingOptions): Promise<number[]> {
  const trainer = new Trainer({
    model: new DateNormalizer({ vocabulary: ALPHABET.symbols.length }),
    loss: (model, { text, lengths, label, weight }: Record<"text" | "lengths" | "label" | "weight", Tensor>) => {
      const rowWeight = weight.unsqueeze(1).expand(label.shape);
      const { sum } = crossEntropy(model.forward({ text, lengths }).logits, label, { uniform: NO_ANSWER, rowWeight });
      return { sum, weight: weight.sum() };
    },
    optimizer: adam({ learningRate: 0.01, clipNorm: 1, beta2: 0.99 }),
    seed: 1,
    createEngine,
    workers,
  });
  const batches = new DateBatches({ seed: 1, batch: 100, nonsense: 8, nonsenseWeight: 0.2, alphabet: ALPHABET });
  const losses: number[] = [];
  try {
    for (let step = 0; step < steps; step++) losses.push((await trainer.takeStep(batches.batch(step))).loss);
  } finally {
    await trainer.close();
  }
  return losses;
}
