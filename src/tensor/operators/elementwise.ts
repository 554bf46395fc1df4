import { ShapeError } from "../errors.ts";
import type { DType } from "../nd-array.ts";
import type { Tensor } from "../tensor.ts";
import { broadcast, FLOATS, likeFirst, type Operator, type OperatorTable, required } from "./operator.ts";

function floating(owner: string, versions: readonly number[], attributes: Operator["attributes"] = {}): Operator {
  const row = likeFirst(owner, versions, attributes);
  return {
    ...row,
    infer: (inputs, filled, outputs) => {
      const { dtype } = required(owner, inputs, 0);
      if (!FLOATS.has(dtype)) {
        throw new ShapeError(`${owner}: expected a floating-point input but found ${dtype}; use cast("float32")`);
      }
      return row.infer(inputs, filled, outputs);
    },
  };
}

function broadcasting(owner: string, versions: readonly number[], dtype?: DType): Operator {
  return {
    versions,
    attributes: {},
    infer: (inputs) => {
      const present = inputs.filter((tensor): tensor is Tensor => tensor !== undefined);
      const shape = broadcast(
        owner,
        present.map((tensor) => tensor.shape),
      );
      return [{ shape, dtype: dtype ?? required(owner, inputs, 0).dtype }];
    },
  };
}

/** The second input stretches to the shape of the first. */
function stretchedToFirst(owner: string, versions: readonly number[]): Operator {
  return {
    versions,
    attributes: {},
    infer: (inputs) => {
      const { shape, dtype } = required(owner, inputs, 0);
      broadcast(owner, [shape, required(owner, inputs, 1).shape]);
      return [{ shape, dtype }];
    },
  };
}

function test(owner: string, versions: readonly number[], attributes: Operator["attributes"] = {}): Operator {
  return {
    versions,
    attributes,
    infer: (inputs) => [{ shape: required(owner, inputs, 0).shape, dtype: "bool" }],
  };
}

