import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ModelError } from "../tensor/errors.ts";
import { MAX_DEPTH } from "./messages.ts";

/** What a model may cost to read. */
export interface ReadLimits {
  /** Size of the file; default 2 GiB, the most that protobuf can hold. */
  readonly bytes?: number;
  /** Fields of all messages together, of which a file of nothing else could hold a thousand million; default 4 million. */
  readonly fields?: number;
  /** Default 200,000. */
  readonly nodes?: number;
  /** Inputs, and outputs, of one node; default 16,384. */
  readonly edges?: number;
  /** How often the nodes in bodies of scans run together, where the file tells the lengths; default 10 million. */
  readonly runs?: number;
}

export const DEFAULT_LIMITS: Required<ReadLimits> = {
  bytes: 2 ** 31,
  fields: 4e6,
  nodes: 2e5,
  edges: 2 ** 14,
  runs: 1e7,
};

/** @throws ModelError beyond a limit */
export function within(what: string, found: number, limit: number): void {
  if (found > limit)
    throw new ModelError(`onnx: expected at most ${limit} ${what} but found ${found}; raise the limit`);
}

/** A name out of a file as errors may show it: no control characters, not longer than a line. */
export function shown(name: string): string {
  const plain = name.replaceAll(/\p{C}/gu, "�");
  return plain.length > 60 ? `${plain.slice(0, 60)}…` : plain;
}

/** Which fields of a message are messages whose own fields count. */
const NESTED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  Model: { 7: "Graph" },
  Graph: { 1: "Node", 5: "Tensor", 11: "ValueInfo", 12: "ValueInfo" },
  Node: { 5: "Attribute" },
  Attribute: { 5: "Tensor", 6: "Graph" },
  ValueInfo: { 2: "Type" },
  Type: { 1: "TensorType" },
  TensorType: { 2: "Shape" },
};

/**
 * Counts the fields of a model before any of them is built: empty messages take two bytes in the file and a hundred in memory.
 *
 * @throws ModelError beyond the limit, and for damaged bytes
 */
export function checkFields(bytes: Uint8Array, limit: number): void {
  const reader = new BinaryReader(bytes);
  const open: { type: string | undefined; end: number }[] = [{ type: "Model", end: bytes.length }];
  let count = 0;
  try {
    for (let message = open.at(-1); message; message = open.at(-1)) {
      if (reader.pos >= message.end) {
        open.pop();
        continue;
      }
      const [number, wire] = reader.tag();
      if (++count > limit) break;
      const type = message.type && NESTED[message.type]?.[number];
      if (type && wire === WireType.LengthDelimited && open.length <= MAX_DEPTH) {
        const end = reader.uint32() + reader.pos;
        open.push({ type, end });
      } else reader.skip(wire, number);
    }
  } catch (error) {
    throw new ModelError(
      `onnx: expected a model as protobuf but found damaged bytes (${(error as Error).message}); is it an ONNX file, and whole?`,
    );
  }
  within("fields", count, limit);
}
