import { expect, it } from "vitest";
import { ModelError } from "../tensor/errors.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { drawNoise, noiseInputs, rowsOf, shapeKey, shard } from "./engine.ts";

const batch = {
  text: array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], [7, 2], "int32"),
  weight: array([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
};

it.each([1, 2, 3, 5, 7])("%i shards are the batch, in order and of equal length as far as can be", (count) => {
  const shards = Array.from({ length: count }, (_, rank) => shard(batch, rank, count));
  for (const name of ["text", "weight"] as const) {
    expect(shards.flatMap((part) => [...((part[name] as NdArray).data as Float32Array)])).toEqual([
      ...batch[name].data,
    ]);
  }
  const rows = shards.map(rowsOf);
  expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
  expect(shards.every(({ text, weight }) => text?.shape[0] === weight?.shape[0])).toBe(true);
  expect(shards[0]?.text).toMatchObject({ dtype: "int32", shape: [rows[0], 2] });
});

it("noise is a function of seed, step, name and the example's number in the whole batch", () => {
  const of = (rows: number, options: { seed?: number; step?: number; firstExample?: number; name?: string } = {}) => {
    const { seed = 1, step = 4, firstExample = 0, name = "noise.a" } = options;
    const drawn = drawNoise([{ name, shape: [rows, 3] }], { seed, step, firstExample, examples: rows });
    return [...((drawn[name] as NdArray).data as Float32Array)];
  };
  const whole = of(7);
  expect([...of(3), ...of(4, { firstExample: 3 })]).toEqual(whole);
  expect(of(7)).toEqual(whole);
  for (const other of [{ seed: 2 }, { step: 5 }, { firstExample: 7 }, { name: "noise.b" }]) {
    expect(of(7, other).filter((value) => whole.includes(value))).toEqual([]);
  }
  expect(whole.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(new Set(whole).size).toBe(21);
});

it("noise may have several rows for each example, and nothing else in front", () => {
  const name = "noise.a";
  const fill = (rows: number, firstExample: number, examples: number) => {
    const drawn = drawNoise([{ name, shape: [rows, 2] }], { seed: 1, step: 0, firstExample, examples });
    return [...((drawn[name] as NdArray).data as Float32Array)];
  };
  expect([...fill(6, 0, 2), ...fill(9, 2, 3)]).toEqual(fill(15, 0, 5));
  const refusal = new ModelError(
    "noise.a: expected a first axis that counts the 5 examples but found shape [7,2]; put the batch first",
  );
  expect(() => fill(7, 0, 5)).toThrow(refusal);
  expect(() => noiseInputs({ noise: new Map([[name, input(name, [7, 2])]]) }, 5)).toThrow(refusal);
});

it("shapes have a name of their own, whatever the values", () => {
  expect(shapeKey(batch)).toBe("text int32[7,2] weight float32[7]");
  expect(shapeKey(shard(batch, 0, 2))).toBe("text int32[3,2] weight float32[3]");
});
