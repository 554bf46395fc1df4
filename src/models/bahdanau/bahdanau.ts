import { AdditiveAttention } from "../../attention/additive.ts";
import { lengthMask } from "../../attention/masks.ts";
import { dropout } from "../../nn/dropout.ts";
import { Embedding } from "../../nn/embedding.ts";
import { Gru, GruCell } from "../../nn/gru.ts";
import { normal } from "../../nn/initializers.ts";
import { Linear, project } from "../../nn/linear.ts";
import { requireFractions, requirePositiveIntegers } from "../../nn/options.ts";
import { scan } from "../../nn/scan.ts";
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

export interface BahdanauOptions {
  readonly sourceVocabulary: number;
  readonly targetVocabulary: number;
  /** Of both embeddings, and of the layer before the output. */
  readonly embeddingDim: number;
  /** Encoder units in each direction. */
  readonly encoderDim: number;
  readonly decoderDim: number;
  /** Units of the energies' hidden layer. Without: no attention; every step reads the encoder's last states in its place. */
  readonly attentionDim?: number | undefined;
  /** Of embeddings and of the layer before the output, in training; default 0. */
  readonly dropout?: number;
}

/**
 * The recurrent encoder–decoder with additive attention (Bahdanau, Cho & Bengio 2014, section 3 and appendix A): a bi-directional
 * GRU reads the source; before each token it writes, the decoder looks where its last state sᵢ₋₁ points,
 *
 *     cᵢ = attention(sᵢ₋₁, h)     sᵢ = GRU(sᵢ₋₁, [yᵢ₋₁; cᵢ])     p(yᵢ) = softmax(W tanh(W_t [sᵢ; yᵢ₋₁; cᵢ]))
 *
 * s₀ is a tanh layer of the encoder's last states, forward and backward. (The paper's output layer has pairs of units of which the
 * larger counts, from sᵢ₋₁; ours has tanh units, from sᵢ. Its s₀ is of the backward state alone.)
 */
export class Bahdanau extends SequenceToSequence {
  readonly options: BahdanauOptions;
  readonly sourceEmbedding: Embedding;
  readonly encoder: Gru;
  readonly bridge: Linear;
  readonly targetEmbedding: Embedding;
  readonly attention: AdditiveAttention | undefined;
  readonly decoder: GruCell;
  readonly readout: Linear;
  readonly classifier: Linear;

  /** @throws RangeError for a size that is not a positive integer, or a dropout out of range */
  constructor(options: BahdanauOptions) {
    super();
    const { sourceVocabulary, targetVocabulary, embeddingDim, encoderDim, decoderDim, attentionDim } = options;
    const energies: Record<string, number> = attentionDim === undefined ? {} : { attentionDim };
    const sizes = { sourceVocabulary, targetVocabulary, embeddingDim, encoderDim, decoderDim };
    requirePositiveIntegers("Bahdanau", { ...sizes, ...energies });
    requireFractions("Bahdanau", { dropout: options.dropout ?? 0 });
    const keyDim = 2 * encoderDim;
    const initializer = normal(0.1);
    this.options = options;
    this.sourceEmbedding = new Embedding({ vocabulary: sourceVocabulary, dim: embeddingDim, initializer });
    this.encoder = new Gru({ inputDim: embeddingDim, hiddenDim: encoderDim, bidirectional: true });
    this.bridge = new Linear({ inputDim: keyDim, outputDim: decoderDim });
    this.targetEmbedding = new Embedding({ vocabulary: targetVocabulary, dim: embeddingDim, initializer });
    this.attention =
      attentionDim === undefined
        ? undefined
        : new AdditiveAttention({ queryDim: decoderDim, keyDim, hiddenDim: attentionDim });
    this.decoder = new GruCell({ inputDim: embeddingDim + keyDim, hiddenDim: decoderDim });
    this.readout = new Linear({ inputDim: decoderDim + embeddingDim + keyDim, outputDim: embeddingDim });
    this.classifier = new Linear({ inputDim: embeddingDim, outputDim: targetVocabulary });
  }

