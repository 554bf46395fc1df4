import { dropout as drop } from "../nn/dropout.ts";
import type { Linear } from "../nn/linear.ts";
import { scan } from "../nn/scan.ts";
import { stage } from "../nn/trace.ts";
import { broadcast } from "../tensor/operators/operator.ts";
import { bindAxes, rearrange } from "../tensor/patterns.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import type { AttentionInput, AttentionOutput, Normalize } from "./contract.ts";
import { checkMask } from "./masks.ts";

/** `query` and `key` are projected: `[... queryLen hiddenDim]`, `[... keyLen hiddenDim]`. */
export interface StepwiseInput extends AttentionInput {
  /** Who complains. */
  readonly owner: string;
  /** What earlier queries have left to the first, `[... keyLen]`; default: zeros. */
  readonly before: Tensor | undefined;
  /** What a query sees of that: `[... keyLen]` → `[... keyLen hiddenDim]`. */
  readonly see: (state: Tensor) => Tensor;
  /** The last layer of the score, `[hiddenDim 1]`. */
  readonly scoreProjection: Linear;
  /** What a query leaves to the next one, of what it found and its own weights: `[... keyLen]`. */
  readonly leave: (step: { state: Tensor; weights: Tensor }) => Tensor;
  readonly normalize: Normalize;
  readonly dropout: number;
}

/** What belongs to one query: `[... hiddenDim]`, and `[... keyLen]` of mask and bias. */
interface Step {
  readonly query: Tensor;
  readonly mask?: Tensor;
  readonly bias?: Tensor;
}

/**
 * Additive attention whose queries are taken one after the other, each with a number for each key that the earlier ones have left:
 *
 *     weights_i = softmax(v · tanh(q_i + k_j + see(state_{i−1})_j))     state_i = leave(state_{i−1}, weights_i)
 *
 * @returns `state`: what the last query leaves
 * @throws ShapeError when mask or bias do not stretch to the scores, or leading axes do not stretch to each other
 */
export function attendStepwise(args: StepwiseInput): AttentionOutput & { state: Tensor } {
  const { owner, query, key, value, mask, bias, before, see, scoreProjection, leave, normalize, dropout } = args;
  const { queryLen, keyLen } = bindAxes(owner, {
    query: [query, "... queryLen hiddenDim"],
    key: [key, "... keyLen hiddenDim"],
  });
  const found = [query.shape.slice(0, -2), key.shape.slice(0, -2), before?.shape.slice(0, -1) ?? []];
  const leading = broadcast(owner, found);
  const scores = [...leading, queryLen, keyLen];
  checkMask(owner, { mask, bias }, scores);
  const byQuery = (x: Tensor) => rearrange(x, "... queryLen dim -> queryLen ... dim");
  const { last, output: steps } = scan({
    initial: { state: before?.expand([...leading, keyLen]) ?? zeros([...leading, keyLen], query.dtype) },
    inputs: {
      query: byQuery(query),
      ...(mask ? { mask: byQuery(mask.expand(scores)) } : {}),
      ...(bias ? { bias: byQuery(bias.expand(scores)) } : {}),
    },
    step: ({ state }, at: Step) => {
      const hidden = key.add(see(state)).add(at.query.unsqueeze(-2)).tanh();
      const plain = scoreProjection.forward(hidden).squeeze(-1);
      const scores = at.bias ? plain.add(at.bias) : plain;
      const weights = normalize(scores, at.mask);
      return { state: { state: leave({ state, weights }) }, output: { weights, scores } };
    },
  });
  const together = (x: Tensor) => rearrange(x, "queryLen ... keyLen -> ... queryLen keyLen");
  stage("scores", together(steps.scores));
  const weights = together(steps.weights);
  return { output: drop(weights, dropout).matmul(value), weights, state: last.state };
}
