import {
  ALPHABET,
  type Alphabet,
  ARTICLE_ALPHABET,
  ARTICLE_EXAMPLES,
  MAX_INPUT,
  OUTPUT_SYMBOLS,
} from "../../data/dates/index.ts";
import { encodeText } from "../../data/folder.ts";
import { writeSafetensors } from "../../data/safetensors.ts";
import type { DateNormalizer } from "../../models/date-normalizer/date-normalizer.ts";
import { CHECKPOINT_FILE } from "../checkpoint.ts";
import type { TaskEvent, TestEvent } from "../events.ts";
import { exportOnnx } from "../inference.ts";
import { FORMAT_VERSION, jsonFile } from "../model-json.ts";
import type { TrainOptions } from "../recipe.ts";
import type { FinishedRun, Values } from "../training-run.ts";
import { heldOut } from "./batches.ts";
import { calibrate } from "./calibrate.ts";
import { modelCard } from "./card.ts";
import { type DateConfig, METADATA } from "./config.ts";
import { attentionMap } from "./explain.ts";
import { type MeasureOptions, measureDates, measureNonsense } from "./measure.ts";
import { type Calibration, DateReader } from "./reader.ts";
import type { DateSettings } from "./settings.ts";

export interface FinishedTraining extends FinishedRun {
  readonly model: DateNormalizer;
  readonly settings: DateSettings;
}

/** Test examples and inputs without an answer are drawn from these seeds, never from the training's. */
const TEST_SEED = 2_000_000_011;
const CALIBRATION_SEED = 2_000_000_033;
const NONSENSE_SEED = 2_000_000_063;
const CALIBRATION_COUNT = 4000;
const NONSENSE_COUNT = 500;

/**
 * The model as ONNX, any number of texts at a time, with where it looks as an output of its own; once its configuration is known,
 * with all in its metadata that is needed to open it on its own.
 */
export function exportDates(
  model: DateNormalizer,
  values: Values,
  { settings, config }: { settings: DateSettings; config?: DateConfig },
): { bytes: Uint8Array; alphabet: Alphabet; symbols: readonly string[] } {
  const types = {
    text: { shape: ["batch", MAX_INPUT], dtype: "int32" },
    lengths: { shape: ["batch"], dtype: "int32" },
  } as const;
  const alphabet = settings.alphabet === "article" ? ARTICLE_ALPHABET : ALPHABET;
  const metadata: Record<string, string> = config
    ? {
        [METADATA.task]: config.task,
        [METADATA.config]: JSON.stringify(config),
        [METADATA.vocabulary]: JSON.stringify({ input: alphabet.symbols, output: OUTPUT_SYMBOLS }),
      }
    : {};
  return { bytes: exportOnnx(model, types, { values, metadata }), alphabet, symbols: OUTPUT_SYMBOLS };
}

/** Measures the trained model on the test set, shows the article's examples and writes the model folder. */
export async function* saveDates(options: TrainOptions, finished: FinishedTraining): AsyncGenerator<TaskEvent, void> {
  const { folder, backend, signal } = options;
  const { model, parameters, settings, history, bestStep, seconds } = finished;
  const { bytes, alphabet, symbols } = exportDates(model, parameters, { settings });
  const reader = new DateReader(await backend.load(bytes), alphabet, symbols);
  let calibration: Calibration;
  let test: TestEvent;
  try {
    calibration = await calibrate(reader, heldOut("validation", CALIBRATION_COUNT, CALIBRATION_SEED));
    test = await testDates(reader, { calibration, count: settings.testCount, signal });
    yield test;
    yield await articleExamples(reader, calibration);
  } finally {
    await reader.release();
  }
  const config: DateConfig = {
    fovea: FORMAT_VERSION,
    task: "dates",
    model: { type: "date-normalizer", ...model.options },
    calibration,
    training: { ...settings },
  };
  const metrics = { test, bestStep, trainingSeconds: seconds, parameters: model.parameterCount, history };
  const files: [string, Uint8Array][] = [
    ["model.safetensors", writeSafetensors(new Map(parameters), { format: "fovea" })],
    ["vocab.json", jsonFile({ input: alphabet.symbols, output: symbols })],
    ["onnx/model.onnx", exportDates(model, parameters, { settings, config }).bytes],
    ["metrics.json", jsonFile(metrics)],
    [
      "README.md",
      encodeText(modelCard({ config, settings, test, bestStep, seconds, parameters: model.parameterCount })),
    ],
    ["config.json", jsonFile(config)],
  ];
  for (const [name, content] of files) await folder.write(name, content);
  await folder.remove(CHECKPOINT_FILE);
  yield { type: "saved", folder: folder.path, files: files.map(([name]) => name), seconds };
}

/** The test set is the same for every model: other calendar dates than those trained and validated on. */
export async function testDates(
  reader: DateReader,
  { count, ...options }: MeasureOptions & { count: number },
): Promise<TestEvent> {
  const test = await measureDates(reader, heldOut("test", count, TEST_SEED), options);
  const doubt = await measureNonsense(reader, { ...options, count: NONSENSE_COUNT, seed: NONSENSE_SEED });
  return { ...test, metrics: { ...test.metrics, ...doubt } };
}

const SHOWN = "the 29th of August 1958";

async function articleExamples(reader: DateReader, calibration: Calibration): Promise<TaskEvent> {
  const texts = ARTICLE_EXAMPLES.map(({ text }) => text);
  const readings = await reader.read(texts);
  const answers = reader.answers(texts, readings, calibration);
  const examples = answers.map((answer, i) => ({ ...answer, expected: ARTICLE_EXAMPLES[i]?.iso as string }));
  const maps = texts.map((_, row) => attentionMap(reader, texts, readings, row));
  const first = maps.filter((_, row) => texts[row] === SHOWN);
  return {
    type: "examples",
    title: "article",
    examples,
    maps: [...first, ...maps.filter((map) => !first.includes(map))],
  };
}
