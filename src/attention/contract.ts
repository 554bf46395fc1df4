import { Module } from "../nn/module.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * What a mechanism is asked. `scores` (before) → `weights` (after normalising) → `output`.
 *
 * Axes: `query` `[... queryLen queryDim]`, `key` `[... keyLen keyDim]`, `value` `[... keyLen valueDim]`.
 */
export interface AttentionInput {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  /** Boolean, stretching to `[... queryLen keyLen]`: `true` = may attend. Default: every query may attend to every key. */
  readonly mask?: Tensor;
  /** Float, stretching to `[... queryLen keyLen]`: added to the scores. */
  readonly bias?: Tensor;
}

/** What every mechanism answers: both at once, never depending on a flag. */
export interface AttentionOutput {
  /** `[... queryLen valueDim]` */
  readonly output: Tensor;
  /**
   * `[... queryLen keyLen]`: each row sums to 1, or to 0 where the mask forbids every key. The very numbers that the output was
   * computed with, but for dropout, which acts on their way there and in training only.
   */
  readonly weights: Tensor;
}

/** How well each key fits each query: `[... queryLen queryDim]`, `[... keyLen keyDim]` → `[... queryLen keyLen]`. */
export type Score = (args: { query: Tensor; key: Tensor }) => Tensor;

/** Scores → weights along the last axis; forbidden keys get exactly 0, and a row without any key is all 0. */
export type Normalize = (scores: Tensor, mask: Tensor | undefined) => Tensor;

/** The families that mechanisms are listed under, and what those of a family share. */
export const FAMILIES = {
  scores: "How well a key fits a query.",
  normalizers: "How scores become weights.",
  windows: "Which keys a query sees at all.",
  memory: "What earlier steps leave to later ones.",
  heads: "Several attentions side by side.",
  positions: "How the order of keys and queries enters.",
  efficient: "The same for long sequences.",
  pooling: "One summary, or a few, of a whole sequence.",
  channels: "Attention over channels.",
  places: "Attention over places of a picture.",
} as const;

export type Family = keyof typeof FAMILIES;

/** A mechanism that keeps the contract, as a module: what is its own comes beside `output` and `weights`. */
export type AttentionModule<Output extends AttentionOutput = AttentionOutput> = Module & {
  forward(input: AttentionInput): Output;
};

/** A mechanism without weights of its own as a module. */
export function moduleOf<Output extends AttentionOutput>(
  forward: (input: AttentionInput) => Output,
): AttentionModule<Output> {
  return new (class extends Module {
    forward(input: AttentionInput): Output {
      return forward(input);
    }
  })();
}

/** Tasks with a known answer (`data/known-answers/`), by what the key that must be read is known by. */
export type KnownAnswer =
  | "content" // a code that the query holds, turned by an unknown rotation
  | "recall" // the same, in a sequence where a later key may have the code too
  | "nearest" // lying nearest to the query's point
  | "place" // a place that the query names
  | "own-place" // the place that the query itself has, seen from the other end
  | "previous" // standing just before the query
  | "latest-mark" // being the last marked one up to the query
  | "nearby" // being of the kind that the query asks for, beside the query's own place
  | "in-order" // being the next one: all queries are alike
  | "by-strength" // being the strongest not yet read: all queries are alike
  | "smallest" // holding the smallest number
  | "mark" // a mark
  | "marks"; // a mark: one for each query

/** How a mechanism is shown at work: what it is trained on, and what answers. */
export interface Example {
  readonly task: KnownAnswer;
  /**
   * The mechanism at the task's sizes: `queryDim` = `keyDim` = `dim` behind learned projections, values of `valueDim`.
   * `outputDim` of its output is `valueDim` unless it says otherwise.
   */
  readonly build: (sizes: ExampleSizes) => AttentionModule;
  /** Added to the loss of each example: a penalty, or a policy gradient. `losses` `[batch queryLen]`; result `[batch]`. */
  readonly loss?: (answer: AttentionOutput, losses: Tensor) => Tensor;
  /** Training steps; default 300. */
  readonly steps?: number;
}

export interface ExampleSizes {
  readonly dim: number;
  readonly valueDim: number;
  readonly queryLen: number;
  readonly keyLen: number;
}

/** One row of the list of mechanisms: it stands at the end of the mechanism's file. */
export interface Mechanism {
  /** Names its file and its golden, too. */
  readonly name: string;
  readonly family: Family;
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  /** Where the formula stands in the source. */
  readonly section: string;
  /** The file that holds the mechanism, below `src/`. */
  readonly module: string;
  /** Axes of the weights. */
  readonly axes: string;
  /** When to choose it, in a sentence. */
  readonly choose: string;
  readonly example: Example;
}
