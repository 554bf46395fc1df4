import { describe, test } from "vitest";
import { checkInference, checkTraining, type ParityCase, type Tensors } from "../../test/support/parity.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { stack } from "../tensor/tensor.ts";
import { Conv1d } from "./conv.ts";
import { Embedding } from "./embedding.ts";
import { Gru } from "./gru.ts";
import { LayerNorm } from "./layer-norm.ts";
import { Linear } from "./linear.ts";
import { crossEntropy } from "./losses.ts";
import { Lstm, LstmCell } from "./lstm.ts";
import { Module } from "./module.ts";

/** `[batch directions·hiddenDim]` → `[directions batch hiddenDim]`, as PyTorch gives last states. */
function directionsFirst(state: Tensor, directions: number): Tensor {
  return stack(state.split(new Array(directions).fill((state.dim(1) as number) / directions)), 0);
}

/** The layers of scripts/goldens/keras_reader.py. */
class KerasReader extends Module {
  readonly embedding = new Embedding({ vocabulary: 13, dim: 7 });
  readonly reader = new Lstm({ inputDim: 7, hiddenDim: 3, bidirectional: true });
  readonly secondReader = new Gru({ inputDim: 6, hiddenDim: 5, bidirectional: true });
  readonly writer = new Gru({ inputDim: 10, hiddenDim: 11 });
  readonly norm = new LayerNorm({ dim: 11 });
  readonly classifier = new Linear({ inputDim: 11, outputDim: 17 });

  forward(tokens: Tensor): Tensor {
    const read = this.secondReader.forward(this.reader.forward(this.embedding.forward(tokens)).output).output;
    return this.classifier.forward(this.norm.forward(this.writer.forward(read).output));
  }
}

const layerNorm = new LayerNorm({ dim: 7 });
const conv1d = new Conv1d({ channels: 3, outChannels: 5, width: 7, padding: 2 });
const embedding = new Embedding({ vocabulary: 11, dim: 7 });
const lstm = new Lstm({ inputDim: 3, hiddenDim: 11, bidirectional: true });
const lstmCell = new LstmCell({ inputDim: 5, hiddenDim: 7 });
const gru = new Gru({ inputDim: 7, hiddenDim: 5 });
const twoWayGru = new Gru({ inputDim: 7, hiddenDim: 5, bidirectional: true });
const kerasReader = new KerasReader();

function runGru(layer: Gru, { input, lengths }: Tensors) {
  const { output, hidden } = layer.forward(input, { lengths });
  return { output, hidden: directionsFirst(hidden, layer.backwardCell ? 2 : 1) };
}

const CASES: readonly ParityCase[] = [
  { golden: "layer-norm", model: layerNorm, build: ({ input }) => ({ output: layerNorm.forward(input) }) },
  { golden: "conv1d", model: conv1d, build: ({ input }) => ({ output: conv1d.forward(input) }) },
  { golden: "embedding", model: embedding, build: ({ tokens }) => ({ output: embedding.forward(tokens) }) },
  {
    golden: "cross-entropy",
    tolerance: "rounded",
    build: ({ logits, labels }) => ({
      loss: crossEntropy(logits, labels, { ignore: -100, smoothing: 0.1 }).sum,
    }),
  },
  {
    golden: "cross-entropy-unsmoothed",
    build: ({ logits, labels }) => ({ loss: crossEntropy(logits, labels, { ignore: -100 }).sum }),
  },
  {
    golden: "lstm",
    model: lstm,
    build: ({ input, lengths }) => {
      const { output, hidden, cell } = lstm.forward(input, { lengths });
      return { output, hidden: directionsFirst(hidden, 2), cell: directionsFirst(cell, 2) };
    },
  },
  {
    golden: "lstm-cell",
    model: lstmCell,
    build: ({ input, hidden, cell }) => ({
      ...lstmCell.forward(input, { hidden, cell }),
    }),
  },
  { golden: "gru", model: gru, build: (inputs) => runGru(gru, inputs) },
  { golden: "gru-bidirectional", model: twoWayGru, build: (inputs) => runGru(twoWayGru, inputs) },
  {
    golden: "keras-reader",
    framework: "keras",
    tolerance: "rounded",
    model: kerasReader,
    build: ({ tokens }) => ({ output: kerasReader.forward(tokens) }),
  },
];

describe.each(CASES)("$golden agrees with its golden", (row) => {
  test("values and gradients of the training form", () => checkTraining(row));
  test("values of the inference form", () => checkInference(row));
});
