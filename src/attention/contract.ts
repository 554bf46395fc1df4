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
  readonly mask?: Tensor | undefined;
  /** Float, stretching to `[... queryLen keyLen]`: added to the scores. */
  readonly bias?: Tensor | undefined;
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

/** A query and a key of a score. */
export interface ScoreInput {
  /** `[... queryLen queryDim]` */
  readonly query: Tensor;
  /** `[... keyLen keyDim]` */
  readonly key: Tensor;
  /** Place of the first query among the keys, for scores that know places; default: the queries are the last places. */
  readonly queryOffset?: number | Tensor | undefined;
}

/** How well each key fits each query: `[... queryLen queryDim]`, `[... keyLen keyDim]` → `[... queryLen keyLen]`. */
export type Score = (args: ScoreInput) => Tensor;

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
export interface Example<Model extends AttentionModule = AttentionModule> {
  readonly task: KnownAnswer;
  /**
   * The mechanism at the task's sizes: `queryDim` = `keyDim` = `dim` behind learned projections, values of `valueDim`.
   * `outputDim` of its output is `valueDim` unless it says otherwise.
   */
  readonly build: (sizes: ExampleSizes) => Model;
  /** Added to the loss of each example, `[batch]`: a penalty, a policy gradient, or what the mechanism is trained for itself. */
  loss?(step: ExampleStep<Model>): Tensor;
  /** Training steps; default 300. */
  readonly steps?: number;
}

/** What an example's own loss may be made of. */
export interface ExampleStep<Model extends AttentionModule = AttentionModule> {
  readonly model: Model;
  /** Its outputs, those that are its own, too. */
  readonly answer: ReturnType<Model["forward"]>;
  /** Of each query: `[batch queryLen]`. */
  readonly losses: Tensor;
  /** The key that each query must read: `[batch queryLen]` int32. */
  readonly where: Tensor;
}

/** An example whose loss reads what is its model's own. */
export function exampleOf<Model extends AttentionModule>(example: Example<Model>): Example {
  return example;
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

/**
 * For mechanisms that never hold all weights, which dropout would need noise for. Heads hand theirs to whatever is inside.
 *
 * @throws RangeError for a dropout above 0
 */
export function requireNoDropout(owner: string, args: object): void {
  const { dropout = 0 } = args as { readonly dropout?: number };
  if (dropout === 0) return;
  throw new RangeError(`${owner}: expected no dropout, which needs noise for every weight, but found ${dropout}`);
}
