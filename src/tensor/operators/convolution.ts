import { addDims, type Dim, divideDims, formatShape, isUnknown, multiplyDims, type Shape, unknownDim } from "../dim.ts";
import { ShapeError } from "../errors.ts";
import type { Attributes, Tensor, TensorType } from "../tensor.ts";
import { FLOATS, type OperatorTable, required } from "./operator.ts";

/** How a kernel moves along one axis. */
export interface Slide {
  readonly stride: number;
  readonly dilation: number;
  /** Zeros before and after the input; NaN where they depend on a length that only a run knows. */
  readonly before: number;
  readonly after: number;
  /** Where the kernel stops: the length of the output. */
  readonly positions: Dim;
}

/** A list of integers, one for each axis or end; default: the least that is allowed. */
function integers(name: string, attributes: Attributes, count: number, least: number): number[] {
  const values = (attributes[name] as number[] | undefined) ?? new Array<number>(count).fill(least);
  if (values.length !== count || values.some((value) => !Number.isSafeInteger(value) || value < least)) {
    const found = values.length > 8 ? `${values.length} numbers` : formatShape(values);
    throw new ShapeError(`Conv: expected ${count} ${name} of at least ${least} but found ${found}`);
  }
  return values;
}

/** Padding such that there are as many positions as strides fit into the input; an odd zero goes where the mode says. */
function slideSame(
  length: Dim,
  span: number,
  { stride, dilation, lower }: Record<"stride" | "dilation", number> & { lower: boolean },
): Slide {
  const positions =
    typeof length === "number" ? Math.ceil(length / stride) : (divideDims(length, stride) ?? unknownDim());
  const open = stride === 1 ? span - 1 : Math.max(0, (Number(positions) - 1) * stride + span - Number(length));
  const [less, more] = [Math.floor(open / 2), Math.ceil(open / 2)];
  return { stride, dilation, positions, before: lower ? more : less, after: lower ? less : more };
}

function positionsOf(length: Dim, spare: number, stride: number): Dim {
  if (Number.isNaN(spare) || (typeof length === "string" && stride > 1)) return unknownDim();
  if (typeof length === "string") return addDims([length, spare + 1]);
  if (length + spare < 0) {
    throw new ShapeError(`Conv: expected a kernel no longer than the padded input but found ${-length - spare} more`);
  }
  return Math.floor((length + spare) / stride) + 1;
}

/**
 * How a convolution's kernel moves along each spatial axis.
 *
 * @throws ShapeError for attributes that do not fit the axes, and for a kernel longer than the padded input
 */
export function slides(attributes: Attributes, lengths: Shape, widths: Shape): Slide[] {
  const mode = attributes.auto_pad as string;
  if (!["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].includes(mode)) {
    throw new ShapeError(
      `Conv: expected auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER but found ${mode.slice(0, 20)}`,
    );
  }
  const count = lengths.length;
  const [strides, dilations] = ["strides", "dilations"].map((name) => integers(name, attributes, count, 1)) as [
    number[],
    number[],
  ];
  const pads = integers("pads", mode === "NOTSET" ? attributes : {}, 2 * count, 0);
  return lengths.map((length, axis) => {
    const [stride, dilation] = [strides[axis] as number, dilations[axis] as number];
    const [before, after] = [pads[axis] as number, pads[axis + count] as number];
    const width = widths[axis] as Dim;
    const span = typeof width === "number" ? dilation * (width - 1) + 1 : Number.NaN;
    if (width === 0 || span > Number.MAX_SAFE_INTEGER || before + after > Number.MAX_SAFE_INTEGER) {
      throw new ShapeError(
        `Conv: expected a kernel and padding of some length but found ${width} and ${before}+${after}`,
      );
    }
    if (mode.startsWith("SAME")) return slideSame(length, span, { stride, dilation, lower: mode === "SAME_LOWER" });
    return { stride, dilation, before, after, positions: positionsOf(length, before + after - span, stride) };
  });
}

const alike = (a: Dim, b: Dim): boolean => a === b || isUnknown(a) || isUnknown(b);

/** The kernel's lengths: the weight's, or `kernel_shape` where only a run knows those. */
function widthsOf(weight: Shape, attributes: Attributes): Dim[] {
  const widths = weight.slice(2);
  if (attributes.kernel_shape === undefined) return widths;
  const stated = integers("kernel_shape", attributes, widths.length, 1);
  if (!widths.every((width, axis) => typeof width === "string" || width === stated[axis])) {
    throw new ShapeError(`Conv: expected a weight with kernel_shape [${stated}] but found ${formatShape(weight)}`);
  }
  return stated;
}

function inferConv(inputs: readonly (Tensor | undefined)[], attributes: Attributes): TensorType[] {
  const [x, weight, bias] = [required("Conv", inputs, 0), required("Conv", inputs, 1), inputs[2]];
  const group = attributes.group as number;
  const found = [x, weight, ...(bias ? [bias] : [])].map(({ shape }) => formatShape(shape)).join(", ");
  if (x.rank < 3 || weight.rank !== x.rank || !FLOATS.has(x.dtype)) {
    throw new ShapeError(
      `Conv: expected floats [batch,channels,…] and a weight of that rank but found ${x.dtype} ${found}`,
    );
  }
  const [batch, channels, ...lengths] = x.shape as [Dim, Dim, ...Dim[]];
  const [outChannels, groupChannels] = weight.shape as [Dim, Dim];
  const grouped = Number.isSafeInteger(group) && group > 0;
  const divided = isUnknown(outChannels) || divideDims(outChannels, group) !== undefined;
  if (!grouped || !divided || !alike(channels, multiplyDims([groupChannels, group]))) {
    throw new ShapeError(
      `Conv: expected channels in ${group} groups and a weight [outChannels,channels/${group},…] but found ${found}`,
    );
  }
  if (bias && !(bias.rank === 1 && alike(bias.shape[0] as Dim, outChannels))) {
    throw new ShapeError(`Conv: expected a bias [${outChannels}] but found ${formatShape(bias.shape)}`);
  }
  const moves = slides(attributes, lengths, widthsOf(weight.shape, attributes));
  return [{ shape: [batch, outChannels, ...moves.map(({ positions }) => positions)], dtype: x.dtype }];
}

/** Kernels that slide over `[batch, channels, …]`. */
export const CONVOLUTIONS: OperatorTable = {
  /** Each output channel is the sum, over its group's channels and the kernel's places, of weight times input; plus the bias. */
  Conv: {
    versions: [1, 11, 22],
    attributes: {
      auto_pad: ["string", "NOTSET"],
      dilations: ["ints"],
      group: ["int", 1],
      kernel_shape: ["ints"],
      pads: ["ints"],
      strides: ["ints"],
    },
    infer: inferConv,
  },
};
