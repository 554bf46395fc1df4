import { type Alphabet, encodeText, isRealDate, MAX_INPUT, OUTPUT_LENGTH } from "../../data/dates/index.ts";
import { formatShape, sameShape } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import type { NdArray } from "../../tensor/nd-array.ts";
import type { Candidate, Prediction } from "../events.ts";
import type { Runner } from "../inference.ts";

/** How far a model's probabilities are to be trusted; both numbers are chosen on validation data. */
export interface Calibration {
  /** Logits are divided by this before softmax (Guo et al. 2017, section 4.2). */
  readonly temperature: number;
  /** Answers of at least this confidence are certain. */
  readonly threshold: number;
}

/** What the network gave for some texts. */
export interface Readings {
  /** `[texts 10 symbols]` */
  readonly logits: Float32Array;
  /** `[texts 10 30]`: how much each written character read of each input character */
  readonly weights: Float32Array;
  /** Chosen symbols, `[texts 10]` */
  readonly chosen: Uint8Array;
}

/** Another network of the same outputs, and what it is fed beside the texts. */
export interface ReadOptions {
  readonly runner?: Pick<Runner, "run">;
  readonly feeds?: Readonly<Record<string, NdArray>>;
}

/** So many candidates are shown however unlikely they are. */
const LEAST_SHOWN = 5;
/** The probability from which on each candidate is shown. */
const WORTH_SHOWING = 0.0005;

/** Reads dates with a trained model: text → symbols → network → characters. Nothing is parsed and nothing repaired. */
export class DateReader {
  readonly symbols: readonly string[];
  readonly #runner: Runner;
  readonly #alphabet: Alphabet;

  constructor(runner: Runner, alphabet: Alphabet, symbols: readonly string[]) {
    this.#runner = runner;
    this.#alphabet = alphabet;
    this.symbols = symbols;
  }

