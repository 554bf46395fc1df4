import { multiplyDims } from "../tensor/dim.ts";
import { FLOATS } from "../tensor/operators/operator.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { glorot, type Initializer, zerosInitializer } from "./initializers.ts";
import { Module, Parameter } from "./module.ts";
import { requirePositiveIntegers } from "./options.ts";

/**
 * A dense layer, `x W + b`. The weight starts uniform on Glorot's range, the bias at zero; PyTorch keeps the transpose of this weight.
 */
export class Linear extends Module {
  /** `[inputDim outputDim]` */
  readonly weight: Parameter;
  /** `[outputDim]` */
  readonly bias: Parameter | undefined;

  /**
   * @param options.bias whether there is a bias, default true
   * @throws RangeError for a size that is not a positive integer
   */
  constructor(options: { inputDim: number; outputDim: number; bias?: boolean; initializer?: Initializer }) {
    super();
    const { inputDim, outputDim, bias = true, initializer = glorot() } = options;
    requirePositiveIntegers("Linear", { inputDim, outputDim });
    this.weight = new Parameter([inputDim, outputDim], { initializer });
    this.bias = bias ? new Parameter([outputDim], { initializer: zerosInitializer() }) : undefined;
  }

  /**
   * `[... inputDim]` → `[... outputDim]`; or `[...]` integers, which stand for one-hot vectors
   *
   * @throws ShapeError when the last axis is not of length inputDim
   */
  forward(x: Tensor): Tensor {
    if (FLOATS.has(x.dtype))
      bindAxes("Linear", { weight: [this.weight, "inputDim outputDim"], x: [x, "... inputDim"] });
    return project(x, this.weight, this.bias);
  }
}

/**
 * `x W + b` over the last axis, as one matrix product. Integers stand for one-hot vectors: row `x` of `W` is taken instead.
 */
export function project(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const plus = (product: Tensor) => (bias ? product.add(bias) : product);
  if (x.dtype === "int32" || x.dtype === "int64") return plus(weight.gather(x));
  if (x.rank <= 2) return plus(x.matmul(weight));
  const rows = plus(x.reshape([multiplyDims(x.shape.slice(0, -1)), x.dim(-1)]).matmul(weight));
  return rows.reshape([...x.shape.slice(0, -1), weight.dim(-1)]);
}
