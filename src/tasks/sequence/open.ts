import type { Folder } from "../../data/folder.ts";
import { normalizeText, TextTokenizer } from "../../data/text/index.ts";
import type { Backend } from "../../runtime/backend.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import type { Change, Explanation, Prediction, RejectedText, TestEvent } from "../events.ts";
import type { Faithfulness } from "../faithfulness.ts";
import { need } from "../model-json.ts";
import { loadNetwork } from "../network.ts";
import type { Measures, OpenModel } from "../recipe.ts";
import { faithfulnessByRemoval } from "../removal.ts";
import { inChunks } from "../text-chunks.ts";
import { Variant } from "../variant.ts";
import { tokenChange } from "./change.ts";
import { readSequenceConfig, type SequenceConfig } from "./config.ts";
import { explanationOf, predictionOf } from "./explain.ts";
import { decodingOf } from "./folder.ts";
import { DECODER_FILE, ENCODER_FILE, NAMES, sequenceTypes } from "./graphs.ts";
import { measuresOf, type Pair, READ_AT_ONCE } from "./measure.ts";
import { buildModel } from "./network.ts";
import type { SequenceTask } from "./task.ts";
import { testPairs } from "./test.ts";
import { SequenceWriter } from "./writer.ts";

/** Opens a folder that a recipe of texts written from texts has written. @throws ModelError when a file is missing, damaged or foreign */
export async function openSequence(
  task: SequenceTask,
  { folder, config, backend }: { folder: Folder; config: Uint8Array; backend: Backend },
): Promise<OpenModel> {
  const known = readSequenceConfig({ file: `${folder.path}/config.json`, bytes: config }, task.name);
  const { model, limits } = known;
  const source = await readTokenizer(folder, "", model.sourceVocabulary);
  const target = await readTokenizer(folder, "target/", model.targetVocabulary);
  const types = sequenceTypes(buildModel(model, model), {
    vocabulary: model.targetVocabulary,
    attends: model.attention,
  });
  const encoder = await loadNetwork((await need(folder, ENCODER_FILE)).bytes, {
    file: `${folder.path}/${ENCODER_FILE}`,
    ...types.encoder,
    backend,
  });
  const decoder = await loadNetwork((await need(folder, DECODER_FILE)).bytes, {
    file: `${folder.path}/${DECODER_FILE}`,
    ...types.decoder,
    backend,
  });
  const writer = new SequenceWriter({
    encoder: encoder.session,
    decoder: decoder.session,
    source,
    target,
    limits,
  });
  return new OpenSequence({
    task,
    path: folder.path,
    config: known,
    writer,
    variant: new Variant(decoder.graph, { backend, name: NAMES.attention }),
  });
}

async function readTokenizer(folder: Folder, place: string, size: number): Promise<TextTokenizer> {
  const { file, bytes } = await need(folder, `${place}tokenizer.json`);
  const tokenizer = TextTokenizer.fromFiles({ tokenizer: bytes, tokenizerName: file });
  if (tokenizer.size === size) return tokenizer;
  throw new ModelError(
    `model: expected ${file} to hold ${size} tokens but found ${tokenizer.size}; is it of this model?`,
  );
}

interface OpenParts {
  readonly task: SequenceTask;
  readonly path: string;
  readonly config: SequenceConfig;
  readonly writer: SequenceWriter;
  readonly variant: Variant;
}

class OpenSequence implements OpenModel {
  readonly task: string;
  readonly measures: { readonly own: Measures; readonly pairs: Measures };
  readonly path: string;
  readonly #parts: OpenParts;

  constructor(parts: OpenParts) {
    this.task = parts.task.name;
    this.path = parts.path;
    const measures = measuresOf(parts.task.measure, parts.config.calibration);
    this.measures = { own: measures, pairs: measures };
    this.#parts = parts;
  }

  async *predict(texts: Parameters<OpenModel["predict"]>[0]): AsyncGenerator<Prediction | RejectedText, void> {
    const { writer, config } = this.#parts;
    for await (const part of inChunks(texts, READ_AT_ONCE)) {
      const checked = part.map((text) => (typeof text === "string" ? this.#check(text) : text));
      const accepted = checked.filter((text) => typeof text === "string");
      const written = await writer.write(accepted.map(normalizeText), decodingOf(config.decoding));
      let next = 0;
      for (const text of checked) {
        if (typeof text !== "string") yield text;
        else yield { ...predictionOf(written[next++] as (typeof written)[number], config.calibration), text };
      }
    }
  }

  async explain(given: string, change: Change = {}): Promise<Explanation> {
    const { writer, config, variant } = this.#parts;
    const text = normalizeText(given);
    this.#demand(text);
    const { target } = writer;
    const changed = tokenChange(change, {
      sourceLen: writer.encode(text).length,
      targetLen: config.limits.targetLen,
      idOf: (token) => target.id(token) ?? target.id(`▁${token}`),
    });
    const { written, readings } = await writer.writeChanged(text, changed, {
      variant,
      ...decodingOf(config.decoding),
    });
    return explanationOf(writer, written, readings, config.calibration);
  }

  async faithfulness(given: string): Promise<Faithfulness> {
    const { writer, config } = this.#parts;
    const text = normalizeText(given);
    this.#demand(text);
    const [answer] = await writer.write([text], decodingOf(config.decoding));
    const { tokens, attention } = answer as NonNullable<typeof answer>;
    const ids = writer.encode(text);
    if (attention.length === 0) {
      throw new ModelError("faithfulness: expected a model with attention but found one without");
    }
    // The end of the text stays: without it no text is one that the model knows.
    const weights = Array.from({ length: ids.length - 1 }, (_, i) =>
      attention.reduce((sum, row) => sum + (row[i] as number), 0),
    );
    return faithfulnessByRemoval({
      weights,
      ids,
      score: async (inputs) => {
        const scored = await writer.scoreIds(inputs, new Array(inputs.length).fill(tokens));
        return scored.map(({ logProbabilities }) => mean(logProbabilities));
      },
    });
  }

  async *evaluate(options: Parameters<OpenModel["evaluate"]>[0] = {}): AsyncGenerator<TestEvent, void> {
    const { pairs } = options;
    if (!pairs) {
      throw new DataError(
        `evaluate: expected pairs to measure a ${this.task} model on but found none; give a file with --data`,
      );
    }
    const { writer, config, task } = this.#parts;
    const all: Pair[] = [];
    for await (const { text, expected } of pairs)
      all.push({ text: normalizeText(text), expected: normalizeText(expected) });
    if (all.length === 0) throw new DataError("evaluate: expected pairs of text and answer but found none");
    const { event } = await testPairs(writer, all, {
      measure: task.measure,
      decoding: decodingOf(config.decoding),
      trust: config.calibration,
      isTaken: (text) => typeof this.#check(text) === "string",
    });
    yield event;
  }

  async close(): Promise<void> {
    await this.#parts.variant.release();
    await this.#parts.writer.release();
  }

  #check(text: string): string | RejectedText {
    try {
      this.#demand(normalizeText(text));
      return text;
    } catch (error) {
      if (error instanceof DataError) return { text, error: error.message };
      throw error;
    }
  }

  /** @throws DataError for a text that the model cannot take */
  #demand(text: string): void {
    const { writer, config } = this.#parts;
    const { sourceLen, truncate } = config.limits;
    if (text === "") throw new DataError(`${this.task}: expected a text but found none`);
    const { length } = writer.source.encode(text);
    if (truncate || length <= sourceLen) return;
    throw new DataError(
      `${this.task}: expected at most ${sourceLen - 1} tokens (${writer.source.level}s) but found ${length - 1}`,
    );
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
