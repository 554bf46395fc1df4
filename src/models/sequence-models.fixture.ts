import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { initialize } from "../nn/module.ts";
import type { Outputs } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, stack, type Tensor } from "../tensor/tensor.ts";
import { Bahdanau } from "./bahdanau/bahdanau.ts";
import { Luong } from "./luong/luong.ts";
import type { SequenceToSequence } from "./sequence-to-sequence.ts";

/** Sizes of different primes, so that no two axes can be taken for each other. */
export const SIZES = { sourceVocabulary: 19, targetVocabulary: 17, embeddingDim: 5 } as const;
export const BATCH = 3;
export const KEY_LEN = 7;
export const QUERY_LEN = 5;

export interface SequenceModelCase {
  readonly name: string;
  readonly attends: boolean;
  readonly make: (options?: { dropout?: number }) => SequenceToSequence;
  /** So small that differences can be taken for every parameter. */
  readonly makeTiny: () => SequenceToSequence;
}

const TINY = { sourceVocabulary: 5, targetVocabulary: 5, embeddingDim: 2 } as const;

/** Both models, each with and without attention. */
export const SEQUENCE_MODELS: readonly SequenceModelCase[] = [true, false].flatMap((attends): SequenceModelCase[] => [
  {
    name: attends ? "bahdanau" : "bahdanau without attention",
    attends,
    make: (options) =>
      new Bahdanau({ ...SIZES, encoderDim: 3, decoderDim: 11, ...(attends ? { attentionDim: 13 } : {}), ...options }),
    makeTiny: () => new Bahdanau({ ...TINY, encoderDim: 2, decoderDim: 3, ...(attends ? { attentionDim: 2 } : {}) }),
  },
  {
    name: attends ? "luong" : "luong without attention",
    attends,
    make: (options) => new Luong({ ...SIZES, hiddenDim: 11, attention: attends, ...options }),
    makeTiny: () => new Luong({ ...TINY, hiddenDim: 3, attention: attends }),
  },
]);

/** Random values for all parameters: no bias is 0. */
export function withValues<M extends SequenceToSequence>(model: M): M {
  initialize(model, 5);
  for (const [name, leaf] of model.parameters()) {
    leaf.value = array(numbers(randomNumbers(leaf.shape as number[], name)), leaf.shape as number[]);
  }
  return model;
}

export interface Leaves {
  readonly source: Tensor;
  readonly lengths: Tensor;
  readonly target: Tensor;
}

export interface PassSizes {
  readonly batch?: number;
  readonly keyLen?: number;
  readonly queryLen?: number;
}

/** The inputs of a pass, of sizes in numbers. */
export function leavesOf(sizes: PassSizes = {}): Leaves {
  const { batch = BATCH, keyLen = KEY_LEN, queryLen = QUERY_LEN } = sizes;
  return {
    source: input("source", [batch, keyLen], "int32"),
    lengths: input("lengths", [batch], "int32"),
    target: input("target", [batch, queryLen], "int32"),
  };
}

/** Tokens of a vocabulary, the same for the same sizes. */
export function tokens(rows: number, columns: number, vocabulary: number): NdArray {
  const data = Int32Array.from({ length: rows * columns }, (_, i) => (7 * i * i + 3 * i + 1) % vocabulary);
  return { data, shape: [rows, columns], dtype: "int32" };
}

/** What a model gives token by token, `encode` once and `step` for each column of the target, as `forward` gives it. */
export function stepByStep(
  model: SequenceToSequence,
  { source, lengths, target, mask }: Leaves & { mask: Tensor },
): Outputs {
  const { memory, state: first } = model.encode({ source, lengths });
  let state = first;
  const steps = target.split(new Array(target.dim(1) as number).fill(1), 1).map((column) => {
    const step = model.step({ token: column.squeeze(1), state, memory, mask });
    state = step.state;
    return step;
  });
  const weights = steps.map((step) => step.weights);
  return {
    logits: stack(
      steps.map(({ logits }) => logits),
      1,
    ),
    ...(weights[0] ? { weights: stack(weights as Tensor[], 1) } : {}),
  };
}
