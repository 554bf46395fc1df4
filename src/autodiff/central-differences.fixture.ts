import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";

const STEP = 1e-5;

/** Uniform numbers from `low` to `high`, float64; the same for the same name. */
export function randomBetween(low: number, high: number, shape: readonly number[], name = ""): NdArray {
  const rng = new Rng(11, `${name} ${shape}`);
  return array(
    Array.from({ length: product(shape) }, () => low + (high - low) * rng.uniform()),
    shape,
    "float64",
  );
}

/** Numbers of either sign, and at least 0.2 from 0, where many operators have their kink. */
export function randomNumbers(shape: readonly number[], name = ""): NdArray {
  const magnitudes = numbers(randomBetween(0.2, 1.5, shape, name));
  const signs = numbers(randomBetween(-1, 1, shape, `${name} signs`));
  return array(
    magnitudes.map((x, i) => x * Math.sign(signs[i] as number)),
    shape,
    "float64",
  );
}

/** (f(x + h) − f(x − h)) / 2h for each element of an input, on the reference runtime in float64. */
export function centralDifferences(loss: Tensor, feeds: Readonly<Record<string, NdArray>>, name: string): NdArray {
  const at = feeds[name] as NdArray;
  const lossWith = (i: number, by: number) => {
    const data = Float64Array.from(numbers(at));
    data[i] = (data[i] as number) + by;
    return numbers(evaluate({ loss }, { ...feeds, [name]: { ...at, data } }).loss as NdArray)[0] as number;
  };
  const slopes = numbers(at).map((_, i) => (lossWith(i, STEP) - lossWith(i, -STEP)) / (2 * STEP));
  return array(slopes, at.shape, "float64");
}
