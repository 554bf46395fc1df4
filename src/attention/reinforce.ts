import { stopGradient } from "../autodiff/gradient.ts";
import { Buffer, Module } from "../nn/module.ts";
import { requireFractions } from "../nn/options.ts";
import { updateBuffer } from "../nn/trace.ts";
import { array } from "../tensor/nd-array.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Tensor } from "../tensor/tensor.ts";

export interface ReinforceInput {
  /** Of the choices that were drawn: `[... queryLen]`. */
  readonly logProbability: Tensor;
  /** How well each choice did, the larger the better: `[... queryLen]`. */
  readonly reward: Tensor;
  /** Subtracted from the reward, stretching to `[... queryLen]`; default 0. */
  readonly baseline?: Tensor | number;
}

/**
 * A loss whose gradient is the policy gradient of drawn choices, one number for each, `[... queryLen]`, to be summed:
 *
 *     loss = −log p · (reward − baseline), the factor in brackets a constant
 *
 * Source: Williams 1992, REINFORCE; for attention, Xu et al. 2015, section 4.1. In the mean over draws, its gradient is exactly
 * that of −Σ p · reward, whatever the baseline, as long as that does not depend on the draw; a baseline near the mean reward makes
 * the single gradients vary less. The loss's own value means nothing.
 *
 * @throws ShapeError when reward and log-probability differ in queryLen
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reinforce } from "fovea/attention";
 * import { gradient } from "fovea/autodiff";
 * import { evaluate } from "fovea/runtime";
 * import { array, input } from "fovea/tensor";
 *
 * const [logProbability, reward] = [input("logProbability", [2]), input("reward", [2])];
 * const [slope] = gradient(reinforce({ logProbability, reward, baseline: 1 }).sum(), [logProbability]);
 * const values = evaluate({ slope: slope! }, { logProbability: array([-1, -2]), reward: array([3, 0]) });
 * assert.deepEqual([...values.slope!.data], [-2, 1]); // descent makes the first draw likelier, the second less likely
 * ```
 */
export function reinforce({ logProbability, reward, baseline = 0 }: ReinforceInput): Tensor {
  bindAxes("reinforce", { logProbability: [logProbability, "... queryLen"], reward: [reward, "... queryLen"] });
  return logProbability.mul(stopGradient(reward.sub(baseline))).neg();
}

/**
 * A baseline for `reinforce`, the moving average of the rewards of earlier steps:
 *
 *     b ← decay · b + (1 − decay) · mean(reward)
 *
 * Source: Xu et al. 2015, section 4.1, with decay 0.9. A step reads the value that the steps before it left, so that the baseline
 * does not depend on the step's own draws; training alone moves it.
 *
 * | tensor | axes |
 * | --- | --- |
 * | `value` (b), a buffer | `[]` |
 *
 * Defaults: decay 0.9, start 0.
 *
 * @throws RangeError unless 0 ≤ decay < 1
 */
export class MovingBaseline extends Module {
  readonly value: Buffer;
  readonly decay: number;

  constructor({ decay = 0.9, start = 0 }: { readonly decay?: number; readonly start?: number } = {}) {
    super();
    requireFractions("MovingBaseline", { decay });
    this.decay = decay;
    this.value = new Buffer(array([start], []));
  }

  /** The baseline, `[]`, for a reward of any shape, which then moves it. */
  forward(reward: Tensor): Tensor {
    const { value, decay } = this;
    updateBuffer(
      value,
      value.mul(decay).add(
        stopGradient(reward)
          .mean()
          .mul(1 - decay),
      ),
    );
    return value;
  }
}
