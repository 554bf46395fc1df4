import type { Dim } from "../tensor/dim.ts";
import { apply, concat, stack, type Tensor, zeros } from "../tensor/tensor.ts";
import { glorot, orthogonal, zerosInitializer } from "./initializers.ts";
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

export interface GruState {
  /** `[batch hiddenDim]` */
  readonly hidden: Tensor;
}

/**
 * One step of a gated recurrent unit (Cho et al. 2014, section 2.3), its reset gate applied after the product, as in PyTorch,
 * in Keras (`reset_after`) and in ONNX (`linear_before_reset` = 1):
 *
 *     z, r = σ(x W + h U + b)     h̃ = tanh(x W + b + r ∘ (h U + b′))     h′ = (1 − z) ∘ h̃ + z ∘ h
 *
 * The gates lie in the order z (update), r (reset), h̃ (candidate), as in ONNX. U starts orthogonal, the biases at zero.
 */
export class GruCell extends Module {
  readonly hiddenDim: number;
  /** `[inputDim 3·hiddenDim]` */
  readonly inputWeight: Parameter;
  /** `[hiddenDim 3·hiddenDim]` */
  readonly recurrentWeight: Parameter;
  /** `[3·hiddenDim]`, b */
  readonly bias: Parameter;
  /** `[hiddenDim]`, b′: the candidate's, inside the reset; the gates need only one bias */
  readonly recurrentBias: Parameter;

  /** @throws RangeError for a size that is not a positive integer */
  constructor({ inputDim, hiddenDim }: { inputDim: number; hiddenDim: number }) {
    super();
    requirePositiveIntegers("Gru", { inputDim, hiddenDim });
    this.hiddenDim = hiddenDim;
    this.inputWeight = new Parameter([inputDim, 3 * hiddenDim], { initializer: glorot() });
    this.recurrentWeight = new Parameter([hiddenDim, 3 * hiddenDim], { initializer: orthogonal({ blocks: 3 }) });
    this.bias = new Parameter([3 * hiddenDim], { initializer: zerosInitializer() });
    this.recurrentBias = new Parameter([hiddenDim], { initializer: zerosInitializer() });
  }

  initialState(batch: Dim): GruState {
    return { hidden: zeros([batch, this.hiddenDim]) };
  }

  /** `x` `[batch inputDim]`, or `[batch]` integers in place of one-hot vectors. */
  forward(x: Tensor, state: GruState): GruState {
    return this.step(this.projectInput(x), state);
  }

  /** The input's share of the gates, `x W + b`, for any leading axes: one product for all steps of a sequence. */
  projectInput(x: Tensor): Tensor {
    return project(x, this.inputWeight, this.bias);
  }

  /** A step from the projected input `[batch 3·hiddenDim]`. */
  step(projected: Tensor, state: GruState): GruState {
    return gruStep(projected, state, this);
  }
}

/**
 * A step for any leading axes: projected input `[... batch 3·hiddenDim]`, recurrent weight `[... hiddenDim 3·hiddenDim]`, recurrent
 * bias stretching to `[... batch hiddenDim]`.
 */
function gruStep(
  projected: Tensor,
  { hidden }: GruState,
  { recurrentWeight, recurrentBias }: { recurrentWeight: Tensor; recurrentBias: Tensor },
): GruState {
  const n = recurrentWeight.dim(-2) as number;
  const [gatesOfInput, candidateOfInput] = projected.split([2 * n, n]) as [Tensor, Tensor];
  const [gatesOfState, candidateOfState] = hidden.matmul(recurrentWeight).split([2 * n, n]) as [Tensor, Tensor];
  const [z, r] = gatesOfInput.add(gatesOfState).sigmoid().split([n, n]) as [Tensor, Tensor];
  const candidate = candidateOfInput.add(r.mul(candidateOfState.add(recurrentBias))).tanh();
  return { hidden: candidate.add(z.mul(hidden.sub(candidate))) };
}

/** What a GRU gives: every step's hidden state, and the last valid step's state of each direction. */
export interface GruOutput {
  /** `[batch time directions·hiddenDim]`, zero from each length on; forward direction first */
  readonly output: Tensor;
  /** `[batch directions·hiddenDim]` */
  readonly hidden: Tensor;
}

/**
 * A GRU over sequences of their own lengths; the backward direction starts at each sequence's last valid step. Unrolled
 * for training, ONNX's own `GRU` for inference, where batch and time may be symbols.
 */
export class Gru extends Module {
  readonly forwardCell: GruCell;
  readonly backwardCell: GruCell | undefined;

  /** @throws RangeError for a size that is not a positive integer */
  constructor(options: { inputDim: number; hiddenDim: number; bidirectional?: boolean }) {
    super();
    this.forwardCell = new GruCell(options);
    this.backwardCell = options.bidirectional ? new GruCell(options) : undefined;
  }

  /**
   * @param x `[batch time inputDim]`, or `[batch time]` integers in place of one-hot vectors
   * @param options.lengths `[batch]` int32, 1 … time; default: all steps are valid
   * @param options.initial the first state, `[batch directions·hiddenDim]`; default: zeros
   * @throws ShapeError for an `x`, `lengths` or `initial` of another shape or type
   */
  forward(x: Tensor, { lengths, initial }: RecurrentOptions<GruState> = {}): GruOutput {
    const cells = this.backwardCell ? [this.forwardCell, this.backwardCell] : [this.forwardCell];
    checkSequence("Gru", x, { cells, lengths, initial });
    const directions = isUnrolled(x)
      ? unrollGru(x, cells, { lengths, initial })
      : cells.map((cell, direction) => native(x, cell, { lengths, initial: stateOf(initial, cells, direction) }));
    const { output, last } = joinDirections(directions);
    return { output, ...last };
  }
}

function unrollGru(
  x: Tensor,
  cells: readonly GruCell[],
  { lengths, initial }: RecurrentOptions<GruState>,
): DirectionResult<GruState>[] {
  const weights = {
    recurrentWeight: stack(
      cells.map((cell) => cell.recurrentWeight),
      0,
    ),
    recurrentBias: stack(
      cells.map((cell) => cell.recurrentBias),
      0,
    ).unsqueeze(1),
  };
  return unroll<GruState>(x, {
    cells,
    lengths,
    initial: (zero) => (initial ? stackStates(initial, cells) : { hidden: zero }),
    step: (projected, state) => gruStep(projected, state, weights),
  });
}

/** ONNX's `GRU`: weights `[1 3·hiddenDim inputDim]`, gates z r h̃, sequence axis first. */
function native(x: Tensor, cell: GruCell, { lengths, initial }: NativeOptions<GruState>): DirectionResult<GruState> {
  const { inputWeight, recurrentWeight, bias, recurrentBias, hiddenDim } = cell;
  const sequence = nativeInput(x, inputWeight);
  const inputs = [
    sequence.x,
    sequence.weight,
    recurrentWeight.transpose().unsqueeze(0),
    concat([bias, zeros([2 * hiddenDim]), recurrentBias], 0).unsqueeze(0),
  ];
  const attributes = { hidden_size: hiddenDim, direction: initial.direction, linear_before_reset: 1 };
  const first = initial.state?.hidden.unsqueeze(0);
  const [all, hidden] = apply("GRU", [...inputs, lengths, first], attributes, 2) as [Tensor, Tensor];
  return { output: nativeOutput(all), last: { hidden: hidden.squeeze(0) } };
}
