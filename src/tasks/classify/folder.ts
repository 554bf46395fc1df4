import { encodeText } from "../../data/folder.ts";
import { writeSafetensors } from "../../data/safetensors.ts";
import { PAD, type TextTokenizer } from "../../data/text/index.ts";
import type { TextClassifier } from "../../models/text-classifier/text-classifier.ts";
import { CHECKPOINT_FILE } from "../checkpoint.ts";
import type { ExamplesEvent, TaskEvent, TestEvent } from "../events.ts";
import { FORMAT_VERSION, jsonFile, METADATA_TASK } from "../model-json.ts";
import type { TrainOptions } from "../recipe.ts";
import { minimize } from "../statistics.ts";
import type { FinishedRun } from "../training-run.ts";
import { modelCard } from "./card.ts";
import type { ClassifyConfig } from "./config.ts";
import { type LabelledPair, lossOf, readPairs, testEvent } from "./measure.ts";
import { exportClassifier } from "./network.ts";
import { explanationOf, type Reading, TextReader } from "./reader.ts";
import type { ClassifySettings } from "./settings.ts";

/** The network's file. */
export const NETWORK_FILE = "onnx/model.onnx";
/** Examples that are shown after training, and of how many tokens at most. */
const SHOWN = 8;
const MOST_SHOWN_TOKENS = 40;

export interface FinishedClassifier extends FinishedRun {
  readonly settings: ClassifySettings;
  readonly model: TextClassifier;
  readonly tokenizer: TextTokenizer;
  readonly labels: readonly string[];
  readonly validation: readonly LabelledPair[];
  readonly test: readonly LabelledPair[];
}

/** Measures the trained model on the test set, shows some of its answers and writes the model folder. */
export async function* saveClassifier(
  { folder, backend, signal }: TrainOptions,
  finished: FinishedClassifier,
): AsyncGenerator<TaskEvent, void> {
  const { settings, model, tokenizer, labels, parameters, history, bestStep, seconds } = finished;
  const onnx = exportClassifier(model, { values: parameters, metadata: { [METADATA_TASK]: "classify" } });
  const { sourceLen } = settings;
  const reader = new TextReader({ session: await backend.load(onnx), tokenizer, labels, sourceLen });
  let temperature: number;
  let test: TestEvent;
  try {
    temperature = await calibrate(reader, finished.validation, signal);
    const readings = await readPairs(reader, finished.test, signal);
    test = testEvent(reader, finished.test, { readings, temperature });
    yield test;
    yield examplesOf(reader, finished.test, { readings, temperature });
  } finally {
    await reader.release();
  }
  const config = configOf(finished, temperature);
  const metrics = { test, bestStep, trainingSeconds: seconds, parameters: model.parameterCount, history };
  const files: [string, Uint8Array][] = [
    ["model.safetensors", writeSafetensors(new Map(parameters), { format: "fovea" })],
    ["tokenizer.json", jsonFile(tokenizer.files.tokenizer)],
    ["tokenizer_config.json", jsonFile(tokenizer.files.config)],
    [NETWORK_FILE, onnx],
    ["metrics.json", jsonFile(metrics)],
    ["README.md", encodeText(modelCard(finished, { config, test }))],
    ["config.json", jsonFile(config)],
  ];
  for (const [name, content] of files) await folder.write(name, content);
  await folder.remove(CHECKPOINT_FILE);
  yield { type: "saved", folder: folder.path, files: files.map(([name]) => name), seconds };
}

/** The temperature that makes the right labels of the validation texts most likely (Guo et al. 2017, section 4.2). */
async function calibrate(
  reader: TextReader,
  validation: readonly LabelledPair[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const readings = await readPairs(reader, validation, signal);
  const loss = (x: number) => lossOf(reader, validation, { readings, temperature: Math.exp(x) });
  return Math.exp(minimize(loss, Math.log(0.25), Math.log(4)));
}

/** Some answers to short test texts, each with the words that decided. */
function examplesOf(
  reader: TextReader,
  pairs: readonly LabelledPair[],
  { readings, temperature }: { readings: readonly Reading[]; temperature: number },
): ExamplesEvent {
  const short = [...readings.keys()].filter((i) => (readings[i] as Reading).ids.length <= MOST_SHOWN_TOKENS);
  const from = short.length > 0 ? short : [...readings.keys()];
  const count = Math.min(SHOWN, from.length);
  const places = Array.from({ length: count }, (_, i) => from[Math.floor(((i + 0.5) * from.length) / count)] as number);
  const shown = places.map((i) => explanationOf(reader, readings[i] as Reading, temperature));
  return {
    type: "examples",
    title: "test",
    examples: shown.map(({ prediction }, i) => ({
      ...prediction,
      expected: pairs[places[i] as number]?.expected as string,
    })),
    maps: shown.map(({ map }) => map),
  };
}

function configOf({ settings, tokenizer, labels }: FinishedClassifier, temperature: number): ClassifyConfig {
  const { sourceLen, model, ...training } = settings;
  return {
    fovea: FORMAT_VERSION,
    task: "classify",
    model_type: "text-classifier",
    pad_token_id: PAD,
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    model: { ...model, vocabulary: tokenizer.size },
    limits: { sourceLen },
    calibration: { temperature },
    training,
  };
}
