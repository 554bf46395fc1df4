import { describe, expect, it } from "vitest";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { nodeBackend } from "./node.ts";
import { compile } from "./program.ts";

describe("outputs of one run after the other", () => {
  const x = input("x", [3]);
  const twice = async (reuse: boolean) => {
    const program = await compile({ y: x.mul(2) }, { backend: nodeBackend, reuse });
    const results: NdArray[] = [];
    for (const values of [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]) {
      results.push((await program.run({ x: array(values) })).y as NdArray);
      expect(numbers(results.at(-1) as NdArray)).toEqual(values.map((value) => 2 * value));
    }
    await program.release();
    return results;
  };

  it("stay as they are", async () => {
    expect((await twice(false)).map(numbers)).toEqual([
      [2, 4, 6],
      [8, 10, 12],
      [14, 16, 18],
    ]);
  });

  it("are in the same array, where that is asked for", async () => {
    const [first, ...others] = (await twice(true)).map(({ data }) => data);
    expect(others.map((data) => data === first)).toEqual([true, true]);
  });
});
