import { type Dim, multiplyDims } from "../tensor/dim.ts";
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
   * @param lengths `[batch]` int32, 1 … time; default: all steps are valid
   */
  forward(x: Tensor, { lengths }: { lengths?: Tensor } = {}): LstmOutput {
    const cells = this.backwardCell ? [this.forwardCell, this.backwardCell] : [this.forwardCell];
    const time = x.dim(1);
    const directions =
      isTraining() && typeof time === "number"
        ? unroll(x, time, cells, lengths)
        : cells.map((cell, direction) => native(x, cell, lengths, direction === 1));
    const join = (pick: (direction: LstmOutput) => Tensor) => concat(directions.map(pick), -1);
    return { output: join((d) => d.output), hidden: join((d) => d.hidden), cell: join((d) => d.cell) };
  }
}

/**
 * All directions in the same steps, as stacks of matrices, which halves the nodes. A backward direction is a forward one over
 * the sequence reversed within its length, so no step needs a mask.
 */
function unroll(x: Tensor, time: number, cells: readonly LstmCell[], lengths: Tensor | undefined): LstmOutput[] {
  const batch = x.dim(0) as number;
  const hiddenDim = (cells[0] as LstmCell).hiddenDim;
  const recurrentWeight = stack(
    cells.map((cell) => cell.recurrentWeight),
    0,
  );
  const sequences = cells.map((_, direction) => swapTimeAndBatch(direction === 1 ? reverseWithin(x, lengths) : x));
  const zero = zeros([cells.length, batch, hiddenDim]);
  let state: LstmState = { hidden: zero, cell: zero };
  const states = projectDirections(sequences, cells)
    .split(new Array(time).fill(batch), 1)
    .map((step) => {
      state = lstmStep(step, state, recurrentWeight);
      return state;
    });
  const gather = (pick: (state: LstmState) => Tensor) =>
    concat(states.map(pick), 1)
      .reshape([cells.length, time, batch, hiddenDim])
      .split(new Array(cells.length).fill(1), 0)
      .map((direction) => swapTimeAndBatch(direction.squeeze(0)));
  const [hidden, cell] = [gather((step) => step.hidden), gather((step) => step.cell)];
  return cells.map((_, direction) => {
    const all = hidden[direction] as Tensor;
    const valid = lengths ? all.mul(stepMask(lengths, time).unsqueeze(-1)) : all;
    return {
      output: direction === 1 ? reverseWithin(valid, lengths) : valid,
      hidden: lastValid(all, lengths),
      cell: lastValid(cell[direction] as Tensor, lengths),
    };
  });
}

/** The inputs' share of the gates, `[directions time·batch 4·hiddenDim]`, from `[time batch ...]` of each direction. */
function projectDirections(sequences: readonly Tensor[], cells: readonly LstmCell[]): Tensor {
  const rows = multiplyDims((sequences[0] as Tensor).shape.slice(0, 2));
  const symbols = (cells[0] as LstmCell).inputWeight.dim(0) as number;
  if ((sequences[0] as Tensor).rank === 2) {
    const table = cells.map((cell) => cell.inputWeight.add(cell.bias));
    const rowIds = sequences.map((ids, direction) => ids.reshape([1, rows]).add(direction * symbols));
    return concat(table, 0).gather(concat(rowIds, 0));
  }
  const shares = sequences.map((sequence, direction) => (cells[direction] as LstmCell).projectInput(sequence));
  return concat(
    shares.map((share) => share.reshape([1, rows, share.dim(-1)])),
    0,
  );
}

/** `[a b ...]` → `[b a ...]` */
function swapTimeAndBatch(x: Tensor): Tensor {
  return x.transpose([1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}

/** `[batch time width]` → `[batch width]`: step `length − 1` of each example, or the last. */
function lastValid(steps: Tensor, lengths: Tensor | undefined): Tensor {
  const [batch, time, width] = steps.shape as [Dim, number, Dim];
  if (!lengths) return steps.slice({ axis: 1, start: time - 1, end: time }).squeeze(1);
  const at = lengths.sub(1).reshape([batch, 1, 1]).expand([batch, 1, width]);
  return steps.gatherElements(at, 1).squeeze(1);
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
  return applyOne("OneHot", [indices, constant(array([depth], [1], indices.dtype)), values], { axis: -1 });
}
