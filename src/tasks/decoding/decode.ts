import { Batch, type DecodeInput } from "./batch.ts";
import type { Hypothesis } from "./hypothesis.ts";
import type { DecodeOptions } from "./options.ts";
import type { StepDecoder } from "./step-decoder.ts";

/**
 * Writes an answer for each row: the likeliest token each time (`beam` 1), beam search, or tokens drawn (`sample`).
 *
 * Hypotheses that ended come before those that were cut, as half an answer is none; then the higher score is first, and of equal scores the
 * one that ended earlier. Of continuations that are equally likely, the one with the lower token is kept, then the one whose beginning
 * ranked higher. A row that is done leaves the batch. Which rows are in a batch, and in what order, changes no answer, as long as the
 * decoder's own numbers do not depend on it.
 *
 * @returns for each row its `best` hypotheses, or as many as were found, the best first
 * @throws RangeError for options outside their limits; ModelError for logits that are not finite, and for output of another shape than
 *   `StepOutput` tells; whatever the decoder throws; the signal's reason once it is aborted
 */
export async function decode<State>(
  decoder: StepDecoder<State>,
  input: DecodeInput<State>,
  options: DecodeOptions,
): Promise<readonly (readonly Hypothesis[])[]> {
  const batch = new Batch(decoder, input, options);
  while (await batch.step());
  return batch.searches.map((search) => search.hypotheses());
}

/** A token as it is written. */
export interface WrittenToken {
  readonly token: number;
  /** log p that the model itself gives it. */
  readonly logProbability: number;
  readonly probability: number;
  /** Where the decoder attended as it wrote it, of its source's tokens. */
  readonly attention: Float32Array | undefined;
}

/** What one answer is written from: a state of one row. */
export interface WriteInput<State> {
  readonly state: State;
  readonly sourceLength?: number;
  /** Its name in the random numbers; default 0. */
  readonly place?: number;
}

/** What may be set where tokens are told as they are written: all that needs no second hypothesis. */
export interface WriteOptions extends Pick<DecodeOptions, "minLen" | "sample" | "banned" | "noRepeatNgram" | "signal"> {
  readonly maxLen: number;
}

/**
 * Writes one answer and tells each token as soon as it is there; END is the last, unless the answer is cut. The tokens are those of
 * `decode`.
 *
 * @throws as `decode`
 */
export async function* writeTokens<State>(
  decoder: StepDecoder<State>,
  { state, sourceLength, place = 0 }: WriteInput<State>,
  options: WriteOptions,
): AsyncGenerator<WrittenToken, void> {
  const sourceLengths = sourceLength === undefined ? undefined : [sourceLength];
  const batch = new Batch(decoder, { state, rows: 1, sourceLengths, places: [place] }, options);
  for (let written = await batch.step(); written; written = await batch.step()) {
    for (const { token, logProbability, attention } of written) {
      yield { token, logProbability, probability: Math.exp(logProbability), attention };
    }
  }
}
