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

/** The family that a mechanism is listed under. */
export type Family = "scores" | "normalizers" | "windows" | "heads" | "positions" | "pooling" | "channels" | "places";

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
}
