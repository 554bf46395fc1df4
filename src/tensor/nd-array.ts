import { ShapeError } from "./errors.ts";

/** Element types. `float32` and `int32` are the everyday ones; the others are read from and written to ONNX and safetensors. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

const STORAGE = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** The typed array that holds elements of a type: 16-bit floats as their bits, `bool` as 0 and 1. */
export type Storage =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** A concrete array: row-major `data` of `product(shape)` elements. */
export interface NdArray {
  readonly data: Storage;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Bytes that one element takes. */
export function bytesPerElement(dtype: DType): number {
  return STORAGE[dtype].BYTES_PER_ELEMENT;
}

/** A zero-filled typed array for `size` elements, or a view on `buffer` when one is given. */
export function allocate(dtype: DType, size: number, buffer?: ArrayBuffer, byteOffset = 0): Storage {
  const Type = STORAGE[dtype];
  return buffer ? new Type(buffer, byteOffset, size) : new Type(size);
}

export function product(dims: readonly number[]): number {
  return dims.reduce((total, dim) => total * dim, 1);
}

/** Row-major strides of a shape. */
export function strides(shape: readonly number[]): number[] {
  const result = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = step;
    step *= shape[axis] as number;
  }
  return result;
}

/**
 * A concrete array from numbers.
 *
 * @param values a number (a scalar), or row-major numbers
 * @param shape default: `[values.length]`, or `[]` for a scalar
 * @param dtype default: `float32`
 * @throws ShapeError when the count of values is not the product of the shape; RangeError for a number that the type does not
 *   hold, and for 16-bit floats, which are made by a cast
 */
export function array(
  values: number | ArrayLike<number>,
  shape?: readonly number[],
  dtype: DType = "float32",
): NdArray {
  const list = typeof values === "number" ? [values] : values;
  const dims = shape ?? (typeof values === "number" ? [] : [list.length]);
  if (product(dims) !== list.length) {
    throw new ShapeError(`array: expected ${product(dims)} values for shape [${dims}] but found ${list.length}`);
  }
  requireHeld(list, dtype);
  const data = allocate(dtype, list.length);
  const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (let i = 0; i < list.length; i++) data[i] = wide ? BigInt(list[i] as number) : (list[i] as number);
  return { data, shape: dims, dtype };
}

/** Least and greatest number of each integer type. */
const RANGES: Readonly<Partial<Record<DType, readonly [least: number, greatest: number]>>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
  // Of 64 bits: the outermost that a number can be.
  int64: [-(2 ** 63), 2 ** 63 - 1024],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 4294967295],
  uint64: [0, 2 ** 64 - 2048],
  bool: [0, 1],
};

function requireHeld(values: ArrayLike<number>, dtype: DType): void {
  if (dtype === "float16" || dtype === "bfloat16") {
    throw new RangeError(`array: expected a type of numbers but found ${dtype}; cast() a float32 constant`);
  }
  const range = RANGES[dtype];
  if (!range) return;
  const [least, greatest] = range;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (Number.isInteger(value) && value >= least && value <= greatest) continue;
    const what = dtype === "bool" ? "0 or 1" : `whole numbers from ${least} to ${greatest}`;
    throw new RangeError(`array: expected ${what} for ${dtype} but found ${value}`);
  }
}

/** The elements as plain numbers (64-bit integers beyond 2^53 lose their last digits). */
export function numbers(value: NdArray): number[] {
  return Array.from(value.data as ArrayLike<number | bigint>, Number);
}
