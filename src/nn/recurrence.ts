import { type Dim, formatShape, multiplyDims } from "../tensor/dim.ts";
import { ShapeError } from "../tensor/errors.ts";
import { array } from "../tensor/nd-array.ts";
import { agrees } from "../tensor/operators/control-flow.ts";
import { FLOATS } from "../tensor/operators/operator.ts";
import { bindAxes } from "../tensor/patterns.ts";
import type { Named } from "../tensor/scan.ts";
import { applyOne, concat, constant, stack, type Tensor, zeros } from "../tensor/tensor.ts";
import type { Parameter } from "./module.ts";
import { isWrittenOut, scan } from "./scan.ts";
import { reverseWithin, stepMask } from "./sequence.ts";
import { isTraining } from "./trace.ts";

/** What a cell hands on from step to step: the hidden state and whatever else it keeps, each `[... batch hiddenDim]`. */
export interface CellState {
  readonly hidden: Tensor;
}

/** A cell as the loop over time sees it. */
export interface RecurrentCell {
  readonly hiddenDim: number;
  /** `[inputDim gates·hiddenDim]` */
  readonly inputWeight: Parameter;
  /** `[gates·hiddenDim]` */
  readonly bias: Parameter;
  /** `[...]` → `[... gates·hiddenDim]` */
  projectInput(x: Tensor): Tensor;
}

/** What one direction gives. */
export interface DirectionResult<State> {
  /** `[batch time hiddenDim]`, zero from each length on */
  readonly output: Tensor;
  /** The state after the last valid step, each part `[batch hiddenDim]`. */
  readonly last: State;
}

export interface Recurrence<State extends CellState> {
  /** The forward cell, and the backward one where there are two directions. */
  readonly cells: readonly RecurrentCell[];
  /** `[batch]` int32, 1 … time; undefined: all steps are valid */
  readonly lengths: Tensor | undefined;
  /** The first state, from zeros `[directions batch hiddenDim]`. */
  readonly initial: (zero: Tensor) => State;
  /** A step of all directions, from the projected input `[directions batch gates·hiddenDim]`. */
  readonly step: (projected: Tensor, state: State) => State;
}

/** What a recurrent layer may be told beside its input. */
export interface RecurrentOptions<State extends CellState> {
  /** `[batch]` int32, 1 … time; default: all steps are valid */
  readonly lengths?: Tensor | undefined;
  /** The first state, each part `[batch directions·hiddenDim]`; default: zeros */
  readonly initial?: State | undefined;
}

/** The same for one direction, each part of the state `[batch hiddenDim]`. */
export interface NativeOptions<State extends CellState> {
  readonly lengths: Tensor | undefined;
  readonly initial: { readonly state: State | undefined; readonly direction: "forward" | "reverse" };
}

/** @throws ShapeError when `x`, `lengths` or the first state is of another shape or type than a recurrent layer takes */
export function checkSequence<State extends CellState>(
  owner: string,
  x: Tensor,
  { cells, lengths, initial }: RecurrentOptions<State> & { cells: readonly RecurrentCell[] },
): void {
  const [cell] = cells as readonly [RecurrentCell];
  const vectors = FLOATS.has(x.dtype);
  if (!vectors && x.dtype !== "int32" && x.dtype !== "int64") {
    throw new ShapeError(`${owner}: expected x to be float32, int32 or int64 but found ${x.dtype}; use cast()`);
  }
  if (lengths && lengths.dtype !== "int32") {
    throw new ShapeError(`${owner}: expected lengths to be int32 but found ${lengths.dtype}; use cast("int32")`);
  }
  bindAxes(owner, {
    inputWeight: [cell.inputWeight, "inputDim width"],
    x: [x, vectors ? "batch time inputDim" : "batch time"],
    ...(lengths ? { lengths: [lengths, "batch"] as const } : {}),
  });
  for (const [name, part] of Object.entries<Tensor>({ ...initial } as Record<string, Tensor>)) {
    const wanted = [x.dim(0), cells.length * cell.hiddenDim];
    if (!FLOATS.has(part.dtype)) {
      throw new ShapeError(
        `${owner}: expected initial.${name} to be float32 but found ${part.dtype}; use cast("float32")`,
      );
    }
    if (agrees(part.shape, wanted)) continue;
    throw new ShapeError(
      `${owner}: expected initial.${name} to have shape ${formatShape(wanted)} but found ${formatShape(part.shape)}`,
    );
  }
}

