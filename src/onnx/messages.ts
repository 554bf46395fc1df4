import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ModelError } from "../tensor/errors.ts";

/**
 * The few ONNX messages that a graph needs (onnx.proto3, IR version 8 and later), as a table of field numbers, and a codec
 * that reads and writes them on protobuf's wire format. A field is `[name, type, "repeated"?]`; unknown fields are skipped.
 */
type Field = readonly [name: string, type: string, repeated?: "repeated"];

const MESSAGES: Readonly<Record<string, Readonly<Record<number, Field>>>> = {
  Model: {
    1: ["irVersion", "int64"],
    2: ["producerName", "string"],
    3: ["producerVersion", "string"],
    7: ["graph", "Graph"],
    8: ["opsetImport", "OperatorSet", "repeated"],
    14: ["metadata", "Entry", "repeated"],
    25: ["functions", "bytes", "repeated"],
  },
  OperatorSet: { 1: ["domain", "string"], 2: ["version", "int64"] },
  Entry: { 1: ["key", "string"], 2: ["value", "string"] },
  Graph: {
    1: ["node", "Node", "repeated"],
    2: ["name", "string"],
    5: ["initializer", "Tensor", "repeated"],
    11: ["input", "ValueInfo", "repeated"],
    12: ["output", "ValueInfo", "repeated"],
    15: ["sparseInitializer", "bytes", "repeated"],
  },
  Node: {
    1: ["input", "string", "repeated"],
    2: ["output", "string", "repeated"],
    3: ["name", "string"],
    4: ["opType", "string"],
    5: ["attribute", "Attribute", "repeated"],
    7: ["domain", "string"],
  },
  Attribute: {
    1: ["name", "string"],
    2: ["f", "float"],
    3: ["i", "int64"],
    4: ["s", "string"],
    5: ["t", "Tensor"],
    6: ["g", "Graph"],
    7: ["floats", "float", "repeated"],
    8: ["ints", "int64", "repeated"],
    9: ["strings", "string", "repeated"],
    20: ["type", "int64"],
    21: ["refAttrName", "string"],
  },
  Tensor: {
    1: ["dims", "int64", "repeated"],
    2: ["dataType", "int64"],
    4: ["floatData", "float", "repeated"],
    5: ["int32Data", "int64", "repeated"],
    6: ["stringData", "bytes", "repeated"],
    7: ["int64Data", "int64", "repeated"],
    8: ["name", "string"],
    9: ["rawData", "bytes"],
    10: ["doubleData", "double", "repeated"],
    11: ["uint64Data", "uint64", "repeated"],
    13: ["externalData", "Entry", "repeated"],
    14: ["dataLocation", "int64"],
  },
  ValueInfo: { 1: ["name", "string"], 2: ["type", "Type"] },
  Type: { 1: ["tensorType", "TensorType"], 4: ["sequenceType", "bytes"], 9: ["optionalType", "bytes"] },
  TensorType: { 1: ["elemType", "int64"], 2: ["shape", "TensorShape"] },
  TensorShape: { 1: ["dim", "Dimension", "repeated"] },
  Dimension: { 1: ["dimValue", "int64"], 2: ["dimParam", "string"] },
};

export interface Entry {
  key?: string;
  value?: string;
}
export interface TensorMessage {
  dims?: number[];
  dataType?: number;
  floatData?: number[];
  int32Data?: number[];
  stringData?: Uint8Array[];
  int64Data?: number[];
  name?: string;
  rawData?: Uint8Array;
  doubleData?: number[];
  uint64Data?: number[];
  externalData?: Entry[];
  dataLocation?: number;
}
export interface AttributeMessage {
  name?: string;
  f?: number;
  i?: number;
  s?: string;
  t?: TensorMessage;
  g?: GraphMessage;
  floats?: number[];
  ints?: number[];
  strings?: string[];
  type?: number;
  refAttrName?: string;
}
export interface NodeMessage {
  input?: string[];
  output?: string[];
  name?: string;
  opType?: string;
  attribute?: AttributeMessage[];
  domain?: string;
}
export interface ValueInfoMessage {
  name?: string;
  type?: {
    tensorType?: { elemType?: number; shape?: { dim?: { dimValue?: number; dimParam?: string }[] } };
    sequenceType?: Uint8Array;
    optionalType?: Uint8Array;
  };
}
export interface GraphMessage {
  node?: NodeMessage[];
  name?: string;
  initializer?: TensorMessage[];
  input?: ValueInfoMessage[];
  output?: ValueInfoMessage[];
  sparseInitializer?: Uint8Array[];
}
export interface ModelMessage {
  irVersion?: number;
  producerName?: string;
  producerVersion?: string;
  graph?: GraphMessage;
  opsetImport?: { domain?: string; version?: number }[];
  metadata?: Entry[];
  functions?: Uint8Array[];
}

