/** What differential cases are written with: random arrays, and the two forms of a case. */
import { type Attributes, array, type DType, type NdArray, product, Rng } from "../../tensor/index.ts";

export interface DifferentialCase {
  readonly inputs: readonly (NdArray | undefined)[];
  readonly attributes?: Attributes;
  /** Default: 1. */
  readonly outputs?: number;
  /** Version of `ai.onnx`; default: 18, or the first version of the operator where that is later. */
  readonly opset?: number;
}

const rng = new Rng(7, "differential");

function random(shape: readonly number[], draw: () => number, dtype: DType = "float32"): NdArray {
  return array(Array.from({ length: product(shape) }, draw), shape, dtype);
}

/** Normal numbers. */
export const n = (...shape: number[]): NdArray => random(shape, () => rng.normal());
/** Uniform numbers of [0.1, 0.9). */
export const u = (...shape: number[]): NdArray => random(shape, () => 0.1 + 0.8 * rng.uniform());
/** Half of them true. */
export const flags = (...shape: number[]): NdArray => random(shape, () => rng.integer(2), "bool");
/** int32 numbers from −9 to 9 without 0. */
export const whole = (...shape: number[]): NdArray =>
  random(shape, () => (1 + rng.integer(9)) * rng.pick([-1, 1]), "int32");
/** Indices from −count to count − 1. */
export const indices = (count: number, ...shape: number[]): NdArray =>
  random(shape, () => rng.integer(2 * count) - count, "int64");
/** An int64 vector. */
export const i64 = (...values: number[]): NdArray => array(values, [values.length], "int64");
export const i64Scalar = (value: number): NdArray => array([value], [], "int64");
export const i32 = (...values: number[]): NdArray => array(values, [values.length], "int32");
export const f32 = (...values: number[]): NdArray => array(values);
export const scalar = (value: number): NdArray => array(value);

export const of = (...inputs: (NdArray | undefined)[]): DifferentialCase => ({ inputs });
export const by = (attributes: Attributes, ...inputs: (NdArray | undefined)[]): DifferentialCase => ({
  inputs,
  attributes,
});
