import { array, type DType, type NdArray } from "../tensor/nd-array.ts";
import { scanNode } from "../tensor/scan.ts";
import { type Attributes, input } from "../tensor/tensor.ts";
import { randomBetween } from "./central-differences.fixture.ts";

// Longer than 400 lines: a table of cases.

/** One use of an operator, whose gradient is checked. */
export interface GradientCase {
  readonly operator: string;
  /** Shapes (random numbers), or arrays; undefined for an absent input. Floats are differentiated by, integers are not. */
  readonly inputs: readonly (readonly number[] | NdArray | undefined)[];
  /** What this case is about, where an operator has more than one. */
  readonly about?: string;
  /** Of one with a body: by the type of its floats. */
  readonly attributes?: Attributes | ((dtype: DType) => Attributes);
  /** How many outputs it has, default 1, and which of them take part, default all. */
  readonly outputs?: number;
  readonly used?: readonly number[];
  /** Inputs that are given to the operator as constants: axes and the like. */
  readonly known?: readonly number[];
}

/** The attributes of a case with floats of a type. */
export function attributesOf({ attributes = {} }: GradientCase, dtype: DType): Attributes {
  return typeof attributes === "function" ? attributes(dtype) : attributes;
}

const ints = (values: readonly number[], shape?: readonly number[]) => array(values, shape, "int64");
const floats = (values: readonly number[], shape?: readonly number[]) => array(values, shape, "float64");
const bools = (values: readonly number[], shape?: readonly number[]) => array(values, shape, "bool");
const matrix = [2, 3];
const positive = randomBetween(0.3, 2, matrix);
const inner = randomBetween(-0.8, 0.8, matrix);
/** Numbers on both sides of every kink of the activations, and on none of them. */
const wide = floats([-4.1, -2.2, -0.7, 0.4, 1.3, 5.2], matrix);

const one = (operator: string, input: GradientCase["inputs"][number] = matrix, attributes: Attributes = {}) => ({
  operator,
  inputs: [input],
  attributes,
});

const STRETCHES: readonly Omit<GradientCase, "operator">[] = [
  { about: "the same shape", inputs: [matrix, floats([0.3, -0.9, 1.4, 0.8, -1.2, 2.1], matrix)] },
  { about: "a row stretched on the right", inputs: [matrix, floats([0.35, -0.95, 1.45])] },
  { about: "a scalar on the left", inputs: [floats([0.77], []), matrix] },
  { about: "both stretched", inputs: [[5, 1, 3], floats([0.31, -0.92], [2, 1])] },
];

const binary = (operator: string) => STRETCHES.map((row): GradientCase => ({ operator, ...row }));

const REDUCED: readonly Omit<GradientCase, "operator">[] = [
  { about: "all axes", inputs: [[2, 3, 5]] },
  { about: "one axis gone", inputs: [[2, 3, 5], ints([1])], attributes: { keepdims: 0 }, known: [1] },
  { about: "two axes kept, one from the end", inputs: [[2, 3, 5], ints([0, -1])], known: [1] },
  { about: "an axis of length 1", inputs: [[3, 1], ints([1])], attributes: { keepdims: 0 }, known: [1] },
  {
    about: "no axes, which is nothing",
    inputs: [matrix, ints([])],
    attributes: { noop_with_empty_axes: 1 },
    known: [1],
  },
];

const reduced = (operator: string, positiveOnly = false) =>
  REDUCED.map(({ inputs: [shape, ...axes], ...row }): GradientCase => {
    const x = shape as readonly number[];
    return { operator, ...row, inputs: [positiveOnly ? randomBetween(0.3, 2, x) : x, ...axes] };
  });

