import type { Tensor } from "../../src/tensor/tensor.ts";

/**
 * The goldens' `hidden` layer reads `[key; query]` with one matrix, ours with two: `keyProjection` and `queryProjection`.
 *
 * @param prefix path of the mechanism in the golden, with its dot
 */
export function splitHidden({ prefix, keyDim }: { prefix: string; keyDim: number }) {
  return (name: string, weights: Readonly<Record<string, Tensor>>): Tensor | undefined => {
    const hidden = weights[`${prefix}hidden.weight`] as Tensor;
    if (name === `${prefix}key_projection.weight`) return hidden.slice({ axis: 1, end: keyDim });
    if (name === `${prefix}query_projection.weight`) return hidden.slice({ axis: 1, start: keyDim });
    if (name === `${prefix}key_projection.bias`) return weights[`${prefix}hidden.bias`];
    return undefined;
  };
}
