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
      const by: Record<string, Tensor> = {
        query,
        key,
        value,
        ...("bias" in given ? { bias: given.bias as Tensor } : {}),
      };
      const slopes = gradient(output.mul(output).sum(), Object.values(by));
      return {
        output,
        ...Object.fromEntries(Object.keys(by).map((name, i) => [`slope of ${name}`, slopes[i] as Tensor])),
      };
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

test("values with more leading axes than the scores stretch them, large or small", async () => {
  const at = (length: number) => {
    const [query, key] = [input("query", [2, HEADS, length, 2]), input("key", [2, 3, length, 2])];
    const value = input("value", [3, 2, 3, length, 2]);
    const given = { query, key, value };
    const group = HEADS / 3;
    const wide = value.unsqueeze(3).expand([3, 2, 3, group, length, 2]).reshape([3, 2, HEADS, length, 2]);
    const plain = scaledDotProduct({ query, key: repeated(key, group), value: wide });
    return { outputs: { output: groupedDotProduct(given).output, expected: plain.output }, given };
  };
  for (const length of [7, 307]) {
    const { outputs, given } = at(length);
    expect(outputs.output.shape).toEqual([3, 2, HEADS, length, 2]);
    const feeds = Object.fromEntries(
      Object.entries(given).map(([name, { shape }]) => [name, randomNumbers(shape as number[], name)]),
    );
    const { output, expected } = await onOnnxRuntime(outputs, feeds);
    expectClose(output, expected as NdArray, "float32");
  }
});
