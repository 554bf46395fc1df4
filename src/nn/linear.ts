import { multiplyDims } from "../tensor/dim.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { glorot, type Initializer, zerosInitializer } from "./initializers.ts";
import { Module, Parameter } from "./module.ts";

/** `x W + b`. */
export class Linear extends Module {
  /** `[inputDim outputDim]` */
  readonly weight: Parameter;
  /** `[outputDim]` */
  readonly bias: Parameter | undefined;

  constructor(options: { inputDim: number; outputDim: number; bias?: boolean; initializer?: Initializer }) {
    super();
    const { inputDim, outputDim, bias = true, initializer = glorot() } = options;
    this.weight = new Parameter([inputDim, outputDim], { initializer });
    this.bias = bias ? new Parameter([outputDim], { initializer: zerosInitializer() }) : undefined;
  }

  /** `[... inputDim]` → `[... outputDim]` */
  forward(x: Tensor): Tensor {
    const product = project(x, this.weight);
    return this.bias ? product.add(this.bias) : product;
  }
}

/**
 * `x W` over the last axis, as one matrix product. Integers stand for one-hot vectors: row `x` of `W` is taken instead.
 */
export function project(x: Tensor, weight: Tensor): Tensor {
  if (x.dtype === "int32" || x.dtype === "int64") return weight.gather(x);
  if (x.rank <= 2) return x.matmul(weight);
  const rows = x.reshape([multiplyDims(x.shape.slice(0, -1)), x.dim(-1)]).matmul(weight);
  return rows.reshape([...x.shape.slice(0, -1), weight.dim(-1)]);
}
