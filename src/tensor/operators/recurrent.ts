import type { Dim } from "../dim.ts";
import type { Attributes, Tensor, TensorType } from "../tensor.ts";
import type { Operator, OperatorTable } from "./operator.ts";
import { required } from "./operator.ts";

function infer(owner: string, states: number) {
  return (inputs: readonly (Tensor | undefined)[], attributes: Attributes, outputs: number): TensorType[] => {
    const { shape, dtype } = required(owner, inputs, 0);
    const recurrence = required(owner, inputs, 2);
    const directions = recurrence.shape[0] as Dim;
    const hidden = recurrence.shape[2] as Dim;
    const batchFirst = attributes.layout === 1;
    const [time, batch] = (batchFirst ? [shape[1], shape[0]] : [shape[0], shape[1]]) as [Dim, Dim];
    const all = batchFirst ? [batch, time, directions, hidden] : [time, directions, batch, hidden];
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    return [all, ...Array.from({ length: states }, () => last)].map((shape) => ({ shape, dtype })).slice(0, outputs);
  };
}

const COMMON: Operator["attributes"] = {
  activation_alpha: ["floats"],
  activation_beta: ["floats"],
  activations: ["strings"],
  clip: ["float"],
  direction: ["string", "forward"],
  hidden_size: ["int"],
  layout: ["int", 0],
};

/** Recurrences over time as one node, for inference; training unrolls them (`nn/`). */
export const RECURRENCES: OperatorTable = {
  RNN: { versions: [7, 14, 22], attributes: COMMON, infer: infer("RNN", 1) },
  LSTM: { versions: [7, 14, 22], attributes: { ...COMMON, input_forget: ["int", 0] }, infer: infer("LSTM", 2) },
  GRU: { versions: [7, 14, 22], attributes: { ...COMMON, linear_before_reset: ["int", 0] }, infer: infer("GRU", 1) },
};
