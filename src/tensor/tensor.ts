import type { Dim, Shape } from "./dim.ts";
import { ShapeError } from "./errors.ts";
import { array, type DType, type NdArray } from "./nd-array.ts";
import { operatorNamed } from "./operators/index.ts";
import { FLOATS } from "./operators/operator.ts";
import { shapeTensor } from "./symbolic-shape.ts";

/** A graph inside a node: its own inputs (`Input` leaves), and what it gives for them. */
export interface Body {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** How a gradient is carried back where the operator's own rule is not used: gradients of the inputs, of the first none. */
export type Pullback = (node: Node, gradient: Tensor) => readonly (Tensor | undefined)[];

export type AttributeValue = number | string | readonly number[] | readonly string[] | NdArray | Body | Pullback;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One application of an operator. Leaves have no inputs: `Input`, `Constant`, `Dim`, `Parameter`, `Buffer`. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
}

/** What an operator's rule says of an output. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

export type TensorLike = Tensor | number;

/** Axes to reduce over, counted from the end where negative; default: all. */
export interface ReduceOptions {
  readonly axes?: number | readonly number[];
  readonly keepDims?: boolean;
}

/** Along which axis to add up; whether without the element itself, and whether from the end. */
export interface CumulativeOptions {
  readonly axis?: number;
  readonly exclusive?: boolean;
  readonly reverse?: boolean;
}

/**
 * A symbolic, immutable value in a graph: which node made it, its shape and its element type. Nothing is computed until a
 * graph is compiled and run.
 */
export class Tensor {
  readonly node: Node;
  readonly index: number;
  readonly shape: Shape;
  readonly dtype: DType;

