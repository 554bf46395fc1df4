import { concat, type Tensor } from "../../tensor/tensor.ts";
import { Conv1d } from "../conv.ts";
import { Embedding } from "../embedding.ts";
import { Gru, GruCell } from "../gru.ts";
import { LayerNorm } from "../layer-norm.ts";
import { Linear } from "../linear.ts";
import { Lstm, LstmCell } from "../lstm.ts";
import type { Parameter } from "../module.ts";
import { type Framework, layout, reorder, sizesOf, type Take } from "./layout.ts";

/** i f c o → i o f c */
const LSTM_ORDER = [0, 3, 1, 2];

type Parts = (readonly [Parameter, Tensor])[];
type FourTensors = [Tensor, Tensor, Tensor, Tensor];

function lstmCell({ inputWeight, recurrentWeight, bias }: LstmCell, take: Take, path = ""): Parts {
  const [inputDim, gates] = sizesOf(inputWeight);
  return [
    [inputWeight, reorder(take(`${path}kernel`, [inputDim, gates]), LSTM_ORDER, 1)],
    [recurrentWeight, reorder(take(`${path}recurrent_kernel`, [gates / 4, gates]), LSTM_ORDER, 1)],
    [bias, reorder(take(`${path}bias`, [gates]), LSTM_ORDER, 0)],
  ];
}

/** Gates z r h, as ours. The first row of the biases is the input's, the second the state's (`reset_after`, the default). */
function gruCell(cell: GruCell, take: Take, path = ""): Parts {
  const [inputDim, gates] = sizesOf(cell.inputWeight);
  const n = cell.hiddenDim;
  const biases = take(`${path}bias`, [2, gates]).reshape([2 * gates]);
  const [ofInput, candidateOfInput, ofState, candidateOfState] = biases.split([2 * n, n, 2 * n, n], 0) as FourTensors;
  return [
    [cell.inputWeight, take(`${path}kernel`, [inputDim, gates])],
    [cell.recurrentWeight, take(`${path}recurrent_kernel`, [n, gates])],
    [cell.bias, concat([ofInput.add(ofState), candidateOfInput], 0)],
    [cell.recurrentBias, candidateOfState],
  ];
}

/** The paths of Keras 3's variables, with layers named as our fields: `encoder/forward_lstm/lstm_cell/kernel` and the like. */
export const KERAS: Framework = {
  name: "keras",
  path: (fields) => fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join("/"),
  separator: "/",
  layouts: [
    layout(Linear, ({ weight, bias }, take) => {
      const parts: Parts = [[weight, take("kernel", weight.shape)]];
      if (bias) parts.push([bias, take("bias", bias.shape)]);
      return parts;
    }),
    layout(Conv1d, ({ weight, bias }, take) => {
      const [outChannels, channels, width] = weight.shape as readonly [number, number, number];
      const parts: Parts = [[weight, take("kernel", [width, channels, outChannels]).transpose([2, 1, 0])]];
      if (bias) parts.push([bias, take("bias", bias.shape)]);
      return parts;
    }),
    layout(Embedding, ({ weight }, take) => [[weight, take("embeddings", weight.shape)]]),
    layout(LayerNorm, ({ scale, bias }, take) => [
      [scale, take("gamma", scale.shape)],
      [bias, take("beta", bias.shape)],
    ]),
    layout(LstmCell, (cell, take) => lstmCell(cell, take)),
    layout(GruCell, (cell, take) => gruCell(cell, take)),
    layout(Lstm, ({ forwardCell, backwardCell }, take) =>
      backwardCell
        ? [
            ...lstmCell(forwardCell, take, "forward_lstm/lstm_cell/"),
            ...lstmCell(backwardCell, take, "backward_lstm/lstm_cell/"),
          ]
        : lstmCell(forwardCell, take, "lstm_cell/"),
    ),
    layout(Gru, ({ forwardCell, backwardCell }, take) =>
      backwardCell
        ? [
            ...gruCell(forwardCell, take, "forward_gru/gru_cell/"),
            ...gruCell(backwardCell, take, "backward_gru/gru_cell/"),
          ]
        : gruCell(forwardCell, take, "gru_cell/"),
    ),
  ],
};
