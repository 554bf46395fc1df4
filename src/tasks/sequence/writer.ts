import { END, START, type TextTokenizer } from "../../data/text/index.ts";
import type { Session } from "../../runtime/backend.ts";
import { type DecodeOptions, decode, type Hypothesis, type StepDecoder } from "../decoding/index.ts";
import { cutTo } from "../text/batches.ts";
import type { Variant } from "../variant.ts";
import { ChangedDecoder, NEVER_WRITTEN, type TokenChange } from "./change.ts";
import { type DecoderState, SessionDecoder } from "./session-decoder.ts";

export interface WriterOptions {
  readonly encoder: Session;
  readonly decoder: Session;
  readonly source: TextTokenizer;
  readonly target: TextTokenizer;
  /** Most tokens of a text and of an answer, the end included. A longer text is cut: whether it should be refused is said elsewhere. */
  readonly limits: { readonly sourceLen: number; readonly targetLen: number };
}

/** An answer, and the hypothesis that it is. */
export interface Written extends Hypothesis {
  readonly text: string;
  readonly output: string;
}

/** How an answer that is known fares with the model. */
export interface Scored {
  /** log p of each of its tokens, the end among them, each given the right ones before it. */
  readonly logProbabilities: readonly number[];
}

/** One step of an answer. */
export interface StepReading {
  /** What was written. */
  readonly token: number;
  /** `[vocabulary]` */
  readonly logits: Float32Array;
  /** `[sourceLen]` */
  readonly attention: Float32Array | undefined;
}

/** Writes answers to texts by an exported model: the one way of inference, in training, prediction and explanation. */
export class SequenceWriter {
  readonly source: TextTokenizer;
  readonly target: TextTokenizer;
  readonly decoder: SessionDecoder;
  readonly #limits: WriterOptions["limits"];

  constructor({ encoder, decoder, source, target, limits }: WriterOptions) {
    this.source = source;
    this.target = target;
    this.decoder = new SessionDecoder({ encoder, decoder, vocabulary: target.size });
    this.#limits = limits;
  }

  /** The ids that are read of a text. */
  encode(text: string): Int32Array {
    return cutTo(this.source.encode(text), this.#limits.sourceLen);
  }

  /** The best answer to each text, in order. */
  async write(texts: readonly string[], options: Partial<DecodeOptions> = {}): Promise<Written[]> {
    if (texts.length === 0) return [];
    const sources = texts.map((text) => this.encode(text));
    const state = await this.decoder.encode(sources);
    const found = await decode(
      this.decoder,
      { state, rows: texts.length, sourceLengths: sources.map(({ length }) => length) },
      { banned: NEVER_WRITTEN, maxLen: this.#limits.targetLen, ...options },
    );
    return found.map(([best], row) => {
      const hypothesis = best as Hypothesis;
      return { ...hypothesis, text: texts[row] as string, output: this.target.decode(hypothesis.tokens) };
    });
  }

  /** The log-probabilities of known answers. */
  score(pairs: readonly { readonly text: string; readonly expected: string }[]): Promise<Scored[]> {
    return this.scoreIds(
      pairs.map(({ text }) => this.encode(text)),
      pairs.map(({ expected }) => this.target.encode(expected)),
    );
  }

  /** The log-probabilities of the tokens of `targets`, one for each source. */
  async scoreIds(
    sources: readonly Int32Array[],
    targets: readonly (Int32Array | readonly number[])[],
  ): Promise<Scored[]> {
    // ONNX Runtime ends the process where a recurrent operator gets no row.
    if (targets.length === 0) return [];
    let state: DecoderState = await this.decoder.encode(sources);
    const scores: number[][] = targets.map(() => []);
    let rows = targets.map((_, row) => row);
    for (let step = 0; rows.length > 0; step++) {
      const tokens = Int32Array.from(rows, (row) => (step === 0 ? START : (targets[row]?.[step - 1] as number)));
      const output = await this.decoder.step(state, tokens);
      for (const [i, row] of rows.entries()) {
        const at = i * this.decoder.vocabulary;
        const logits = output.logits.subarray(at, at + this.decoder.vocabulary);
        scores[row]?.push(logProbability(logits, targets[row]?.[step] ?? END));
      }
      const left = rows.flatMap((row, i) => ((targets[row]?.length ?? 0) > step + 1 ? [i] : []));
      state = left.length === rows.length ? output.state : this.decoder.select(output.state, left);
      rows = left.map((i) => rows[i] as number);
    }
    return scores.map((logProbabilities) => ({ logProbabilities }));
  }

  /**
   * How one text is read while given tokens are written, the last of them `END` unless the answer was cut: what else might have stood
   * at each place, and where the decoder looked.
   */
  async read(text: string, tokens: readonly number[]): Promise<StepReading[]> {
    return readTokens(this.decoder, await this.decoder.encode([this.encode(text)]), tokens);
  }

  /** The answer to a text, and how it was read, by a decoder that is changed. */
  async writeChanged(
    text: string,
    change: TokenChange,
    { variant, ...options }: Partial<DecodeOptions> & { variant: Variant },
  ): Promise<{ written: Written; readings: StepReading[] }> {
    const isChanged = change.masked.length > 0 || change.forced.size > 0;
    const given = isChanged ? await variant.get() : undefined;
    const source = this.encode(text);
    const decoder = new ChangedDecoder(this.decoder, change, { variant: given, isWriting: true });
    const input = { state: await decoder.encode(source), rows: 1, sourceLengths: [source.length] };
    const [[best]] = (await decode(decoder, input, {
      banned: NEVER_WRITTEN,
      maxLen: this.#limits.targetLen,
      ...options,
    })) as [[Hypothesis]];
    const plain = new ChangedDecoder(this.decoder, change, { variant: given, isWriting: false });
    const readings = await readTokens(plain, await plain.encode(source), best.tokens);
    const logProbabilities = readings.map(({ logits, token }) => logProbability(logits, token));
    return { written: { ...best, logProbabilities, text, output: this.target.decode(best.tokens) }, readings };
  }

  release(): Promise<void> {
    return this.decoder.release();
  }
}

async function readTokens<State>(
  decoder: StepDecoder<State>,
  first: State,
  tokens: readonly number[],
): Promise<StepReading[]> {
  let state = first;
  const readings: StepReading[] = [];
  for (const [step, token] of tokens.entries()) {
    const before = step === 0 ? START : (tokens[step - 1] as number);
    const output = await decoder.step(state, Int32Array.of(before));
    readings.push({ token, logits: output.logits.slice(), attention: output.attention?.slice() });
    state = output.state;
  }
  return readings;
}

function logProbability(logits: Float32Array, token: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return (logits[token] as number) - largest - Math.log(sum);
}