  constructor(node: Node, index: number, { shape, dtype }: TensorType) {
    this.node = node;
    this.index = index;
    this.shape = shape;
    this.dtype = dtype;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** The dimension of an axis, counted from the end where negative. */
  dim(axis: number): Dim {
    return this.shape[normalizeAxis("dim", axis, this.rank)] as Dim;
  }

  add(other: TensorLike): Tensor {
    return binary("Add", this, other);
  }
  sub(other: TensorLike): Tensor {
    return binary("Sub", this, other);
  }
  mul(other: TensorLike): Tensor {
    return binary("Mul", this, other);
  }
  div(other: TensorLike): Tensor {
    return binary("Div", this, other);
  }
  pow(other: TensorLike): Tensor {
    return binary("Pow", this, other);
  }
  /** The larger of two, element by element. */
  maximum(other: TensorLike): Tensor {
    return binary("Max", this, other);
  }
  /** The smaller of two, element by element. */
  minimum(other: TensorLike): Tensor {
    return binary("Min", this, other);
  }
  equal(other: TensorLike): Tensor {
    return binary("Equal", this, other);
  }
  greater(other: TensorLike): Tensor {
    return binary("Greater", this, other);
  }
  greaterOrEqual(other: TensorLike): Tensor {
    return binary("GreaterOrEqual", this, other);
  }
  less(other: TensorLike): Tensor {
    return binary("Less", this, other);
  }
  lessOrEqual(other: TensorLike): Tensor {
    return binary("LessOrEqual", this, other);
  }
  and(other: Tensor): Tensor {
    return applyOne("And", [this, other]);
  }
  or(other: Tensor): Tensor {
    return applyOne("Or", [this, other]);
  }
  not(): Tensor {
    return applyOne("Not", [this]);
  }

  neg(): Tensor {
    return applyOne("Neg", [this]);
  }
  abs(): Tensor {
    return applyOne("Abs", [this]);
  }
  sign(): Tensor {
    return applyOne("Sign", [this]);
  }
  sqrt(): Tensor {
    return applyOne("Sqrt", [this]);
  }
  exp(): Tensor {
    return applyOne("Exp", [this]);
  }
  log(): Tensor {
    return applyOne("Log", [this]);
  }
  sin(): Tensor {
    return applyOne("Sin", [this]);
  }
  cos(): Tensor {
    return applyOne("Cos", [this]);
  }
  erf(): Tensor {
    return applyOne("Erf", [this]);
  }
  sigmoid(): Tensor {
    return applyOne("Sigmoid", [this]);
  }
  tanh(): Tensor {
    return applyOne("Tanh", [this]);
  }
  relu(): Tensor {
    return applyOne("Relu", [this]);
  }
  softplus(): Tensor {
    return applyOne("Softplus", [this]);
  }

  sum(options: ReduceOptions = {}): Tensor {
    return reduce("ReduceSum", this, options);
  }
  mean(options: ReduceOptions = {}): Tensor {
    return reduce("ReduceMean", this, options);
  }
  max(options: ReduceOptions = {}): Tensor {
    return reduce("ReduceMax", this, options);
  }
  min(options: ReduceOptions = {}): Tensor {
    return reduce("ReduceMin", this, options);
  }
  /** Running sums along an axis (default: the last), the element itself counted unless exclusive; from the end when reversed. */
  cumSum({ axis = -1, exclusive = false, reverse = false }: CumulativeOptions = {}): Tensor {
    const at = constant(normalizeAxis("cumSum", axis, this.rank), "int64");
    return applyOne("CumSum", [this, at], { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 });
  }
  /** Index of the largest element along an axis (the first of equals), int64. */
  argMax({ axis = -1, keepDims = false }: { axis?: number; keepDims?: boolean } = {}): Tensor {
    return applyOne("ArgMax", [this], { axis, keepdims: keepDims ? 1 : 0 });
  }

  /** Exponentials over their sum along an axis (default: the last). */
  softmax(axis = -1): Tensor {
    return applyOne("Softmax", [this], { axis });
  }
  logSoftmax(axis = -1): Tensor {
    return applyOne("LogSoftmax", [this], { axis });
  }

  /** The matrix product over the last two axes; leading axes broadcast. */
  matmul(other: Tensor): Tensor {
    return applyOne("MatMul", [this, other]);
  }

  /** The same elements in another shape; one dimension may be −1, to be found. */
  reshape(shape: Shape): Tensor {
    const unknown = shape.filter((dim) => typeof dim === "string" || dim === -1).length;
    const target = unknown === 1 ? shape.map((dim) => (typeof dim === "string" ? -1 : dim)) : shape;
    return applyOne("Reshape", [this, shapeTensor(target)]);
  }
  /** Axes in the order of `permutation`; default: reversed. */
  transpose(permutation?: readonly number[]): Tensor {
    const perm = permutation ?? this.shape.map((_, axis) => this.rank - 1 - axis);
    return applyOne("Transpose", [this], { perm });
  }
  /** Repeats axes of length 1 up to `shape`. */
  expand(shape: Shape): Tensor {
    return applyOne("Expand", [this, shapeTensor(shape)]);
  }
  squeeze(axes: number | readonly number[]): Tensor {
    return applyOne("Squeeze", [this, integers(axes)]);
  }
  unsqueeze(axes: number | readonly number[]): Tensor {
    return applyOne("Unsqueeze", [this, integers(axes)]);
  }
  /** Elements `start … end` (exclusive; default: to the end) of an axis, every `step`-th. */
  slice({ axis, start = 0, end, step = 1 }: { axis: number; start?: number; end?: number; step?: number }): Tensor {
    const stop = end ?? (step > 0 ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER);
    return applyOne("Slice", [this, integers(start), integers(stop), integers(axis), integers(step)]);
  }
  /** Pieces of the given sizes along an axis. */
  split(sizes: readonly number[], axis = -1): Tensor[] {
    const counted = normalizeAxis("split", axis, this.rank);
    return apply("Split", [this, integers(sizes)], { axis: counted }, sizes.length);
  }
  /** Rows `indices` (int32 or int64) of an axis: shape before, shape of the indices, shape after. */
  gather(indices: Tensor, axis = 0): Tensor {
    return applyOne("Gather", [this, indices], { axis });
  }
  /** `output[…i…] = this[…indices[…i…]…]` along an axis; `indices` has this tensor's rank. */
  gatherElements(indices: Tensor, axis = -1): Tensor {
    return applyOne("GatherElements", [this, indices], { axis });
  }
  cast(dtype: DType): Tensor {
    return dtype === this.dtype ? this : applyOne("Cast", [this], { to: dtype });
  }
}

/** Applies an operator of the table: fills in attribute defaults, runs its shape rule, and returns its outputs. */
export function apply(
  operator: string,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes = {},
  outputCount?: number,
): Tensor[] {
  const row = operatorNamed(operator);
  const filled: Record<string, AttributeValue> = {};
  for (const [name, [, fallback]] of Object.entries(row.attributes)) {
    if (fallback !== undefined) filled[name] = fallback;
  }
  Object.assign(filled, attributes);
  const types = row.infer(inputs, filled, outputCount ?? 1);
  const outputs: Tensor[] = [];
  const node: Node = { operator, inputs, attributes: filled, outputs };
  for (const [index, type] of types.slice(0, outputCount ?? types.length).entries()) {
    outputs.push(new Tensor(node, index, type));
  }
  return [...outputs];
}

/** Applies an operator and returns its first output. */
export function applyOne(
  operator: string,
  inputs: readonly (Tensor | undefined)[],
  attributes: Attributes = {},
): Tensor {
  return apply(operator, inputs, attributes)[0] as Tensor;
}

/** A leaf: a value that is not computed from other tensors. */
export function leaf(operator: string, attributes: Attributes, type: TensorType): Tensor {
  const outputs: Tensor[] = [];
  const node: Node = { operator, inputs: [], attributes, outputs };
  outputs.push(new Tensor(node, 0, type));
  return outputs[0] as Tensor;
}

/** A value that is fed at each run. */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Tensor {
  return leaf("Input", { name }, { shape, dtype });
}

/** A value known when the graph is built. */
export function constant(value: NdArray | number | readonly number[], dtype: DType = "float32"): Tensor {
  const known = typeof value === "object" && "data" in value ? value : array(value, undefined, dtype);
  return leaf("Constant", { value: known }, { shape: known.shape, dtype: known.dtype });
}

/**
 * `condition ? ifTrue : ifFalse`, element by element.
 *
 * @throws ShapeError for a fraction beside integers
 */
export function where(condition: Tensor, ifTrue: TensorLike, ifFalse: TensorLike): Tensor {
  const dtype = ifTrue instanceof Tensor ? ifTrue.dtype : ifFalse instanceof Tensor ? ifFalse.dtype : "float32";
  return applyOne("Where", [condition, lift("Where", ifTrue, dtype), lift("Where", ifFalse, dtype)]);
}

export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors as readonly [Tensor];
  return tensors.length === 1
    ? first
    : applyOne("Concat", tensors, { axis: normalizeAxis("concat", axis, first.rank) });
}

