import { ModelError } from "../../tensor/errors.ts";

/** What writes one token at a time. A state holds one row for each hypothesis. */
export interface StepDecoder<State> {
  /** The token that every answer begins after. */
  readonly start: number;
  /** The token that ends an answer. */
  readonly end: number;
  readonly vocabulary: number;
  /** Reads a token in each row. */
  step(state: State, tokens: Int32Array): Promise<StepOutput<State>>;
  /** The state of these rows, in this order; a row may occur more than once or not at all. */
  select(state: State, rows: readonly number[]): State | Promise<State>;
}

export interface StepOutput<State> {
  readonly state: State;
  /** `[rows vocabulary]`, before the softmax. */
  readonly logits: Float32Array;
  /** `[rows sourceLen]`, where the decoder attends. */
  readonly attention?: Float32Array | undefined;
}

/** Which rows a step was taken for, and the longest of their sources. */
interface Expected {
  readonly rows: number;
  readonly vocabulary: number;
  readonly sourceLen: number;
}

/** Makes sure that a step's numbers are those of its rows. @throws ModelError otherwise */
export function checkOutput({ logits, attention }: StepOutput<unknown>, expected: Expected): void {
  const { rows, vocabulary, sourceLen } = expected;
  if (logits.length !== rows * vocabulary) {
    throw new ModelError(
      `decode: expected logits [rows=${rows} vocabulary=${vocabulary}] but found ${logits.length} numbers`,
    );
  }
  if (!attention || (attention.length % rows === 0 && attention.length / rows >= sourceLen)) return;
  throw new ModelError(
    `decode: expected attention [rows=${rows} sourceLen], sourceLen at least ${sourceLen}, but found ${attention.length} numbers`,
  );
}
