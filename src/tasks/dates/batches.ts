import {
  type Alphabet,
  type DateExample,
  DateGenerator,
  encodeIso,
  encodeText,
  MAX_INPUT,
  nonsenseExample,
  OUTPUT_LENGTH,
} from "../../data/dates/index.ts";
import type { Batch } from "../../runtime/engine.ts";

/** The label of inputs without an answer: every character alike is right. */
export const NO_ANSWER = -1;

export interface DateBatchOptions {
  readonly seed: number;
  readonly batch: number;
  /** How many of a batch's examples are inputs without an answer. */
  readonly nonsense: number;
  /** What such an example's loss counts. */
  readonly nonsenseWeight: number;
  readonly alphabet: Alphabet;
}

/** Training batches: batch `step` is a function of seed and step, so an interrupted run goes on with the very same ones. */
export class DateBatches {
  readonly #options: DateBatchOptions;
  readonly #generator: DateGenerator;

  constructor(options: DateBatchOptions) {
    this.#options = options;
    this.#generator = new DateGenerator({ seed: options.seed, split: "train" });
  }

  batch(step: number): Batch {
    const { batch, nonsense, nonsenseWeight, alphabet, seed } = this.#options;
    const rows = Array.from({ length: batch }, (_, row) => {
      const index = step * batch + row;
      return row < nonsense ? { text: nonsenseExample({ seed, index }).text } : this.#generator.example(index);
    });
    const weight = Float32Array.from({ length: batch }, (_, row) => (row < nonsense ? nonsenseWeight : 1));
    return { ...encodeRows(rows, alphabet), weight: { data: weight, shape: [batch], dtype: "float32" } };
  }
}

/** Texts, and their answers where they have one, as arrays `text` `[rows 30]`, `lengths` `[rows]`, `label` `[rows 10]`. */
export function encodeRows(rows: readonly { text: string; iso?: string }[], alphabet: Alphabet): Batch {
  const count = rows.length;
  const text = new Int32Array(count * MAX_INPUT);
  const lengths = new Int32Array(count);
  const label = new Int32Array(count * OUTPUT_LENGTH).fill(NO_ANSWER);
  for (const [row, example] of rows.entries()) {
    lengths[row] = encodeText(example.text, text, { alphabet, offset: row * MAX_INPUT }).length;
    if (example.iso !== undefined) encodeIso(example.iso, label, row * OUTPUT_LENGTH);
  }
  return {
    text: { data: text, shape: [count, MAX_INPUT], dtype: "int32" },
    lengths: { data: lengths, shape: [count], dtype: "int32" },
    label: { data: label, shape: [count, OUTPUT_LENGTH], dtype: "int32" },
  };
}

/** Held-out examples of a split; `perFormat` draws so many of each format in turn. */
export function heldOut(split: "validation" | "test", count: number, seed: number): DateExample[] {
  const generator = new DateGenerator({ seed, split });
  return Array.from({ length: count }, (_, index) => generator.example(index));
}
