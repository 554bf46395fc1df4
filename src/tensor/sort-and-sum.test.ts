import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "./nd-array.ts";
import { shapeTensor } from "./symbolic-shape.ts";
import { apply, applyOne, concat, input, sortDescending, type Tensor } from "./tensor.ts";
import { expectClose } from "./tolerances.fixture.ts";

const x = input("x", [2, 3]);
const feeds = { x: array([1, 3, 2, 5, 5, 7], [2, 3], "float64") };

function valuesOf(y: Tensor, given: Record<string, NdArray> = feeds): number[] {
  return numbers(evaluate({ y }, given).y as NdArray);
}

describe("sortDescending", () => {
  test("gives the elements from the largest on, and their places; of equals the first", () => {
    const rows = sortDescending(x);
    expect([rows.values.shape, rows.indices.shape, rows.indices.dtype]).toEqual([[2, 3], [2, 3], "int64"]);
    expect(valuesOf(rows.values)).toEqual([3, 2, 1, 7, 5, 5]);
    expect(valuesOf(rows.indices)).toEqual([1, 2, 0, 2, 0, 1]);
    expect(valuesOf(sortDescending(x, 0).values)).toEqual([5, 5, 7, 1, 3, 2]);
  });

  test.each([["time"], ["(past+2)"], ["?"]])(
    "sorts an axis of length %s, on both runtimes, with its gradient",
    async (dim) => {
      const open =
        dim === "?" ? input("x", ["batch", "time"]).slice({ axis: 1, start: 1 }) : input("x", ["batch", "time"]);
      const whole = dim === "(past+2)" ? concat([input("x", ["batch", "past"]), input("more", ["batch", 2])], 1) : open;
      const { values, indices } = sortDescending(whole, 1);
      expect([values.shape, indices.shape]).toEqual([whole.shape, whole.shape]);
      const given: Record<string, NdArray> = { x: randomNumbers([3, 5], "x") };
      if (dim === "(past+2)") given.more = randomNumbers([3, 2], "more");
      const loss = values.mul(values.cumSum()).sum();
      const exact = evaluate({ values, indices, loss }, given);
      const rough = await onOnnxRuntime({ values, indices, loss }, given);
      for (const name of ["values", "indices", "loss"])
        expectClose(rough[name], exact[name] as NdArray, "float32", name);
    },
  );

  test("has a gradient over a symbol: each place's goes back to where its element came from", async () => {
    const leaf = input("x", ["batch", "time"]);
    const { values } = sortDescending(leaf);
    const loss = values.mul(values.cumSum()).sum();
    const given = { x: randomNumbers([3, 5], "x") };
    const [derived] = gradient(loss, [leaf]) as [Tensor];
    expect(derived.shape).toEqual(["batch", "time"]);
    expectClose(evaluate({ derived }, given).derived, centralDifferences(loss, given, "x"), "differences");
    const rough = await onOnnxRuntime({ derived }, given);
    expectClose(rough.derived, evaluate({ derived }, given).derived as NdArray, "float32");
  });

  test("refuses an axis that is none", () => {
    expect(() => sortDescending(x, 2)).toThrow(
      new RangeError("sortDescending: expected an axis from -2 to 1 but found 2"),
    );
  });
});

describe("TopK", () => {
  test("of a symbol has that symbol as its length", () => {
    const leaf = input("x", ["batch", "time"]);
    const [values] = apply("TopK", [leaf, shapeTensor(["batch"])], {}, 2) as [Tensor];
    expect(values.shape).toEqual(["batch", "batch"]);
    const [derived] = gradient(values.sum(), [leaf]) as [Tensor];
    expect(valuesOf(derived)).toEqual([0, 1, 1, 1, 0, 1]);
  });

  test("of a number that is fed has a gradient all the same", () => {
    const count = input("count", [1], "int64");
    const [values] = apply("TopK", [x, count], {}, 2) as [Tensor];
    const squares = applyOne("ReduceSumSquare", [values], { keepdims: 0 });
    const [derived] = gradient(squares, [x]) as [Tensor];
    expect(valuesOf(derived, { ...feeds, count: array([1], [1], "int64") })).toEqual([0, 6, 0, 0, 0, 14]);
  });
});

describe("cumSum", () => {
  test.each([
    [{}, [1, 4, 6, 5, 10, 17]],
    [{ axis: 0 }, [1, 3, 2, 6, 8, 9]],
    [{ exclusive: true }, [0, 1, 4, 0, 5, 10]],
    [{ reverse: true }, [6, 5, 2, 17, 12, 7]],
    [{ axis: -2, exclusive: true, reverse: true }, [5, 5, 7, 0, 0, 0]],
  ])("with %o", (options, expected) => {
    expect(x.cumSum(options).shape).toEqual([2, 3]);
    expect(valuesOf(x.cumSum(options))).toEqual(expected);
  });

  test("has a gradient: how often each element is counted", () => {
    const [derived] = gradient(x.cumSum({ exclusive: true }).sum(), [x]) as [Tensor];
    expect(valuesOf(derived)).toEqual([2, 1, 0, 2, 1, 0]);
  });

  test("refuses an axis that is none", () => {
    expect(() => x.cumSum({ axis: -3 })).toThrow(new RangeError("cumSum: expected an axis from -2 to 1 but found -3"));
  });
});
