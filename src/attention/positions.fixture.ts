import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { constant, input, type Tensor } from "../tensor/tensor.ts";

/** Exact numbers as a float32 tensor, which a graph of float32 takes. */
export const random = (name: string, ...shape: number[]): Tensor =>
  constant(randomNumbers(shape, name)).cast("float32");
/** What a tensor comes to. */
export const valuesOf = (y: Tensor, feeds: Record<string, NdArray> = {}): NdArray =>
  evaluate({ y }, feeds).y as NdArray;
/** A matrix, number by number. */
export const table = (rows: number, columns: number, at: (row: number, column: number) => number): NdArray =>
  array(
    Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)),
    [rows, columns],
    "float64",
  );
/** One tensor of the length of a fed sequence, `time`, on both runtimes: the first is exact. */
export async function atTime(
  build: (time: Tensor) => Tensor,
  length: number,
): Promise<{ exact: NdArray; rough: NdArray }> {
  const time = input("time", ["time"]);
  // The input carries the symbol, so it must be read.
  const y = build(time).add(time.sum().mul(0));
  const feeds = { time: randomNumbers([length]) };
  return { exact: valuesOf(y, feeds), rough: (await onOnnxRuntime({ y }, feeds)).y as NdArray };
}
