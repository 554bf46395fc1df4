import type { Dim } from "../tensor/dim.ts";
import { array } from "../tensor/nd-array.ts";
import { apply, applyOne, concat, constant, stack, type Tensor, zeros } from "../tensor/tensor.ts";
import { gateBias, glorot, orthogonal } from "./initializers.ts";
import { project } from "./linear.ts";
import { Module, Parameter } from "./module.ts";
import { reverseWithin, stepMask } from "./sequence.ts";
import { isTraining } from "./trace.ts";

export interface LstmState {
  /** `[batch hiddenDim]` */
  readonly hidden: Tensor;
  /** `[batch hiddenDim]` */
  readonly cell: Tensor;
}

/**
 * One step of long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000):
 *
 *     i, o, f = σ(x W + h U + b)     c̃ = tanh(x W + h U + b)
 *     c′ = f ∘ c + i ∘ c̃             h′ = o ∘ tanh(c′)
 *
 * The gates lie in the order i, o, f, c̃, as in ONNX. U starts orthogonal and the forget gate open.
 */
export class LstmCell extends Module {
  readonly hiddenDim: number;
  /** `[inputDim 4·hiddenDim]` */
  readonly inputWeight: Parameter;
  /** `[hiddenDim 4·hiddenDim]` */
  readonly recurrentWeight: Parameter;
  /** `[4·hiddenDim]` */
  readonly bias: Parameter;

  constructor({ inputDim, hiddenDim }: { inputDim: number; hiddenDim: number }) {
    super();
    this.hiddenDim = hiddenDim;
    this.inputWeight = new Parameter([inputDim, 4 * hiddenDim], { initializer: glorot() });
    this.recurrentWeight = new Parameter([hiddenDim, 4 * hiddenDim], { initializer: orthogonal({ blocks: 4 }) });
    this.bias = new Parameter([4 * hiddenDim], { initializer: gateBias(2, 4) });
  }

  initialState(batch: Dim): LstmState {
    const zero = zeros([batch, this.hiddenDim]);
    return { hidden: zero, cell: zero };
  }

  /** `x` `[batch inputDim]`, or `[batch]` integers in place of one-hot vectors. */
  forward(x: Tensor, state: LstmState): LstmState {
    return this.step(this.projectInput(x), state);
  }

  /** The input's share of the gates, `x W + b`, for any leading axes: one product for all steps of a sequence. */
  projectInput(x: Tensor): Tensor {
    return project(x, this.inputWeight).add(this.bias);
  }

  /** A step from the projected input `[batch 4·hiddenDim]`. */
  step(projected: Tensor, { hidden, cell }: LstmState): LstmState {
    const n = this.hiddenDim;
    const [gates, candidate] = hidden
      .matmul(this.recurrentWeight)
      .add(projected)
      .split([3 * n, n]) as [Tensor, Tensor];
    const [i, o, f] = gates.sigmoid().split([n, n, n]) as [Tensor, Tensor, Tensor];
    const next = f.mul(cell).add(i.mul(candidate.tanh()));
    return { hidden: o.mul(next.tanh()), cell: next };
  }
}

/** What an LSTM gives: every step's hidden state, and the last valid step's state of each direction. */
export interface LstmOutput {
  /** `[batch time directions·hiddenDim]`, zero from each length on; forward direction first */
  readonly output: Tensor;
  /** `[batch directions·hiddenDim]` */
  readonly hidden: Tensor;
  /** `[batch directions·hiddenDim]` */
  readonly cell: Tensor;
}

/**
 * An LSTM over sequences of their own lengths; the backward direction starts at each sequence's last valid step. Unrolled
 * for training, ONNX's own `LSTM` for inference, where batch and time may be symbols.
 */
export class Lstm extends Module {
  readonly forwardCell: LstmCell;
  readonly backwardCell: LstmCell | undefined;

  constructor(options: { inputDim: number; hiddenDim: number; bidirectional?: boolean }) {
    super();
    this.forwardCell = new LstmCell(options);
    this.backwardCell = options.bidirectional ? new LstmCell(options) : undefined;
  }

