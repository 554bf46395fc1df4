import { ELEMENTWISE } from "./elementwise.ts";
import { INDEXING } from "./indexing.ts";
import type { KernelTable } from "./kernel.ts";
import { NORMALIZATIONS } from "./normalization.ts";
import { PRODUCTS } from "./product.ts";
import { RECURRENCES } from "./recurrent.ts";
import { REDUCTIONS } from "./reduction.ts";
import { SHAPES } from "./shape.ts";

/** What every operator of the table computes, by its ONNX name. */
export const KERNELS: KernelTable = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...SHAPES,
  ...INDEXING,
  ...NORMALIZATIONS,
  ...RECURRENCES,
};
