import type { TextFacts } from "../text/open-course.ts";
import type { SequenceSettings } from "./settings.ts";
import { lengthWithin } from "./task.ts";

/** What translation, dialogue and summarising begin from. */
export const SENTENCE_DEFAULTS: SequenceSettings = {
  seed: 1,
  steps: 10_000,
  batch: 64,
  workers: 1,
  learningRate: 0.001,
  warmUp: 400,
  floor: 0.02,
  beta2: 0.998,
  averaging: 0.998,
  clipNorm: 1,
  validateEvery: 1000,
  validationCount: 1000,
  patience: 5,
  sourceTokens: "byte-pair",
  targetTokens: "byte-pair",
  vocabulary: 5000,
  lowercase: false,
  sourceLen: 100,
  targetLen: 100,
  truncate: false,
  smoothing: 0.1,
  scheduledSampling: 0,
  beam: 5,
  lengthPenalty: 1,
  coveragePenalty: 0,
  testCount: 5000,
  model: {
    type: "bahdanau",
    embeddingDim: 256,
    encoderDim: 256,
    decoderDim: 256,
    attentionDim: 256,
    attention: true,
    dropout: 0.3,
  },
};

/** Steps and sizes that fit so many sentences: each is read so many times. */
export function fitSentences(
  defaults: SequenceSettings,
  { count, source, target, steps: given }: TextFacts,
  { epochs }: { epochs: number },
): SequenceSettings {
  const perEpoch = Math.ceil(count / defaults.batch);
  const steps = given ?? Math.max(500, Math.min(200_000, epochs * perEpoch));
  return {
    ...defaults,
    steps,
    warmUp: Math.min(defaults.warmUp, Math.ceil(steps / 20)),
    validateEvery: Math.max(50, Math.min(2 * perEpoch, Math.ceil(steps / 10))),
    sourceLen: lengthWithin(source, 0.995, 200),
    targetLen: lengthWithin(target, 0.995, 200),
  };
}
