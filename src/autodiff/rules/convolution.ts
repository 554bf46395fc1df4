import { sameShape } from "../../tensor/dim.ts";
import { ModelError } from "../../tensor/errors.ts";
import { array } from "../../tensor/nd-array.ts";
import { type Slide, slides } from "../../tensor/operators/convolution.ts";
import { applyOne, constant, type Node, type Tensor } from "../../tensor/tensor.ts";
import { type GradientTable, numericShape } from "./rule.ts";

/** @throws ModelError where the kernel skips places, or sees only some of the channels */
function plainSlides({ inputs, attributes }: Node): Slide[] {
  const [x, weight] = inputs as [Tensor, Tensor];
  const moves = slides(attributes, x.shape.slice(2), weight.shape.slice(2));
  if (attributes.group === 1 && moves.every(({ stride, dilation }) => stride === 1 && dilation === 1)) return moves;
  const found = `strides ${moves.map(({ stride }) => stride)}, dilations ${moves.map(({ dilation }) => dilation)}`;
  throw new ModelError(
    `gradient of Conv: expected strides, dilations and group of 1 but found ${found}, group ${attributes.group}`,
  );
}

/** A convolution whose input is lengthened by `pads`, and cut where they are negative. */
function convolve(x: Tensor, weight: Tensor, pads: readonly number[]): Tensor {
  const half = pads.length / 2;
  const cuts = [0, 0, ...pads.slice(0, half), 0, 0, ...pads.slice(half)].map((pad) => Math.min(0, pad));
  const cut = cuts.some((pad) => pad < 0) ? applyOne("Pad", [x, constant(array(cuts, undefined, "int64"))]) : x;
  return applyOne("Conv", [cut, weight], { pads: pads.map((pad) => Math.max(0, pad)) });
}

export const CONVOLUTION_GRADIENTS: GradientTable = {
  /**
   * dx is a convolution of g, by the kernel reversed along its places and with its two channel axes swapped; dw one of x by g,
   * with batch and channels swapped, for w's places are what it sums over no more and the batch is what it sums over now.
   */
  Conv: (node, [gradient]) => {
    const [x, weight, bias] = node.inputs as [Tensor, Tensor, Tensor | undefined];
    const g = gradient as Tensor;
    const moves = plainSlides(node);
    const widths = numericShape("Conv", weight.shape).slice(2);
    const axes = moves.map((_, i) => i + 2);
    const swap = (tensor: Tensor) => tensor.transpose([1, 0, ...axes]);
    const reversed = axes.reduce((kernel, axis) => kernel.slice({ axis, start: -1, step: -1 }), weight);
    const rest = (end: "before" | "after") => moves.map((move, i) => (widths[i] as number) - 1 - move[end]);
    const pads = [...moves.map(({ before }) => before), ...moves.map(({ after }) => after)];
    const dw = swap(convolve(swap(x), swap(g), pads));
    return [
      convolve(g, swap(reversed), [...rest("before"), ...rest("after")]),
      sameShape(dw.shape, weight.shape) ? dw : dw.reshape(weight.shape),
      bias && g.sum({ axes: [0, ...axes] }),
    ];
  },
};
