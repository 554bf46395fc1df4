import type { Recipe } from "../recipe.ts";
import { sequenceRecipe } from "../sequence/recipe.ts";
import { lengthWithin, type SequenceTask } from "../sequence/task.ts";

/** Any rewriting of short texts, character by character: a normaliser of one's own for dates, units, names, codes. */
export const TRANSDUCE: SequenceTask = {
  name: "transduce",
  summary: "one text rewritten as another, character by character: a normaliser of your own, from a file of pairs",
  title: "Rewriter",
  roles: [
    { name: "source", headers: ["source", "input", "text", "from", "raw"] },
    { name: "target", headers: ["target", "output", "expected", "answer", "to", "iso", "normalized"] },
  ],
  measure: "exactMatch",
  isExact: true,
  defaults: {
    seed: 1,
    steps: 3000,
    batch: 64,
    workers: 1,
    learningRate: 0.004,
    warmUp: 50,
    floor: 0.05,
    beta2: 0.99,
    averaging: 0.995,
    clipNorm: 1,
    validateEvery: 250,
    validationCount: 500,
    patience: 6,
    sourceTokens: "character",
    targetTokens: "character",
    vocabulary: 4000,
    lowercase: false,
    sourceLen: 100,
    targetLen: 100,
    truncate: false,
    smoothing: 0,
    scheduledSampling: 0,
    beam: 1,
    lengthPenalty: 0,
    coveragePenalty: 0,
    testCount: 5000,
    model: {
      type: "bahdanau",
      embeddingDim: 32,
      encoderDim: 64,
      decoderDim: 128,
      attentionDim: 64,
      attention: true,
      dropout: 0,
    },
  },
  fit: (defaults, { count, source, target, steps: given }) => {
    // Every text twenty times, within what takes a minute or two.
    const steps = given ?? Math.max(1000, Math.min(5000, Math.round((20 * count) / defaults.batch)));
    return {
      ...defaults,
      steps,
      warmUp: Math.min(defaults.warmUp, Math.ceil(steps / 20)),
      validateEvery: Math.min(defaults.validateEvery, Math.ceil(steps / 10)),
      sourceLen: lengthWithin(source, 1, 400),
      targetLen: lengthWithin(target, 1, 400),
    };
  },
};

export const transduce: Recipe = sequenceRecipe(TRANSDUCE);
