import { Rng } from "../../tensor/random.ts";
import type { StepDecoder } from "./step-decoder.ts";

/** What is no letter. */
export const START = 0;
export const END = 1;

/** A source: names its language model, and how many tokens it has. */
export interface Source {
  readonly name: string;
  readonly length: number;
}

/** For each row its source and what was read, START first. */
export type ToyState = readonly { readonly source: Source; readonly read: readonly number[] }[];

export type Answer = (source: Source, read: readonly number[]) => { logits: number[]; attention: number[] };

/** Weights that sum to 1, from any numbers. */
export function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** A model whose numbers are the same whatever was read. */
export const always: (logits: readonly number[]) => Answer =
  (logits) =>
  ({ length }) => ({ logits: [...logits], attention: softmax(new Array(length).fill(0)) });

/** A language model of random numbers, other ones after each beginning. */
export function randomAnswer(
  seed: number,
  { vocabulary, spread = 1.5 }: { vocabulary: number; spread?: number },
): Answer {
  return ({ name, length }, read) => {
    const rng = new Rng(seed, `${name}:${read}`);
    const logits = Array.from({ length: vocabulary }, () => Math.fround(spread * rng.normal()));
    const scores = Array.from({ length }, () => 2 * rng.normal());
    return { logits, attention: softmax(scores).map(Math.fround) };
  };
}

/** A decoder over such an answer, which notes how many rows each of its steps took. */
export class ToyDecoder implements StepDecoder<ToyState> {
  readonly start: number = START;
  readonly end: number = END;
  readonly vocabulary: number;
  readonly rowsOfSteps: number[] = [];
  selects = 0;
  readonly #answer: Answer;

  constructor(vocabulary: number, answer: Answer) {
    this.vocabulary = vocabulary;
    this.#answer = answer;
  }

  input(sources: readonly Source[]): { state: ToyState; rows: number; sourceLengths: number[] } {
    const state = sources.map((source) => ({ source, read: [] }));
    return { state, rows: sources.length, sourceLengths: sources.map(({ length }) => length) };
  }

  async step(
    state: ToyState,
    tokens: Int32Array,
  ): Promise<{ state: ToyState; logits: Float32Array; attention: Float32Array }> {
    this.rowsOfSteps.push(tokens.length);
    const next = state.map(({ source, read }, i) => ({ source, read: [...read, tokens[i] as number] }));
    const width = Math.max(...state.map(({ source }) => source.length));
    const logits = new Float32Array(tokens.length * this.vocabulary);
    // Padding that is read would be seen.
    const attention = new Float32Array(tokens.length * width).fill(Number.NaN);
    for (const [i, { source, read }] of next.entries()) {
      const answer = this.#answer(source, read);
      logits.set(answer.logits, i * this.vocabulary);
      attention.set(answer.attention, i * width);
    }
    return { state: next, logits, attention };
  }

  select(state: ToyState, rows: readonly number[]): ToyState {
    this.selects++;
    return rows.map((row) => state[row] as ToyState[number]);
  }
}

/** A sequence with what is needed to rank it. */
export interface Sequence {
  readonly tokens: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly attention: readonly (readonly number[])[];
  readonly ended: boolean;
}

const NOTHING: Sequence = { tokens: [], logProbabilities: [], attention: [], ended: false };

interface Limits {
  readonly maxLen: number;
  readonly isAllowed: (tokens: readonly number[]) => boolean;
  /** What they go on from. */
  readonly before?: Sequence;
}

/** Every sequence that ends, is `maxLen` long or has nowhere to go. */
export function everySequence(
  answer: Answer,
  source: Source,
  { maxLen, isAllowed, before = NOTHING }: Limits,
): Sequence[] {
  const grow = (known: Sequence): Sequence[] => {
    if (known.ended || known.tokens.length === maxLen) return [known];
    const { logits, attention } = answer(source, [START, ...known.tokens]);
    const after = softmax(logits).flatMap((probability, token) => {
      const tokens = [...known.tokens, token];
      if (!isAllowed(tokens)) return [];
      const logProbabilities = [...known.logProbabilities, Math.log(probability)];
      return [{ tokens, logProbabilities, attention: [...known.attention, attention], ended: token === END }];
    });
    return after.length > 0 ? after.flatMap(grow) : [known];
  };
  return grow(before);
}

/** The score of Wu et al., written out anew. */
export function scoreOf({ tokens, logProbabilities, attention }: Sequence, alpha: number, beta: number): number {
  let score = 0;
  for (const logProbability of logProbabilities) score += logProbability;
  score /= (5 + tokens.length) ** alpha / 6 ** alpha;
  for (let i = 0; i < (attention[0]?.length ?? 0); i++) {
    let read = 0;
    for (const weights of attention) read += weights[i] as number;
    if (read < 1) score += beta * Math.log(read);
  }
  return score;
}

/** Ended ones first, then by score. */
export function ranked(sequences: readonly Sequence[], alpha = 0, beta = 0): { sequence: Sequence; score: number }[] {
  return sequences
    .map((sequence) => ({ sequence, score: scoreOf(sequence, alpha, beta) }))
    .sort((a, b) => Number(b.sequence.ended) - Number(a.sequence.ended) || b.score - a.score);
}

/** A decoder whose steps are given. */
export function decoderOf(step: StepDecoder<number>["step"]): StepDecoder<number> {
  return { start: START, end: END, vocabulary: 3, step, select: (state) => state };
}
