import { encodeText } from "../../data/folder.ts";
import { writeSafetensors } from "../../data/safetensors.ts";
import { END, PAD, START } from "../../data/text/index.ts";
import type { SequenceToSequence } from "../../models/sequence-to-sequence.ts";
import { CHECKPOINT_FILE } from "../checkpoint.ts";
import type { ExamplesEvent, TaskEvent, TestEvent } from "../events.ts";
import { FORMAT_VERSION, jsonFile, METADATA_TASK } from "../model-json.ts";
import type { TrainOptions } from "../recipe.ts";
import { chooseThreshold } from "../threshold.ts";
import type { FinishedRun } from "../training-run.ts";
import { modelCard } from "./card.ts";
import type { SequenceConfig } from "./config.ts";
import { mapOf, predictionOf, type Trust } from "./explain.ts";
import { DECODER_FILE, ENCODER_FILE, exportSequence } from "./graphs.ts";
import { type Measured, measurePairs, type Pair } from "./measure.ts";
import type { SequenceSettings } from "./settings.ts";
import type { SequenceTask } from "./task.ts";
import { testPairs } from "./test.ts";
import type { Tokenizers } from "./vocabulary.ts";
import { SequenceWriter } from "./writer.ts";

/** Examples that are shown after training. */
const SHOWN = 8;

export interface FinishedSequence extends FinishedRun {
  readonly task: SequenceTask;
  readonly settings: SequenceSettings;
  readonly model: SequenceToSequence;
  readonly tokenizers: Tokenizers;
  readonly validation: readonly Pair[];
  readonly test: readonly Pair[];
}

/** How the model writes, when it is asked. */
export function decodingOf({ beam, lengthPenalty, coveragePenalty }: SequenceConfig["decoding"]): {
  beam: number;
  lengthPenalty: number;
  coveragePenalty: number;
} {
  return { beam, lengthPenalty, coveragePenalty };
}

/** Measures the trained model on the test set, shows some of its answers and writes the model folder. */
export async function* saveSequence(
  { folder, backend, signal }: TrainOptions,
  finished: FinishedSequence,
): AsyncGenerator<TaskEvent, void> {
  const { task, settings, model, tokenizers, parameters, history, bestStep, seconds } = finished;
  const { encoder, decoder } = exportSequence(model, {
    values: parameters,
    metadata: { [METADATA_TASK]: task.name },
  });
  const writer = new SequenceWriter({
    encoder: await backend.load(encoder),
    decoder: await backend.load(decoder),
    ...tokenizers,
    limits: settings,
  });
  let trust: Trust;
  let test: TestEvent;
  try {
    const decoding = { ...decodingOf(settings), ...(signal ? { signal } : {}) };
    trust = await calibrate(writer, finished, decoding);
    const { truncate, sourceLen } = settings;
    const isTaken = (text: string) => truncate || tokenizers.source.encode(text).length <= sourceLen;
    const { event, measured, taken } = await testPairs(writer, finished.test, { ...task, decoding, trust, isTaken });
    test = event;
    yield test;
    yield await examplesOf(writer, { measured, taken, trust });
  } finally {
    await writer.release();
  }
  const config = configOf(finished, trust);
  const card = modelCard(finished, { config, test });
  const metrics = { test, bestStep, trainingSeconds: seconds, parameters: model.parameterCount, history };
  const files: [string, Uint8Array][] = [
    ["model.safetensors", writeSafetensors(new Map(parameters), { format: "fovea" })],
    ["tokenizer.json", jsonFile(tokenizers.source.files.tokenizer)],
    ["tokenizer_config.json", jsonFile(tokenizers.source.files.config)],
    ["target/tokenizer.json", jsonFile(tokenizers.target.files.tokenizer)],
    ["target/tokenizer_config.json", jsonFile(tokenizers.target.files.config)],
    [ENCODER_FILE, encoder],
    [DECODER_FILE, decoder],
    ["generation_config.json", jsonFile(generationConfig(config))],
    ["metrics.json", jsonFile(metrics)],
    ["README.md", encodeText(card)],
    ["config.json", jsonFile(config)],
  ];
  for (const [name, content] of files) await folder.write(name, content);
  await folder.remove(CHECKPOINT_FILE);
  yield { type: "saved", folder: folder.path, files: files.map(([name]) => name), seconds };
}

async function calibrate(
  writer: SequenceWriter,
  { task, validation }: FinishedSequence,
  decoding: Parameters<SequenceWriter["write"]>[1],
): Promise<Trust> {
  if (!task.isExact) return {};
  const { answers } = await measurePairs(writer, validation, { ...decoding, measure: "exactMatch" });
  const judged = answers.map((answer, i) => ({
    right: answer.output === validation[i]?.expected,
    confidence: predictionOf(answer, {}).confidence,
  }));
  return { threshold: chooseThreshold(judged) };
}

/** Some answers to test texts, evenly from the shortest to the longest, each with where the model looked. */
async function examplesOf(
  writer: SequenceWriter,
  { measured, taken, trust }: { measured: Measured; taken: readonly Pair[]; trust: Trust },
): Promise<ExamplesEvent> {
  const byLength = [...taken.keys()].sort(
    (a, b) => (taken[a] as Pair).text.length - (taken[b] as Pair).text.length || a - b,
  );
  const count = Math.min(SHOWN, byLength.length);
  const places = Array.from({ length: count }, (_, i) => {
    return byLength[Math.floor(((i + 0.5) * byLength.length) / count)] as number;
  });
  const answers = places.map((i) => measured.answers[i] as Measured["answers"][number]);
  const maps = answers.map((answer) =>
    mapOf(
      writer,
      answer,
      answer.tokens.map((token, step) => ({ token, attention: answer.attention[step] })),
    ),
  );
  return {
    type: "examples",
    title: "test",
    examples: answers.map((answer, i) => ({
      ...predictionOf(answer, trust),
      expected: taken[places[i] as number]?.expected as string,
    })),
    maps: maps.filter(({ weights }) => Array.from(weights).some((weight) => weight > 0)),
  };
}

function configOf({ task, settings, tokenizers }: FinishedSequence, calibration: Trust): SequenceConfig {
  const { beam, lengthPenalty, coveragePenalty, sourceLen, targetLen, truncate, model, ...training } = settings;
  return {
    fovea: FORMAT_VERSION,
    task: task.name,
    model_type: model.type,
    is_encoder_decoder: true,
    pad_token_id: PAD,
    bos_token_id: START,
    decoder_start_token_id: START,
    eos_token_id: END,
    model: { ...model, sourceVocabulary: tokenizers.source.size, targetVocabulary: tokenizers.target.size },
    limits: { sourceLen, targetLen, truncate },
    decoding: { beam, lengthPenalty, coveragePenalty },
    calibration,
    training,
  };
}

function generationConfig({ decoding, limits, ...ids }: SequenceConfig): object {
  return {
    bos_token_id: ids.bos_token_id,
    decoder_start_token_id: ids.decoder_start_token_id,
    eos_token_id: ids.eos_token_id,
    pad_token_id: ids.pad_token_id,
    max_length: limits.targetLen,
    num_beams: decoding.beam,
    length_penalty: decoding.lengthPenalty,
  };
}
