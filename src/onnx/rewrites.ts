import { type Dim, isUnknown, multiplyDims, sameShape } from "../tensor/dim.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { knownIntegers } from "../tensor/symbolic-shape.ts";
import { type Attributes, applyOne, constant, type Tensor } from "../tensor/tensor.ts";

interface Site {
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly output: Tensor;
  /** How often a tensor is read. */
  readonly used: (tensor: Tensor) => number;
}

/** A shorter way to the same output, or undefined. */
type Rewrite = (site: Site) => Tensor | undefined;

function constantNumber(tensor: Tensor | undefined): number | undefined {
  if (tensor?.node.operator === "Constant") {
    const { data, dtype } = tensor.node.attributes.value as NdArray;
    if (!dtype.startsWith("float")) return undefined;
    return data.length === 1 ? Number(data[0]) : undefined;
  }
  if (tensor?.node.operator === "ConstantOfShape") return Number((tensor.node.attributes.value as NdArray).data[0]);
  return undefined;
}

const made = (tensor: Tensor | undefined, operator: string) => tensor?.node.operator === operator;

/** `other`, if taking it for the whole loses no stretching. */
function neutral(output: Tensor, other: Tensor): Tensor | undefined {
  return sameShape(other.shape, output.shape) && other.dtype === output.dtype ? other : undefined;
}

/** Drops an `Expand` whose stretching the other operand does anyway. */
function unexpand(operator: string): Rewrite {
  return ({ inputs, output }) => {
    const at = inputs.findIndex((tensor) => made(tensor, "Expand"));
    if (at < 0) return undefined;
    const bare = inputs.map((tensor, i) => (i === at ? (tensor.node.inputs[0] as Tensor) : tensor));
    const shapes = bare.map((tensor) => tensor.shape);
    if (shapes.flat().some(isUnknown) || !sameShape(broadcast(operator, shapes), output.shape)) return undefined;
    return applyOne(operator, bare);
  };
}

/** `A B + c` as one `Gemm`, where the product is read only here and c stretches to it. */
function fuseBias({ inputs, output, used }: Site): Tensor | undefined {
  for (const [i, product] of inputs.entries()) {
    const bias = inputs[1 - i] as Tensor;
    if (!made(product, "Gemm") || product.node.inputs[2] || used(product) !== 1) continue;
    if (!sameShape(product.shape, output.shape) || bias.rank > 2) continue;
    return applyOne("Gemm", [...product.node.inputs.slice(0, 2), bias], { ...product.node.attributes, beta: 1 });
  }
  return undefined;
}

const add: Rewrite = (site) => {
  const [a, b] = site.inputs as [Tensor, Tensor];
  if (constantNumber(b) === 0) return neutral(site.output, a);
  if (constantNumber(a) === 0) return neutral(site.output, b);
  if (made(b, "Neg")) return a.sub(b.node.inputs[0] as Tensor);
  if (made(a, "Neg")) return b.sub(a.node.inputs[0] as Tensor);
  return fuseBias(site) ?? unexpand("Add")(site);
};

const subtract: Rewrite = (site) => {
  const [a, b] = site.inputs as [Tensor, Tensor];
  if (constantNumber(b) === 0) return neutral(site.output, a);
  if (made(b, "Neg")) return a.add(b.node.inputs[0] as Tensor);
  return unexpand("Sub")(site);
};

const multiply: Rewrite = (site) => {
  const [a, b] = site.inputs as [Tensor, Tensor];
  if (constantNumber(b) === 1) return neutral(site.output, a) ?? unexpand("Mul")(site);
  if (constantNumber(a) === 1) return neutral(site.output, b) ?? unexpand("Mul")(site);
  const outer = constantNumber(b);
  const inner = made(a, "Mul") ? constantNumber(a.node.inputs[1]) : undefined;
  if (outer !== undefined && inner !== undefined && b.rank === 0 && a.node.inputs[1]?.rank === 0) {
    return (a.node.inputs[0] as Tensor).mul(inner * outer);
  }
  return unexpand("Mul")(site);
};

const divide: Rewrite = (site) => {
  const [a, b] = site.inputs as [Tensor, Tensor];
  return constantNumber(b) === 1 ? neutral(site.output, a) : unexpand("Div")(site);
};

const reshape: Rewrite = ({ inputs: [x, target], output }) => {
  const source = x as Tensor;
  if (sameShape(source.shape, output.shape)) return source;
  if (!made(source, "Reshape") && !made(source, "Unsqueeze") && !made(source, "Squeeze")) return undefined;
  const origin = source.node.inputs[0] as Tensor;
  const fits = !output.shape.some(isUnknown) && multiplyDims(origin.shape) === multiplyDims(output.shape);
  const zero = (target?.node.attributes.value as NdArray | undefined)?.data.some((dim) => Number(dim) === 0);
  return fits && !zero ? applyOne("Reshape", [origin, target]) : undefined;
};

