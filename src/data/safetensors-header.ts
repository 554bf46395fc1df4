import { DataError } from "../tensor/errors.ts";
import { bytesPerElement, type DType } from "../tensor/nd-array.ts";
import { repeatedKey } from "./repeated-key.ts";

/** One tensor of the header: its bytes are `begin … end` after the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  /** In the order of their bytes. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: Record<string, string>;
  /** Where the tensors' bytes start. */
  readonly start: number;
}

/** The format's own limit. */
const LARGEST_HEADER = 100_000_000;

const DTYPES: ReadonlyMap<unknown, DType> = new Map<unknown, DType>([
  ["F64", "float64"],
  ["F32", "float32"],
  ["F16", "float16"],
  ["BF16", "bfloat16"],
  ["I64", "int64"],
  ["I32", "int32"],
  ["I16", "int16"],
  ["I8", "int8"],
  ["U64", "uint64"],
  ["U32", "uint32"],
  ["U16", "uint16"],
  ["U8", "uint8"],
  ["BOOL", "bool"],
]);

function fail(expected: string, found: unknown): never {
  throw new DataError(`safetensors: expected ${expected} but found ${found}`);
}

/** @throws DataError for a header that does not describe the rest of the file exactly */
export function parseHeader(bytes: Uint8Array): Header {
  const { json, start } = parseJson(bytes);
  const { __metadata__: metadata = {}, ...tensors } = json;
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    fail("__metadata__ to hold texts", JSON.stringify(metadata));
  }
  const entries = Object.entries(tensors).map(([name, entry]) => parseEntry(name, entry));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let next = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== next) fail(`the bytes of ${name} to start at ${next}`, begin);
    next = end;
  }
  const size = bytes.length - start;
  if (next !== size) fail(`${next} bytes of tensors`, size);
  return { entries, metadata: metadata as Record<string, string>, start };
}

function parseJson(bytes: Uint8Array): { json: Record<string, unknown>; start: number } {
  if (bytes.length < 8) fail("at least 8 bytes", bytes.length);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  const limit = Math.min(LARGEST_HEADER, bytes.length - 8);
  if (length > limit) fail(`a header of at most ${limit} bytes`, length);
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    json = JSON.parse(text);
  } catch (error) {
    fail("a header in JSON", (error as Error).message);
  }
  if (!isObject(json) || !text.startsWith("{")) fail("the header to be a JSON object", text.slice(0, 20));
  const repeated = repeatedKey(text);
  if (repeated !== undefined) fail("each name once in the header", `${repeated} twice`);
  return { json, start: 8 + length };
}

function parseEntry(name: string, entry: unknown): TensorEntry {
  if (!isObject(entry)) fail(`${name} to be an object`, JSON.stringify(entry));
  const { dtype: type, shape, data_offsets: offsets } = entry;
  const dtype = DTYPES.get(type);
  if (!dtype) fail(`${name} to have dtype ${[...DTYPES.keys()].join(", ")}`, JSON.stringify(type));
  if (!isSizes(shape)) fail(`${name} to have a shape of whole numbers`, JSON.stringify(shape));
  if (!isSizes(offsets) || offsets.length !== 2) fail(`${name} to have two data_offsets`, JSON.stringify(offsets));
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((total, dim) => total * dim, bytesPerElement(dtype));
  if (end - begin !== size) fail(`${name} to take ${size} bytes as ${type} [${shape}]`, end - begin);
  return { name, dtype, shape, begin, end };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