  encode({ source, lengths }: Pick<TeacherForced, "source" | "lengths">): Encoded {
    const embedded = this.#drop(this.sourceEmbedding.forward(source));
    const { output, hidden } = this.encoder.forward(embedded, { lengths });
    const state = { hidden: this.bridge.forward(hidden).tanh() };
    if (!this.attention) return { memory: { summary: hidden }, state };
    return { memory: { key: this.attention.projectKey(output), value: output }, state };
  }

  step({ token, state, memory, mask }: StepInput): StepResult {
    const embedded = this.#drop(this.targetEmbedding.forward(token));
    const { embeddingWeight, contextWeight } = this.#inputWeights();
    const share = project(embedded, embeddingWeight, this.decoder.bias);
    const next = this.#advance({ share, hidden: state.hidden as Tensor, memory, mask, contextWeight });
    const features = this.readout.forward(concat([next.hidden, embedded, next.context], -1)).tanh();
    return {
      logits: this.classifier.forward(this.#drop(features)),
      state: { hidden: next.hidden },
      weights: next.weights,
    };
  }

  forward({ source, lengths, target }: TeacherForced): { logits: Tensor } {
    const { memory, state } = this.encode({ source, lengths });
    const mask = lengthMask(lengths, source.dim(1));
    const embedded = this.#drop(this.targetEmbedding.forward(target));
    const { embeddingWeight, contextWeight } = this.#inputWeights();
    const shares = swapFirstAxes(project(embedded, embeddingWeight, this.decoder.bias));
    const { output } = scan({
      initial: { hidden: state.hidden as Tensor },
      inputs: { shares },
      step: ({ hidden }, element) => {
        const next = this.#advance({ share: element.shares, hidden, memory, mask, contextWeight });
        const { weights } = next;
        const seen: { hidden: Tensor; context: Tensor; weights?: Tensor } = {
          hidden: next.hidden,
          context: next.context,
          ...(weights ? { weights } : {}),
        };
        return { state: { hidden: next.hidden }, output: seen as Record<string, Tensor> };
      },
    });
    const { hidden, context, weights } = output as Record<string, Tensor>;
    if (weights) trace(CROSS_ATTENTION, swapFirstAxes(weights), "batch queryLen keyLen");
    const states = swapFirstAxes(concat([hidden as Tensor, context as Tensor], -1)).split([
      this.options.decoderDim,
      2 * this.options.encoderDim,
    ]) as [Tensor, Tensor];
    const features = this.readout.forward(concat([states[0], embedded, states[1]], -1)).tanh();
    return { logits: this.classifier.forward(this.#drop(features)) };
  }

  /** From the state before a token to the state after it; `share` is the token's part of the gates, `[batch 3·decoderDim]`. */
  #advance({ share, hidden, memory, mask, contextWeight }: Advance): {
    hidden: Tensor;
    context: Tensor;
    weights: Tensor | undefined;
  } {
    const { context, weights } = this.#look(hidden, memory, mask);
    const projected = share.add(context.matmul(contextWeight));
    return { hidden: this.decoder.step(projected, { hidden }).hidden, context, weights };
  }

  #look(hidden: Tensor, memory: Encoded["memory"], mask: Tensor): { context: Tensor; weights: Tensor | undefined } {
    if (!this.attention) return { context: memory.summary as Tensor, weights: undefined };
    const { key, value } = memory as { key: Tensor; value: Tensor };
    const { output, weights } = this.attention.forwardProjected({ query: hidden.unsqueeze(1), key, value, mask });
    return { context: output.squeeze(1), weights: weights.squeeze(1) };
  }

  /** The decoder's input weight in the rows that a token's embedding meets, and those of the context. */
  #inputWeights(): { embeddingWeight: Tensor; contextWeight: Tensor } {
    const { embeddingDim, encoderDim } = this.options;
    const [embeddingWeight, contextWeight] = this.decoder.inputWeight.split([embeddingDim, 2 * encoderDim], 0) as [
      Tensor,
      Tensor,
    ];
    return { embeddingWeight, contextWeight };
  }

  #drop(x: Tensor): Tensor {
    return dropout(x, this.options.dropout ?? 0);
  }
}

interface Advance extends Pick<StepInput, "memory" | "mask"> {
  readonly share: Tensor;
  readonly hidden: Tensor;
  readonly contextWeight: Tensor;
}

/** `[a b ...]` → `[b a ...]` */
function swapFirstAxes(x: Tensor): Tensor {
  return x.transpose([1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}
