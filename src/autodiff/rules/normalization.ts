import type { Node, Tensor } from "../../tensor/tensor.ts";
import { type GradientTable, rule, unbroadcast } from "./rule.ts";

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
    const norm = p === 1 ? x.abs().sum(options) : x.mul(x).sum(options).sqrt();
    const direction = p === 1 ? x.sign() : y;
    return [g.sub(direction.mul(g.mul(y).sum(options))).div(norm)];
  }),
  /** With x̂ = (x − μ) / σ and ĝ = g ∘ scale: dx = (ĝ − mean ĝ − x̂ ∘ mean(ĝ ∘ x̂)) / σ. */
  LayerNormalization: rule(({ g, x, inputs, node }) => {
    const [, scale, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const options = trailing(node);
    const centred = x.sub(x.mean(options));
    const deviation = centred
      .mul(centred)
      .mean(options)
      .add(node.attributes.epsilon as number)
      .sqrt();
    const unit = centred.div(deviation);
    const scaled = g.mul(scale);
    const dx = scaled
      .sub(scaled.mean(options))
      .sub(unit.mul(scaled.mul(unit).mean(options)))
      .div(deviation);
    return [dx, unbroadcast(g.mul(unit), scale.shape), bias ? unbroadcast(g, bias.shape) : undefined];
  }),
  RMSNormalization: rule(({ g, x, inputs, node }) => {
    const scale = inputs[1] as Tensor;
    const options = trailing(node);
    const size = x
      .mul(x)
      .mean(options)
      .add(node.attributes.epsilon as number)
      .sqrt();
    const unit = x.div(size);
    const scaled = g.mul(scale);
    return [scaled.sub(unit.mul(scaled.mul(unit).mean(options))).div(size), unbroadcast(g.mul(unit), scale.shape)];
  }),
};
