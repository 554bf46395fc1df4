import { type Attributes, product } from "../../tensor/index.ts";
import { type Activation, activationsOf } from "./activation.ts";
import { given, type Inputs, type Kernel, type KernelTable } from "./kernel.ts";
import { permute } from "./layout.ts";
import type { Value } from "./value.ts";

type Vector = Float64Array;

/** What one direction of a recurrence multiplies by. Every matrix has a row for each unit of each gate. */
interface Weights {
  readonly input: Value;
  readonly recurrence: Value;
  readonly inputBias: Vector;
  readonly recurrenceBias: Vector;
  readonly peepholes: Vector;
}

interface State {
  hidden: Vector;
  cell: Vector;
}

type Step = (x: Vector, state: State, weights: Weights) => State;

/** How a kind of recurrence differs: which functions it uses, where its extra inputs are, and its step. */
interface Recurrence {
  readonly gates: number;
  readonly activations: readonly string[];
  readonly cell: boolean;
  readonly step: (activations: readonly Activation[], attributes: Attributes) => Step;
}

/** Entry `index` along the first axis. */
function entry(value: Value, index: number): Value {
  const shape = value.shape.slice(1);
  const size = product(shape);
  return { ...value, data: value.data.subarray(index * size, (index + 1) * size), shape };
}

/** `matrix · x + bias`, for the rows `from … to` (of all gates, those of some). */
function affine(
  matrix: Value,
  x: Vector,
  { bias, from = 0, to }: { bias: Vector; from?: number; to?: number },
): Vector {
  const [rows, columns] = matrix.shape as [number, number];
  const out = new Float64Array((to ?? rows) - from);
  for (let row = 0; row < out.length; row++) {
    let total = bias[from + row] as number;
    for (let i = 0; i < columns; i++) total += (matrix.data[(from + row) * columns + i] as number) * (x[i] as number);
    out[row] = total;
  }
  return out;
}

/** `h' = f(W x + R h + b)` */
const simple: Recurrence = {
  gates: 1,
  activations: ["Tanh"],
  cell: false,
  step: ([f]) => {
    return (x, { hidden, cell }, { input, recurrence, inputBias, recurrenceBias }) => {
      const fromInput = affine(input, x, { bias: inputBias });
      const fromState = affine(recurrence, hidden, { bias: recurrenceBias });
      return { hidden: fromInput.map((a, i) => (f as Activation)(a + (fromState[i] as number))), cell };
    };
  },
};

/** Gates in the order input, output, forget, cell; peepholes in the order input, output, forget. */
const lstm: Recurrence = {
  gates: 4,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  cell: true,
  step: (activations, { input_forget }) => {
    const [f, g, h] = activations as [Activation, Activation, Activation];
    return (x, { hidden, cell }, { input, recurrence, inputBias, recurrenceBias, peepholes }) => {
      const size = hidden.length;
      const fromInput = affine(input, x, { bias: inputBias });
      const fromState = affine(recurrence, hidden, { bias: recurrenceBias });
      const sum = (gate: number, i: number) =>
        (fromInput[gate * size + i] as number) + (fromState[gate * size + i] as number);
      const peep = (gate: number, i: number, at: Vector) => (peepholes[gate * size + i] as number) * (at[i] as number);
      const next = cell.map((old, i) => {
        const open = f(sum(0, i) + peep(0, i, cell));
        const keep = input_forget ? 1 - open : f(sum(2, i) + peep(2, i, cell));
        return keep * old + open * g(sum(3, i));
      });
      return { hidden: next.map((now, i) => f(sum(1, i) + peep(1, i, next)) * h(now)), cell: next };
    };
  },
};

/** Gates in the order update, reset, hidden. The reset gate acts on the state, or with `linear_before_reset` on `R h + b`. */
const gru: Recurrence = {
  gates: 3,
  activations: ["Sigmoid", "Tanh"],
  cell: false,
  step: (activations, { linear_before_reset }) => {
    const [f, g] = activations as [Activation, Activation];
    return (x, { hidden, cell }, { input, recurrence, inputBias, recurrenceBias }) => {
      const size = hidden.length;
      const fromInput = affine(input, x, { bias: inputBias });
      const fromState = affine(recurrence, hidden, { bias: recurrenceBias, to: 2 * size });
      const gate = (index: number) =>
        hidden.map((_, i) => f((fromInput[index * size + i] as number) + (fromState[index * size + i] as number)));
      const [update, reset] = [gate(0), gate(1)];
      const ofState = (state: Vector) => affine(recurrence, state, { bias: recurrenceBias, from: 2 * size });
      const candidate = linear_before_reset
        ? ofState(hidden).map((y, i) => y * (reset[i] as number))
        : ofState(hidden.map((y, i) => y * (reset[i] as number)));
      const next = hidden.map((old, i) => {
        const z = update[i] as number;
        return (1 - z) * g((fromInput[2 * size + i] as number) + (candidate[i] as number)) + z * old;
      });
      return { hidden: next, cell };
    };
  },
};

