import type { DType } from "../tensor/nd-array.ts";

/** TensorProto.DataType, by our names. */
export const DATA_TYPES: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
};

const BY_NUMBER: ReadonlyMap<number, DType> = new Map(
  Object.entries(DATA_TYPES).map(([dtype, number]) => [number, dtype as DType]),
);

/** Our name of an ONNX element type, or undefined where we have none (strings, complex numbers, 8-bit floats). */
export function dtypeOf(number: number | undefined): DType | undefined {
  return number === undefined ? undefined : BY_NUMBER.get(number);
}