/** New axis `axis`, along which the tensors lie side by side. */
export function stack(tensors: readonly Tensor[], axis: number): Tensor {
  return concat(
    tensors.map((tensor) => tensor.unsqueeze(axis)),
    axis,
  );
}

/**
 * The elements along an axis from the largest to the smallest, and the places that they had (int64); of equals the first comes
 * first.
 */
export function sortDescending(x: Tensor, axis = -1): { values: Tensor; indices: Tensor } {
  const at = normalizeAxis("sortDescending", axis, x.rank);
  const dim = x.dim(at);
  // A length that only a run knows is read from the tensor itself, for it need not be a dimension of any input.
  const count = typeof dim === "number" ? integers(dim) : applyOne("Shape", [x], { start: at, end: at + 1 });
  const [values, indices] = apply("TopK", [x, count], { axis: at }, 2) as [Tensor, Tensor];
  return { values, indices };
}

/** A tensor of one repeated number. */
export function full(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  if (isHalf(dtype)) return full(shape, value).cast(dtype);
  return applyOne("ConstantOfShape", [shapeTensor(shape)], { value: array([value], [1], dtype) });
}

export function zeros(shape: Shape, dtype: DType = "float32"): Tensor {
  return full(shape, 0, dtype);
}

/** 0, 1, … count − 1. */
export function range(count: Dim, dtype: DType = "int32"): Tensor {
  const one = shapeTensor([count]).squeeze(0).cast(dtype);
  return applyOne("Range", [constant(0, dtype), one, constant(1, dtype)]);
}

/** A number as a tensor of the type of what it stands beside. */
function lift(owner: string, value: TensorLike, dtype: DType): Tensor {
  if (value instanceof Tensor) return value;
  if (isHalf(dtype)) return constant(value).cast(dtype);
  if (!FLOATS.has(dtype) && !Number.isInteger(value)) {
    throw new ShapeError(`${owner}: expected a whole number beside ${dtype} but found ${value}; use cast("float32")`);
  }
  return constant(value, dtype);
}

/** Types whose arrays hold bits: their numbers are made by a cast. */
function isHalf(dtype: DType): boolean {
  return dtype === "float16" || dtype === "bfloat16";
}

/** An axis counted from the front. @throws RangeError outside the rank */
export function normalizeAxis(owner: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new RangeError(`${owner}: expected an axis from ${-rank} to ${rank - 1} but found ${axis}`);
  }
  return axis < 0 ? axis + rank : axis;
}

function integers(values: number | readonly number[]): Tensor {
  return constant(array(typeof values === "number" ? [values] : values, undefined, "int64"));
}

function binary(operator: string, left: Tensor, right: TensorLike): Tensor {
  const other = lift(operator, right, left.dtype);
  if (other.dtype !== left.dtype && operator !== "Pow") {
    throw new ShapeError(`${operator}: expected both inputs to be ${left.dtype} but found ${other.dtype}; use cast()`);
  }
  return applyOne(operator, [left, other]);
}

function reduce(operator: string, tensor: Tensor, { axes, keepDims = false }: ReduceOptions): Tensor {
  const inputs = axes === undefined ? [tensor] : [tensor, integers(axes)];
  return applyOne(operator, inputs, { keepdims: keepDims ? 1 : 0 });
}
