import { scanGradient } from "./control-flow.ts";
import { CONVOLUTION_GRADIENTS } from "./convolution.ts";
import { ELEMENTWISE_GRADIENTS } from "./elementwise.ts";
import { INDEXING_GRADIENTS } from "./indexing.ts";
import { NORMALIZATION_GRADIENTS } from "./normalization.ts";
import { PRODUCT_GRADIENTS } from "./product.ts";
import { REDUCTION_GRADIENTS } from "./reduction.ts";
import type { GradientTable } from "./rule.ts";
import { SHAPE_GRADIENTS } from "./shape.ts";

/** The table of gradients: one row per operator. */
export const GRADIENTS: GradientTable = {
  ...ELEMENTWISE_GRADIENTS,
  ...REDUCTION_GRADIENTS,
  ...PRODUCT_GRADIENTS,
  ...SHAPE_GRADIENTS,
  ...INDEXING_GRADIENTS,
  ...NORMALIZATION_GRADIENTS,
  Scan: scanGradient,
  ...CONVOLUTION_GRADIENTS,
};

/** Operators that are flat almost everywhere, or whose result is not a number of the input: their gradient is none. */
export const FLAT: ReadonlySet<string> = new Set([
  ...["Sign", "Floor", "Ceil", "Round", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual"],
  ...["And", "Or", "Xor", "Not", "IsNaN", "IsInf", "ArgMax", "ArgMin", "Hardmax"],
  ...["Shape", "Size", "ConstantOfShape", "Range", "EyeLike", "NonZero"],
]);