const ELEMENTWISE: readonly GradientCase[] = [
  ...["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"].flatMap(binary),
  { operator: "Max", about: "three", inputs: [matrix, floats([0.31, -0.9, 1.45]), floats([0.11], [])] },
  { operator: "Sum", about: "three", inputs: [matrix, [3], [1, 1]] },
  { operator: "Mean", about: "three", inputs: [matrix, [3], [1, 1]] },
  { operator: "Pow", about: "a positive base", inputs: [positive, [3]] },
  { operator: "Pow", about: "a constant exponent", inputs: [matrix, floats([3], [])], known: [1] },
  { operator: "Pow", about: "an integer exponent", inputs: [matrix, ints([2], [])] },
  { operator: "Pow", about: "exponents 0 and 1 at a base of 0", inputs: [floats([0, 0]), floats([0, 1])], known: [1] },
  { operator: "Mod", inputs: [[2, 3], floats([0.7, -0.6, 0.9])], attributes: { fmod: 1 } },
  ...["Neg", "Abs", "Identity", "Exp", "Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh"].map((name) => one(name)),
  ...["Erf", "Sigmoid", "Tanh", "Softplus", "Softsign"].map((name) => one(name)),
  ...["Relu", "LeakyRelu", "Elu", "Selu", "Celu", "HardSigmoid", "HardSwish", "Mish", "Gelu"].map((name) =>
    one(name, wide),
  ),
  ...["ThresholdedRelu", "Shrink", "Swish"].map((name) => one(name, wide)),
  ...["Sqrt", "Reciprocal", "Log"].map((name) => one(name, positive)),
  ...["Asin", "Acos", "Atanh"].map((name) => one(name, inner)),
  one("Acosh", randomBetween(1.2, 3, matrix)),
  one("Elu", wide, { alpha: 0.7 }),
  one("Celu", wide, { alpha: 0.7 }),
  one("Selu", wide, { alpha: 1.3, gamma: 0.8 }),
  one("LeakyRelu", wide, { alpha: 0.3 }),
  one("HardSigmoid", wide, { alpha: 0.3, beta: 0.4 }),
  one("ThresholdedRelu", wide, { alpha: 0.5 }),
  one("Shrink", wide, { lambd: 1, bias: 0.2 }),
  one("Swish", wide, { alpha: 0.6 }),
  one("Gelu", wide, { approximate: "tanh" }),
  { operator: "PRelu", inputs: [wide, [3]] },
  { operator: "PRelu", about: "one slope", inputs: [wide, [1]] },
  { operator: "Clip", inputs: [matrix, floats([-0.9], []), floats([0.8], [])], known: [1, 2] },
  { operator: "Clip", about: "from below only", inputs: [matrix, floats([-0.9], [])], known: [1] },
  { operator: "Clip", about: "from above only", inputs: [matrix, undefined, floats([0.8], [])], known: [2] },
  { operator: "Clip", about: "without bounds", inputs: [matrix] },
  { operator: "Clip", about: "by its bounds", inputs: [wide, floats([-0.9], []), floats([0.8], [])] },
  { operator: "Clip", about: "by a lower bound", inputs: [wide, floats([-0.9], [])] },
  { operator: "Clip", about: "by an upper bound", inputs: [wide, undefined, floats([0.8], [])] },
  { operator: "Clip", about: "by bounds that cross", inputs: [wide, floats([0.8], []), floats([-0.9], [])] },
  { operator: "Where", inputs: [bools([1, 0, 1]), matrix, [5, 2, 1]] },
  { operator: "Cast", inputs: [matrix], attributes: { to: "float32" } },
  { operator: "CastLike", inputs: [matrix, floats([0])], known: [1] },
  { operator: "Dropout", inputs: [matrix] },
];

const REDUCTIONS: readonly GradientCase[] = [
  ...["ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd"].flatMap((name) => reduced(name)),
  ...["ReduceSumSquare", "ReduceL1", "ReduceL2", "ReduceLogSumExp"].flatMap((name) => reduced(name)),
  ...reduced("ReduceLogSum", true),
  {
    operator: "ReduceProd",
    about: "zeros",
    inputs: [floats([0, 2, 3, 0, 0, 5, 2, 4, 7], [3, 3]), ints([1])],
    known: [1],
  },
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) => ({
      operator: "CumSum",
      about: `exclusive ${exclusive}, reverse ${reverse}`,
      inputs: [[2, 3, 2], ints([1], [])],
      attributes: { exclusive, reverse },
      known: [1],
    })),
  ),
];

