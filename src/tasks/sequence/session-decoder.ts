import { END, START } from "../../data/text/special-tokens.ts";
import type { Session } from "../../runtime/backend.ts";
import { ModelError } from "../../tensor/errors.ts";
import { type NdArray, product } from "../../tensor/nd-array.ts";
import type { StepDecoder, StepOutput } from "../decoding/step-decoder.ts";
import { NAMES, PAST, PRESENT } from "./graphs.ts";

type Arrays = Readonly<Record<string, NdArray>>;

/** A hypothesis in each row: what it reads of its source, and what the decoder has made of its tokens so far. */
export interface DecoderState {
  /** Which source each row is of. */
  readonly sources: Int32Array;
  /** By input name, rows of `sources`. */
  readonly memory: Arrays;
  /** By input name. */
  readonly past: Arrays;
}

/** Writes by an exported pair of encoder and decoder, step by step: the time of a step does not grow with what is written. */
export class SessionDecoder implements StepDecoder<DecoderState> {
  readonly start: number = START;
  readonly end: number = END;
  readonly vocabulary: number;
  readonly #encoder: Session;
  readonly #decoder: Session;

  constructor(sessions: { encoder: Session; decoder: Session; vocabulary: number }) {
    this.#encoder = sessions.encoder;
    this.#decoder = sessions.decoder;
    this.vocabulary = sessions.vocabulary;
  }

  /** Reads sources, `[rows sourceLen]` padded behind their ends. */
  async encode(sources: readonly Int32Array[]): Promise<DecoderState> {
    const rows = sources.length;
    const sourceLen = sources.reduce((most, { length }) => Math.max(most, length), 1);
    const ids = new BigInt64Array(rows * sourceLen);
    const mask = new BigInt64Array(rows * sourceLen);
    for (const [row, source] of sources.entries()) {
      for (const [i, id] of source.entries()) ids[row * sourceLen + i] = BigInt(id);
      mask.fill(1n, row * sourceLen, row * sourceLen + source.length);
    }
    const whole = (data: BigInt64Array): NdArray => ({ data, shape: [rows, sourceLen], dtype: "int64" });
    const found = await this.#encoder.run({ [NAMES.ids]: whole(ids), [NAMES.encoderMask]: whole(mask) });
    const memory: Record<string, NdArray> = { [NAMES.mask]: whole(mask) };
    const past: Record<string, NdArray> = {};
    for (const [name, value] of Object.entries(found)) {
      const input = name === NAMES.states ? NAMES.statesRead : name.replace(PRESENT, PAST);
      (isState(name) ? past : memory)[input] = value;
    }
    return { sources: Int32Array.from(sources.keys()), memory, past };
  }

  /** @param other a changed decoder to run in place of the model's own, and what it is fed beside */
  async step(
    { sources, memory, past }: DecoderState,
    tokens: Int32Array,
    other?: { readonly session: Session; readonly feeds: Arrays },
  ): Promise<StepOutput<DecoderState>> {
    const ids = BigInt64Array.from(tokens, BigInt);
    const found = await (other?.session ?? this.#decoder).run({
      ...other?.feeds,
      ...memory,
      ...past,
      [NAMES.ids]: { data: ids, shape: [tokens.length, 1], dtype: "int64" },
    });
    const next: Record<string, NdArray> = {};
    for (const [name, value] of Object.entries(found)) if (isState(name)) next[name.replace(PRESENT, PAST)] = value;
    const state = { sources, memory, past: next };
    const attention = found[NAMES.attention];
    return {
      state,
      logits: floats(NAMES.logits, found[NAMES.logits]),
      ...(attention ? { attention: floats(NAMES.attention, attention) } : {}),
    };
  }

  select({ sources, memory, past }: DecoderState, rows: readonly number[]): DecoderState {
    const next = Int32Array.from(rows, (row) => sources[row] as number);
    const isSame = next.length === sources.length && next.every((source, row) => source === sources[row]);
    return { sources: next, memory: isSame ? memory : gather(memory, rows), past: gather(past, rows) };
  }

  async release(): Promise<void> {
    await this.#encoder.release();
    await this.#decoder.release();
  }
}

function isState(name: string): boolean {
  return name.includes(".decoder.");
}

function gather(arrays: Arrays, rows: readonly number[]): Arrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, value]) => [name, rowsOf(value, rows)]));
}

/** These rows of an array, in this order. */
function rowsOf({ data, shape, dtype }: NdArray, rows: readonly number[]): NdArray {
  const width = product(shape.slice(1));
  const Type = data.constructor as new (length: number) => NdArray["data"];
  const picked = new Type(rows.length * width) as Float32Array;
  for (const [i, row] of rows.entries()) {
    picked.set((data as Float32Array).subarray(row * width, (row + 1) * width), i * width);
  }
  return { data: picked, shape: [rows.length, ...shape.slice(1)], dtype };
}

/** A network may come from a stranger: what it gives is checked. */
function floats(name: string, value: NdArray | undefined): Float32Array {
  if (value?.dtype === "float32") return value.data as Float32Array;
  throw new ModelError(`model: expected the decoder to give ${name} as float32 but found ${value?.dtype ?? "none"}`);
}
