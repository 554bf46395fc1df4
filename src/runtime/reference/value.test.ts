import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { array } from "../../tensor/index.ts";
import { BFLOAT16, decodeHalf, encodeHalf, FLOAT16, roundHalfEven } from "./half.ts";
import { erf } from "./special-functions.ts";
import { toNdArray, toValue, wrap } from "./value.ts";

describe("16-bit floats", () => {
  it.each([FLOAT16, BFLOAT16])("come back from their own numbers: $fraction bits of fraction", (format) => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const x = decodeHalf(bits, format);
      if (Number.isNaN(x)) continue;
      expect(encodeHalf(x, format)).toBe(bits);
    }
  });

  it("round to the nearest, and halves to even", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), fc.double({ min: 0, max: 1, noNaN: true }), (bits, part) => {
        const [low, high] = [decodeHalf(bits, FLOAT16), decodeHalf(bits + 1, FLOAT16)];
        const x = low + part * (high - low);
        const middle = (low + high) / 2;
        const nearest = x === middle ? bits + (bits % 2) : x < middle ? bits : bits + 1;
        return encodeHalf(x, FLOAT16) === nearest;
      }),
    );
    expect(encodeHalf(Number.NaN, FLOAT16)).toBe(0x7e00);
    expect(encodeHalf(-1e300, BFLOAT16)).toBe(0xff80);
  });
});

describe("values", () => {
  it("round halves to even", () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4].map(roundHalfEven)).toEqual([-2, -2, 0, 0, 2, 2, 2]);
  });

  it("wrap integers as two's complement does", () => {
    expect([wrap(128, "int8"), wrap(-1, "uint8"), wrap(-2.9, "int32"), wrap(2 ** 31, "int32")]).toEqual([
      -128,
      255,
      -2,
      -(2 ** 31),
    ]);
    expect([wrap(Number.NaN, "int32"), wrap(Number.POSITIVE_INFINITY, "int64"), wrap(-7, "bool")]).toEqual([0, 0, 1]);
  });

  it("keep the limits of 64-bit integers", () => {
    const limits = { data: BigInt64Array.of(2n ** 63n - 1n, -(2n ** 63n)), shape: [2], dtype: "int64" } as const;
    expect(toNdArray(toValue(limits))).toEqual(limits);
  });

  it("come back in every type", () => {
    for (const dtype of [
      "float32",
      "float64",
      "int8",
      "int16",
      "int32",
      "int64",
      "uint8",
      "uint16",
      "uint32",
      "uint64",
    ] as const) {
      const value = array([0, 1, 100], [3], dtype);
      expect(toNdArray(toValue(value))).toEqual(value);
    }
  });
});

describe("erf", () => {
  /** Abramowitz & Stegun, table 7.1, and the limits. */
  it.each([
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [-1, -0.8427007929497149],
    [7, 1],
  ])("of %d", (x, expected) => {
    expect(erf(x)).toBeCloseTo(expected, 14);
  });
});
