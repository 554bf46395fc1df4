import { AttentionPooling } from "../../attention/attention-pooling.ts";
import { lengthMask } from "../../attention/masks.ts";
import { dropout } from "../../nn/dropout.ts";
import { Embedding } from "../../nn/embedding.ts";
import { normal } from "../../nn/initializers.ts";
import { Linear } from "../../nn/linear.ts";
import { Lstm } from "../../nn/lstm.ts";
import { Module } from "../../nn/module.ts";
import { requireFractions, requirePositiveIntegers } from "../../nn/options.ts";
import { isTraining, trace, uniformNoise } from "../../nn/trace.ts";
import { constant, type Tensor, where } from "../../tensor/tensor.ts";

export interface TextClassifierOptions {
  readonly vocabulary: number;
  readonly classes: number;
  readonly embeddingDim: number;
  /** Units in each direction. */
  readonly encoderDim: number;
  /** Units of the energies' hidden layer. Without: no attention; every word counts alike. */
  readonly attentionDim?: number | undefined;
  /** Of embeddings and of what the output layer reads, in training; default 0. */
  readonly dropout?: number;
  /** The probability that a word is read as `unknown`, in training; default 0. */
  readonly wordDropout?: number;
  /** The token of unknown words. */
  readonly unknown: number;
}

/**
 * A recurrent text classifier with attention pooling (Yang et al. 2016, "Hierarchical Attention Networks for Document
 * Classification", equations 1 to 8, the word level; LSTM in place of their GRU): a bi-directional LSTM reads the words; one learnt
 * question decides how much each counts; their sum is classified.
 *
 * Words are dropped as in Iyyer et al. 2015, section 3.1, except that the network sees that there was one.
 */
export class TextClassifier extends Module {
  readonly options: TextClassifierOptions;
  readonly embedding: Embedding;
  readonly encoder: Lstm;
  readonly pooling: AttentionPooling | undefined;
  readonly classifier: Linear;

  /** @throws RangeError for a size that is not a positive integer, a token or a dropout out of range */
  constructor(options: TextClassifierOptions) {
    super();
    const { vocabulary, classes, embeddingDim, encoderDim, attentionDim, unknown } = options;
    const energies: Record<string, number> = attentionDim === undefined ? {} : { attentionDim };
    requirePositiveIntegers("TextClassifier", { vocabulary, classes, embeddingDim, encoderDim, ...energies });
    if (!(Number.isSafeInteger(unknown) && unknown >= 0 && unknown < vocabulary)) {
      throw new RangeError(
        `TextClassifier: expected unknown to be a token of the vocabulary, 0 to ${vocabulary - 1}, but found ${unknown}`,
      );
    }
    requireFractions("TextClassifier", { dropout: options.dropout ?? 0, wordDropout: options.wordDropout ?? 0 });
    const keyDim = 2 * encoderDim;
    this.options = options;
    this.embedding = new Embedding({ vocabulary, dim: embeddingDim, initializer: normal(0.1) });
    this.encoder = new Lstm({ inputDim: embeddingDim, hiddenDim: encoderDim, bidirectional: true });
    this.pooling = attentionDim === undefined ? undefined : new AttentionPooling({ keyDim, hiddenDim: attentionDim });
    this.classifier = new Linear({ inputDim: keyDim, outputDim: classes });
  }

  /**
   * @param args.text `[batch keyLen]` int32, padded
   * @param args.lengths `[batch]` int32, 1 … keyLen
   * @returns `logits` `[batch classes]`; traces `attentions.0` `[batch heads queryLen keyLen]`, one head and one query
   */
  forward({ text, lengths }: { text: Tensor; lengths: Tensor }): { logits: Tensor } {
    const { dropout: probability = 0 } = this.options;
    const embedded = dropout(this.embedding.forward(this.#dropWords(text)), probability);
    const { output } = this.encoder.forward(embedded, { lengths });
    const mask = lengthMask(lengths, text.dim(1));
    const summary = this.pooling ? this.#attend(this.pooling, output, mask) : mean(output, mask);
    return { logits: this.classifier.forward(dropout(summary, probability)) };
  }

  #attend(pooling: AttentionPooling, states: Tensor, mask: Tensor): Tensor {
    const { output, weights } = pooling.forward({ key: states, value: states, mask });
    trace("attentions.0", weights.unsqueeze(1), "batch heads queryLen keyLen");
    return output.squeeze(1);
  }

  #dropWords(text: Tensor): Tensor {
    const { wordDropout = 0, unknown } = this.options;
    if (wordDropout === 0 || !isTraining()) return text;
    return where(uniformNoise("words", text.shape).less(wordDropout), constant(unknown, "int32"), text);
  }
}

/** The mean of the valid steps: `[batch keyLen dim]` → `[batch dim]`. */
function mean(states: Tensor, mask: Tensor): Tensor {
  const share = mask.cast("float32");
  return share
    .div(share.sum({ axes: -1, keepDims: true }))
    .matmul(states)
    .squeeze(1);
}
