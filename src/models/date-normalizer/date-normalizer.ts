import { ConcatenatedEnergies } from "../../attention/concatenated-energies.ts";
import { lengthMask } from "../../attention/masks.ts";
import { Linear } from "../../nn/linear.ts";
import { Lstm, LstmCell } from "../../nn/lstm.ts";
import { Module } from "../../nn/module.ts";
import { trace } from "../../nn/trace.ts";
import { stack, type Tensor } from "../../tensor/tensor.ts";

export interface DateNormalizerOptions {
  /** Input symbols: 37 in the article, 39 with `-` and `,`. */
  readonly vocabulary: number;
  /** Output symbols, default 11: the digits and `-`. */
  readonly outputVocabulary?: number;
  /** Characters written, default 10. */
  readonly outputLen?: number;
  /** Encoder units in each direction, default 32. */
  readonly encoderDim?: number;
  /** Decoder units, default 64. */
  readonly decoderDim?: number;
  /** Units of the energies' hidden layer, default 10. */
  readonly energyDim?: number;
  /** Whether padding gets no attention, default true; the article's own code attends to it. */
  readonly maskPadding?: boolean;
}

/**
 * The article's date normaliser: a bi-directional LSTM reads the characters; for each character to write, one attention step
 * from the decoder's state picks what to read, and an LSTM cell, fed with that alone, writes it.
 */
export class DateNormalizer extends Module {
  readonly options: Required<DateNormalizerOptions>;
  readonly encoder: Lstm;
  readonly attention: ConcatenatedEnergies;
  readonly decoder: LstmCell;
  readonly classifier: Linear;

  constructor(options: DateNormalizerOptions) {
    super();
    const defaults = {
      outputVocabulary: 11,
      outputLen: 10,
      encoderDim: 32,
      decoderDim: 64,
      energyDim: 10,
      maskPadding: true,
    };
    const { vocabulary, encoderDim, decoderDim, energyDim, outputVocabulary } = { ...defaults, ...options };
    this.options = { ...defaults, ...options };
    const keyDim = 2 * encoderDim;
    this.encoder = new Lstm({ inputDim: vocabulary, hiddenDim: encoderDim, bidirectional: true });
    this.attention = new ConcatenatedEnergies({ queryDim: decoderDim, keyDim, hiddenDim: energyDim });
    this.decoder = new LstmCell({ inputDim: keyDim, hiddenDim: decoderDim });
    this.classifier = new Linear({ inputDim: decoderDim, outputDim: outputVocabulary });
  }

  /**
   * @param args.text `[batch time]` int32 symbols, padded
   * @param args.lengths `[batch]` int32, 1 … time
   * @returns `logits` `[batch outputLen outputVocabulary]`; traces `attention` `[batch outputLen time]`
   */
  forward({ text, lengths }: { text: Tensor; lengths: Tensor }): { logits: Tensor } {
    const { maskPadding, outputLen } = this.options;
    const [batch, time] = [text.dim(0), text.dim(1)];
    const states = this.encoder.forward(text, maskPadding ? { lengths } : {}).output;
    const mask = maskPadding ? { mask: lengthMask(lengths, time) } : {};
    let state = this.decoder.initialState(batch);
    const written: Tensor[] = [];
    for (let step = 0; step < outputLen; step++) {
      const query = state.hidden.unsqueeze(1);
      const { output, weights } = this.attention.forward({ query, key: states, value: states, ...mask });
      trace("attention", weights, "batch queryLen keyLen", { loop: "queryLen" });
      state = this.decoder.forward(output.squeeze(1), state);
      written.push(state.hidden);
    }
    return { logits: this.classifier.forward(stack(written, 1)) };
  }
}
