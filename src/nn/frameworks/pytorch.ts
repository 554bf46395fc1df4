import type { Tensor } from "../../tensor/tensor.ts";
import { concat } from "../../tensor/tensor.ts";
import { Conv1d } from "../conv.ts";
import { Embedding } from "../embedding.ts";
import { Gru, GruCell } from "../gru.ts";
import { LayerNorm } from "../layer-norm.ts";
import { Linear } from "../linear.ts";
import { Lstm, LstmCell } from "../lstm.ts";
import type { Parameter } from "../module.ts";
import { type Framework, layout, reorder, sizesOf, type Take } from "./layout.ts";

/** i f g o → i o f g */
const LSTM_ORDER = [0, 3, 1, 2];
/** r z n → z r n */
const GRU_ORDER = [1, 0, 2];

type Parts = (readonly [Parameter, Tensor])[];

/** Two biases, of which only the sum counts. */
function lstmCell({ inputWeight, recurrentWeight, bias }: LstmCell, take: Take, suffix = ""): Parts {
  const [inputDim, gates] = sizesOf(inputWeight);
  const both = take(`bias_ih${suffix}`, [gates]).add(take(`bias_hh${suffix}`, [gates]));
  return [
    [inputWeight, reorder(take(`weight_ih${suffix}`, [gates, inputDim]), LSTM_ORDER, 0).transpose()],
    [recurrentWeight, reorder(take(`weight_hh${suffix}`, [gates, gates / 4]), LSTM_ORDER, 0).transpose()],
    [bias, reorder(both, LSTM_ORDER, 0)],
  ];
}

/** Two biases, of which the gates' sum counts, while the candidate's stay apart. */
function gruCell(cell: GruCell, take: Take, suffix = ""): Parts {
  const [inputDim, gates] = sizesOf(cell.inputWeight);
  const n = cell.hiddenDim;
  const [ofInput, candidateOfInput] = split(reorder(take(`bias_ih${suffix}`, [gates]), GRU_ORDER, 0), n);
  const [ofState, candidateOfState] = split(reorder(take(`bias_hh${suffix}`, [gates]), GRU_ORDER, 0), n);
  return [
    [cell.inputWeight, reorder(take(`weight_ih${suffix}`, [gates, inputDim]), GRU_ORDER, 0).transpose()],
    [cell.recurrentWeight, reorder(take(`weight_hh${suffix}`, [gates, n]), GRU_ORDER, 0).transpose()],
    [cell.bias, concat([ofInput.add(ofState), candidateOfInput], 0)],
    [cell.recurrentBias, candidateOfState],
  ];
}

function split(bias: Tensor, n: number): [Tensor, Tensor] {
  return bias.split([2 * n, n], 0) as [Tensor, Tensor];
}

/** PyTorch's `state_dict`: `encoder.weight_ih_l0` and the like. */
export const PYTORCH: Framework = {
  name: "pytorch",
  path: (fields) => fields.map((field) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join("."),
  separator: ".",
  layouts: [
    layout(Linear, ({ weight, bias }, take) => {
      const [inputDim, outputDim] = sizesOf(weight);
      const parts: Parts = [[weight, take("weight", [outputDim, inputDim]).transpose()]];
      if (bias) parts.push([bias, take("bias", [outputDim])]);
      return parts;
    }),
    layout(Conv1d, ({ weight, bias }, take) => {
      const parts: Parts = [[weight, take("weight", weight.shape)]];
      if (bias) parts.push([bias, take("bias", bias.shape)]);
      return parts;
    }),
    layout(Embedding, ({ weight }, take) => [[weight, take("weight", weight.shape)]]),
    layout(LayerNorm, ({ scale, bias }, take) => [
      [scale, take("weight", scale.shape)],
      [bias, take("bias", bias.shape)],
    ]),
    layout(LstmCell, (cell, take) => lstmCell(cell, take)),
    layout(GruCell, (cell, take) => gruCell(cell, take)),
    layout(Lstm, ({ forwardCell, backwardCell }, take) => [
      ...lstmCell(forwardCell, take, "_l0"),
      ...(backwardCell ? lstmCell(backwardCell, take, "_l0_reverse") : []),
    ]),
    layout(Gru, ({ forwardCell, backwardCell }, take) => [
      ...gruCell(forwardCell, take, "_l0"),
      ...(backwardCell ? gruCell(backwardCell, take, "_l0_reverse") : []),
    ]),
  ],
};
