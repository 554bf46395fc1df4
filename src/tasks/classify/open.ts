import type { Folder } from "../../data/folder.ts";
import { normalizeText, TextTokenizer } from "../../data/text/index.ts";
import type { Backend } from "../../runtime/backend.ts";
import { DataError, ModelError } from "../../tensor/errors.ts";
import type { Change, Explanation, Prediction, RejectedText, TestEvent } from "../events.ts";
import type { Faithfulness } from "../faithfulness.ts";
import { DAMAGE_MEND, need } from "../model-json.ts";
import { loadNetwork } from "../network.ts";
import { requireOnce, requirePlace } from "../places.ts";
import type { Measures, OpenModel } from "../recipe.ts";
import { faithfulnessByRemoval } from "../removal.ts";
import { inChunks } from "../text-chunks.ts";
import { sharesOf, Variant } from "../variant.ts";
import { type ClassifyConfig, labelsOf, readClassifyConfig } from "./config.ts";
import { NETWORK_FILE } from "./folder.ts";
import { type LabelledPair, READ_AT_ONCE, readPairs, testEvent } from "./measure.ts";
import { buildModel, INPUTS, outputsOf } from "./network.ts";
import { chosen, explanationOf, NAMES, predictionOf, probabilities, TextReader } from "./reader.ts";

/** So much of what is wrong is shown. */
const MOST_SHOWN = 80;

/** Opens a folder that the recipe has written. @throws ModelError when a file is missing, damaged or foreign */
export async function openClassifier(folder: Folder, config: Uint8Array, backend: Backend): Promise<OpenModel> {
  const known = readClassifyConfig({ file: `${folder.path}/config.json`, bytes: config });
  const labels = labelsOf(known);
  if (!labels) {
    const found = JSON.stringify(known.id2label);
    const shown = found.length > MOST_SHOWN ? `${found.slice(0, MOST_SHOWN)}…` : found;
    throw new ModelError(
      `model: expected ${folder.path}/config.json to hold two or more labels, numbered from 0 on, but found ${shown}; ${DAMAGE_MEND}`,
    );
  }
  const { file, bytes } = await need(folder, "tokenizer.json");
  const tokenizer = TextTokenizer.fromFiles({ tokenizer: bytes, tokenizerName: file });
  if (tokenizer.size !== known.model.vocabulary) {
    throw new ModelError(
      `model: expected ${file} to hold ${known.model.vocabulary} tokens but found ${tokenizer.size}; is it of this model?`,
    );
  }
  const model = buildModel(known.model, { vocabulary: tokenizer.size, classes: labels.length });
  const network = await need(folder, NETWORK_FILE);
  const { session, graph } = await loadNetwork(network.bytes, {
    file: network.file,
    inputs: INPUTS,
    outputs: outputsOf(model),
    backend,
  });
  const reader = new TextReader({ session, tokenizer, labels, ...known.limits });
  const variant = new Variant(graph, { backend, name: NAMES.attention });
  return new OpenClassifier({ path: folder.path, config: known, reader, variant });
}

interface OpenParts {
  readonly path: string;
  readonly config: ClassifyConfig;
  readonly reader: TextReader;
  readonly variant: Variant;
}

const MEASURES: Measures = { exactMatch: 1, accuracy: 1, macroF1: 1, loss: Number.POSITIVE_INFINITY };

class OpenClassifier implements OpenModel {
  readonly task = "classify";
  readonly measures = { own: MEASURES, pairs: MEASURES };
  readonly path: string;
  readonly #parts: OpenParts;

  constructor(parts: OpenParts) {
    this.path = parts.path;
    this.#parts = parts;
  }

