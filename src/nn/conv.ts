import { bindAxes } from "../tensor/patterns.ts";
import { applyOne, type Tensor } from "../tensor/tensor.ts";
import { glorot, type Initializer, zerosInitializer } from "./initializers.ts";
import { Module, Parameter } from "./module.ts";
import { requirePositiveIntegers } from "./options.ts";

/** Zeros at both ends, or before and after: `[width - 1, 0]` makes a causal convolution. */
export type Padding = number | readonly [before: number, after: number];

function endsOf(owner: string, padding: Padding): readonly [number, number] {
  const ends = typeof padding === "number" ? ([padding, padding] as const) : padding;
  for (const end of ends) {
    if (Number.isSafeInteger(end) && end >= 0) continue;
    throw new RangeError(`${owner}: expected padding to be whole numbers of at least 0 but found ${padding}`);
  }
  return ends;
}

/**
 * A kernel that slides over time, which is not reversed:
 *
 *     y[b, o, t] = bias[o] + Σ_c Σ_i weight[o, c, i] · x[b, c, t + i − before]
 *
 * @param x `[batch channels length]`
 * @param weight `[outChannels channels width]`
 * @param options.padding default 0
 * @param options.bias `[outChannels]`, default none
 * @returns `[batch outChannels length + before + after − width + 1]`
 * @throws ShapeError when the channels differ, or the kernel is longer than the padded input; RangeError for padding that is none
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  { padding = 0, bias }: { padding?: Padding; bias?: Tensor | undefined } = {},
): Tensor {
  bindAxes("conv1d", { weight: [weight, "outChannels channels width"], x: [x, "batch channels length"] });
  return applyOne("Conv", bias ? [x, weight, bias] : [x, weight], { pads: endsOf("conv1d", padding) });
}

/** Glorot's range, for which an output channel reads channels · width numbers and each number is read by outChannels · width. */
function glorotKernel(): Initializer {
  const initializer = glorot();
  return (data, [outChannels, channels, width], rng) =>
    initializer(data, [(channels as number) * (width as number), (outChannels as number) * (width as number)], rng);
}

/** A convolution over time as a layer, with the weights of `conv1d`, which PyTorch lays out alike. The bias starts at zero. */
export class Conv1d extends Module {
  /** `[outChannels channels width]` */
  readonly weight: Parameter;
  /** `[outChannels]` */
  readonly bias: Parameter | undefined;
  readonly padding: Padding;

  /**
   * @param options.padding default 0
   * @param options.bias whether there is a bias, default true
   * @throws RangeError for a size that is not a positive integer, and for padding that is none
   */
  constructor(options: {
    channels: number;
    outChannels: number;
    width: number;
    padding?: Padding;
    bias?: boolean;
    initializer?: Initializer;
  }) {
    super();
    const { channels, outChannels, width, padding = 0, bias = true, initializer = glorotKernel() } = options;
    requirePositiveIntegers("Conv1d", { channels, outChannels, width });
    this.padding = endsOf("Conv1d", padding);
    this.weight = new Parameter([outChannels, channels, width], { initializer });
    this.bias = bias ? new Parameter([outChannels], { initializer: zerosInitializer() }) : undefined;
  }

  /**
   * `[batch channels length]` → `[batch outChannels newLength]`
   *
   * @throws ShapeError when the channels differ, or the kernel is longer than the padded input
   */
  forward(x: Tensor): Tensor {
    bindAxes("Conv1d", { weight: [this.weight, "outChannels channels width"], x: [x, "batch channels length"] });
    return conv1d(x, this.weight, { padding: this.padding, bias: this.bias });
  }
}