/** One direction's share of a layer's first state. */
export function stateOf<State extends CellState>(
  initial: State | undefined,
  cells: readonly RecurrentCell[],
  direction: number,
): NativeOptions<State>["initial"] {
  const name = direction === 1 ? "reverse" : "forward";
  if (!initial) return { state: undefined, direction: name };
  const part = (of: keyof State) => directionsOf(initial[of] as Tensor, cells)[direction] as Tensor;
  return { state: mapState(initial, part) as State, direction: name };
}

/** A layer's first state, each part `[directions batch hiddenDim]`. */
export function stackStates<State extends CellState>(initial: State, cells: readonly RecurrentCell[]): State {
  return mapState(initial, (name) => stack(directionsOf(initial[name] as Tensor, cells), 0)) as State;
}

function directionsOf(part: Tensor, cells: readonly RecurrentCell[]): Tensor[] {
  return cells.length === 1 ? [part] : part.split(cells.map(({ hiddenDim }) => hiddenDim));
}

/** Whether a recurrence over `[batch time ...]` is written out step by step: in training, which needs numbers for both. */
export function isUnrolled(x: Tensor): boolean {
  return isTraining() && typeof x.dim(0) === "number" && typeof x.dim(1) === "number";
}

/**
 * A recurrence over `[batch time ...]`, step by step, a long one as a `scan`. All directions take the same steps, as stacks of
 * matrices, which halves the nodes. A backward direction is a forward one over the sequence reversed within its length, so no step
 * needs a mask.
 */
export function unroll<State extends CellState & Named<State>>(
  x: Tensor,
  recurrence: Recurrence<State>,
): DirectionResult<State>[] {
  const { cells, lengths, initial, step } = recurrence;
  const [batch, time] = x.shape as [number, number];
  const { hiddenDim } = cells[0] as RecurrentCell;
  const sequences = cells.map((_, direction) => swapTimeAndBatch(direction === 1 ? reverseWithin(x, lengths) : x));
  const state = initial(zeros([cells.length, batch, hiddenDim]));
  const projected = projectDirections(sequences, cells);
  const run = isWrittenOut(time) ? writtenOut : scanned;
  const all = run({ projected, state, step, time });
  return cells.map((_, direction) => {
    const part = (name: keyof State) => (all[name] as readonly Tensor[])[direction] as Tensor;
    const hidden = part("hidden");
    const valid = lengths ? hidden.mul(stepMask(lengths, time).unsqueeze(-1)) : hidden;
    return {
      output: direction === 1 ? reverseWithin(valid, lengths) : valid,
      last: mapState(state, (name) => lastValid(part(name), lengths)) as State,
    };
  });
}

interface Steps<State extends CellState> {
  /** `[directions time·batch gates·hiddenDim]` */
  readonly projected: Tensor;
  readonly state: State;
  readonly step: Recurrence<State>["step"];
  readonly time: number;
}

/** What each part of the state was after every step: `[batch time hiddenDim]` of each direction. */
type AllStates<State> = Readonly<Record<keyof State, readonly Tensor[]>>;

function writtenOut<State extends CellState>({ projected, state, step, time }: Steps<State>): AllStates<State> {
  const [directions, rows] = projected.shape as [number, number];
  let now = state;
  const states = projected.split(new Array(time).fill(rows / time), 1).map((part) => {
    now = step(part, now);
    return now;
  });
  return mapState(state, (name) => {
    const all = states.map((at) => at[name] as Tensor);
    const stacked = concat(all, 1).reshape([directions, time, rows / time, (all[0] as Tensor).dim(-1)]);
    return stacked.split(new Array(directions).fill(1), 0).map((direction) => swapTimeAndBatch(direction.squeeze(0)));
  });
}

function scanned<State extends CellState & Named<State>>({
  projected,
  state,
  step,
  time,
}: Steps<State>): AllStates<State> {
  const [directions, rows, width] = projected.shape as [number, number, number];
  const elements = swapTimeAndBatch(projected.reshape([directions, time, rows / time, width]));
  const { output } = scan({
    initial: state,
    inputs: { elements },
    step: (now, element) => {
      const next = step(element.elements, now);
      return { state: next, output: next };
    },
  });
  return mapState(state, (name) =>
    (output[name] as Tensor)
      .split(new Array(directions).fill(1), 1)
      .map((direction) => swapTimeAndBatch(direction.squeeze(1))),
  );
}