/** The weights of a direction; absent biases and peepholes are zero. */
function weightsOf(inputs: Inputs, direction: number): Weights {
  const recurrence = entry(given(inputs, 2), direction);
  const [rows, hidden] = recurrence.shape as [number, number];
  const bias = inputs[3] ? entry(inputs[3], direction).data : new Float64Array(2 * rows);
  return {
    input: entry(given(inputs, 1), direction),
    recurrence,
    inputBias: bias.subarray(0, rows),
    recurrenceBias: bias.subarray(rows),
    peepholes: inputs[7] ? entry(inputs[7], direction).data : new Float64Array(3 * hidden),
  };
}

/** The functions of a direction. `clip` bounds what comes into the gates, and not (as in ONNX Runtime) an LSTM's last function. */
function clipped(activations: readonly Activation[], clip: number | undefined): Activation[] {
  if (clip === undefined) return [...activations];
  return activations.map((f, i) => (i === 2 ? f : (x) => f(Math.max(-clip, Math.min(clip, x)))));
}

/** Inputs and outputs inside are `[time, batch, …]`, states `[directions, batch, hidden]`; `layout` 1 puts the batch first. */
function recurrent(kind: Recurrence): Kernel {
  return (inputs, attributes, outputs) => {
    const first = attributes.layout === 1;
    const swap = (value: Value) => permute(value, [1, 0, ...value.shape.slice(2).map((_, i) => i + 2)]);
    const x = first ? swap(given(inputs, 0)) : given(inputs, 0);
    const [time, batch] = x.shape as [number, number];
    const [directions, , hidden] = given(inputs, 2).shape as [number, number, number];
    const zero: Value = {
      data: new Float64Array(directions * batch * hidden),
      shape: [directions, batch, hidden],
      dtype: x.dtype,
    };
    const initial = (value: Value | undefined) => (value ? (first ? swap(value) : value) : zero);
    const starts = [initial(inputs[5]), initial(inputs[6])];
    const all = { ...zero, data: new Float64Array(time * zero.data.length), shape: [time, directions, batch, hidden] };
    const lasts = [zero.data.slice(), zero.data.slice()];
    const functions = activationsOf(attributes, [...kind.activations, ...kind.activations]);
    for (let d = 0; d < directions; d++) {
      const own = functions.slice(d * kind.activations.length, (d + 1) * kind.activations.length);
      const step = kind.step(clipped(own, attributes.clip as number | undefined), attributes);
      const weights = weightsOf(inputs, d);
      const backwards = attributes.direction === "reverse" || d === 1;
      for (let b = 0; b < batch; b++) {
        const at = (d * batch + b) * hidden;
        const row = (data: Float64Array) => data.slice(at, at + hidden);
        let state: State = { hidden: row((starts[0] as Value).data), cell: row((starts[1] as Value).data) };
        const length = inputs[4]?.data[b] ?? time;
        for (let t = 0; t < length; t++) {
          const now = backwards ? length - 1 - t : t;
          state = step(entry(entry(x, now), b).data, state, weights);
          all.data.set(state.hidden, now * zero.data.length + at);
        }
        lasts[0]?.set(state.hidden, at);
        lasts[1]?.set(state.cell, at);
      }
    }
    const [final, cell] = lasts.map((data) => (first ? swap({ ...zero, data }) : { ...zero, data })) as [Value, Value];
    return [first ? permute(all, [2, 0, 1, 3]) : all, final, ...(kind.cell ? [cell] : [])].slice(0, outputs);
  };
}

/**
 * The recurrences of ONNX over padded batches; steps beyond `sequence_lens` are zero. A row of length 0 keeps its initial state
 * (where ONNX Runtime gives zero).
 */
export const RECURRENCES: KernelTable = { RNN: recurrent(simple), LSTM: recurrent(lstm), GRU: recurrent(gru) };
