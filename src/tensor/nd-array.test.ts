import { expect, test } from "vitest";
import { ShapeError } from "./errors.ts";
import { allocate, array, bytesPerElement, type DType, numbers, product, strides } from "./nd-array.ts";

test("an array has the shape of its numbers, or the one given", () => {
  expect(array(3)).toEqual({ data: Float32Array.of(3), shape: [], dtype: "float32" });
  expect(array([1, 2, 3]).shape).toEqual([3]);
  expect(array([1, 2, 3, 4], [2, 2], "int32")).toEqual({
    data: Int32Array.of(1, 2, 3, 4),
    shape: [2, 2],
    dtype: "int32",
  });
  expect(array([], [0, 3]).data).toHaveLength(0);
});

test("64-bit integers are held exactly and read as numbers", () => {
  const value = array([1, -2], undefined, "int64");
  expect(value.data).toEqual(BigInt64Array.of(1n, -2n));
  expect(numbers(value)).toEqual([1, -2]);
});

test("numbers that do not fill the shape are refused", () => {
  expect(() => array([1, 2, 3], [2, 2])).toThrow(
    new ShapeError("array: expected 4 values for shape [2,2] but found 3"),
  );
});

test.each<[DType, number, new (size: number) => object]>([
  ["float64", 8, Float64Array],
  ["float32", 4, Float32Array],
  ["float16", 2, Uint16Array],
  ["bfloat16", 2, Uint16Array],
  ["int64", 8, BigInt64Array],
  ["uint64", 8, BigUint64Array],
  ["int8", 1, Int8Array],
  ["bool", 1, Uint8Array],
])("%s takes %i bytes", (dtype, bytes, type) => {
  expect(bytesPerElement(dtype)).toBe(bytes);
  expect(allocate(dtype, 3)).toBeInstanceOf(type);
  expect(allocate(dtype, 3).byteLength).toBe(3 * bytes);
});

test("allocate can view a buffer", () => {
  const { buffer } = Float32Array.of(1, 2, 3);
  expect(allocate("float32", 2, buffer, 4)).toEqual(Float32Array.of(2, 3));
});

test("strides and products of shapes", () => {
  expect(strides([2, 3, 5])).toEqual([15, 5, 1]);
  expect(strides([])).toEqual([]);
  expect([product([2, 3, 5]), product([]), product([4, 0])]).toEqual([30, 1, 0]);
});

test.each<[number, DType, string]>([
  [1.5, "int32", "array: expected whole numbers from -2147483648 to 2147483647 for int32 but found 1.5"],
  [Number.NaN, "int32", "array: expected whole numbers from -2147483648 to 2147483647 for int32 but found NaN"],
  [2 ** 31, "int32", "array: expected whole numbers from -2147483648 to 2147483647 for int32 but found 2147483648"],
  [0.5, "int64", `array: expected whole numbers from ${-(2 ** 63)} to ${2 ** 63 - 1024} for int64 but found 0.5`],
  [
    2 ** 63,
    "int64",
    `array: expected whole numbers from ${-(2 ** 63)} to ${2 ** 63 - 1024} for int64 but found ${2 ** 63}`,
  ],
  [300, "uint8", "array: expected whole numbers from 0 to 255 for uint8 but found 300"],
  [-129, "int8", "array: expected whole numbers from -128 to 127 for int8 but found -129"],
  [-1, "uint64", `array: expected whole numbers from 0 to ${2 ** 64 - 2048} for uint64 but found -1`],
  [2, "bool", "array: expected 0 or 1 for bool but found 2"],
  [1, "float16", "array: expected a type of numbers but found float16; cast() a float32 constant"],
  [1, "bfloat16", "array: expected a type of numbers but found bfloat16; cast() a float32 constant"],
])("%d is no %s", (value, dtype, message) => {
  expect(() => array([value], [1], dtype)).toThrow(new RangeError(message));
});

test("the outermost numbers of a type are held", () => {
  expect(numbers(array([-128, 127], [2], "int8"))).toEqual([-128, 127]);
  expect(numbers(array([-(2 ** 63), 2 ** 63 - 1024], [2], "int64"))).toEqual([-(2 ** 63), 2 ** 63 - 1024]);
  expect(numbers(array([2 ** 64 - 2048], [1], "uint64"))).toEqual([2 ** 64 - 2048]);
});
