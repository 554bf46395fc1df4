import { allocate, type DType, type NdArray, product } from "../../tensor/index.ts";
import { BFLOAT16, decodeHalf, encodeHalf, FLOAT16 } from "./half.ts";

/**
 * A concrete array of the reference runtime. Elements of every type are float64 numbers: floats keep that precision, whatever
 * their label; integers are whole and within their type (64-bit ones exact up to 2^53); `bool` is 0 or 1.
 */
export interface Value {
  readonly data: Float64Array;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

const BITS: Readonly<Partial<Record<DType, number>>> = {
  int8: 8,
  int16: 16,
  int32: 32,
  int64: 64,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  uint64: 64,
};

/** The smallest and the largest number of a type: infinite for floats. */
export function rangeOf(dtype: DType): { low: number; high: number } {
  if (dtype === "bool") return { low: 0, high: 1 };
  const bits = BITS[dtype];
  if (bits === undefined) return { low: -Infinity, high: Infinity };
  return dtype.startsWith("u")
    ? { low: 0, high: 2 ** bits - 1 }
    : { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) - 1 };
}

export function isInteger(dtype: DType): boolean {
  return BITS[dtype] !== undefined;
}

/** A number as its type holds it: integers drop their fraction and wrap around, floats stay as they are. */
export function wrap(x: number, dtype: DType): number {
  if (dtype === "bool") return x === 0 ? 0 : 1;
  const bits = BITS[dtype];
  if (bits === undefined) return x;
  const whole = Math.trunc(x) + 0;
  const { low, high } = rangeOf(dtype);
  if (whole >= low && whole <= high) return whole;
  if (!Number.isFinite(whole)) return 0;
  const wrapped = dtype.startsWith("u") ? BigInt.asUintN(bits, BigInt(whole)) : BigInt.asIntN(bits, BigInt(whole));
  return Number(wrapped);
}

/** A number rounded to what a cast to its type keeps; `float32` and `float64` stay as they are. */
export function castNumber(x: number, dtype: DType): number {
  if (dtype === "float16") return decodeHalf(encodeHalf(x, FLOAT16), FLOAT16);
  if (dtype === "bfloat16") return decodeHalf(encodeHalf(x, BFLOAT16), BFLOAT16);
  return wrap(x, dtype);
}

export function scalar(x: number, dtype: DType): Value {
  return { data: Float64Array.of(x), shape: [], dtype };
}

/** A value of one repeated number. */
export function filled(shape: readonly number[], x: number, dtype: DType): Value {
  return { data: new Float64Array(product(shape)).fill(x), shape, dtype };
}

export function toValue({ data, shape, dtype }: NdArray): Value {
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(data[i]);
  if (dtype === "float16") for (let i = 0; i < out.length; i++) out[i] = decodeHalf(out[i] as number, FLOAT16);
  if (dtype === "bfloat16") for (let i = 0; i < out.length; i++) out[i] = decodeHalf(out[i] as number, BFLOAT16);
  return { data: out, shape, dtype };
}

/** The value in the storage of a type; default: its own. */
export function toNdArray({ data, shape, dtype: own }: Value, dtype: DType = own): NdArray {
  const out = allocate(dtype, data.length);
  for (let i = 0; i < data.length; i++) {
    const x = data[i] as number;
    if (dtype === "float16") out[i] = encodeHalf(x, FLOAT16);
    else if (dtype === "bfloat16") out[i] = encodeHalf(x, BFLOAT16);
    else if (out instanceof BigInt64Array) out[i] = saturate(x, -(2n ** 63n), 2n ** 63n - 1n);
    else if (out instanceof BigUint64Array) out[i] = saturate(x, 0n, 2n ** 64n - 1n);
    else out[i] = x;
  }
  return { data: out, shape, dtype };
}

/** The largest 64-bit integers are not float64 numbers; their neighbours beyond the range come back as the limits. */
function saturate(x: number, low: bigint, high: bigint): bigint {
  if (x >= Number(high)) return high;
  return x <= Number(low) ? low : BigInt(x);
}
