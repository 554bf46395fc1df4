import type { Dim } from "../dim.ts";
import type { Operator, OperatorTable } from "./operator.ts";
import { required, resolveAxis } from "./operator.ts";

function alongAxis(owner: string, versions: readonly number[], axis = -1): Operator {
  return {
    versions,
    attributes: { axis: ["int", axis] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required(owner, inputs, 0);
      resolveAxis(owner, attributes.axis as number, shape.length);
      return [{ shape, dtype }];
    },
  };
}

/** The softmax family and the normalisations. */
export const NORMALIZATIONS: OperatorTable = {
  Softmax: alongAxis("Softmax", [13]),
  LogSoftmax: alongAxis("LogSoftmax", [13]),
  Hardmax: alongAxis("Hardmax", [13]),
  LpNormalization: { ...alongAxis("LpNormalization", [1, 22]), attributes: { axis: ["int", -1], p: ["int", 2] } },
  LayerNormalization: {
    versions: [17],
    attributes: { axis: ["int", -1], epsilon: ["float", 1e-5], stash_type: ["int", 1] },
    infer: (inputs, attributes, outputs) => {
      const { shape, dtype } = required("LayerNormalization", inputs, 0);
      const axis = resolveAxis("LayerNormalization", attributes.axis as number, shape.length);
      const statistics: Dim[] = shape.map((dim, i) => (i < axis ? dim : 1));
      return [
        { shape, dtype },
        { shape: statistics, dtype: "float32" as const },
        { shape: statistics, dtype: "float32" as const },
      ].slice(0, outputs);
    },
  },
  RMSNormalization: {
    versions: [23],
    attributes: { axis: ["int", -1], epsilon: ["float", 1e-5], stash_type: ["int", 1] },
    infer: (inputs) => {
      const { shape, dtype } = required("RMSNormalization", inputs, 0);
      return [{ shape, dtype }];
    },
  },
};
