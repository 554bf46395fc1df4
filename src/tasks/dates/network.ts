import { MAX_INPUT, OUTPUT_LENGTH } from "../../data/dates/index.ts";
import type { Backend } from "../../runtime/backend.ts";
import { loadNetwork as load, type Network, type WantedTensors } from "../network.ts";

const INPUTS: WantedTensors = {
  text: { dtype: "int32", shape: ["batch", MAX_INPUT] },
  lengths: { dtype: "int32", shape: ["batch"] },
};

/** The network of a date model, ready to run. @throws ModelError naming the file, where it is another */
export function loadNetwork(
  bytes: Uint8Array,
  { symbols, ...options }: { file: string; symbols: number; backend: Backend },
): Promise<Network> {
  const outputs: WantedTensors = {
    logits: { dtype: "float32", shape: ["batch", OUTPUT_LENGTH, symbols] },
    attention: { dtype: "float32", shape: ["batch", OUTPUT_LENGTH, MAX_INPUT] },
  };
  return load(bytes, { ...options, inputs: INPUTS, outputs });
}