const transposes = (operator: string, shapes: (transA: number, transB: number) => GradientCase["inputs"]) =>
  [0, 1].flatMap((transA) =>
    [0, 1].map((transB) => ({
      operator,
      about: `transA ${transA}, transB ${transB}`,
      inputs: shapes(transA, transB),
      attributes: { transA, transB, alpha: 0.7 },
    })),
  );

const PRODUCTS: readonly GradientCase[] = [
  {
    operator: "MatMul",
    about: "matrices",
    inputs: [
      [2, 3],
      [3, 5],
    ],
  },
  {
    operator: "MatMul",
    about: "a stack by a matrix",
    inputs: [
      [7, 2, 3],
      [3, 5],
    ],
  },
  {
    operator: "MatMul",
    about: "stacks",
    inputs: [
      [7, 2, 3],
      [7, 3, 5],
    ],
  },
  {
    operator: "MatMul",
    about: "stacks that stretch",
    inputs: [
      [7, 1, 2, 3],
      [11, 3, 5],
    ],
  },
  {
    operator: "MatMul",
    about: "a matrix by a stack",
    inputs: [
      [2, 3],
      [7, 3, 5],
    ],
  },
  { operator: "MatMul", about: "vectors", inputs: [[3], [3]] },
  { operator: "MatMul", about: "a vector by a matrix", inputs: [[3], [3, 5]] },
  { operator: "MatMul", about: "a matrix by a vector", inputs: [[2, 3], [3]] },
  { operator: "MatMul", about: "a stack by a vector", inputs: [[7, 2, 3], [3]] },
  { operator: "MatMul", about: "a vector by a stack", inputs: [[3], [7, 3, 5]] },
  ...transposes("Gemm", (a, b) => [a ? [3, 2] : [2, 3], b ? [5, 3] : [3, 5]]),
  { operator: "Gemm", about: "a bias", inputs: [[2, 3], [3, 5], [5]], attributes: { beta: 0.3 } },
  {
    operator: "Gemm",
    about: "a column as bias",
    inputs: [
      [2, 3],
      [3, 5],
      [2, 1],
    ],
    attributes: { transA: 0 },
  },
  ...transposes("FusedMatMul", (a, b) => [a ? [7, 3, 2] : [7, 2, 3], b ? [7, 5, 3] : [7, 3, 5]]),
  {
    operator: "FusedMatMul",
    about: "stretched",
    inputs: [
      [1, 3, 2],
      [7, 3, 5],
    ],
    attributes: { transA: 1 },
  },
];

