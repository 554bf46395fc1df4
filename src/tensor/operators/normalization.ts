import { type Dim, divideDims, formatShape, isUnknown, type Shape } from "../dim.ts";
import { ShapeError } from "../errors.ts";
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

/** Shape `[batch, channels, …]`, and a vector over the channels for each further input and output. */
function channelwise(owner: string, versions: readonly number[], attributes: Operator["attributes"]): Operator {
  return {
    versions,
    attributes,
    infer: (inputs, { num_groups, training_mode }, outputs) => {
      const { shape, dtype } = required(owner, inputs, 0);
      const channels = shape[1];
      const vectors = inputs.slice(1).map((_, i) => required(owner, inputs, i + 1));
      if (channels === undefined || vectors.some((vector) => !stretches(vector.shape, [channels]))) {
        const found = [shape, ...vectors.map((vector) => vector.shape)].map(formatShape).join(", ");
        throw new ShapeError(`${owner}: expected [batch,channels,…] and vectors over the channels but found ${found}`);
      }
      if (
        num_groups !== undefined &&
        divideDims(channels, num_groups as number) === undefined &&
        !isUnknown(channels)
      ) {
        throw new ShapeError(`${owner}: expected channels in ${num_groups} groups but found ${channels}`);
      }
      if (outputs > 1 && training_mode !== 1) {
        throw new ShapeError(`${owner}: expected 1 output but found ${outputs}; set training_mode`);
      }
      const statistics = vectors.slice(2).map((vector) => ({ shape: vector.shape, dtype: vector.dtype }));
      return [{ shape, dtype }, ...statistics].slice(0, outputs);
    },
  };
}

function stretches(shape: Shape, expected: Shape): boolean {
  return (
    shape.length === expected.length &&
    shape.every((dim, i) => dim === expected[i] || isUnknown(dim) || isUnknown(expected[i] as Dim))
  );
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
  /** Over the places of each channel of each example. */
  InstanceNormalization: channelwise("InstanceNormalization", [6, 22], { epsilon: ["float", 1e-5] }),
  /** Over groups of channels of each example. */
  GroupNormalization: channelwise("GroupNormalization", [21], {
    epsilon: ["float", 1e-5],
    num_groups: ["int"],
    stash_type: ["int", 1],
  }),
  /** Over the batch and the places of each channel: in training its own statistics, which move the running ones. */
  BatchNormalization: channelwise("BatchNormalization", [9, 14, 15], {
    epsilon: ["float", 1e-5],
    momentum: ["float", 0.9],
    training_mode: ["int", 0],
  }),
};
