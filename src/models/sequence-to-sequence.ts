import { Module } from "../nn/module.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Tensors by name. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A source sequence as the decoder meets it. */
export interface Encoded {
  /** What every step reads, each `[batch keyLen …]`. */
  readonly memory: NamedTensors;
  /** The decoder's first state, each part `[batch …]`. */
  readonly state: NamedTensors;
}

export interface StepInput extends Encoded {
  /** `[batch]` int32: the token written last. */
  readonly token: Tensor;
  /** `[batch 1 keyLen]`: which places of the source may be read. */
  readonly mask: Tensor;
}

export interface StepResult {
  /** `[batch vocabulary]`, of the next token */
  readonly logits: Tensor;
  /** The state after the token, of the same names and shapes. */
  readonly state: NamedTensors;
  /** `[batch keyLen]`: where the decoder looked; undefined where it cannot look. */
  readonly weights: Tensor | undefined;
}

/** Batches of sources with their targets, as a loss takes them. */
export interface TeacherForced {
  /** `[batch keyLen]` int32, padded */
  readonly source: Tensor;
  /** `[batch]` int32, 1 … keyLen */
  readonly lengths: Tensor;
  /** `[batch queryLen]` int32: the token written before each place, the first one the start symbol */
  readonly target: Tensor;
}

/** The name under which models trace where their decoder looks, as transformers.js names it: layer 0. */
export const CROSS_ATTENTION = "cross_attentions.0";

/**
 * A model that writes one sequence from another, token by token. It says so twice: `forward` is the whole pass of training, where
 * every step is given the right token before it (teacher forcing, Williams & Zipser 1989), and `encode` with `step` is how it
 * writes. A test holds the two together.
 */
export abstract class SequenceToSequence extends Module {
  /**
   * @param args.source `[batch keyLen]` int32
   * @param args.lengths `[batch]` int32
   */
  abstract encode(args: Pick<TeacherForced, "source" | "lengths">): Encoded;

  abstract step(args: StepInput): StepResult;

  /** @returns `logits` `[batch queryLen vocabulary]`; traces `cross_attentions.0` `[batch queryLen keyLen]` where it attends */
  abstract forward(args: TeacherForced): { logits: Tensor };
}