const cube = [2, 3, 5];
const SHAPES: readonly GradientCase[] = [
  { operator: "Reshape", inputs: [cube, ints([5, -1])], known: [1] },
  one("Flatten", cube, { axis: 2 }),
  { operator: "Squeeze", inputs: [[2, 1, 3, 1], ints([1, -1])], known: [1] },
  { operator: "Unsqueeze", inputs: [matrix, ints([0, 3])], known: [1] },
  one("Transpose", cube, { perm: [2, 0, 1] }),
  one("Transpose", cube),
  {
    operator: "Concat",
    inputs: [
      [2, 3],
      [2, 1],
      [2, 5],
    ],
    attributes: { axis: -1 },
  },
  { operator: "Split", inputs: [[2, 7], ints([3, 0, 4])], attributes: { axis: 1 }, outputs: 3, known: [1] },
  { operator: "Split", about: "an output unused", inputs: [[6, 2]], outputs: 3, used: [0, 2], attributes: { axis: 0 } },
  { operator: "Slice", inputs: [[7, 5], ints([1]), ints([5])], known: [1, 2] },
  {
    operator: "Slice",
    about: "steps",
    inputs: [[7, 5], ints([1, 4]), ints([7, -9]), ints([0, -1]), ints([2, -2])],
    known: [1, 2, 3, 4],
  },
  { operator: "Slice", about: "from the end", inputs: [[7, 5], ints([-3]), ints([1000]), ints([0])], known: [1, 2, 3] },
  {
    operator: "Slice",
    about: "reversed",
    inputs: [[7, 2], ints([-1]), ints([-1000]), ints([0]), ints([-1])],
    known: [1, 2, 3, 4],
  },
  { operator: "Expand", inputs: [[3, 1], ints([2, 3, 5])], known: [1] },
  { operator: "Tile", inputs: [matrix, ints([3, 2])], known: [1] },
  { operator: "Pad", inputs: [matrix, ints([1, 0, 2, 3])], known: [1] },
  { operator: "Pad", about: "by its value", inputs: [matrix, ints([1, 0, 2, 3]), floats([0.7], [])], known: [1] },
  {
    operator: "Pad",
    about: "by its value, cut off",
    inputs: [[5, 3], ints([-1, 2, 1, -1]), floats([0.7], [])],
    known: [1],
  },
  { operator: "Pad", about: "cut off", inputs: [[5, 3], ints([-1, 2, 1, -1])], known: [1] },
  {
    operator: "Pad",
    about: "an axis from the end",
    inputs: [matrix, ints([1, 2]), undefined, ints([-1])],
    known: [1, 3],
  },
  { operator: "Trilu", inputs: [[2, 3, 3]], attributes: { upper: 0 } },
  { operator: "Trilu", about: "above a diagonal", inputs: [[3, 5], ints([1], [])], known: [1] },
];

const INDEXING: readonly GradientCase[] = [
  { operator: "Gather", about: "rows, some twice, from the end", inputs: [[5, 3], ints([4, 0, 4, -1], [2, 2])] },
  {
    operator: "Gather",
    about: "the middle axis",
    inputs: [[2, 5, 3], ints([4, 0, 4, 1], [2, 2])],
    attributes: { axis: 1 },
  },
  { operator: "Gather", about: "the last axis, one index", inputs: [[2, 5], ints([3], [])], attributes: { axis: -1 } },
  { operator: "GatherElements", inputs: [[3, 4], ints([0, 3, 3, 1, 1, 1], [2, 3])], attributes: { axis: 1 } },
  { operator: "GatherND", inputs: [[3, 4, 2], ints([0, 3, 2, 1, 0, 3], [3, 2])] },
  {
    operator: "ScatterElements",
    about: "none",
    inputs: [[3, 4], ints([0, 3, 2, 1], [2, 2]), [2, 2]],
    attributes: { axis: 1 },
  },
  {
    operator: "ScatterElements",
    about: "add, duplicates",
    inputs: [[3, 4], ints([2, 2, 1, 1], [2, 2]), [2, 2]],
    attributes: { axis: 0, reduction: "add" },
  },
  { operator: "ScatterND", about: "none", inputs: [[5, 3], ints([4, 1], [2, 1]), [2, 3]] },
  {
    operator: "ScatterND",
    about: "add, duplicates",
    inputs: [[5, 3], ints([4, 1, 4], [3, 1]), [3, 3]],
    attributes: { reduction: "add" },
  },
  { operator: "OneHot", inputs: [ints([0, 2, 1, 2], [2, 2]), ints([3], [1]), [2]], known: [1] },
  { operator: "ReverseSequence", inputs: [[4, 3], ints([2, 4, 1])] },
  { operator: "TopK", inputs: [[2, 5], ints([3])], outputs: 2, used: [0], known: [1] },
  {
    operator: "TopK",
    about: "the least, axis 0",
    inputs: [[5, 2], ints([2])],
    attributes: { axis: 0, largest: 0 },
    outputs: 2,
    used: [0],
    known: [1],
  },
];

