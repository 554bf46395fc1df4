import type { Body, Node, Tensor } from "../tensor/tensor.ts";

/**
 * Nanoseconds that an operator takes for a number, read or written, on one core in WebAssembly: the most that was measured
 * (onnxruntime-web 1.30) with any element type and any numbers, such as sines of 1e300. Of all others: 16, which is what
 * broadcasting over an axis of 2 takes, or a softmax of rows of one.
 */
const SLOW: ReadonlyMap<string, number> = new Map(
  Object.entries({
    320: "Sin Cos Tan",
    128: "Pow Softplus Mish TopK",
    48: "Tanh",
    32: "Exp Sigmoid Swish Elu Selu Celu Gelu Asin Acos Atan Sinh Cosh Asinh Acosh Atanh LayerNormalization InstanceNormalization GroupNormalization",
  }).flatMap(([rate, names]) => names.split(" ").map((name) => [name, Number(rate)] as const)),
);
const USUAL = 16;
/** The remainder of floats whose sizes lie far apart is found bit by bit. */
const FLOAT_REMAINDER = 8192;

/** For a number in the inputs and outputs of a product, whose factors are read but once or twice. */
const MOVED = 2;
/** For a multiplication and an addition; in products of float matrices, which are the fastest. */
const MULTIPLIED = 0.6;
const MULTIPLIED_FLOATS = 0.25;
/** For a product of two matrices, however small. */
const PRODUCT = 400;
/** For a step of a recurrence, and in it for the non-linear functions of a gate. */
const STEP = 600;
const GATE = 48;
/** For a number that a step of a scan hands on. */
const HANDED = 4;
/** For a node, each time it runs. */
const NODE = 1000;

export const elements = (tensor: Tensor | undefined): number =>
  tensor ? (tensor.shape as readonly number[]).reduce((total, dim) => total * dim, 1) : 0;
const isFloat = (tensor: Tensor | undefined) => /float/.test(tensor?.dtype ?? "");
const dim = (tensor: Tensor | undefined, axis: number) => (tensor?.shape.at(axis) ?? 1) as number;

function moved({ inputs }: Node, size: number): number {
  return MOVED * inputs.reduce((sum, tensor) => sum + elements(tensor), size);
}

function matrixProduct(node: Node, size: number): number {
  const [a] = node.inputs;
  // Each factor may be read turned.
  const shared = node.operator === "MatMul" ? dim(a, -1) : Math.max(dim(a, -1), dim(a, -2));
  const [rows, columns] = [dim(node.outputs[0], -2), dim(node.outputs[0], -1)];
  const each = isFloat(a) ? MULTIPLIED_FLOATS : MULTIPLIED;
  return moved(node, size) + each * size * shared + (PRODUCT * size) / Math.max(1, rows * columns);
}

function convolution(node: Node, size: number): number {
  const [x, w] = node.inputs;
  const count = dim(x, 0) * ((node.attributes.group as number | undefined) ?? 1);
  return moved(node, size) + (MULTIPLIED * size * elements(w)) / Math.max(1, dim(w, 0)) + PRODUCT * count;
}

function recurrence({ inputs: [x, w, r] }: Node): number {
  const [steps, batch] = [dim(x, 0), dim(x, 1)];
  const gates = dim(w, 0) * dim(w, 1);
  return steps * (STEP * dim(w, 0) + batch * (MULTIPLIED * (elements(w) + elements(r)) + GATE * gates));
}

function attention(node: Node, size: number): number {
  const [q, k, , , past] = node.inputs;
  const keys = dim(k, -2) + (past ? dim(past, -2) : 0);
  const heads = q?.rank === 4 ? 1 : (node.attributes.q_num_heads as number);
  const scores = (elements(q) / Math.max(1, dim(q, -1) / heads)) * keys;
  return moved(node, size) + MULTIPLIED * (elements(q) + size) * keys + USUAL * scores;
}

/** Operators whose time follows from more than how much they read and write, or from less. */
const OWN: Readonly<Record<string, (node: Node, size: number) => number>> = {
  MatMul: matrixProduct,
  FusedMatMul: matrixProduct,
  Gemm: matrixProduct,
  Conv: convolution,
  LSTM: recurrence,
  GRU: recurrence,
  RNN: recurrence,
  Attention: attention,
  LinearAttention: ({ inputs: [q, k, v] }, size) =>
    USUAL * (elements(q) + elements(k) + size) * Math.max(dim(k, -1), dim(v, -1)),
  Gather: (_, size) => USUAL * size,
  GatherElements: (_, size) => USUAL * size,
  GatherND: (_, size) => 32 * size,
};

/** About how many nanoseconds a step of a scan takes beside the nodes of its body: what the body gives is handed on. */
export function costOfStep({ outputs }: Body): number {
  return NODE + HANDED * outputs.reduce((sum, tensor) => sum + elements(tensor), 0);
}

/** About how many nanoseconds a node takes in a page: rather too many than too few. All its shapes are numbers. */
export function costOf(node: Node): number {
  const { operator, inputs, outputs } = node;
  if (inputs.length === 0) return 0;
  const size = outputs.reduce((sum, output) => sum + elements(output), 0);
  const own = Object.hasOwn(OWN, operator) ? OWN[operator]?.(node, size) : undefined;
  if (own !== undefined) return NODE + own;
  const most = Math.max(
    size,
    inputs.reduce((sum, tensor) => sum + elements(tensor), 0),
  );
  return NODE + most * rateOf(node);
}

function rateOf({ operator, inputs: [first] }: Node): number {
  if (operator === "Mod") return isFloat(first) ? FLOAT_REMAINDER : USUAL;
  return SLOW.get(operator) ?? USUAL;
}
