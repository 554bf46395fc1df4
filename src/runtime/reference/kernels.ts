import { ATTENTIONS } from "./attention.ts";
import { CONTROL_FLOW } from "./control-flow.ts";
import { CONVOLUTIONS } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { INDEXING } from "./indexing.ts";
import type { KernelTable } from "./kernel.ts";
import { LINEAR_ATTENTIONS } from "./linear-attention.ts";
import { NORMALIZATIONS } from "./normalization.ts";
import { PRODUCTS } from "./product.ts";
import { RECURRENCES } from "./recurrent.ts";
import { REDUCTIONS } from "./reduction.ts";
import { ROTARY_EMBEDDINGS } from "./rotary-embedding.ts";
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
  ...CONTROL_FLOW,
  ...CONVOLUTIONS,
  ...ATTENTIONS,
  ...ROTARY_EMBEDDINGS,
  ...LINEAR_ATTENTIONS,
};
