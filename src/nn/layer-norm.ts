import { bindAxes } from "../tensor/patterns.ts";
import { applyOne, type Tensor } from "../tensor/tensor.ts";
import { constantInitializer, zerosInitializer } from "./initializers.ts";
import { Module, Parameter } from "./module.ts";
import { requirePositiveIntegers } from "./options.ts";

/**
 * Layer normalisation over the last axis (Ba, Kiros & Hinton 2016, equations 3 and 4):
 *
 *     y = (x − μ) / √(σ² + ε) ∘ scale + bias     μ, σ² = mean and variance of each row of x
 *
 * The variance is that of the row itself (divided by its length). A constant row gives `bias`.
 */
export class LayerNorm extends Module {
  /** `[dim]`, starts at 1 */
  readonly scale: Parameter;
  /** `[dim]`, starts at 0 */
  readonly bias: Parameter;
  readonly epsilon: number;

  /**
   * @param options.epsilon ε, default 1e-5
   * @throws RangeError for a size that is not a positive integer
   */
  constructor({ dim, epsilon = 1e-5 }: { dim: number; epsilon?: number }) {
    super();
    requirePositiveIntegers("LayerNorm", { dim });
    this.scale = new Parameter([dim], { initializer: constantInitializer(1) });
    this.bias = new Parameter([dim], { initializer: zerosInitializer() });
    this.epsilon = epsilon;
  }

  /**
   * `[... dim]` → `[... dim]`
   *
   * @throws ShapeError when the last axis is not of length `dim`
   */
  forward(x: Tensor): Tensor {
    bindAxes("LayerNorm", { scale: [this.scale, "dim"], x: [x, "... dim"] });
    return applyOne("LayerNormalization", [x, this.scale, this.bias], { axis: -1, epsilon: this.epsilon });
  }
}
