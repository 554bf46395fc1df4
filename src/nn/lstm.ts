import type { Dim } from "../tensor/dim.ts";
import { apply, concat, stack, type Tensor, zeros } from "../tensor/tensor.ts";
import { gateBias, glorot, orthogonal } from "./initializers.ts";
import { project } from "./linear.ts";
import { Module, Parameter } from "./module.ts";
import { requirePositiveIntegers } from "./options.ts";
import {
  checkSequence,
  type DirectionResult,
  isUnrolled,
  joinDirections,
  type NativeOptions,
  nativeInput,
  nativeOutput,
  type RecurrentOptions,
  stackStates,
  stateOf,
  unroll,
} from "./recurrence.ts";

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

  /** @throws RangeError for a size that is not a positive integer */
  constructor({ inputDim, hiddenDim }: { inputDim: number; hiddenDim: number }) {
    super();
    requirePositiveIntegers("Lstm", { inputDim, hiddenDim });
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
    return project(x, this.inputWeight, this.bias);
  }

  /** A step from the projected input `[batch 4·hiddenDim]`. */
  step(projected: Tensor, state: LstmState): LstmState {
    return lstmStep(projected, state, this.recurrentWeight);
  }
}

/** A step for any leading axes: projected input `[... batch 4·hiddenDim]`, recurrent weight `[... hiddenDim 4·hiddenDim]`. */
function lstmStep(projected: Tensor, { hidden, cell }: LstmState, recurrentWeight: Tensor): LstmState {
  const n = recurrentWeight.dim(-2) as number;
  const [gates, candidate] = hidden
    .matmul(recurrentWeight)
    .add(projected)
    .split([3 * n, n]) as [Tensor, Tensor];
  const [i, o, f] = gates.sigmoid().split([n, n, n]) as [Tensor, Tensor, Tensor];
  const next = f.mul(cell).add(i.mul(candidate.tanh()));
  return { hidden: o.mul(next.tanh()), cell: next };
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
   * @param options.lengths `[batch]` int32, 1 … time; default: all steps are valid
   * @param options.initial the first state, each part `[batch directions·hiddenDim]`; default: zeros
   * @throws ShapeError for an `x`, `lengths` or `initial` of another shape or type
   */
  forward(x: Tensor, { lengths, initial }: RecurrentOptions<LstmState> = {}): LstmOutput {
    const cells = this.backwardCell ? [this.forwardCell, this.backwardCell] : [this.forwardCell];
    checkSequence("Lstm", x, { cells, lengths, initial });
    const directions = isUnrolled(x)
      ? unrollLstm(x, cells, { lengths, initial })
      : cells.map((cell, direction) => native(x, cell, { lengths, initial: stateOf(initial, cells, direction) }));
    const { output, last } = joinDirections(directions);
    return { output, ...last };
  }
}

function unrollLstm(
  x: Tensor,
  cells: readonly LstmCell[],
  { lengths, initial }: RecurrentOptions<LstmState>,
): DirectionResult<LstmState>[] {
  const recurrentWeight = stack(
    cells.map((cell) => cell.recurrentWeight),
    0,
  );
  return unroll<LstmState>(x, {
    cells,
    lengths,
    initial: (zero) => (initial ? stackStates(initial, cells) : { hidden: zero, cell: zero }),
    step: (projected, state) => lstmStep(projected, state, recurrentWeight),
  });
}

/** ONNX's `LSTM`: weights `[1 4·hiddenDim inputDim]`, gates i o f c, sequence axis first. */
function native(x: Tensor, cell: LstmCell, { lengths, initial }: NativeOptions<LstmState>): DirectionResult<LstmState> {
  const { inputWeight, recurrentWeight, bias, hiddenDim } = cell;
  const sequence = nativeInput(x, inputWeight);
  const inputs = [
    sequence.x,
    sequence.weight,
    recurrentWeight.transpose().unsqueeze(0),
    concat([bias, zeros([4 * hiddenDim])], 0).unsqueeze(0),
  ];
  const attributes = { hidden_size: hiddenDim, direction: initial.direction };
  const first = [initial.state?.hidden, initial.state?.cell].map((part) => part?.unsqueeze(0));
  const [all, hidden, last] = apply("LSTM", [...inputs, lengths, ...first], attributes, 3) as [Tensor, Tensor, Tensor];
  return { output: nativeOutput(all), last: { hidden: hidden.squeeze(0), cell: last.squeeze(0) } };
}
