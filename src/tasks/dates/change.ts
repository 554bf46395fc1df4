import { encodeText, MAX_INPUT, OUTPUT_LENGTH } from "../../data/dates/index.ts";
import type { Backend, GraphToRun, Session } from "../../runtime/backend.ts";
import type { Change } from "../events.ts";
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
  #prepared: Promise<{ graph: WhatIfGraph; session: Session }> | undefined;

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
    this.#prepared ??= this.#prepare();
    this.#prepared.catch(() => {
      this.#prepared = undefined;
    });
    const { graph, session } = await this.#prepared;
    const shares = forced.map(({ step, weights }) => ({ step, weights: sharesOf(weights) }));
    const feeds = graph.feeds({ masked, forced: shares }, [1, OUTPUT_LENGTH, MAX_INPUT]);
    return reader.rewritten(await reader.read([text], { runner: session, feeds }), written);
  }

  async #prepare(): Promise<{ graph: WhatIfGraph; session: Session }> {
    const graph = whatIfGraph(this.#graph, { name: "attention", axes: AXES });
    return { graph, session: await this.#backend.prepare(graph) };
  }

  async release(): Promise<void> {
    const prepared = await this.#prepared?.catch(() => undefined);
    await prepared?.session.release();
  }
}

/** Numbers over their sum, whatever their size. */
function sharesOf(weights: readonly number[]): number[] {
  const largest = Math.max(...weights);
  const parts = weights.map((weight) => weight / largest);
  const sum = parts.reduce((total, part) => total + part);
  return parts.map((part) => part / sum);
}

function checkChange(
  { masked = [], forced = [], written = [] }: Change,
  { length, symbols }: { length: number; symbols: readonly string[] },
): void {
  for (const place of masked) requirePlace("masked places", place, length);
  for (const { step, weights } of forced) {
    requirePlace("forced steps", step, OUTPUT_LENGTH);
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
    requirePlace("written steps", step, OUTPUT_LENGTH);
    if (symbols.includes(token)) continue;
    throw new RangeError(
      `explain: expected one of ${symbols.join(" ")} to be written at step ${step} but found ${JSON.stringify(token)}`,
    );
  }
  requireOnce("forced", forced);
  requireOnce("written", written);
}

function requirePlace(what: string, found: number, count: number): void {
  if (Number.isInteger(found) && found >= 0 && found < count) return;
  throw new RangeError(`explain: expected ${what} from 0 to ${count - 1} but found ${found}`);
}

function requireOnce(what: string, changes: readonly { readonly step: number }[]): void {
  const steps = changes.map(({ step }) => step);
  const twice = steps.find((step, i) => steps.indexOf(step) !== i);
  if (twice === undefined) return;
  throw new RangeError(`explain: expected each step to be ${what} once but found step ${twice} twice`);
}