/** One number in, one number out; comparison and selection. */
export const ELEMENTWISE: OperatorTable = {
  Add: broadcasting("Add", [7, 13, 14]),
  Sub: broadcasting("Sub", [7, 13, 14]),
  Mul: broadcasting("Mul", [7, 13, 14]),
  Div: broadcasting("Div", [7, 13, 14]),
  Pow: broadcasting("Pow", [7, 12, 13, 15]),
  Max: broadcasting("Max", [8, 12, 13]),
  Min: broadcasting("Min", [8, 12, 13]),
  Sum: broadcasting("Sum", [8, 13]),
  Mean: broadcasting("Mean", [8, 13]),
  Mod: { ...broadcasting("Mod", [10, 13]), attributes: { fmod: ["int", 0] } },
  Neg: likeFirst("Neg", [6, 13]),
  Abs: likeFirst("Abs", [6, 13]),
  Sign: likeFirst("Sign", [9, 13]),
  Identity: likeFirst("Identity", [1, 13, 14, 16, 19, 21, 23, 24, 25]),
  Floor: floating("Floor", [6, 13]),
  Ceil: floating("Ceil", [6, 13]),
  Round: floating("Round", [11, 22]),
  Sqrt: floating("Sqrt", [6, 13]),
  Reciprocal: floating("Reciprocal", [6, 13]),
  Exp: floating("Exp", [6, 13]),
  Log: floating("Log", [6, 13]),
  Sin: floating("Sin", [7, 22]),
  Cos: floating("Cos", [7, 22]),
  Tan: floating("Tan", [7, 22]),
  Asin: floating("Asin", [7, 22]),
  Acos: floating("Acos", [7, 22]),
  Atan: floating("Atan", [7, 22]),
  Sinh: floating("Sinh", [9, 22]),
  Cosh: floating("Cosh", [9, 22]),
  Asinh: floating("Asinh", [9, 22]),
  Acosh: floating("Acosh", [9, 22]),
  Atanh: floating("Atanh", [9, 22]),
  Erf: likeFirst("Erf", [9, 13]),
  Sigmoid: floating("Sigmoid", [6, 13]),
  HardSigmoid: floating("HardSigmoid", [6, 22], { alpha: ["float", 0.2], beta: ["float", 0.5] }),
  Tanh: floating("Tanh", [6, 13]),
  Relu: likeFirst("Relu", [6, 13, 14]),
  LeakyRelu: floating("LeakyRelu", [6, 16], { alpha: ["float", 0.01] }),
  /** The slope of the second input where the first is negative. */
  PRelu: stretchedToFirst("PRelu", [7, 9, 16]),
  ThresholdedRelu: floating("ThresholdedRelu", [10, 22], { alpha: ["float", 1] }),
  Elu: floating("Elu", [6, 22], { alpha: ["float", 1] }),
  Selu: floating("Selu", [6, 22], { alpha: ["float", 1.6732632423543772], gamma: ["float", 1.0507009873554805] }),
  Celu: floating("Celu", [12, 28], { alpha: ["float", 1] }),
  Softplus: floating("Softplus", [1, 22]),
  Softsign: floating("Softsign", [1, 22]),
  Gelu: floating("Gelu", [20], { approximate: ["string", "none"] }),
  Swish: floating("Swish", [24], { alpha: ["float", 1] }),
  HardSwish: floating("HardSwish", [14, 22]),
  Mish: floating("Mish", [18, 22]),
  Shrink: likeFirst("Shrink", [9], { bias: ["float", 0], lambd: ["float", 0.5] }),
  Clip: likeFirst("Clip", [11, 12, 13]),
  Equal: broadcasting("Equal", [7, 11, 13, 19], "bool"),
  Greater: broadcasting("Greater", [7, 9, 13], "bool"),
  GreaterOrEqual: broadcasting("GreaterOrEqual", [12, 16], "bool"),
  Less: broadcasting("Less", [7, 9, 13], "bool"),
  LessOrEqual: broadcasting("LessOrEqual", [12, 16], "bool"),
  And: broadcasting("And", [7], "bool"),
  Or: broadcasting("Or", [7], "bool"),
  Xor: broadcasting("Xor", [7], "bool"),
  Not: test("Not", [1]),
  IsNaN: test("IsNaN", [9, 13, 20]),
  IsInf: test("IsInf", [10, 20], { detect_negative: ["int", 1], detect_positive: ["int", 1] }),
  Where: {
    versions: [9, 16],
    attributes: {},
    infer: (inputs) => {
      const parts = [0, 1, 2].map((index) => required("Where", inputs, index));
      const [, ifTrue, ifFalse] = parts as [Tensor, Tensor, Tensor];
      if (ifTrue.dtype !== ifFalse.dtype) {
        throw new ShapeError(`Where: expected two branches of one type but found ${ifTrue.dtype} and ${ifFalse.dtype}`);
      }
      return [
        {
          shape: broadcast(
            "Where",
            parts.map((part) => part.shape),
          ),
          dtype: ifTrue.dtype,
        },
      ];
    },
  },
  Cast: {
    versions: [9, 13, 19, 21, 23, 24, 25],
    attributes: { to: ["dtype"], saturate: ["int", 1], round_mode: ["string"] },
    infer: (inputs, { to }) => [{ shape: required("Cast", inputs, 0).shape, dtype: to as DType }],
  },
  CastLike: {
    versions: [15, 19, 21, 23, 24, 25],
    attributes: { saturate: ["int", 1], round_mode: ["string"] },
    infer: (inputs) => [{ shape: required("CastLike", inputs, 0).shape, dtype: required("CastLike", inputs, 1).dtype }],
  },
  /** For inference only: its input, and a mask that keeps everything. Training draws its own noise. */
  Dropout: {
    versions: [12, 13, 22],
    attributes: { seed: ["int"] },
    infer: (inputs, _, outputs) => {
      const { shape, dtype } = required("Dropout", inputs, 0);
      return [
        { shape, dtype },
        { shape, dtype: "bool" as const },
      ].slice(0, outputs);
    },
  },
};
