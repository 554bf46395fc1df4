/**
 * For every operator, small cases that the reference and ONNX Runtime must agree on: lengths are different primes, numbers are
 * random. 64-bit integers are constants of the graph, so that shape rules see them; the other arrays are fed.
 */
import { type Attributes, array, type NdArray } from "../../tensor/index.ts";
import {
  by,
  type DifferentialCase,
  f32,
  flags,
  i32,
  i64,
  i64Scalar,
  indices,
  n,
  of,
  scalar,
  u,
  whole,
} from "./differential-inputs.fixture.ts";
import { LAYER_CASES } from "./differential-layers.fixture.ts";

const edges: NdArray = f32(-Infinity, -87, -7, -1.5, -0.5, 0, 0.5, 1.5, 2.5, 7, 87, Infinity, NaN);
const unary = [of(n(3, 5)), of(edges)];
const positive = [of(u(3, 5))];
const pairs = [of(n(2, 3, 5), n(3, 1)), of(n(7), n(2, 1)), of(n(3, 5), scalar(2))];
const integerPairs = [...pairs, of(whole(3, 5), whole(5))];
const comparisons = [...integerPairs, of(f32(1, 2, NaN, 4), f32(2, 2, NaN, 3))];
const logical = [of(flags(2, 3, 5), flags(3, 1))];

const reductions: DifferentialCase[] = [
  of(u(2, 3, 5)),
  of(u(2, 3, 5), i64(-1, 0)),
  by({ keepdims: 0 }, u(2, 3, 5), i64(1)),
  by({ keepdims: 0 }, u(2, 3, 5)),
  by({ noop_with_empty_axes: 1 }, u(2, 3), i64()),
];
const indexReductions: DifferentialCase[] = [
  of(n(3, 5)),
  by({ axis: -1, keepdims: 0 }, n(2, 3, 5)),
  by({ axis: 1 }, array([1, 3, 3, 2, 2, 1], [2, 3])),
  by({ axis: 1, select_last_index: 1 }, array([1, 3, 3, 1, 1, 2], [2, 3])),
];
const softmaxes: DifferentialCase[] = [
  of(n(3, 5)),
  by({ axis: 0 }, n(3, 5)),
  by({ axis: 1 }, n(2, 3, 5)),
  of(f32(500, 501, -500)),
];
const scatterElements = (reduction: string): DifferentialCase =>
  by({ axis: 1, reduction }, n(3, 5), array([0, 2, -1, 1, 3, 0], [2, 3], "int64"), n(2, 3));
const scatterNd = (reduction: string): DifferentialCase =>
  by({ reduction }, n(5, 3), array([1, 3, -1], [3, 1], "int64"), n(3, 3));
const pad = (mode: string, ...inputs: (NdArray | undefined)[]): DifferentialCase => ({
  inputs,
  attributes: { mode },
  opset: 19,
});

/** A recurrence over 5 steps, 3 rows of 2 numbers, 7 hidden units; `directions` and which of the optional inputs. */
function recurrence(
  gates: number,
  {
    directions = 1,
    bias = true,
    lengths = false,
    states = 0,
    peepholes = false,
    ...rest
  }: {
    directions?: number;
    bias?: boolean;
    lengths?: boolean;
    states?: number;
    peepholes?: boolean;
    outputs?: number;
    attributes?: Attributes;
  } = {},
): DifferentialCase {
  const [batch, width, hidden] = [3, 2, 7];
  const direction = directions === 2 ? "bidirectional" : "forward";
  return {
    inputs: [
      n(5, batch, width),
      n(directions, gates * hidden, width),
      n(directions, gates * hidden, hidden),
      bias ? n(directions, 2 * gates * hidden) : undefined,
      lengths ? i32(5, 2, 3) : undefined,
      ...Array.from({ length: states }, () => n(directions, batch, hidden)),
      ...(peepholes ? [n(directions, 3 * hidden)] : []),
    ],
    outputs: rest.outputs ?? (gates === 4 ? 3 : 2),
    attributes: { hidden_size: hidden, direction, ...rest.attributes },
  };
}

const recurrences = (gates: number, states: number, functions: readonly string[]): DifferentialCase[] => [
  recurrence(gates),
  recurrence(gates, { bias: false, outputs: 1 }),
  recurrence(gates, { directions: 2, states }),
  recurrence(gates, { lengths: true, states }),
  recurrence(gates, { lengths: true, directions: 2 }),
  recurrence(gates, { lengths: true, attributes: { direction: "reverse" } }),
  recurrence(gates, { attributes: { clip: 0.5 } }),
  recurrence(gates, { attributes: { activations: functions, activation_alpha: [0.3], activation_beta: [0.4] } }),
];