interface MessageTypes {
  Model: ModelMessage;
  Graph: GraphMessage;
  Node: NodeMessage;
  Tensor: TensorMessage;
  ValueInfo: ValueInfoMessage;
}

type Loose = Record<string, unknown>;

const SCALARS: Readonly<
  Record<
    string,
    { wire: WireType; write: (w: BinaryWriter, value: never) => unknown; read: (r: BinaryReader) => unknown }
  >
> = {
  int64: { wire: WireType.Varint, write: (w, v) => w.int64(v), read: (r) => Number(r.int64()) },
  uint64: { wire: WireType.Varint, write: (w, v) => w.uint64(v), read: (r) => Number(r.uint64()) },
  float: { wire: WireType.Bit32, write: (w, v) => w.float(v), read: (r) => r.float() },
  double: { wire: WireType.Bit64, write: (w, v) => w.double(v), read: (r) => r.double() },
  string: { wire: WireType.LengthDelimited, write: (w, v) => w.string(v), read: (r) => r.string() },
  bytes: { wire: WireType.LengthDelimited, write: (w, v) => w.bytes(v), read: (r) => r.bytes() },
};

function writeMessage(writer: BinaryWriter, type: string, message: Loose): void {
  for (const [number, [name, fieldType, repeated]] of Object.entries(MESSAGES[type] ?? {})) {
    const value = message[name];
    if (value === undefined) continue;
    for (const item of (repeated ? value : [value]) as unknown[]) {
      const scalar = SCALARS[fieldType];
      writer.tag(Number(number), scalar?.wire ?? WireType.LengthDelimited);
      if (scalar) scalar.write(writer, item as never);
      else {
        writer.fork();
        writeMessage(writer, fieldType, item as Loose);
        writer.join();
      }
    }
  }
}

/** How deep messages may lie in each other: subgraphs within subgraphs. */
export const MAX_DEPTH = 64;

function readMessage(reader: BinaryReader, type: string, end: number, depth: number): Loose {
  if (depth > MAX_DEPTH) throw new RangeError(`more than ${MAX_DEPTH} nested messages`);
  const message: Loose = {};
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const field = MESSAGES[type]?.[number];
    if (!field) {
      reader.skip(wire, number);
      continue;
    }
    const [name, fieldType, repeated] = field;
    if (repeated) message[name] ??= [];
    const list = repeated ? (message[name] as unknown[]) : undefined;
    const scalar = SCALARS[fieldType];
    if (!scalar) {
      if (wire !== WireType.LengthDelimited) throw new RangeError(`wire type ${wire} for ${type}.${name}`);
      const length = reader.uint32();
      if (length > end - reader.pos) throw new RangeError(`${type}.${name} runs past its end`);
      const value = readMessage(reader, fieldType, reader.pos + length, depth + 1);
      if (list) list.push(value);
      else message[name] = value;
    } else if (list && wire === WireType.LengthDelimited && scalar.wire !== WireType.LengthDelimited) {
      const stop = reader.uint32() + reader.pos;
      if (stop > end) throw new RangeError(`${type}.${name} runs past its end`);
      while (reader.pos < stop) list.push(scalar.read(reader));
    } else {
      if (wire !== scalar.wire) throw new RangeError(`wire type ${wire} for ${type}.${name}`);
      const value = scalar.read(reader);
      if (list) list.push(value);
      else message[name] = value;
    }
  }
  if (reader.pos !== end) throw new RangeError(`${type} runs past its end`);
  return message;
}

/** A message as protobuf bytes. */
export function encode<T extends keyof MessageTypes>(type: T, message: MessageTypes[T]): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, type, message as Loose);
  return writer.finish();
}

/** @throws ModelError when the bytes are not such a message */
export function decode<T extends keyof MessageTypes>(type: T, bytes: Uint8Array): MessageTypes[T] {
  try {
    return readMessage(new BinaryReader(bytes), type, bytes.length, 0) as MessageTypes[T];
  } catch (error) {
    throw new ModelError(
      `onnx: expected ${type} as protobuf but found damaged bytes (${(error as Error).message}); is it an ONNX file, and whole?`,
    );
  }
}