  get #temperature(): number {
    return this.#parts.config.calibration.temperature;
  }

  async *predict(texts: Parameters<OpenModel["predict"]>[0]): AsyncGenerator<Prediction | RejectedText, void> {
    const { reader } = this.#parts;
    for await (const part of inChunks(texts, READ_AT_ONCE)) {
      const checked = part.map((text) => (typeof text === "string" ? check(text) : text));
      const accepted = checked.filter((text) => typeof text === "string");
      const readings = await reader.read(accepted.map(normalizeText));
      let next = 0;
      for (const text of checked) {
        if (typeof text !== "string") yield text;
        else yield { ...predictionOf(reader, readings[next++] as (typeof readings)[number], this.#temperature), text };
      }
    }
  }

  async explain(given: string, change: Change = {}): Promise<Explanation> {
    const { reader, variant } = this.#parts;
    const text = normalizeText(given);
    requireText(text);
    const { masked = [], forced = [], written = [] } = change;
    checkChange(change, reader.encode(text).length);
    const isChanged = masked.length > 0 || forced.length > 0;
    const shares = forced.map(({ step, weights }) => ({ step, weights: sharesOf(weights) }));
    const options = isChanged ? await variant.options({ masked, forced: shares }) : {};
    const [reading] = await reader.read([text], options);
    const explanation = explanationOf(reader, reading as NonNullable<typeof reading>, this.#temperature);
    return rewritten(explanation, written);
  }

  async faithfulness(given: string): Promise<Faithfulness> {
    const { reader } = this.#parts;
    const text = normalizeText(given);
    requireText(text);
    const ids = reader.encode(text);
    const [reading] = await reader.read([text]);
    const { attention, logits } = reading as NonNullable<typeof reading>;
    if (!attention) throw new ModelError("faithfulness: expected a model with attention but found one without");
    const label = chosen(logits);
    return faithfulnessByRemoval({
      // The end of the text stays: without it no text is one that the model knows.
      weights: [...attention.subarray(0, ids.length - 1)],
      ids,
      score: async (inputs) => {
        const readings = await reader.readIds(inputs.map((ids) => ({ text, ids })));
        return readings.map((other) => Math.log(probabilities(other.logits, this.#temperature)[label] as number));
      },
    });
  }

  async *evaluate(options: Parameters<OpenModel["evaluate"]>[0] = {}): AsyncGenerator<TestEvent, void> {
    const { reader } = this.#parts;
    if (!options.pairs) {
      throw new DataError(
        "evaluate: expected texts with their labels to measure a classify model on but found none; give a file with --data",
      );
    }
    const pairs: LabelledPair[] = [];
    let rejected = 0;
    for await (const { text, expected } of options.pairs) {
      if (typeof check(text) !== "string") rejected++;
      else pairs.push({ text: normalizeText(text), expected: normalizeText(expected) });
    }
    if (pairs.length === 0) throw new DataError("evaluate: expected texts with their labels but found none");
    const readings = await readPairs(reader, pairs);
    yield testEvent(reader, pairs, { readings, temperature: this.#temperature, rejected });
  }

  async close(): Promise<void> {
    await this.#parts.variant.release();
    await this.#parts.reader.release();
  }
}

function check(text: string): string | RejectedText {
  try {
    requireText(normalizeText(text));
    return text;
  } catch (error) {
    if (error instanceof DataError) return { text, error: error.message };
    throw error;
  }
}

/** @throws DataError for a text that the model cannot take */
function requireText(text: string): void {
  if (text === "") throw new DataError("classify: expected a text but found none");
}

/** @throws RangeError for a change of what is not there: a classifier takes one step, and writes one label */
function checkChange({ masked = [], forced = [], written = [] }: Change, count: number): void {
  for (const found of masked) requirePlace("explain", "masked places", { found, count });
  for (const { step, weights } of forced) {
    requirePlace("explain", "forced steps", { found: step, count: 1 });
    if (weights.length !== count) {
      throw new RangeError(
        `explain: expected ${count} weights for step ${step}, one a token, but found ${weights.length}`,
      );
    }
  }
  requireOnce("explain", "forced", forced);
  for (const { step } of written) requirePlace("explain", "written steps", { found: step, count: 1 });
  requireOnce("explain", "written", written);
}

/** With another label in place of the model's own, and its probability. */
function rewritten(explanation: Explanation, written: NonNullable<Change["written"]>): Explanation {
  const [other] = written;
  if (!other) return explanation;
  const found = explanation.candidates[0]?.find(({ token }) => token === other.token);
  if (!found) {
    const labels = explanation.candidates[0]?.map(({ token }) => token);
    throw new RangeError(
      `explain: expected one of ${labels?.join(", ")} to be written but found ${JSON.stringify(other.token)}`,
    );
  }
  const { prediction, map } = explanation;
  return {
    ...explanation,
    prediction: { ...prediction, output: other.token, confidence: found.probability },
    map: { ...map, title: `${prediction.text} → ${other.token}`, rows: [other.token] },
  };
}
