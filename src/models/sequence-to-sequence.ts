import { lengthMask } from "../attention/masks.ts";
import { Module } from "../nn/module.ts";
import { scan } from "../nn/scan.ts";
import { trace, uniformNoise } from "../nn/trace.ts";
import type { Dim } from "../tensor/dim.ts";
import { range, type Tensor, where } from "../tensor/tensor.ts";

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

  /**
   * `forward` with scheduled sampling (Bengio et al. 2015, section 2.4): before each token but the first the decoder reads, with some
   * probability, what it finds likeliest itself in place of the right token. Slower, for the vocabulary is asked at every step.
   *
   * @param args.probability `[batch]` float32, of reading its own token
   */
  forwardSampled({ source, lengths, target, probability }: TeacherForced & { probability: Tensor }): {
    logits: Tensor;
  } {
    const { memory, state } = this.encode({ source, lengths });
    const mask = lengthMask(lengths, source.dim(1));
    const [batch] = target.shape as [Dim];
    const first = target.slice({ axis: 1, start: 0, end: 1 }).squeeze(1);
    const { output } = scan({
      initial: { ...state, written: first } as Record<string, Tensor>,
      inputs: { right: target.transpose([1, 0]), isFirst: firstOnly(target.transpose([1, 0])) },
      step: ({ written, ...before }, element) => {
        const isOwn = uniformNoise("sampling", [batch]).less(probability).and(element.isFirst.not());
        const token = where(isOwn, written as Tensor, element.right);
        const next = this.step({ token, state: before, memory, mask });
        const { weights } = next;
        return {
          state: { ...next.state, written: next.logits.argMax({ axis: -1 }).cast("int32") } as Record<string, Tensor>,
          output: { logits: next.logits, ...(weights ? { weights } : {}) } as Record<string, Tensor>,
        };
      },
    });
    const { logits, weights } = output as Record<string, Tensor>;
    if (weights) trace(CROSS_ATTENTION, weights.transpose([1, 0, 2]), "batch queryLen keyLen");
    return { logits: (logits as Tensor).transpose([1, 0, 2]) };
  }
}

/** `[queryLen batch]` bool: true in the first row. */
function firstOnly(rows: Tensor): Tensor {
  return range(rows.dim(0)).unsqueeze(1).equal(0).expand(rows.shape);
}
