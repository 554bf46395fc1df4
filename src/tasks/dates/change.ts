import { encodeText, MAX_INPUT, OUTPUT_LENGTH } from "../../data/dates/index.ts";
import type { Backend, GraphToRun, Session } from "../../runtime/backend.ts";
import type { Change } from "../events.ts";
import { requireOnce, requirePlace } from "../places.ts";
import { type WhatIfGraph, whatIfGraph } from "../what-if.ts";
import type { DateReader, Readings } from "./reader.ts";

const AXES = ["batch", "queryLen", "keyLen"];

/**
 * Reads texts in another way than the model would by itself. Masked places and forced weights are changed in the network, so all
 * that comes after a changed step is computed anew; places of the padding are never forced. A character that is written
 * otherwise changes nothing but itself, because this model does not read what it wrote.
 */
export class ChangedReading {
  readonly #graph: GraphToRun;
  readonly #backend: Backend;
  #changed: WhatIfGraph | undefined;
  #prepared: Promise<Session> | undefined;

  constructor(graph: GraphToRun, backend: Backend) {
    this.#graph = graph;
    this.#backend = backend;
  }

  /**
   * One text, read with a change.
   *
   * @throws RangeError for a change of what is not there; DataError for a text that the model cannot take; ModelError for a
   *   network that computes nothing from its attention
   */
  async read(reader: DateReader, text: string, change: Change): Promise<Readings> {
    const { masked = [], forced = [], written = [] } = change;
    const { length } = encodeText(text, new Int32Array(MAX_INPUT));
    checkChange(change, { length, symbols: reader.symbols });
    if (masked.length === 0 && forced.length === 0) return reader.rewritten(await reader.read([text]), written);
    this.#changed ??= whatIfGraph(this.#graph, { name: "attention", axes: AXES });
    const shares = forced.map(({ step, weights }) => ({ step, weights: sharesOf(weights) }));
    const feeds = this.#changed.feeds({ masked, forced: shares }, [1, OUTPUT_LENGTH, MAX_INPUT]);
    this.#prepared ??= this.#backend.prepare(this.#changed);
    this.#prepared.catch(() => {
      this.#prepared = undefined;
    });
    const session = await this.#prepared;
    return reader.rewritten(await reader.read([text], { runner: session, feeds }), written);
  }

  async release(): Promise<void> {
    const prepared = await this.#prepared?.catch(() => undefined);
    await prepared?.release();
  }
}

/** Numbers over their sum, whatever their size; 0 for the padding. */
function sharesOf(weights: readonly number[]): number[] {
  const largest = Math.max(...weights);
  const parts = weights.map((weight) => weight / largest);
  const sum = parts.reduce((total, part) => total + part);
  return Array.from({ length: MAX_INPUT }, (_, place) => (parts[place] ?? 0) / sum);
}

/** What the changed network does not make sure of: it knows nothing of padding, of shares and of what is written. */
function checkChange(
  { masked = [], forced = [], written = [] }: Change,
  { length, symbols }: { length: number; symbols: readonly string[] },
): void {
  for (const found of masked) requirePlace("explain", "masked places", { found, count: length });
  for (const { step, weights } of forced) {
    if (weights.length !== length) {
      throw new RangeError(
        `explain: expected ${length} weights for step ${step}, one a character, but found ${weights.length}`,
      );
    }
    const bad = weights.find((weight) => !(Number.isFinite(weight) && weight >= 0));
    if (bad !== undefined) {
      throw new RangeError(`explain: expected weights of 0 or more for step ${step} but found ${bad}`);
    }
    if (weights.every((weight) => weight === 0)) {
      throw new RangeError(`explain: expected a weight above 0 for step ${step} but found none`);
    }
  }
  for (const { step, token } of written) {
    requirePlace("explain", "written steps", { found: step, count: OUTPUT_LENGTH });
    if (symbols.includes(token)) continue;
    throw new RangeError(
      `explain: expected one of ${symbols.join(" ")} to be written at step ${step} but found ${JSON.stringify(token)}`,
    );
  }
  requireOnce("explain", "written", written);
}
