import { dotProduct } from "../../attention/dot.ts";
import { lengthMask } from "../../attention/masks.ts";
import { dropout } from "../../nn/dropout.ts";
import { Embedding } from "../../nn/embedding.ts";
import { normal } from "../../nn/initializers.ts";
import { Linear } from "../../nn/linear.ts";
import { Lstm, type LstmState } from "../../nn/lstm.ts";
import { requireFractions, requirePositiveIntegers } from "../../nn/options.ts";
import { trace } from "../../nn/trace.ts";
import { concat, type Tensor } from "../../tensor/tensor.ts";
import {
  CROSS_ATTENTION,
  type Encoded,
  SequenceToSequence,
  type StepInput,
  type StepResult,
  type TeacherForced,
} from "../sequence-to-sequence.ts";

export interface LuongOptions {
  /** 10,000 in the article. */
  readonly sourceVocabulary: number;
  /** 12,000 in the article. */
  readonly targetVocabulary: number;
  /** Of both embeddings; 256 in the article. */
  readonly embeddingDim: number;
  /** Units of encoder and decoder; 256 in the article. */
  readonly hiddenDim: number;
  /** Whether the decoder looks at the encoder's states, default true; else it has nothing but their last one to start from. */
  readonly attention?: boolean;
  /** Of embeddings and of what the output layer reads, in training; default 0. */
  readonly dropout?: number;
}

/**
 * The LSTM encoder–decoder with dot-product attention (Luong, Pham & Manning 2015, section 3.1, with the score dot): the decoder
 * starts from the encoder's last state, runs on by itself, and looks back from each of its states h_t,
 *
 *     c_t = softmax(h_t · h̄_s) · h̄     p(y_t) = softmax(W [c_t; h_t])
 *
 * As in the article: one layer each, no layer between [c_t; h_t] and the vocabulary (the paper has one, its equation 5).
 */
export class Luong extends SequenceToSequence {
  readonly options: LuongOptions;
  readonly sourceEmbedding: Embedding;
  readonly encoder: Lstm;
  readonly targetEmbedding: Embedding;
  readonly decoder: Lstm;
  readonly classifier: Linear;

  /** @throws RangeError for a size that is not a positive integer, or a dropout out of range */
  constructor(options: LuongOptions) {
    super();
    const { sourceVocabulary, targetVocabulary, embeddingDim, hiddenDim, attention = true } = options;
    requirePositiveIntegers("Luong", { sourceVocabulary, targetVocabulary, embeddingDim, hiddenDim });
    requireFractions("Luong", { dropout: options.dropout ?? 0 });
    const initializer = normal(0.1);
    this.options = options;
    this.sourceEmbedding = new Embedding({ vocabulary: sourceVocabulary, dim: embeddingDim, initializer });
    this.encoder = new Lstm({ inputDim: embeddingDim, hiddenDim });
    this.targetEmbedding = new Embedding({ vocabulary: targetVocabulary, dim: embeddingDim, initializer });
    this.decoder = new Lstm({ inputDim: embeddingDim, hiddenDim });
    this.classifier = new Linear({ inputDim: attention ? 2 * hiddenDim : hiddenDim, outputDim: targetVocabulary });
  }

  encode({ source, lengths }: Pick<TeacherForced, "source" | "lengths">): Encoded {
    const { output, hidden, cell } = this.encoder.forward(this.#drop(this.sourceEmbedding.forward(source)), {
      lengths,
    });
    return { memory: this.options.attention === false ? {} : { value: output }, state: { hidden, cell } };
  }

  step({ token, state, memory, mask }: StepInput): StepResult {
    const embedded = this.#drop(this.targetEmbedding.forward(token));
    const next = this.decoder.forwardCell.forward(embedded, state as unknown as LstmState);
    const { features, weights } = this.#look(next.hidden.unsqueeze(1), memory, mask);
    return {
      logits: this.classifier.forward(this.#drop(features.squeeze(1))),
      state: { hidden: next.hidden, cell: next.cell },
      weights: weights?.squeeze(1),
    };
  }

  forward({ source, lengths, target }: TeacherForced): { logits: Tensor } {
    const { memory, state } = this.encode({ source, lengths });
    const embedded = this.#drop(this.targetEmbedding.forward(target));
    const { output } = this.decoder.forward(embedded, { initial: state as unknown as LstmState });
    const { features, weights } = this.#look(output, memory, lengthMask(lengths, source.dim(1)));
    if (weights) trace(CROSS_ATTENTION, weights, "batch queryLen keyLen");
    return { logits: this.classifier.forward(this.#drop(features)) };
  }

  /** `[batch queryLen hiddenDim]` → what the output layer reads, `[batch queryLen …]`, and where it looked. */
  #look(query: Tensor, memory: Encoded["memory"], mask: Tensor): { features: Tensor; weights: Tensor | undefined } {
    const { value } = memory;
    if (!value) return { features: query, weights: undefined };
    const { output, weights } = dotProduct({ query, key: value, value, mask });
    return { features: concat([output, query], -1), weights };
  }

  #drop(x: Tensor): Tensor {
    return dropout(x, this.options.dropout ?? 0);
  }
}