/** The order of axes of a `Transpose`; default: reversed. */
function orderOf(attributes: Attributes, rank: number): readonly number[] {
  return (attributes.perm as number[] | undefined) ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

const transpose: Rewrite = ({ inputs: [x], attributes }) => {
  const source = x as Tensor;
  const perm = orderOf(attributes, source.rank);
  if (perm.every((axis, i) => axis === i)) return source;
  const moving = perm.filter((axis) => source.shape[axis] !== 1);
  const nameable = source.shape.filter((dim) => typeof dim === "string").length < 2;
  if (nameable && moving.every((axis, i) => i === 0 || axis > (moving[i - 1] as number))) {
    return source.reshape(perm.map((axis) => source.shape[axis] as Dim));
  }
  if (!made(source, "Transpose")) return undefined;
  const first = orderOf(source.node.attributes, source.rank);
  return (source.node.inputs[0] as Tensor).transpose(perm.map((axis) => first[axis] as number));
};

/** Whether a transpose only swaps the last two axes. */
function swapsLast(tensor: Tensor): boolean {
  if (!made(tensor, "Transpose")) return false;
  const perm = orderOf(tensor.node.attributes, tensor.rank);
  const { length } = perm;
  return perm.every((axis, i) => axis === (i === length - 1 ? length - 2 : i === length - 2 ? length - 1 : i));
}

const gemm: Rewrite = ({ inputs, attributes }) => {
  const [a, b, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  const swapA = swapsLast(a);
  const swapB = swapsLast(b);
  if (!swapA && !swapB) return undefined;
  const operands = [swapA ? a.node.inputs[0] : a, swapB ? b.node.inputs[0] : b, ...(bias ? [bias] : [])];
  const transA = swapA ? 1 - (attributes.transA as number) : (attributes.transA as number);
  const transB = swapB ? 1 - (attributes.transB as number) : (attributes.transB as number);
  return applyOne("Gemm", operands, { ...attributes, transA, transB });
};

const matmul: Rewrite = ({ inputs: [a, b] }) => {
  const [left, right] = [a as Tensor, b as Tensor];
  return left.rank === 2 && right.rank === 2 ? applyOne("Gemm", [left, right]) : undefined;
};

/** Pieces of one tensor put together again as they were. */
const concat: Rewrite = ({ inputs, attributes }) => {
  if (inputs.length === 1) return inputs[0];
  const { node } = inputs[0] as Tensor;
  if (node.operator !== "Split" || node.outputs.length !== inputs.length) return undefined;
  const source = node.inputs[0] as Tensor;
  const axis = (value: unknown) => ((value as number) + source.rank) % source.rank;
  if (axis(node.attributes.axis) !== axis(attributes.axis)) return undefined;
  return inputs.every((tensor, i) => tensor === node.outputs[i]) ? source : undefined;
};

const sum: Rewrite = ({ inputs, output }) => {
  const kept = inputs.filter((tensor) => constantNumber(tensor) !== 0);
  if (kept.length === inputs.length || kept.length === 0) return undefined;
  if (kept.length === 1) return neutral(output, kept[0] as Tensor);
  return sameShape(
    broadcast(
      "Sum",
      kept.map((tensor) => tensor.shape),
    ),
    output.shape,
  )
    ? applyOne("Sum", kept)
    : undefined;
};

/** All axes named, in place of some: ONNX Runtime 1.30 loses track of `axes` where a transposition stands on either side. */
const pad: Rewrite = ({ inputs: [x, pads, value, axes], attributes }) => {
  const [source, some, named] = [x as Tensor, knownIntegers(pads), knownIntegers(axes)];
  if (!axes || !some || !named) return undefined;
  const all = new Array<number>(2 * source.rank).fill(0);
  for (const [i, axis] of named.entries()) {
    const at = axis < 0 ? axis + source.rank : axis;
    all[at] = some[i] as number;
    all[at + source.rank] = some[i + named.length] as number;
  }
  return applyOne("Pad", [source, constant(array(all, undefined, "int64")), ...(value ? [value] : [])], attributes);
};

export const REWRITES: Readonly<Record<string, Rewrite>> = {
  /** One that a gradient asks for stays: a graph is simplified before it is differentiated, too. */
  Identity: ({ inputs: [x], attributes }) => (attributes.stopGradient || attributes.pullback ? undefined : x),
  Cast: ({ inputs: [x], output }) => (x?.dtype === output.dtype ? x : undefined),
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Sum: sum,
  Neg: ({ inputs: [x] }) => (made(x, "Neg") ? (x?.node.inputs[0] as Tensor) : undefined),
  Expand: ({ inputs: [x], output }) => neutral(output, x as Tensor),
  Reshape: reshape,
  Transpose: transpose,
  MatMul: matmul,
  Gemm: gemm,
  Concat: concat,
  Pad: pad,
};
