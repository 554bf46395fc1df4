import { expect } from "vitest";
import { type NdArray, numbers } from "./nd-array.ts";

/** How far two results may be apart, as a share of the larger of 1 and the expected number: the one table of tolerances. */
export const TOLERANCES = {
  /** The reference runtime against goldens, both in float64. */
  float64: 1e-10,
  /** The same where a number on the way is no more exact than float32: a constant of the graph, or Keras's tanh on JAX. */
  rounded: 1e-6,
  /** ONNX Runtime in float32 against float64. */
  float32: 1e-5,
  /** A derived gradient against central differences, both in float64 (step 1e-5; what is left is the third derivative's share). */
  differences: 1e-7,
} as const;

export type Tolerance = keyof typeof TOLERANCES;

/** Asserts that two arrays have one shape and the same numbers, within a row of the table. */
export function expectClose(
  actual: NdArray | undefined,
  expected: NdArray,
  tolerance: Tolerance,
  label = "values",
): void {
  expect(actual?.shape, `${label}: shape`).toEqual(expected.shape);
  const [found, wanted] = [numbers(actual as NdArray), numbers(expected)];
  const far = wanted.findIndex((number, i) => {
    const distance = found[i] === number ? 0 : Math.abs((found[i] as number) - number);
    return !(distance <= TOLERANCES[tolerance] * Math.max(1, Math.abs(number)));
  });
  expect(far < 0 ? "close" : `${label}[${far}] is ${found[far]}, expected ${wanted[far]}`).toBe("close");
}
