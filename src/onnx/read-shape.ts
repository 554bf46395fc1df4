import { addDims, type Dim, multiplyDims, symbolsOf, termsOf, unknownDim } from "../tensor/dim.ts";
import { ModelError } from "../tensor/errors.ts";
import { MAX_RANK } from "../tensor/operators/operator.ts";
import type { TensorType } from "../tensor/tensor.ts";
import type { ValueInfoMessage } from "./messages.ts";
import { shown } from "./read-limits.ts";
import { dtypeNumbered } from "./read-tensor.ts";

const NAME = /^(?!Infinity$)[A-Za-z_][\w.]*$/;

/** Whether a text is a dimension as `Dim` writes it: names, their products with a number, and sums of those. */
function isDim(text: string): boolean {
  const terms = termsOf(text);
  if (terms.length > 1) {
    return terms.every((term) => Number.isSafeInteger(term) || isDim(String(term))) && addDims(terms) === text;
  }
  const { factor, symbols } = symbolsOf(text);
  const areKnown = symbols.every((symbol) => NAME.test(symbol) || (symbol !== text && isDim(symbol)));
  return symbols.length > 0 && areKnown && Number.isSafeInteger(factor) && multiplyDims([text]) === text;
}

/** The longest name of a dimension. */
export const MAX_SYMBOL = 256;

/** A symbol by its ONNX name: names, their products and their sums as we write them; other characters as their codes. */
export function symbolOf(name: string): Dim {
  if (name === "" || name.length > MAX_SYMBOL) return unknownDim();
  if (isDim(name)) return name;
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
