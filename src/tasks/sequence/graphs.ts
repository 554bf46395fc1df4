import type { NamedTensors, SequenceToSequence } from "../../models/sequence-to-sequence.ts";
import { trace, traceGraph } from "../../nn/trace.ts";
import type { Shape } from "../../tensor/dim.ts";
import { constant, input, type Tensor } from "../../tensor/tensor.ts";
import { exportGraph, type InputTypes } from "../inference.ts";
import type { Values } from "../training-run.ts";

/**
 * Files and names of a sequence model as ONNX, in Hugging Face's layout: the encoder gives what the decoder reads at every step
 * (its states, and what is made of them once) and the decoder's first state; the decoder reads one token and hands its state on
 * (`present.…` of one step is `past_key_values.…` of the next).
 */
export const ENCODER_FILE = "onnx/encoder_model.onnx";
export const DECODER_FILE = "onnx/decoder_with_past_model.onnx";

export const NAMES = {
  ids: "input_ids",
  encoderMask: "attention_mask",
  states: "last_hidden_state",
  statesRead: "encoder_hidden_states",
  mask: "encoder_attention_mask",
  logits: "logits",
  attention: "cross_attentions.0",
} as const;

/** What a decoder reads and does not change: a model calls it `value`, or by names of its own. */
const MEMORY = ".0.encoder.";
/** What it hands on. */
const STATE = ".0.decoder.";
export const PRESENT = "present";
export const PAST = "past_key_values";

const memoryName = (name: string, side: typeof PRESENT | typeof PAST) => {
  if (name === "value") return side === PRESENT ? NAMES.states : NAMES.statesRead;
  return side + MEMORY + name;
};
const stateName = (name: string, side: typeof PRESENT | typeof PAST) => side + STATE + name;

const BATCH = "batch";
const SOURCE = "encoder_sequence";

/** The two graphs of a model with some values of its parameters. */
export function exportSequence(
  model: SequenceToSequence,
  { values, metadata = {} }: { values: Values; metadata?: Readonly<Record<string, string>> },
): { encoder: Uint8Array; decoder: Uint8Array } {
  return {
    encoder: exportGraph(model, ENCODER_TYPES, { values, metadata, forward: (inputs) => encode(model, inputs) }),
    decoder: exportGraph(model, decoderTypes(model), { values, metadata, forward: (inputs) => decode(model, inputs) }),
  };
}

const ENCODER_TYPES: InputTypes = {
  [NAMES.ids]: { shape: [BATCH, SOURCE], dtype: "int64" },
  [NAMES.encoderMask]: { shape: [BATCH, SOURCE], dtype: "int64" },
};

/** How many places of each source count: padding stands behind them. */
function lengthsOf(mask: Tensor): Tensor {
  return mask.cast("int32").sum({ axes: 1 });
}

function encode(model: SequenceToSequence, inputs: NamedTensors): NamedTensors {
  const { [NAMES.ids]: ids, [NAMES.encoderMask]: mask } = inputs as Record<string, Tensor>;
  const source = (ids as Tensor).cast("int32");
  const { memory, state } = model.encode({ source, lengths: lengthsOf(mask as Tensor) });
  return {
    ...renamed(memory, (name) => memoryName(name, PRESENT)),
    ...renamed(state, (name) => stateName(name, PRESENT)),
  };
}

function renamed(tensors: NamedTensors, rename: (name: string) => string): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
}

/** Shapes of what the encoder gives, by the model's own names. */
function encodedShapes(model: SequenceToSequence): { memory: Record<string, Shape>; state: Record<string, Shape> } {
  const [ids, mask] = Object.entries(ENCODER_TYPES).map(([name, { shape, dtype }]) => input(name, shape, dtype));
  const { result } = traceGraph({ training: false }, () => {
    return model.encode({ source: (ids as Tensor).cast("int32"), lengths: lengthsOf(mask as Tensor) });
  });
  const shapes = (tensors: NamedTensors) =>
    Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  return { memory: shapes(result.memory), state: shapes(result.state) };
}

function floats(shapes: Readonly<Record<string, Shape>>, rename: (name: string) => string): InputTypes {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [rename(name), { shape, dtype: "float32" }] as const),
  );
}

function decoderTypes(model: SequenceToSequence): InputTypes {
  const { memory, state } = encodedShapes(model);
  return {
    [NAMES.ids]: { shape: [BATCH, 1], dtype: "int64" },
    [NAMES.mask]: { shape: [BATCH, SOURCE], dtype: "int64" },
    ...floats(memory, (name) => memoryName(name, PAST)),
    ...floats(state, (name) => stateName(name, PAST)),
  };
}

/** What the two graphs of a model take and give. */
export function sequenceTypes(
  model: SequenceToSequence,
  { vocabulary, attends }: { vocabulary: number; attends: boolean },
): Readonly<Record<"encoder" | "decoder", { inputs: InputTypes; outputs: InputTypes }>> {
  const { memory, state } = encodedShapes(model);
  const next = floats(state, (name) => stateName(name, PRESENT));
  const looked: InputTypes = attends ? { [NAMES.attention]: { shape: [BATCH, 1, 1, SOURCE], dtype: "float32" } } : {};
  return {
    encoder: { inputs: ENCODER_TYPES, outputs: { ...floats(memory, (name) => memoryName(name, PRESENT)), ...next } },
    decoder: {
      inputs: decoderTypes(model),
      outputs: { [NAMES.logits]: { shape: [BATCH, 1, vocabulary], dtype: "float32" }, ...next, ...looked },
    },
  };
}

function decode(model: SequenceToSequence, inputs: NamedTensors): NamedTensors {
  const { memory, state } = encodedShapes(model);
  const mine = (names: object, rename: (name: string) => string) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, inputs[rename(name)] as Tensor]));
  const sourceMask = inputs[NAMES.mask] as Tensor;
  const {
    logits,
    state: next,
    weights,
  } = model.step({
    token: (inputs[NAMES.ids] as Tensor).squeeze(1).cast("int32"),
    mask: sourceMask.unsqueeze(1).greater(constant(0, "int64")),
    memory: mine(memory, (name) => memoryName(name, PAST)),
    state: mine(state, (name) => stateName(name, PAST)),
  });
  if (weights) trace(NAMES.attention, weights.unsqueeze([1, 2]), "batch heads queryLen keyLen");
  return { [NAMES.logits]: logits.unsqueeze(1), ...renamed(next, (name) => stateName(name, PRESENT)) };
}