function statesOf<State extends CellState>(state: State): (keyof State)[] {
  return Object.keys(state) as (keyof State)[];
}

function mapState<State extends CellState, Part>(
  state: State,
  part: (name: keyof State) => Part,
): Readonly<Record<keyof State, Part>> {
  return Object.fromEntries(statesOf(state).map((name) => [name, part(name)])) as Record<keyof State, Part>;
}

/** The inputs' share of the gates, `[directions time·batch gates·hiddenDim]`, from `[time batch ...]` of each direction. */
function projectDirections(sequences: readonly Tensor[], cells: readonly RecurrentCell[]): Tensor {
  const rows = multiplyDims((sequences[0] as Tensor).shape.slice(0, 2));
  const symbols = (cells[0] as RecurrentCell).inputWeight.dim(0) as number;
  if ((sequences[0] as Tensor).rank === 2) {
    const table = cells.map((cell) => cell.inputWeight.add(cell.bias));
    const rowIds = sequences.map((ids, direction) => ids.reshape([1, rows]).add(direction * symbols));
    return concat(table, 0).gather(concat(rowIds, 0));
  }
  const shares = sequences.map((sequence, direction) => (cells[direction] as RecurrentCell).projectInput(sequence));
  return concat(
    shares.map((share) => share.reshape([1, rows, share.dim(-1)])),
    0,
  );
}

/** `[batch time width]` → `[batch width]`: step `length − 1` of each example, or the last. */
function lastValid(steps: Tensor, lengths: Tensor | undefined): Tensor {
  const [batch, time, width] = steps.shape as [Dim, number, Dim];
  if (!lengths) return steps.slice({ axis: 1, start: time - 1, end: time }).squeeze(1);
  const at = lengths.sub(1).reshape([batch, 1, 1]).expand([batch, 1, width]);
  return steps.gatherElements(at, 1).squeeze(1);
}

/** `[a b ...]` → `[b a ...]` */
function swapTimeAndBatch(x: Tensor): Tensor {
  return x.transpose([1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}

/**
 * `[batch time dim]`, or `[batch time]` integers as one-hot vectors, as ONNX's own operators take it: `[time batch dim]` beside
 * the weight `[1 gates·hiddenDim dim]`. Of a large vocabulary the rows of the weight are taken first, and the operator's own
 * weight is the identity, which changes no number: no one-hot vector is as long as the vocabulary.
 */
export function nativeInput(x: Tensor, inputWeight: Parameter): { x: Tensor; weight: Tensor } {
  const [inputDim, width] = inputWeight.shape as [number, number];
  if (x.rank === 2 && inputDim > width) {
    return { x: swapTimeAndBatch(inputWeight.gather(x)), weight: identity(width).unsqueeze(0) };
  }
  return { x: swapTimeAndBatch(x.rank === 3 ? x : oneHot(x, inputDim)), weight: inputWeight.transpose().unsqueeze(0) };
}

function identity(size: number): Tensor {
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) data[i * size + i] = 1;
  return constant({ data, shape: [size, size], dtype: "float32" });
}

/** What ONNX's own operators give, `[time 1 batch hiddenDim]`, as `[batch time hiddenDim]`. */
export function nativeOutput(all: Tensor): Tensor {
  return swapTimeAndBatch(all.squeeze(1));
}

/** `[...]` integers → `[... depth]` float32 with a one at each integer. */
export function oneHot(indices: Tensor, depth: number): Tensor {
  const values = constant(array([0, 1]));
  return applyOne("OneHot", [indices, constant(array([depth], [1], indices.dtype)), values], { axis: -1 });
}

/** The directions' results side by side along the last axis, forward first. */
export function joinDirections<State extends CellState>(
  directions: readonly DirectionResult<State>[],
): DirectionResult<State> {
  const join = (pick: (direction: DirectionResult<State>) => Tensor) => concat(directions.map(pick), -1);
  const { last } = directions[0] as DirectionResult<State>;
  return {
    output: join((d) => d.output),
    last: mapState(last, (name) => join((d) => d.last[name] as Tensor)) as State,
  };
}
