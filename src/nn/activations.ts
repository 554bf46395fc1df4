import type { Tensor } from "../tensor/tensor.ts";

/**
 * x Φ(x), with Φ the normal distribution (Hendrycks & Gimpel 2016, section 2). Written out: ONNX has `Gelu` only from operator
 * set 20 on, and exports use 18.
 */
export function gelu(x: Tensor): Tensor {
  return x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5));
}

/** x σ(x), also called swish (Hendrycks & Gimpel 2016, section 2; Ramachandran et al. 2017). */
export function silu(x: Tensor): Tensor {
  return x.mul(x.sigmoid());
}
