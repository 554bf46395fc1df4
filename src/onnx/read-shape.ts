import { type Dim, unknownDim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { MAX_RANK } from "../tensor/operators/operator.ts";
import type { TensorType } from "../tensor/tensor.ts";
import type { ValueInfoMessage } from "./messages.ts";
import { shown } from "./read-limits.ts";
import { dtypeNumbered } from "./read-tensor.ts";

/** A product as `Dim` writes it: a number, then names and sums of names and numbers. */
const FACTOR = /(?!Infinity\b)[A-Za-z_][\w.]*|\((?!Infinity\b)[A-Za-z_][\w.]*(?:\+[\w.]+)*\)/;
const PRODUCT = new RegExp(`^(?:\\d{1,15}\\*)?(?:${FACTOR.source})(?:\\*(?:${FACTOR.source}))*$`);

/** The longest name of a dimension. */
export const MAX_SYMBOL = 256;

/** A symbol by its ONNX name: names, their products and their sums as we write them; other characters as their codes. */
export function symbolOf(name: string): Dim {
  if (name === "" || name.length > MAX_SYMBOL) return unknownDim();
  if (PRODUCT.test(name)) return name;
  return `_${name.replaceAll(/[^\w.]/g, (character) => `_${character.charCodeAt(0).toString(16)}`)}`;
}

/**
 * What a model says of an input.
 *
 * @throws ModelError for an input that is not a tensor of numbers, or of unknown rank
 */
export function typeOf({ name, type }: ValueInfoMessage): TensorType {
  const owner = `input ${shown(name ?? "")}`;
  const tensor = type?.tensorType;
  if (!tensor) throw new ModelError(`onnx: expected ${owner} to be a tensor but found another type`);
  const dims = tensor.shape?.dim ?? (tensor.shape ? [] : undefined);
  if (!dims || dims.length > MAX_RANK) {
    throw new ModelError(
      `onnx: expected ${owner} to have up to ${MAX_RANK} dimensions but found ${dims?.length ?? "no shape"}; ` +
        "export the model with shapes",
    );
  }
  const shape = dims.map(({ dimValue, dimParam }): Dim => {
    if (dimValue === undefined) return symbolOf(dimParam ?? "");
    if (Number.isSafeInteger(dimValue) && dimValue >= 0) return dimValue;
    throw new ModelError(`onnx: expected ${owner} to have dimensions of 0 or more but found ${dimValue}`);
  });
  return { shape, dtype: dtypeNumbered(owner, tensor.elemType) };
}
