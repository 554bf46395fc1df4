import { DataError } from "../tensor/errors.ts";
import { allocate, bytesPerElement, type DType, type NdArray, product } from "../tensor/nd-array.ts";
import { parseHeader, type TensorEntry } from "./safetensors-header.ts";

/** A file's tensors by name, in the order of the file, and its free text. */
export interface Safetensors {
  readonly tensors: Map<string, NdArray>;
  readonly metadata: Record<string, string>;
}

/** Names of the element types in a file. */
export const SAFETENSORS_DTYPES: Readonly<Record<DType, string>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint64: "U64",
  uint32: "U32",
  uint16: "U16",
  uint8: "U8",
  bool: "BOOL",
};

/** Data starts at a multiple of this, and so does every tensor, the widest types lying first. */
const ALIGNMENT = 8;

/**
 * Reads a safetensors file: the length of its header (8 bytes, little-endian), the header (JSON), the tensors' bytes.
 *
 * Nothing in the file is trusted: the header must fit into the file, name every tensor once, and describe pieces that lie
 * side by side, fill the rest of the file, and are as large as their types and shapes say.
 *
 * @param bytes a whole file; where its tensors are aligned they are views of it, not copies
 * @throws DataError for anything else than a whole and consistent file
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { entries, metadata, start } = parseHeader(bytes);
  const tensors = new Map<string, NdArray>();
  for (const entry of entries) tensors.set(entry.name, readTensor(bytes, start, entry));
  return { tensors, metadata };
}

function readTensor(bytes: Uint8Array, start: number, { name, dtype, shape, begin, end }: TensorEntry): NdArray {
  const from = bytes.byteOffset + start + begin;
  const aligned = from % bytesPerElement(dtype) === 0 && bytes.buffer instanceof ArrayBuffer;
  const data = aligned
    ? allocate(dtype, product(shape), bytes.buffer as ArrayBuffer, from)
    : allocate(dtype, product(shape), new Uint8Array(bytes.subarray(start + begin, start + end)).buffer);
  if (dtype === "bool" && (data as Uint8Array).some((value) => value > 1)) {
    throw new DataError(`safetensors: expected ${name} to hold 0 and 1 but found another byte`);
  }
  return { data, shape, dtype };
}

/**
 * Writes a safetensors file. The same tensors and metadata give the same bytes, whatever their order.
 *
 * @throws DataError for the reserved name `__metadata__`, and for data that its shape does not fit
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NdArray>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = [...tensors].sort(
    ([a, { dtype: p }], [b, { dtype: q }]) => bytesPerElement(q) - bytesPerElement(p) || (a < b ? -1 : a > b ? 1 : 0),
  );
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", sortKeys(metadata)]] : [];
  let offset = 0;
  for (const [name, { data, shape, dtype }] of sorted) {
    if (name === "__metadata__") throw new DataError("safetensors: expected names of tensors but found __metadata__");
    if (product(shape) !== data.length) {
      throw new DataError(`safetensors: expected ${name} to have shape [${shape}] but found ${data.length} elements`);
    }
    const end = offset + data.byteLength;
    header.push([name, { dtype: SAFETENSORS_DTYPES[dtype], shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const file = new Uint8Array(8 + length + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file.fill(0x20, 8, 8 + length).set(json, 8);
  let at = 8 + length;
  for (const [, { data }] of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

function sortKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