export const CASES: Readonly<Record<string, readonly DifferentialCase[]>> = {
  Add: integerPairs,
  Sub: integerPairs,
  Mul: integerPairs,
  Div: integerPairs,
  Pow: [of(u(2, 3, 5), n(3, 1)), of(n(3, 5), scalar(3)), of(n(3), i32(2, 3, 1)), of(i32(2, 3, -5), i32(3, 0, 2))],
  Max: [...integerPairs, of(n(3, 5), n(5), n(3, 1))],
  Min: [...integerPairs, of(n(3, 5), n(5), n(3, 1))],
  Sum: [of(n(3, 5), n(5), n(3, 1))],
  Mean: [of(n(3, 5), n(5), n(3, 1))],
  Mod: [by({ fmod: 1 }, n(3, 5), n(5)), of(whole(3, 5), whole(5)), by({ fmod: 1 }, whole(3, 5), whole(5))],
  Neg: [...unary, of(whole(5))],
  Abs: [...unary, of(whole(5))],
  Sign: [of(n(3, 5)), of(f32(0, -2, 3)), of(whole(5))],
  Identity: [...unary, of(flags(5))],
  Floor: unary,
  Ceil: unary,
  Round: [...unary, of(f32(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5))],
  Sqrt: positive,
  Reciprocal: unary,
  Exp: unary,
  Log: [...positive, of(f32(0, 1, 7, Infinity))],
  Sin: [of(n(3, 5))],
  Cos: [of(n(3, 5))],
  Tan: [of(n(3, 5))],
  Asin: positive,
  Acos: positive,
  Atan: [of(n(3, 5))],
  Sinh: [of(n(3, 5))],
  Cosh: [of(n(3, 5))],
  Asinh: [of(n(3, 5))],
  Acosh: [of(f32(1, 1.5, 2, 7, 100))],
  Atanh: positive,
  Erf: [of(n(3, 5)), of(f32(-7, -3, -0.1, 0, 0.01, 2.9, 5, 6.5))],
  Sigmoid: [of(n(3, 5)), of(f32(-87, -7, 0, 7, 87))],
  HardSigmoid: [of(n(3, 5)), by({ alpha: 0.3, beta: 0.6 }, n(3, 5))],
  Tanh: [of(n(3, 5)), of(f32(-20, 20))],
  Relu: [of(n(3, 5)), of(f32(-Infinity, -1, 0, 1, Infinity))],
  LeakyRelu: [of(n(3, 5)), by({ alpha: 0.3 }, n(3, 5))],
  PRelu: [of(n(2, 3, 5), u(3, 1))],
  ThresholdedRelu: [of(n(3, 5)), by({ alpha: 0.3 }, n(3, 5))],
  Elu: [of(n(3, 5)), by({ alpha: 0.3 }, n(3, 5))],
  Selu: [of(n(3, 5)), by({ alpha: 0.3, gamma: 2 }, n(3, 5))],
  Celu: [of(n(3, 5)), by({ alpha: 0.3 }, n(3, 5))],
  Softplus: [of(n(3, 5)), of(f32(-87, 87))],
  Softsign: [of(n(3, 5))],
  Gelu: [of(n(3, 5)), by({ approximate: "tanh" }, n(3, 5))],
  Swish: [of(n(3, 5)), by({ alpha: 0.3 }, n(3, 5))],
  HardSwish: [of(n(3, 5)), of(f32(-4, -3, 3, 4))],
  Mish: [of(n(3, 5))],
  Shrink: [of(n(3, 5)), by({ bias: 0.2, lambd: 0.7 }, n(3, 5))],
  Clip: [
    of(n(3, 5), scalar(-0.5), scalar(0.5)),
    of(n(3, 5), undefined, scalar(0.5)),
    of(n(3, 5)),
    of(n(3), scalar(1), scalar(-1)),
  ],
  Equal: [...comparisons, ...logical],
  Greater: comparisons,
  GreaterOrEqual: comparisons,
  Less: comparisons,
  LessOrEqual: comparisons,
  And: logical,
  Or: logical,
  Xor: logical,
  Not: [of(flags(3, 5))],
  IsNaN: [of(edges)],
  IsInf: [of(edges), by({ detect_negative: 0 }, edges), by({ detect_positive: 0 }, edges)],
  Where: [of(flags(3, 1), n(2, 3, 5), n(5)), of(flags(2, 3, 5), whole(3, 1), whole(5))],
  Cast: [
    by({ to: "int32" }, n(3, 5)),
    by({ to: "bool" }, f32(-1, 0, 0.5)),
    by({ to: "float64" }, whole(5)),
    by({ to: "float32" }, flags(5)),
    by({ to: "int8" }, i32(127, 128, -129, 256)),
    by({ to: "uint8" }, i32(127, 128, -1, 256)),
    by({ to: "int64" }, f32(-2.9, -0.5, 0.5, 2.9)),
  ],
  CastLike: [of(n(3, 5), i32(1)), of(whole(5), scalar(1))],
  Dropout: [
    { inputs: [n(3, 5)], outputs: 2 },
    { inputs: [n(3, 5), scalar(0.3), array([0], [], "bool")], outputs: 2 },
  ],
  ReduceSum: [...reductions, of(whole(3, 5)), of(n(2, 0, 5), i64(1))],
  ReduceMean: reductions,
  ReduceMax: [...reductions, of(whole(3, 5))],
  ReduceMin: [...reductions, of(whole(3, 5))],
  ReduceProd: [...reductions, of(n(2, 0, 5), i64(1))],
  ReduceSumSquare: reductions,
  ReduceL1: reductions,
  ReduceL2: reductions,
  ReduceLogSum: reductions,
  ReduceLogSumExp: [...reductions, of(f32(500, 501))],
  ArgMax: indexReductions,
  ArgMin: indexReductions,
  CumSum: [
    of(n(3, 5), i64Scalar(1)),
    by({ exclusive: 1 }, n(2, 3, 5), i64Scalar(-2)),
    by({ reverse: 1 }, n(3, 5), i64Scalar(0)),
    by({ exclusive: 1, reverse: 1 }, whole(3, 5), i64Scalar(1)),
  ],
  CumProd: [of(n(3, 5), i64Scalar(1)), by({ exclusive: 1, reverse: 1 }, n(3, 5), i64Scalar(-2))],
  MatMul: [
    of(n(3, 5), n(5, 7)),
    of(n(5), n(5)),
    of(n(5), n(2, 5, 3)),
    of(n(2, 3, 5), n(5)),
    of(n(2, 1, 3, 5), n(7, 5, 11)),
    of(whole(3, 5), whole(5, 7)),
    of(n(3, 0), n(0, 5)),
  ],
  Gemm: [
    of(n(3, 5), n(5, 7)),
    of(n(3, 5), n(5, 7), n(7)),
    by({ alpha: 0.5, beta: 2, transA: 1 }, n(5, 3), n(5, 7), n(3, 1)),
    by({ transA: 1, transB: 1 }, n(5, 3), n(7, 5), scalar(2)),
  ],
  FusedMatMul: [
    by({ alpha: 0.5 }, n(2, 3, 5), n(2, 5, 7)),
    by({ transA: 1 }, n(2, 5, 3), n(5, 7)),
    by({ transB: 1 }, n(2, 3, 5), n(2, 7, 5)),
    by({ transA: 1, transB: 1 }, n(5, 3), n(7, 5)),
    by({ transBatchA: 1 }, n(3, 2, 5), n(2, 5, 7)),
    by({ transBatchA: 1, transA: 1 }, n(5, 2, 3), n(2, 5, 7)),
    by({ transBatchB: 1, transB: 1 }, n(2, 3, 5), n(7, 2, 5)),
    by({ transBatchA: 1, transBatchB: 1 }, n(3, 2, 5), n(5, 2, 7)),
    by({ transBatchA: 1, transBatchB: 1 }, n(3, 2, 11, 5), n(5, 2, 11, 7)),
  ],
  Reshape: [of(n(2, 3, 5), i64(5, 6)), of(n(2, 3, 5), i64(0, -1)), by({ allowzero: 1 }, n(0, 3), i64(3, 0))],
  Transpose: [of(n(2, 3, 5)), by({ perm: [1, 2, 0] }, n(2, 3, 5)), by({ perm: [1, 0] }, whole(3, 5))],
  Concat: [
    by({ axis: 1 }, n(2, 3), n(2, 5)),
    by({ axis: -1 }, n(3), n(0), n(5)),
    by({ axis: 0 }, whole(2, 3), whole(1, 3), whole(5, 3)),
  ],
  Split: [
    { inputs: [n(3, 7), i64(2, 5)], attributes: { axis: 1 }, outputs: 2 },
    { inputs: [n(7, 2)], attributes: { num_outputs: 3 }, outputs: 3 },
    { inputs: [n(5), i64(0, 5)], attributes: { axis: -1 }, outputs: 2 },
  ],
  Slice: [
    of(n(5, 7), i64(1), i64(4)),
    of(n(5, 7), i64(1, -3), i64(100, -1), i64(0, -1)),
    of(n(5, 7), i64(-1, 10), i64(-100, 0), i64(1, 0), i64(-2, -1)),
    of(n(5, 7), i64(3), i64(1), i64(1)),
    of(n(11), i64(1), i64(9), i64(0), i64(3)),
  ],
  Squeeze: [of(n(1, 3, 1), i64(0)), of(n(1, 3, 1)), of(n(3, 1), i64(-1))],
  Unsqueeze: [of(n(3, 5), i64(0, -1)), of(n(3), i64(1))],
  Flatten: [of(n(2, 3, 5)), by({ axis: 0 }, n(2, 3)), by({ axis: -1 }, n(2, 3, 5)), by({ axis: 3 }, n(2, 3, 5))],
  Expand: [of(n(3, 1), i64(2, 1, 5)), of(n(3, 5), i64(1)), of(whole(1), i64(7))],
  Tile: [of(n(2, 3), i64(3, 2)), of(n(3), i64(0))],
  Pad: [
    pad("constant", n(3, 5), i64(1, 0, 2, 3)),
    pad("constant", n(3, 5), i64(1, 2), scalar(7), i64(-1)),
    pad("constant", n(3, 5), i64(-1, 2, 1, -3)),
    pad("edge", n(3, 5), i64(1, 2, 0, 3)),
    pad("reflect", n(3, 5), i64(1, 2, 2, 4)),
    pad("wrap", n(3, 5), i64(1, 2, 2, 4)),
  ],
  Shape: [
    of(n(2, 3, 5)),
    by({ start: 1 }, n(2, 3, 5)),
    by({ start: -2, end: -1 }, n(2, 3, 5)),
    by({ start: 2, end: 1 }, n(2, 3, 5)),
  ],
  Size: [of(n(2, 3, 5)), of(n(2, 0))],
  ConstantOfShape: [of(i64(2, 3)), by({ value: i32(7) }, i64(5)), by({ value: f32(0.5) }, i64())],
  Range: [
    of(scalar(1), scalar(6), scalar(1.5)),
    of(i64Scalar(7), i64Scalar(0), i64Scalar(-2)),
    of(i64Scalar(0), i64Scalar(-3), i64Scalar(1)),
  ],
  Trilu: [
    of(n(2, 3, 5)),
    by({ upper: 0 }, n(5, 3)),
    of(n(3, 5), i64Scalar(2)),
    by({ upper: 0 }, n(3, 5), i64Scalar(-1)),
  ],
  EyeLike: [of(n(3, 5)), by({ k: -1, dtype: "int64" }, n(5, 3)), by({ k: 2 }, whole(3, 5))],
  Gather: [
    of(n(3, 5), indices(3, 2, 7)),
    by({ axis: 1 }, n(3, 5), indices(5, 2)),
    by({ axis: -1 }, n(2, 3, 5), i64Scalar(-2)),
    of(n(3, 5), i32(2, 0, -3)),
  ],
  GatherElements: [
    by({ axis: 1 }, n(3, 5), indices(5, 3, 7)),
    of(n(5, 3), indices(5, 2, 3)),
    by({ axis: -2 }, n(5, 3, 2), indices(3, 5, 7, 2)),
  ],
  GatherND: [
    of(n(3, 3, 5), indices(3, 7, 2)),
    of(n(3, 3), indices(3, 2, 7, 2)),
    by({ batch_dims: 1 }, n(3, 5, 2), indices(5, 3, 1)),
    by({ batch_dims: 2 }, n(2, 3, 5, 7), indices(5, 2, 3, 11, 1)),
  ],
  ScatterElements: ["none", "add", "mul", "max", "min"].map(scatterElements),
  ScatterND: [
    ...["none", "add", "mul", "max", "min"].map(scatterNd),
    of(n(2, 3, 5), array([0, 2, 1, -1], [2, 2], "int64"), n(2, 5)),
    of(n(2, 3), array([0, 2, 1, -1], [2, 2], "int64"), n(2)),
  ],
  TensorScatter: [
    of(n(2, 3, 7, 5), n(2, 3, 2, 5), i64(1, 4)),
    by({ mode: "circular", axis: 1 }, n(2, 5, 3), n(2, 2, 3), i64(4, 1)),
    of(n(2, 7, 3), n(2, 2, 3)),
  ],
  ReverseSequence: [of(n(5, 3, 2), i64(5, 1, 3)), by({ batch_axis: 0, time_axis: 1 }, n(3, 5), i64(2, 5, 1))],
  Compress: [
    of(n(3, 5), array([1, 0, 1], [3], "bool")),
    by({ axis: 1 }, n(2, 5), array([0, 1, 1], [3], "bool")),
    by({ axis: -2 }, n(3, 5), array([0, 1, 1], [3], "bool")),
  ],
  NonZero: [of(array([1, 0, 0, 2, 0, 3], [2, 3])), of(flags(2, 3, 5)), of(i32(0, 0))],
  OneHot: [
    of(indices(5, 2, 3), i64Scalar(5), f32(0, 1)),
    by({ axis: 0 }, indices(7, 2, 3), i64Scalar(5), f32(-1, 2)),
    by({ axis: -2 }, indices(5, 2, 3), i64(5), f32(0.5, 1)),
  ],
  TopK: [
    { inputs: [n(3, 7), i64(3)], outputs: 2 },
    { inputs: [n(7, 3), i64(2)], attributes: { axis: 0, largest: 0 }, outputs: 2 },
    { inputs: [f32(1, 3, 3, 2, 3, 1, 1), i64(5)], outputs: 2 },
    { inputs: [f32(1, 3, 3, 2, 3, 1, 1), i64(5)], attributes: { largest: 0 }, outputs: 2 },
  ],
  Softmax: softmaxes,
  LogSoftmax: softmaxes,
  Hardmax: [...softmaxes, of(array([1, 3, 3, 2, 2, 1], [2, 3]))],
  LpNormalization: [
    of(n(3, 5)),
    by({ p: 1, axis: 0 }, n(3, 5)),
    by({ axis: 1 }, n(2, 3, 5)),
    of(array([0, 0, 1, 1], [2, 2])),
  ],
  LayerNormalization: [
    { inputs: [n(2, 3, 5), n(5), n(5)], outputs: 3 },
    { inputs: [n(2, 3, 5), n(3, 5), n(3, 5)], attributes: { axis: 1, epsilon: 0.1 } },
    { inputs: [n(3, 5), n(5)], attributes: { axis: -1 } },
  ],
  RMSNormalization: [of(n(2, 3, 5), n(5)), by({ axis: 1, epsilon: 0.1 }, n(2, 3, 5), n(3, 5))],
  InstanceNormalization: [of(n(2, 3, 5), n(3), n(3)), by({ epsilon: 0.1 }, n(2, 3, 5, 7), n(3), n(3))],
  GroupNormalization: [
    by({ num_groups: 2 }, n(3, 4, 5), n(4), n(4)),
    by({ num_groups: 3, epsilon: 0.1 }, n(2, 3, 5, 7), n(3), n(3)),
  ],
  BatchNormalization: [
    of(n(2, 3, 5), n(3), n(3), n(3), u(3)),
    by({ epsilon: 0.1 }, n(2, 3, 5, 7), n(3), n(3), n(3), u(3)),
    of(n(5, 3), n(3), n(3), n(3), u(3)),
  ],
  RNN: recurrences(1, 1, ["Affine"]),
  GRU: [
    ...recurrences(3, 1, ["HardSigmoid", "Softsign"]),
    recurrence(3, { attributes: { linear_before_reset: 1 } }),
    recurrence(3, { directions: 2, states: 1, lengths: true, attributes: { linear_before_reset: 1 } }),
  ],
  LSTM: [
    ...recurrences(4, 2, ["HardSigmoid", "Relu", "Softsign"]),
    recurrence(4, { directions: 2, states: 2, peepholes: true }),
    recurrence(4, { states: 2, peepholes: true, attributes: { input_forget: 1 } }),
  ],
  Constant: [by({ value: array([1, 2, 3, 4, 5, 6], [2, 3]) })],
  ...LAYER_CASES,
};
