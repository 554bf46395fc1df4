import type { DType } from "../nd-array.ts";
import { knownIntegers } from "../symbolic-shape.ts";
import type { Tensor } from "../tensor.ts";
import { type Operator, type OperatorTable, required, resolveAxis, unknownShape, vectorLength } from "./operator.ts";

function reduction(owner: string, versions: readonly number[]): Operator {
  return {
    versions,
    attributes: { keepdims: ["int", 1], noop_with_empty_axes: ["int", 0] },
    infer: (inputs, attributes) => {
      const { shape, dtype } = required(owner, inputs, 0);
      const keep = attributes.keepdims !== 0;
      const given = inputs[1];
      const known = given ? knownIntegers(given) : [];
      if (!known) {
        const rank = shape.length - (keep ? 0 : vectorLength(owner, given as Tensor));
        return [{ shape: unknownShape(rank), dtype }];
      }
      if (known.length === 0 && attributes.noop_with_empty_axes !== 0) return [{ shape, dtype }];
      const axes = new Set(known.map((axis) => resolveAxis(owner, axis, shape.length)));
      const gone = (axis: number) => known.length === 0 || axes.has(axis);
      const result = keep ? shape.map((dim, axis) => (gone(axis) ? 1 : dim)) : shape.filter((_, axis) => !gone(axis));
      return [{ shape: result, dtype }];
    },
  };
}

function indexReduction(owner: string): Operator {
  return {
    versions: [1, 11, 12, 13],
    attributes: { axis: ["int", 0], keepdims: ["int", 1], select_last_index: ["int", 0] },
    infer: (inputs, attributes) => {
      const { shape } = required(owner, inputs, 0);
      const axis = resolveAxis(owner, attributes.axis as number, shape.length);
      const result = attributes.keepdims ? shape.with(axis, 1) : shape.toSpliced(axis, 1);
      return [{ shape: result, dtype: "int64" as DType }];
    },
  };
}

function cumulative(owner: string, versions: readonly number[]): Operator {
  return {
    versions,
    attributes: { exclusive: ["int", 0], reverse: ["int", 0] },
    infer: (inputs) => {
      const { shape, dtype } = required(owner, inputs, 0);
      return [{ shape, dtype }];
    },
  };
}

/** Sums and their kin over axes; axes are the second input, as in ONNX since operator set 18 (13 for the sum). */
export const REDUCTIONS: OperatorTable = {
  ReduceSum: reduction("ReduceSum", [13]),
  ReduceMean: reduction("ReduceMean", [18]),
  ReduceMax: reduction("ReduceMax", [18, 20]),
  ReduceMin: reduction("ReduceMin", [18, 20]),
  ReduceProd: reduction("ReduceProd", [18]),
  ReduceSumSquare: reduction("ReduceSumSquare", [18]),
  ReduceL1: reduction("ReduceL1", [18]),
  ReduceL2: reduction("ReduceL2", [18]),
  ReduceLogSum: reduction("ReduceLogSum", [18]),
  ReduceLogSumExp: reduction("ReduceLogSumExp", [18]),
  ArgMax: indexReduction("ArgMax"),
  ArgMin: indexReduction("ArgMin"),
  CumSum: cumulative("CumSum", [11, 14]),
  CumProd: cumulative("CumProd", [26]),
};
