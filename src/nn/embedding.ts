import { ShapeError } from "../tensor/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Initializer, normal } from "./initializers.ts";
import { Module, Parameter } from "./module.ts";
import { requirePositiveIntegers } from "./options.ts";

/**
 * A learned vector for each symbol of a vocabulary: row `token` of the weight (Bengio et al. 2003, section 2, the matrix C).
 *
 * A token outside the vocabulary makes the run fail; so does one below −vocabulary, while −1 … −vocabulary count from the end.
 */
export class Embedding extends Module {
  /** `[vocabulary dim]`; starts normal with deviation 0.02, as BERT's and GPT-2's do */
  readonly weight: Parameter;

  /** @throws RangeError for a size that is not a positive integer */
  constructor(options: { vocabulary: number; dim: number; initializer?: Initializer }) {
    super();
    const { vocabulary, dim, initializer = normal(0.02) } = options;
    requirePositiveIntegers("Embedding", { vocabulary, dim });
    this.weight = new Parameter([vocabulary, dim], { initializer });
  }

  /**
   * `[...]` int32 → `[... dim]`
   *
   * @throws ShapeError for tokens that are not integers
   */
  forward(tokens: Tensor): Tensor {
    if (tokens.dtype !== "int32" && tokens.dtype !== "int64") {
      throw new ShapeError(`Embedding: expected int32 tokens but found ${tokens.dtype}; use cast("int32")`);
    }
    return this.weight.gather(tokens);
  }
}
