import { ModelError } from "../../tensor/errors.ts";
import { type Node, type ReduceOptions, type Tensor, where } from "../../tensor/tensor.ts";
import { type GradientTable, numericShape, rule, unbroadcast } from "./rule.ts";

function along(node: Node): { axes: number; keepDims: true } {
  return { axes: node.attributes.axis as number, keepDims: true };
}

/** The axes that a normalisation takes together: from `axis` to the last. */
function trailing(node: Node): { axes: number[]; keepDims: true } {
  const rank = (node.inputs[0] as Tensor).rank;
  const first = ((node.attributes.axis as number) + rank) % rank;
  return { axes: Array.from({ length: rank - first }, (_, i) => first + i), keepDims: true };
}

export const NORMALIZATION_GRADIENTS: GradientTable = {
  /** With w = softmax(x): dx = w ∘ (g − Σ g ∘ w), the sum along the axis. */
  Softmax: rule(({ g, y, node }) => {
    const gy = g.mul(y);
    return [gy.sub(y.mul(gy.sum(along(node))))];
  }),
  LogSoftmax: rule(({ g, y, node }) => [g.sub(y.exp().mul(g.sum(along(node))))]),
  LpNormalization: rule(({ g, x, y, node }) => {
    const p = node.attributes.p as number;
    const options = along(node);
    const length = p === 1 ? x.abs().sum(options) : x.mul(x).sum(options).sqrt();
    const norm = where(length.equal(0), 1, length);
    const direction = p === 1 ? x.sign() : y;
    return [g.sub(direction.mul(g.mul(y).sum(options))).div(norm)];
  }),
  /** With x̂ = (x − μ) / σ and ĝ = g ∘ scale: dx = (ĝ − mean ĝ − x̂ ∘ mean(ĝ ∘ x̂)) / σ. */
  LayerNormalization: (node, [gradient, ofMean, ofDeviation]) => {
    if (ofMean || ofDeviation) {
      const name = ofMean ? "the mean" : "the inverse deviation";
      throw new ModelError(
        `gradient of LayerNormalization: expected only its first output to be used but found ${name}; write it out`,
      );
    }
    const [x, scale, bias] = node.inputs as [Tensor, Tensor, Tensor | undefined];
    const g = gradient as Tensor;
    const { dx, unit } = standardized({ g, x, scale, options: trailing(node), epsilon: epsilonOf(node) });
    return [dx, unbroadcast(g.mul(unit), scale.shape), bias ? unbroadcast(g, bias.shape) : undefined];
  },
  RMSNormalization: rule(({ g, x, inputs, node }) => {
    const scale = inputs[1] as Tensor;
    const options = trailing(node);
    const size = x.mul(x).mean(options).add(epsilonOf(node)).sqrt();
    const unit = x.div(size);
    const scaled = g.mul(scale);
    return [scaled.sub(unit.mul(scaled.mul(unit).mean(options))).div(size), unbroadcast(g.mul(unit), scale.shape)];
  }),
  InstanceNormalization: rule(({ g, x, inputs, node }) => {
    const scale = perChannel(inputs[1] as Tensor, x);
    const axes = x.shape.map((_, axis) => axis).slice(2);
    const { dx, unit } = standardized({ g, x, scale, options: { axes, keepDims: true }, epsilon: epsilonOf(node) });
    return [dx, overChannels(g.mul(unit)), overChannels(g)];
  }),
  GroupNormalization: rule(({ g, x, inputs, node }) => {
    const shape = numericShape("GroupNormalization", x.shape);
    const groups = node.attributes.num_groups as number;
    const grouped = (tensor: Tensor) => tensor.reshape([shape[0] as number, groups, -1]);
    const scale = grouped(perChannel(inputs[1] as Tensor, x).expand(shape));
    const options = { axes: [2], keepDims: true } as const;
    const { dx, unit } = standardized({ g: grouped(g), x: grouped(x), scale, options, epsilon: epsilonOf(node) });
    return [dx.reshape(shape), overChannels(g.mul(unit.reshape(shape))), overChannels(g)];
  }),
  /** With running statistics, which are inputs like any other. */
  BatchNormalization: (node, [gradient]) => {
    const [x, scale, , mean, variance] = node.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
    if (node.attributes.training_mode) {
      throw new ModelError("gradient of BatchNormalization: expected training_mode 0 but found 1; write it out");
    }
    const g = gradient as Tensor;
    const inverse = variance.add(epsilonOf(node)).sqrt().pow(-1);
    const unit = x.sub(perChannel(mean, x)).mul(perChannel(inverse, x));
    const gain = scale.mul(inverse);
    const [total, weighted] = [overChannels(g), overChannels(g.mul(unit))];
    const ofVariance = weighted.mul(gain).mul(inverse).mul(-0.5);
    return [g.mul(perChannel(gain, x)), weighted, total, total.mul(gain).neg(), ofVariance];
  },
};

function epsilonOf(node: Node): number {
  return node.attributes.epsilon as number;
}

interface Standardization {
  readonly g: Tensor;
  readonly x: Tensor;
  readonly scale: Tensor;
  readonly options: ReduceOptions;
  readonly epsilon: number;
}

/** The gradient through `(x − μ) / σ ∘ scale`, and the standardised x. */
function standardized({ g, x, scale, options, epsilon }: Standardization): { dx: Tensor; unit: Tensor } {
  const centred = x.sub(x.mean(options));
  const deviation = centred.mul(centred).mean(options).add(epsilon).sqrt();
  const unit = centred.div(deviation);
  const scaled = g.mul(scale);
  const dx = scaled
    .sub(scaled.mean(options))
    .sub(unit.mul(scaled.mul(unit).mean(options)))
    .div(deviation);
  return { dx, unit };
}

/** A vector over the channels, ready to stretch to `[batch channels ...]`. */
function perChannel(vector: Tensor, x: Tensor): Tensor {
  return vector.reshape([vector.dim(0), ...x.shape.slice(2).map(() => 1)]);
}

/** Sums `[batch channels ...]` down to `[channels]`. */
function overChannels(x: Tensor): Tensor {
  return x.sum({ axes: x.shape.map((_, axis) => axis).filter((axis) => axis !== 1) });
}
