import { PAD, type TextTokenizer } from "../../data/text/index.ts";
import type { Session } from "../../runtime/backend.ts";
import { ModelError } from "../../tensor/errors.ts";
import { type NdArray, product } from "../../tensor/nd-array.ts";
import type { Explanation, Prediction } from "../events.ts";
import { cutTo } from "../text/batches.ts";

/** What the network gave for a text. */
export interface Reading {
  readonly text: string;
  /** As the network reads it. */
  readonly ids: Int32Array;
  /** One for each label. */
  readonly logits: Float32Array;
  /** One for each token; undefined where it has no attention. */
  readonly attention: Float32Array | undefined;
}

export interface ReaderOptions {
  readonly session: Session;
  readonly tokenizer: TextTokenizer;
  readonly labels: readonly string[];
  readonly sourceLen: number;
}

/** Names of the network's inputs and outputs, in Hugging Face's words. */
export const NAMES = {
  ids: "input_ids",
  mask: "attention_mask",
  logits: "logits",
  attention: "attentions.0",
} as const;

/** Another network of the same outputs, and what it is fed beside the texts. */
export interface ReadOptions {
  readonly session?: Session;
  readonly feeds?: (shape: readonly [rows: number, tokens: number]) => Readonly<Record<string, NdArray>>;
}

/** Reads texts with a trained classifier. */
export class TextReader {
  readonly tokenizer: TextTokenizer;
  readonly labels: readonly string[];
  readonly #session: Session;
  readonly #sourceLen: number;

  constructor({ session, tokenizer, labels, sourceLen }: ReaderOptions) {
    this.tokenizer = tokenizer;
    this.labels = labels;
    this.#session = session;
    this.#sourceLen = sourceLen;
  }

  /** The ids that are read of a text: the first ones of a long one. */
  encode(text: string): Int32Array {
    return cutTo(this.tokenizer.encode(text), this.#sourceLen);
  }

  read(texts: readonly string[], options: ReadOptions = {}): Promise<Reading[]> {
    return this.readIds(
      texts.map((text) => ({ text, ids: this.encode(text) })),
      options,
    );
  }

  /** Texts that are tokens already. */
  async readIds(
    texts: readonly { readonly text: string; readonly ids: Int32Array }[],
    { session = this.#session, feeds }: ReadOptions = {},
  ): Promise<Reading[]> {
    if (texts.length === 0) return [];
    const rows = texts.length;
    const width = texts.reduce((most, { ids }) => Math.max(most, ids.length), 1);
    const ids = new BigInt64Array(rows * width).fill(BigInt(PAD));
    const mask = new BigInt64Array(rows * width);
    for (const [row, text] of texts.entries()) {
      for (const [i, id] of text.ids.entries()) ids[row * width + i] = BigInt(id);
      mask.fill(1n, row * width, row * width + text.ids.length);
    }
    const whole = (data: BigInt64Array): NdArray => ({ data, shape: [rows, width], dtype: "int64" });
    const found = await session.run({
      ...feeds?.([rows, width]),
      [NAMES.ids]: whole(ids),
      [NAMES.mask]: whole(mask),
    });
    const classes = this.labels.length;
    const logits = floats(NAMES.logits, found[NAMES.logits], [rows, classes]);
    const attention = found[NAMES.attention] && floats(NAMES.attention, found[NAMES.attention], [rows, 1, 1, width]);
    return texts.map((text, row) => ({
      ...text,
      logits: logits.slice(row * classes, (row + 1) * classes),
      attention: attention?.slice(row * width, row * width + text.ids.length),
    }));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** A network may come from a stranger: what it gives is checked. */
function floats(name: string, value: NdArray | undefined, shape: readonly number[]): Float32Array {
  if (value?.dtype === "float32" && value.data.length === product(shape)) {
    const data = value.data as Float32Array;
    const bad = data.find((number) => !Number.isFinite(number));
    if (bad === undefined) return data;
    throw new ModelError(`model: expected the network to give finite ${name} but found ${bad}`);
  }
  const found = value ? `${value.dtype} [${value.shape}]` : "none";
  throw new ModelError(`model: expected the network to give ${name} as float32 [${shape}] but found ${found}`);
}

/** Logits → probabilities, after temperature scaling. */
export function probabilities(logits: Float32Array, temperature: number): number[] {
  const largest = logits.reduce((most, logit) => Math.max(most, logit));
  const shares = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const sum = shares.reduce((total, share) => total + share);
  return shares.map((share) => share / sum);
}

/** The place of the largest logit; the first of equals. */
export function chosen(logits: Float32Array): number {
  return logits.reduce((best, logit, i) => (logit > (logits[best] as number) ? i : best), 0);
}

/** The label of a text, and its probability. */
export function predictionOf(
  { labels }: Pick<TextReader, "labels">,
  reading: Reading,
  temperature: number,
): Prediction {
  const place = chosen(reading.logits);
  const confidence = probabilities(reading.logits, temperature)[place] as number;
  return { text: reading.text, output: labels[place] as string, confidence };
}

/** The label with the words that it was read from, and the other labels. */
export function explanationOf(reader: TextReader, reading: Reading, temperature: number): Explanation {
  const prediction = predictionOf(reader, reading, temperature);
  const columns = reader.tokenizer.tokens(reading.ids);
  const weights = reading.attention ?? new Float32Array(columns.length).fill(1 / columns.length);
  const shares = probabilities(reading.logits, temperature);
  const candidates = shares
    .map((probability, i) => ({ token: reader.labels[i] as string, probability }))
    .sort((a, b) => b.probability - a.probability);
  return {
    prediction,
    map: { title: `${reading.text} → ${prediction.output}`, rows: [prediction.output], columns, weights: [...weights] },
    candidates: [candidates],
  };
}
