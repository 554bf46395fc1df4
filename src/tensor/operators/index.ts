import { ModelError } from "../errors.ts";
import { ATTENTIONS } from "./attention.ts";
import { CONTROL_FLOW } from "./control-flow.ts";
import { CONVOLUTIONS } from "./convolution.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { CONSTANTS, INDEXING } from "./indexing.ts";
import { NORMALIZATIONS } from "./normalization.ts";
import type { Operator, OperatorTable } from "./operator.ts";
import { PRODUCTS } from "./product.ts";
import { RECURRENCES } from "./recurrent.ts";
import { REDUCTIONS } from "./reduction.ts";
import { SHAPES } from "./shape.ts";

export type { AttributeSpec, Operator, OperatorTable } from "./operator.ts";

/** Every operator that a graph may hold, by its ONNX name. */
export const OPERATORS: OperatorTable = {
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...SHAPES,
  ...INDEXING,
  ...CONSTANTS,
  ...NORMALIZATIONS,
  ...RECURRENCES,
  ...CONTROL_FLOW,
  ...CONVOLUTIONS,
  ...ATTENTIONS,
};

/** @throws ModelError for an operator that is not in the table */
export function operatorNamed(name: string): Operator {
  const row = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (!row) throw new ModelError(`operator: expected one of the table (fovea list operators) but found ${name}`);
  return row;
}
