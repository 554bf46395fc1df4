import { randomNumbers } from "../../autodiff/central-differences.fixture.ts";
import { type Folder, memoryFolder } from "../../data/folder.ts";
import { TextTokenizer, TokenizerLearner } from "../../data/text/index.ts";
import { initialize } from "../../nn/module.ts";
import { nodeBackend } from "../../runtime/node.ts";
import { array, type NdArray, numbers } from "../../tensor/nd-array.ts";
import { collect } from "../text/training.fixture.ts";
import { saveClassifier } from "./folder.ts";
import type { LabelledPair } from "./measure.ts";
import { buildModel } from "./network.ts";
import { CLASSIFY_DEFAULTS, type ClassifySettings } from "./settings.ts";

export const LABELS = ["bad", "fair", "good"] as const;

export const TEXTS: readonly string[] = [
  "a dull and slow film",
  "a good film",
  "good and bad",
  "what a film, what a day!",
  "slow",
  "a bad day for a good film and a slow one",
];

const MODEL = {
  embeddingDim: 5,
  encoderDim: 3,
  attentionDim: 7,
  pooling: "attention",
  dropout: 0,
  wordDropout: 0,
} as const;

/** The folder of a model that nobody has trained, and whose every number counts: with it, texts differ in their labels. */
export async function untrainedFolder(
  changes: Partial<ClassifySettings["model"]> = {},
  pairs: readonly LabelledPair[] = TEXTS.map((text, i) => ({ text, expected: LABELS[i % 3] as string })),
): Promise<{ folder: Folder; tokenizer: TextTokenizer }> {
  const learner = new TokenizerLearner({ level: "word", size: 100, lowercase: true });
  for (const text of TEXTS) learner.add(text);
  const tokenizer = TextTokenizer.fromFiles(learner.finish());
  const settings: ClassifySettings = { ...CLASSIFY_DEFAULTS, sourceLen: 9, model: { ...MODEL, ...changes } };
  const model = buildModel(settings.model, { vocabulary: tokenizer.size, classes: LABELS.length });
  initialize(model, 5);
  for (const [name, leaf] of model.parameters()) {
    // Words count for much, the labels' own biases for nothing.
    const scale = name === "classifier.bias" ? 0 : name === "embedding.weight" ? 3 : 1;
    const values = numbers(randomNumbers(leaf.shape as number[], name)).map((value) => scale * value);
    leaf.value = array(values, leaf.shape as number[]);
  }
  const folder = memoryFolder("model");
  const options = { folder, backend: nodeBackend, createEngine: () => Promise.reject(new RangeError("no training")) };
  await collect(
    saveClassifier(options, {
      settings,
      model,
      tokenizer,
      labels: LABELS,
      parameters: new Map([...model.parameters()].map(([name, { value }]) => [name, value as NdArray])),
      validation: pairs,
      test: pairs,
      history: { train: [], validation: [] },
      bestStep: 0,
      seconds: 0,
    }),
  );
  return { folder, tokenizer };
}
