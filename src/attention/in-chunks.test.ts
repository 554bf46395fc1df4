import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { causalMask, groupedDotProduct, scaledDotProduct } from "./index.ts";

const [BATCH, HEADS, LENGTH, DIM] = [2, 6, 307, 5];
const NAMES = ["query", "key", "value"] as const;

/** Keys and values of a head for each of its queries' heads. */
function repeated(x: Tensor, group: number): Tensor {
  const [batch, heads, length, dim] = x.shape as [number, number, number, number];
  return x
    .unsqueeze(2)
    .expand([batch, heads, group, length, dim])
    .reshape([batch, heads * group, length, dim]);
}

describe.each([1, 2, 6])("%d heads for each head of keys", (group) => {
  const shapes = { query: HEADS, key: HEADS / group, value: HEADS / group };
  const leaves = NAMES.map((name) => input(name, [BATCH, shapes[name], LENGTH, DIM])) as [Tensor, Tensor, Tensor];
  const [query, key, value] = leaves;
  const feeds: Record<string, NdArray> = {
    bias: randomNumbers([HEADS, LENGTH, LENGTH], "bias"),
    mask: array(
      Array.from({ length: BATCH * LENGTH }, (_, i) => Number(i % 7 !== 3)),
      [BATCH, 1, 1, LENGTH],
      "bool",
    ),
  };
  for (const name of NAMES) feeds[name] = randomNumbers([BATCH, shapes[name], LENGTH, DIM], name);
  const mask = input("mask", [BATCH, 1, 1, LENGTH], "bool");

  test.each([
    ["without a mask", {}],
    ["with a mask for each example", { mask }],
    [
      "with a mask for each query, and a bias for each head",
      { mask: causalMask(LENGTH), bias: input("bias", [HEADS, LENGTH, LENGTH]) },
    ],
  ])("large scores, part by part, give what they give together, %s", async (_, given) => {
    const parts = groupedDotProduct({ query, key, value, ...given });
    const whole = scaledDotProduct({ query, key: repeated(key, group), value: repeated(value, group), ...given });
    const all = ({ output }: { output: Tensor }): Outputs => {
      const slopes = gradient(output.mul(output).sum(), leaves);
      return { output, ...Object.fromEntries(NAMES.map((name, i) => [`slope of ${name}`, slopes[i] as Tensor])) };
    };
    const has = (outputs: Outputs) => sortNodes(Object.values(outputs)).some(({ operator }) => operator === "Scan");
    expect([has(all(parts)), has(all(whole))]).toEqual([true, false]);
    const needed = Object.fromEntries(
      Object.entries(feeds).filter(([name]) => NAMES.includes(name as "key") || name in given),
    );
    const [expected, found] = [await onOnnxRuntime(all(whole), needed), await onOnnxRuntime(all(parts), needed)];
    for (const [name, values] of Object.entries(expected)) expectClose(found[name], values, "float32", name);
  });
});
