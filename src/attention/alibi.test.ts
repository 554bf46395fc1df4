import { describe, expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, stack, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { alibiAttention, alibiBias, alibiSlopes, causalMask, scaledDot, scaledDotProduct } from "./index.ts";
import { atTime, random, valuesOf } from "./positions.fixture.ts";

describe("alibi", () => {
  test("the slopes are the paper's, and the authors' where heads are no power of two", () => {
    expect(alibiSlopes(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((i) => 2 ** -i));
    expect(alibiSlopes(16).slice(0, 2)).toEqual([2 ** -0.5, 2 ** -1]);
    expect(alibiSlopes(1)).toEqual([1 / 256]);
    expect(alibiSlopes(3)).toEqual([1 / 16, 1 / 256, 1 / 4]);
    expect(alibiSlopes(12)).toEqual([...alibiSlopes(8), ...[0.5, 1.5, 2.5, 3.5].map((i) => 2 ** -i)]);
  });

  test("the bias counts from the last key, or from where the first query stands", () => {
    const last = [-2, -1, 0, -1, -3, -2, -1, 0].map((x) => x / 4);
    const bias = (heads: number) => valuesOf(alibiBias({ queryLen: 2, keyLen: 4, heads }));
    expectClose(bias(2), array([...last.map((x) => x / 4), ...last.map((x) => x / 64)], [2, 2, 4]), "rounded");
    const first = valuesOf(alibiBias({ queryLen: 2, keyLen: 3, slopes: [3], queryOffset: 0 }));
    expectClose(first, array([0, -3, -6, -3, 0, -3], [1, 2, 3]), "float64");
  });

  test("lengths may be symbols", async () => {
    const { exact, rough } = await atTime((time) => alibiBias({ queryLen: 2, keyLen: time.dim(0), heads: 4 }), 5);
    expectClose(exact, valuesOf(alibiBias({ queryLen: 2, keyLen: 5, heads: 4 })), "float64");
    expectClose(rough, exact, "float32");
  });

  const args = {
    query: random("query", 2, 3, 5, 7),
    key: random("key", 2, 3, 5, 7),
    value: random("value", 2, 3, 5, 11),
  };

  test("each head has a slope of its own, and together they have what each has alone", () => {
    const together = numbers(valuesOf(alibiAttention(args).output));
    const part = (x: Tensor, head: number) => x.slice({ axis: 1, start: head, end: head + 1 }).squeeze(1);
    for (const [head, slope] of alibiSlopes(3).entries()) {
      const alone = {
        query: part(args.query, head),
        key: part(args.key, head),
        value: part(args.value, head),
        slopes: [slope],
      };
      const found = numbers(valuesOf(alibiAttention(alone).output));
      const size = found.length / 2;
      const start = (3 + head) * size;
      expectClose(array(found.slice(size), [size]), array(together.slice(start, start + size), [size]), "float32");
    }
  });

  test("without heads there is one slope", () => {
    const [query, key, value] = [random("query", 3, 5, 7), random("key", 3, 5, 7), random("value", 3, 5, 2)];
    const found = evaluate(
      {
        plain: alibiAttention({ query, key, value }).weights,
        given: alibiAttention({ query, key, value, slopes: [1 / 256] }).weights,
      },
      {},
    );
    expectClose(found.plain, found.given as NdArray, "float64");
  });

  test("each example's queries may stand at another place", () => {
    const places = constant(array([0, 3], [2, 1, 1], "int32"));
    const together = valuesOf(alibiBias({ queryLen: 2, keyLen: 5, heads: 3, queryOffset: places }));
    expect(together.shape).toEqual([2, 3, 2, 5]);
    const alone = [0, 3].map((queryOffset) => alibiBias({ queryLen: 2, keyLen: 5, heads: 3, queryOffset }));
    expectClose(together, valuesOf(stack(alone, 0)), "float64");
    const weights = (given: object) => alibiAttention({ ...args, ...given }).weights;
    const first = (y: Tensor) => y.slice({ axis: 0, end: 1 });
    const found = evaluate(
      { all: first(weights({ queryOffset: places })), one: first(weights({ queryOffset: 0 })) },
      {},
    );
    expectClose(found.all, found.one as NdArray, "float64");
  });

  test("biases are as exact as the scores", () => {
    const exact = alibiBias({ queryLen: 1, keyLen: 2, heads: 16, dtype: "float64" });
    expect(numbers(valuesOf(exact))[0]).toBe(-(2 ** -0.5));
    // Distances that float16 does not hold.
    const far = alibiBias({ queryLen: 1, keyLen: 70_017, slopes: [1 / 256], dtype: "float16" });
    expect([far.dtype, numbers(valuesOf(far.cast("float32")))[0]]).toEqual(["float16", -70_016 / 256]);
  });

  test("with a causal mask, counting from the first key comes to the same", () => {
    const mask = causalMask(5);
    const ascending = constant(alibiSlopes(3))
      .unsqueeze([1, 2])
      .mul(constant([0, 1, 2, 3, 4]));
    const expected = scaledDotProduct({ ...args, mask, bias: ascending });
    const found = evaluate({ weights: alibiAttention({ ...args, mask }).weights, expected: expected.weights }, {});
    expectClose(found.weights, found.expected as NdArray, "rounded");
  });

  test("a bias is added to its own", () => {
    const bias = random("bias", 5, 5);
    const own = alibiBias({ queryLen: 5, keyLen: 5, heads: 3 });
    const expected = scaledDot()(args).add(own).add(bias).softmax();
    const found = evaluate({ weights: alibiAttention({ ...args, bias }).weights, expected }, {});
    expectClose(found.weights, found.expected as NdArray, "float64");
  });
});