const CONVOLUTIONS: readonly GradientCase[] = [
  { operator: "Conv", about: "one axis", inputs: [[2, 3, 7], [5, 3, 3], [5]], attributes: { pads: [1, 0] } },
  {
    operator: "Conv",
    about: "without padding or bias",
    inputs: [
      [2, 3, 7],
      [5, 3, 2],
    ],
  },
  {
    operator: "Conv",
    about: "two axes",
    inputs: [[2, 3, 5, 4], [2, 3, 3, 2], [2]],
    attributes: { pads: [2, 0, 1, 1] },
  },
  {
    operator: "Conv",
    about: "three axes",
    inputs: [
      [1, 2, 3, 2, 4],
      [3, 2, 2, 1, 3],
    ],
    attributes: { auto_pad: "SAME_UPPER" },
  },
  {
    operator: "Conv",
    about: "an even kernel, the odd zero before",
    inputs: [
      [2, 3, 5],
      [2, 3, 4],
    ],
    attributes: { auto_pad: "SAME_LOWER" },
  },
  {
    operator: "Conv",
    about: "padding longer than the kernel",
    inputs: [[2, 1, 3], [2, 1, 2], [2]],
    attributes: { pads: [3, 2] },
  },
];

const channels = [2, 4, 3];
const NORMALIZATIONS: readonly GradientCase[] = [
  one("Softmax", cube),
  one("Softmax", cube, { axis: 1 }),
  one("LogSoftmax", cube),
  one("LogSoftmax", cube, { axis: 0 }),
  one("LpNormalization", cube),
  one("LpNormalization", cube, { p: 1, axis: 1 }),
  { operator: "LayerNormalization", inputs: [cube, [5], [5]] },
  {
    operator: "LayerNormalization",
    about: "two axes, no bias",
    inputs: [cube, [3, 5]],
    attributes: { axis: 1, epsilon: 0.1 },
  },
  { operator: "RMSNormalization", inputs: [cube, [5]] },
  { operator: "RMSNormalization", about: "two axes", inputs: [cube, [3, 5]], attributes: { axis: -2, epsilon: 0.1 } },
  { operator: "InstanceNormalization", inputs: [channels, [4], [4]] },
  { operator: "GroupNormalization", inputs: [channels, [4], [4]], attributes: { num_groups: 2 } },
  { operator: "BatchNormalization", inputs: [channels, [4], [4], [4], randomBetween(0.5, 2, [4])] },
];

/** A recurrent step from outside weights, as `scan` makes it, over five elements; forward or from the last to the first. */
const recurrence = (reverse: boolean) => (dtype: DType) => {
  const [start, x, w] = [input("start", [2, 3], dtype), input("x", [5, 2, 3], dtype), input("w", [3, 3], dtype)];
  const { last } = scanNode({
    initial: { hidden: start },
    inputs: { x },
    step: ({ hidden }, element) => {
      const next = hidden.matmul(w).add(element.x).tanh();
      return { state: { hidden: next }, output: { twice: next.mul(hidden) } };
    },
    reverse,
  });
  return last.hidden.node.attributes;
};

/** At least one row for each operator of the table of gradients. */
export const GRADIENT_CASES: readonly GradientCase[] = [
  ...ELEMENTWISE,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...SHAPES,
  ...INDEXING,
  ...NORMALIZATIONS,
  ...CONVOLUTIONS,
  ...[false, true].map((reverse) => ({
    operator: "Scan",
    about: reverse ? "from the last element" : "from the first element",
    inputs: [
      [2, 3],
      [5, 2, 3],
      [3, 3],
    ],
    attributes: recurrence(reverse),
    outputs: 3,
    used: [0, 1],
  })),
];

/** Operators without a gradient that are not flat, and why. */
export const WITHOUT_GRADIENT: Readonly<Record<string, string>> = {
  Constant: "a leaf",
  RNN: "one node for inference; training unrolls it",
  LSTM: "one node for inference; training unrolls it",
  GRU: "one node for inference; training unrolls it",
  Compress: "how many elements stay is known to a run only, and training graphs have fixed shapes",
  TensorScatter: "writes into the cache of an inference graph",
  Attention: "one node for inference; mechanisms are built from their formulas",
  RotaryEmbedding: "one node for inference; mechanisms are built from their formulas",
  LinearAttention: "one node for inference; mechanisms are built from their formulas",
  CumProd: "no model of ours trains through it",
};
