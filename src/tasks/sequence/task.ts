import type { Role } from "../../data/text/index.ts";
import type { TextFacts } from "../text/open-course.ts";
import type { SequenceSettings } from "./settings.ts";

/** How an answer is judged. */
export type SequenceMeasure = "exactMatch" | "bleu" | "rougeL" | "perplexity";

/** What one recipe of texts written from texts has of its own. */
export interface SequenceTask {
  readonly name: string;
  readonly summary: string;
  /** For the model's card. */
  readonly title: string;
  readonly roles: readonly Role[];
  /** What validations are compared by. */
  readonly measure: SequenceMeasure;
  /** Whether an answer is right or wrong as a whole, so that confidence can be trusted or not. */
  readonly isExact: boolean;
  /** Settings that do not depend on the data, and stand-ins for those that do. */
  readonly defaults: SequenceSettings;
  /** The settings for some data, unless they are given. */
  readonly fit: (defaults: SequenceSettings, facts: TextFacts) => SequenceSettings;
  /** What an example is split by; default: its source. */
  readonly splitBy?: string;
}

/** A user's texts may be longer than those that a model learns from: a quarter is allowed for. */
const SLACK = 1.25;

/** The length that all but a share of the texts keep within, and some more, for texts that are not known yet. */
export function lengthWithin(lengths: ArrayLike<number>, share: number, most: number): number {
  const sorted = Float64Array.from(lengths).sort();
  const at = Math.min(sorted.length - 1, Math.ceil(share * sorted.length));
  return Math.max(2, Math.min(most, Math.ceil(SLACK * (sorted[at] ?? 2))));
}
