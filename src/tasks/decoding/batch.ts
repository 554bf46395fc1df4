import { ModelError } from "../../tensor/errors.ts";
import { giveWay } from "../control.ts";
import type { Prefix } from "./hypothesis.ts";
import { checkInput, type DecodeOptions, maxLensOf, planOf } from "./options.ts";
import { RowSearch } from "./search.ts";
import { checkOutput, type StepDecoder } from "./step-decoder.ts";

/** What is decoded from. */
export interface DecodeInput<State> {
  /** Of no token yet: one row for each answer. */
  readonly state: State;
  readonly rows: number;
  /** Tokens of each row's source, without padding: attention is told, and its coverage measured, of these only. */
  readonly sourceLengths?: readonly number[];
  /**
   * Names of the rows in the random numbers, whole numbers from 0 on; default 0, 1, …. A row of the same name, in whatever batch, draws the
   * same answer.
   */
  readonly places?: readonly number[];
}

/** How long steps may follow each other before the event loop gets its turn. */
const GIVE_WAY_MS = 10;

/** All rows of a batch, step by step. */
export class Batch<State> {
  readonly searches: readonly RowSearch[];
  readonly #decoder: StepDecoder<State>;
  readonly #signal: AbortSignal | undefined;
  readonly #needsAttention: boolean;
  #state: State;
  /** Rows of the state that the live prefixes go on from; undefined where they are its rows. */
  #rows: readonly number[] | undefined;
  #gaveWay = performance.now();

  constructor(decoder: StepDecoder<State>, input: DecodeInput<State>, options: DecodeOptions) {
    const { state, rows, sourceLengths, places } = input;
    checkInput(input);
    const maxLens = maxLensOf(options.maxLen, rows);
    const plan = planOf(decoder, options, maxLens);
    this.searches = maxLens.map((maxLen, row) => {
      const facts = { row, place: places?.[row] ?? row, maxLen, sourceLen: sourceLengths?.[row] };
      return new RowSearch(plan, facts, decoder.start);
    });
    this.#decoder = decoder;
    this.#signal = options.signal;
    this.#needsAttention = plan.coveragePenalty > 0;
    this.#state = state;
    const starts = this.searches.flatMap(({ live }, row) => live.map(() => row));
    this.#rows = starts.length > rows ? starts : undefined;
  }

  /** @returns the tokens that were written, or undefined where every row is done */
  async step(): Promise<readonly Prefix[] | undefined> {
    const going = this.searches.filter((search) => search.live.length > 0);
    const live = going.flatMap((search) => search.live);
    if (live.length === 0) return undefined;
    await this.#breathe();
    if (this.#rows) this.#state = await this.#decoder.select(this.#state, this.#rows);
    const output = await this.#decoder.step(
      this.#state,
      Int32Array.from(live, ({ token }) => token),
    );
    const rows = live.length;
    const sourceLen = Math.max(...going.map((search) => search.sourceLen ?? 0));
    checkOutput(output, { rows, vocabulary: this.#decoder.vocabulary, sourceLen });
    if (this.#needsAttention && !output.attention) {
      throw new ModelError("decode: expected attention for a coverage penalty but found none; leave the penalty out");
    }
    const written: Prefix[] = [];
    const parents: number[] = [];
    let first = 0;
    for (const search of going) {
      const { length } = search.live;
      const advance = search.advance(output, { first, rows });
      written.push(...advance.written);
      for (const parent of advance.parents) parents.push(first + parent);
      first += length;
    }
    this.#state = output.state;
    this.#rows = parents.length === rows && parents.every((parent, i) => parent === i) ? undefined : parents;
    return written;
  }

  /** Messages that abort could not arrive if computing left the event loop no turn. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#gaveWay > GIVE_WAY_MS) {
      await giveWay();
      this.#gaveWay = performance.now();
    }
    this.#signal?.throwIfAborted();
  }
}