  /**
   * @param x `[batch time inputDim]`, or `[batch time]` integers in place of one-hot vectors
   * @param lengths `[batch]` int32, 1 … time; default: all steps are valid
   */
  forward(x: Tensor, { lengths }: { lengths?: Tensor } = {}): LstmOutput {
    const results = [this.#run(x, this.forwardCell, lengths, false)];
    if (this.backwardCell) results.push(this.#run(x, this.backwardCell, lengths, true));
    return {
      output: concat(
        results.map(({ output }) => output),
        -1,
      ),
      hidden: concat(
        results.map(({ hidden }) => hidden),
        -1,
      ),
      cell: concat(
        results.map(({ cell }) => cell),
        -1,
      ),
    };
  }

  #run(x: Tensor, cell: LstmCell, lengths: Tensor | undefined, backward: boolean): LstmOutput {
    const time = x.dim(1);
    return isTraining() && typeof time === "number"
      ? unroll(x, time, cell, lengths, backward)
      : native(x, cell, lengths, backward);
  }
}

/** A backward pass is a forward pass over the sequence reversed within its length, so no step needs a mask. */
function unroll(x: Tensor, time: number, cell: LstmCell, lengths: Tensor | undefined, backward: boolean): LstmOutput {
  const batch = x.dim(0);
  const sequence = backward ? reverseWithin(x, lengths) : x;
  const timeFirst = sequence.transpose([1, 0, ...sequence.shape.slice(2).map((_, i) => i + 2)]);
  const projected = cell.projectInput(timeFirst);
  const steps = projected.split(new Array(time).fill(1), 0);
  let state = cell.initialState(batch);
  const states = steps.map((step) => {
    state = cell.step(step.squeeze(0), state);
    return state;
  });
  const hidden = stack(
    states.map((step) => step.hidden),
    1,
  );
  const valid = lengths ? hidden.mul(stepMask(lengths, time).unsqueeze(-1)) : hidden;
  const output = backward ? reverseWithin(valid, lengths) : valid;
  const last = (pick: (step: LstmState) => Tensor) => (lengths ? lastValid(states.map(pick), lengths) : pick(state));
  return { output, hidden: last((step) => step.hidden), cell: last((step) => step.cell) };
}

/** The tensor of step `length − 1` of each example. */
function lastValid(steps: readonly Tensor[], lengths: Tensor): Tensor {
  const [, width] = (steps[0] as Tensor).shape;
  const at = lengths
    .sub(1)
    .reshape([lengths.dim(0), 1, 1])
    .expand([lengths.dim(0), 1, width as Dim]);
  return stack(steps, 1).gatherElements(at, 1).squeeze(1);
}

/** ONNX's `LSTM`: weights `[1 4·hiddenDim inputDim]`, gates i o f c, sequence axis first. */
function native(x: Tensor, cell: LstmCell, lengths: Tensor | undefined, backward: boolean): LstmOutput {
  const { inputWeight, recurrentWeight, bias, hiddenDim } = cell;
  const dense = x.rank === 3 ? x : oneHot(x, inputWeight.dim(0) as number);
  const both = concat([bias, zeros([4 * hiddenDim])], 0).unsqueeze(0);
  const inputs = [
    dense.transpose([1, 0, 2]),
    inputWeight.transpose().unsqueeze(0),
    recurrentWeight.transpose().unsqueeze(0),
  ];
  const attributes = { hidden_size: hiddenDim, direction: backward ? "reverse" : "forward" };
  const [all, hidden, last] = apply("LSTM", [...inputs, both, lengths], attributes, 3) as [Tensor, Tensor, Tensor];
  return { output: all.squeeze(1).transpose([1, 0, 2]), hidden: hidden.squeeze(0), cell: last.squeeze(0) };
}

/** `[...]` integers → `[... depth]` float32 with a one at each integer. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  const values = constant(array([0, 1]));
  return applyOne("OneHot", [indices, constant(array([depth], [1], "int64")), values], { axis: -1 });
}
