import { END, PAD, START, UNKNOWN } from "../../data/text/index.ts";
import type { Session } from "../../runtime/backend.ts";
import type { StepDecoder, StepOutput } from "../decoding/index.ts";
import type { Change } from "../events.ts";
import { requireOnce, requirePlace } from "../places.ts";
import { sharesOf } from "../variant.ts";
import type { WhatIfGraph } from "../what-if.ts";
import { NAMES } from "./graphs.ts";
import type { DecoderState, SessionDecoder } from "./session-decoder.ts";

/** Tokens that stand for nothing one could write. */
export const NEVER_WRITTEN: readonly number[] = [PAD, START, UNKNOWN];

/** Far below every logit, and still a number. */
const NEVER = -1e9;

/** A change of one text's reading, by token ids. */
export interface TokenChange {
  readonly masked: readonly number[];
  readonly forced: ReadonlyMap<number, readonly number[]>;
  readonly written: ReadonlyMap<number, number>;
}

interface ChangedState {
  readonly inner: DecoderState;
  readonly step: number;
}

/** The decoder of a model with its attention changed as it runs, and some tokens written whatever it thinks of them. */
export class ChangedDecoder implements StepDecoder<ChangedState> {
  readonly start: number;
  readonly end: number = END;
  readonly vocabulary: number;
  readonly #decoder: SessionDecoder;
  readonly #change: TokenChange;
  readonly #variant: { readonly graph: WhatIfGraph; readonly session: Session } | undefined;
  readonly #isWriting: boolean;

  /** @param options.isWriting whether the tokens of the change are the only ones at their places; else the model's own numbers are told */
  constructor(
    decoder: SessionDecoder,
    change: TokenChange,
    options: { variant: { graph: WhatIfGraph; session: Session } | undefined; isWriting: boolean },
  ) {
    this.start = decoder.start;
    this.vocabulary = decoder.vocabulary;
    this.#decoder = decoder;
    this.#change = change;
    this.#variant = options.variant;
    this.#isWriting = options.isWriting;
  }

  async encode(source: Int32Array): Promise<ChangedState> {
    return { inner: await this.#decoder.encode([source]), step: 0 };
  }

  async step({ inner, step }: ChangedState, tokens: Int32Array): Promise<StepOutput<ChangedState>> {
    const output = await this.#decoder.step(inner, tokens, this.#feeds(inner, step));
    const { logits, attention } = output;
    const wanted = this.#isWriting ? this.#change.written.get(step) : undefined;
    const only =
      wanted === undefined ? logits : logits.map((logit, i) => (i % this.vocabulary === wanted ? logit : NEVER));
    return { state: { inner: output.state, step: step + 1 }, logits: only, attention };
  }

  select({ inner, step }: ChangedState, rows: readonly number[]): ChangedState {
    return { inner: this.#decoder.select(inner, rows), step };
  }

  #feeds({ memory, sources }: DecoderState, step: number): Parameters<SessionDecoder["step"]>[2] {
    if (!this.#variant) return undefined;
    const weights = this.#change.forced.get(step);
    const keys = memory[NAMES.mask]?.shape[1] as number;
    const change = { masked: this.#change.masked, forced: weights ? [{ step: 0, weights }] : [] };
    return {
      session: this.#variant.session,
      feeds: this.#variant.graph.feeds(change, [sources.length, 1, 1, keys]),
    };
  }
}

/** @throws RangeError for a change of what is not there */
export function tokenChange(
  { masked = [], forced = [], written = [] }: Change,
  sizes: {
    readonly sourceLen: number;
    readonly targetLen: number;
    readonly idOf: (token: string) => number | undefined;
  },
): TokenChange {
  const { sourceLen, targetLen, idOf } = sizes;
  for (const found of masked) requirePlace("explain", "masked places", { found, count: sourceLen });
  for (const { step, weights } of forced) {
    requirePlace("explain", "forced steps", { found: step, count: targetLen });
    if (weights.length !== sourceLen) {
      throw new RangeError(
        `explain: expected ${sourceLen} weights for step ${step}, one a token, but found ${weights.length}`,
      );
    }
  }
  requireOnce("explain", "forced", forced);
  const ids = written.map(({ step, token }): [number, number] => {
    requirePlace("explain", "written steps", { found: step, count: targetLen });
    const id = idOf(token);
    if (id !== undefined && !NEVER_WRITTEN.includes(id)) return [step, id];
    throw new RangeError(
      `explain: expected a token of the vocabulary to be written at step ${step} but found ${JSON.stringify(token)}`,
    );
  });
  requireOnce("explain", "written", written);
  return {
    masked,
    forced: new Map(forced.map(({ step, weights }) => [step, sharesOf(weights, step)])),
    written: new Map(ids),
  };
}
