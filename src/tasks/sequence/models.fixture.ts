import { type Folder, memoryFolder } from "../../data/folder.ts";
import { TextTokenizer, TokenizerLearner, type TokenLevel } from "../../data/text/index.ts";
import { withValues } from "../../models/sequence-models.fixture.ts";
import type { SequenceToSequence } from "../../models/sequence-to-sequence.ts";
import type { Backend } from "../../runtime/backend.ts";
import { nodeBackend } from "../../runtime/node.ts";
import type { NdArray } from "../../tensor/nd-array.ts";
import type { TaskEvent } from "../events.ts";
import { collect, words } from "../text/training.fixture.ts";
import type { Values } from "../training-run.ts";
import { TRANSDUCE } from "../transduce/index.ts";
import { saveSequence } from "./folder.ts";
import { exportSequence } from "./graphs.ts";
import type { Pair } from "./measure.ts";
import { buildModel } from "./network.ts";
import type { SequenceSettings } from "./settings.ts";
import type { SequenceTask } from "./task.ts";
import { SequenceWriter } from "./writer.ts";

export type ModelSettings = SequenceSettings["model"];

const MODEL: ModelSettings = {
  type: "bahdanau",
  embeddingDim: 5,
  encoderDim: 7,
  decoderDim: 11,
  attentionDim: 3,
  attention: true,
  dropout: 0,
};

/** Every kind of model, small. */
export const KINDS: readonly { readonly name: string; readonly model: ModelSettings }[] = [
  { name: "bahdanau", model: MODEL },
  { name: "bahdanau without attention", model: { ...MODEL, attention: false } },
  { name: "luong", model: { ...MODEL, type: "luong" } },
  { name: "luong without attention", model: { ...MODEL, type: "luong", attention: false } },
];

/** Small enough for seconds, most of which the graphs take. */
export const TINY: Readonly<Record<string, string>> = {
  steps: "6",
  batch: "4",
  validateEvery: "3",
  warmUp: "1",
  learningRate: "0.02",
  averaging: "0.5",
  "model.embeddingDim": "2",
  "model.encoderDim": "3",
  "model.decoderDim": "5",
  "model.attentionDim": "2",
};

/** A model that nobody has trained, and whose every number counts: with it, texts differ in their answers. */
export interface Untrained {
  readonly model: SequenceToSequence;
  readonly values: Values;
  readonly source: TextTokenizer;
  readonly target: TextTokenizer;
  readonly settings: SequenceSettings;
}

/** Texts in letters that the models know. */
export const TEXTS: readonly string[] = words(24, { least: 1, most: 11 });

function learn(texts: readonly string[], level: TokenLevel): TextTokenizer {
  const learner = new TokenizerLearner({ level, size: 100, lowercase: false });
  for (const text of texts) learner.add(text);
  return TextTokenizer.fromFiles(learner.finish());
}

export function untrained({ model: sizes = MODEL, ...changes }: Partial<SequenceSettings> = {}): Untrained {
  const settings = { ...TRANSDUCE.defaults, sourceLen: 12, targetLen: 9, ...changes, model: sizes };
  const source = learn(TEXTS, settings.sourceTokens);
  const target = learn(
    TEXTS.map((text) => text.toUpperCase()),
    settings.targetTokens,
  );
  const model = withValues(buildModel(sizes, { sourceVocabulary: source.size, targetVocabulary: target.size }));
  const values = new Map([...model.parameters()].map(([name, { value }]) => [name, value as NdArray]));
  return { model, values, source, target, settings };
}

/** What writes with a model. */
export async function writerOf(
  { model, values, source, target, settings }: Untrained,
  backend: Pick<Backend, "load"> = nodeBackend,
): Promise<SequenceWriter> {
  const { encoder, decoder } = exportSequence(model, { values });
  return new SequenceWriter({
    encoder: await backend.load(encoder),
    decoder: await backend.load(decoder),
    source,
    target,
    limits: settings,
  });
}

const PAIRS: readonly Pair[] = TEXTS.map((text) => ({ text, expected: text.toUpperCase() }));

/** The folder of a model, as training leaves it. */
export async function folderOf(
  { model, settings, ...given }: Untrained,
  {
    task = TRANSDUCE,
    validation = PAIRS,
    test = PAIRS,
  }: { task?: SequenceTask; validation?: readonly Pair[]; test?: readonly Pair[] } = {},
): Promise<{ folder: Folder; events: readonly TaskEvent[] }> {
  const folder = memoryFolder("model");
  const options = { folder, backend: nodeBackend, createEngine: () => Promise.reject(new RangeError("no training")) };
  const events = await collect(
    saveSequence(options, {
      task,
      settings,
      model,
      tokenizers: given,
      parameters: given.values,
      validation,
      test,
      history: { train: [], validation: [] },
      bestStep: 0,
      seconds: 0,
    }),
  );
  return { folder, events };
}