  /**
   * @param options another network to read with, in place of the model's own
   * @throws DataError for a text that is empty or too long; ModelError for a network that gives something else
   */
  async read(texts: readonly string[], options: ReadOptions = {}): Promise<Readings> {
    const count = texts.length;
    const text = new Int32Array(count * MAX_INPUT);
    const lengths = new Int32Array(count);
    for (const [row, value] of texts.entries()) {
      lengths[row] = encodeText(value, text, { alphabet: this.#alphabet, offset: row * MAX_INPUT }).length;
    }
    const { runner = this.#runner, feeds } = options;
    const { logits, attention } = await runner.run({
      ...feeds,
      text: { data: text, shape: [count, MAX_INPUT], dtype: "int32" },
      lengths: { data: lengths, shape: [count], dtype: "int32" },
    });
    const values = floats("logits", logits, [count, OUTPUT_LENGTH, this.symbols.length]);
    const weights = floats("attention", attention, [count, OUTPUT_LENGTH, MAX_INPUT]);
    requireAll(values, "finite logits", Number.isFinite);
    requireAll(weights, "weights from 0 to 1", isWeight);
    return { logits: values, weights, chosen: this.#choose(values, count) };
  }

  /** The answers to texts that were read, as characters with the confidence of each whole answer. */
  answers(texts: readonly string[], readings: Readings, calibration: Calibration): Prediction[] {
    return texts.map((text, row) => {
      const output = this.output(readings, row);
      const confidence = Math.exp(this.logConfidence(readings, row, calibration.temperature));
      return { text, output, confidence, certain: confidence >= calibration.threshold, valid: isRealDate(output) };
    });
  }

  /** The ten characters written for a text. */
  output({ chosen }: Readings, row: number): string {
    let text = "";
    for (let i = 0; i < OUTPUT_LENGTH; i++) text += this.symbols[chosen[row * OUTPUT_LENGTH + i] as number];
    return text;
  }

  /** The logarithm of the product of the chosen characters' probabilities. */
  logConfidence({ logits, chosen }: Readings, row: number, temperature: number): number {
    const width = this.symbols.length;
    let total = 0;
    for (let i = row * OUTPUT_LENGTH; i < (row + 1) * OUTPUT_LENGTH; i++) {
      const at = i * width;
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < width; k++) largest = Math.max(largest, logits[at + k] as number);
      let sum = 0;
      for (let k = 0; k < width; k++) sum += Math.exp(((logits[at + k] as number) - largest) / temperature);
      total += ((logits[at + (chosen[i] as number)] as number) - largest) / temperature - Math.log(sum);
    }
    return total;
  }

  /** For each of the ten characters of a text the likeliest symbols, best first: five, and all that are not next to impossible. */
  candidates({ logits }: Readings, row: number, temperature: number): Candidate[][] {
    const width = this.symbols.length;
    return Array.from({ length: OUTPUT_LENGTH }, (_, step) => {
      const at = (row * OUTPUT_LENGTH + step) * width;
      const own = logits.subarray(at, at + width);
      const largest = own.reduce((most, logit) => Math.max(most, logit));
      const shares = Array.from(own, (logit) => Math.exp((logit - largest) / temperature));
      const sum = shares.reduce((total, share) => total + share);
      return shares
        .map((share, k) => ({ token: this.symbols[k] as string, probability: share / sum }))
        .sort((a, b) => b.probability - a.probability)
        .filter(({ probability }, rank) => rank < LEAST_SHOWN || probability >= WORTH_SHOWING);
    });
  }

  /** The readings of one text with some of its characters written otherwise: nothing else changes, for the model does not read what it wrote. */
  rewritten(readings: Readings, written: readonly { readonly step: number; readonly token: string }[]): Readings {
    const chosen = readings.chosen.slice();
    for (const { step, token } of written) chosen[step] = this.symbols.indexOf(token);
    return { ...readings, chosen };
  }

  release(): Promise<void> {
    return this.#runner.release();
  }

  #choose(logits: Float32Array, count: number): Uint8Array {
    const width = this.symbols.length;
    return Uint8Array.from({ length: count * OUTPUT_LENGTH }, (_, i) => {
      let best = 0;
      for (let k = 1; k < width; k++)
        if ((logits[i * width + k] as number) > (logits[i * width + best] as number)) best = k;
      return best;
    });
  }
}

/** A network may come from a stranger: what it gives is checked. */
function floats(name: string, value: NdArray | undefined, shape: readonly number[]): Float32Array {
  if (value?.dtype === "float32" && sameShape(value.shape, shape)) return value.data as Float32Array;
  const found = value ? `${value.dtype} ${formatShape(value.shape)}` : "none";
  throw new ModelError(
    `model: expected the network to give ${name} as float32 ${formatShape(shape)} but found ${found}`,
  );
}

/** Rounding may carry a weight this far out of 0 … 1. */
const ROUNDING = 1e-4;

function isWeight(value: number): boolean {
  return value >= -ROUNDING && value <= 1 + ROUNDING;
}

function requireAll(values: Float32Array, what: string, isRight: (value: number) => boolean): void {
  for (const value of values) {
    if (!isRight(value)) throw new ModelError(`model: expected the network to give ${what} but found ${value}`);
  }
}

/** Texts that are read at a time: enough to keep the processor busy, small enough to stay in its cache. */
export const READ_AT_ONCE = 250;

/** Readings of many texts, some at a time. @throws the signal's reason after an abort */
export async function* readAll<T extends { readonly text: string }>(
  reader: DateReader,
  examples: readonly T[],
  signal?: AbortSignal,
): AsyncGenerator<{ part: readonly T[]; readings: Readings }, void> {
  for (let start = 0; start < examples.length; start += READ_AT_ONCE) {
    signal?.throwIfAborted();
    const part = examples.slice(start, start + READ_AT_ONCE);
    yield { part, readings: await reader.read(part.map(({ text }) => text)) };
  }
}
