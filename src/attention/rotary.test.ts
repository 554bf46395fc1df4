import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, numbers } from "../tensor/nd-array.ts";
import { rearrange } from "../tensor/patterns.ts";
import { applyOne, concat, constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { rotaryAttention, rotate, scaledDotProduct } from "./index.ts";
import { random, table, valuesOf } from "./positions.fixture.ts";

describe("rotary positions", () => {
  const x = random("x", 2, 3, 5, 6);
  /** Cosines and sines of places times rates, as ONNX's operator takes them. */
  const caches = (rotaryDim: number, offset = 0) =>
    [Math.cos, Math.sin].map((wave) => {
      const half = rotaryDim / 2;
      const one = table(5, half, (place, i) => wave((place + offset) / 10_000 ** ((2 * i) / rotaryDim)));
      return constant(array([...numbers(one), ...numbers(one)], [2, 5, half], "float64"));
    });

  test.each([
    ["neighbours", true, undefined],
    ["halves", false, undefined],
    ["neighbours, partly", true, 2],
    ["halves, partly", false, 4],
  ])("turn pairs as ONNX's operator does: %s", async (_, interleaved, rotaryDim) => {
    const expected = applyOne("RotaryEmbedding", [x, ...caches(rotaryDim ?? 6, 4)], {
      interleaved: interleaved ? 1 : 0,
      rotary_embedding_dim: rotaryDim ?? 0,
    });
    const turned = rotate(x, { interleaved, rotaryDim, offset: 4 });
    expectClose(valuesOf(turned), valuesOf(expected), "rounded");
    expectClose((await onOnnxRuntime({ turned }, {})).turned, valuesOf(expected), "float32");
  });

  test("length and offset may be known to a run only", async () => {
    const feeds = { states: randomNumbers([5, 6]), offset: array([4], [], "float64") };
    const turned = rotate(input("states", ["time", 6]), { offset: input("offset", []) });
    const expected = valuesOf(rotate(constant(feeds.states), { offset: 4 }));
    expectClose(valuesOf(turned, feeds), expected, "rounded");
    expectClose((await onOnnxRuntime({ turned }, feeds)).turned, expected, "float32");
  });

  test("no row becomes longer or shorter, and the first of all stays", () => {
    const squares = (y: Tensor) => valuesOf(y.mul(y).sum({ axes: -1 }));
    expectClose(squares(rotate(x)), squares(x), "rounded");
    const first = (y: Tensor) => valuesOf(y.slice({ axis: 2, end: 1 }));
    expectClose(first(rotate(x)), first(x), "float64");
    expect(numbers(valuesOf(rotate(x)))).not.toEqual(numbers(valuesOf(x)));
  });

  test.each([true, false])("weights depend on distances only, interleaved: %s", (interleaved) => {
    const args = { query: x, key: random("key", 2, 3, 7, 6), value: random("value", 2, 3, 7, 4), interleaved };
    const turned = (first: number, firstKey: number) => ({
      ...args,
      query: rotate(args.query, { interleaved, offset: first }),
      key: rotate(args.key, { interleaved, offset: firstKey }),
    });
    const at = (queryOffset?: number) => valuesOf(rotaryAttention({ ...args, queryOffset }).weights);
    expectClose(valuesOf(scaledDotProduct(turned(19, 17)).weights), at(2), "rounded");
    expectClose(at(), at(2), "float64");
    expect(numbers(at(3))[0]).not.toBeCloseTo(numbers(at(2))[0] as number, 3);
  });

  test("each example's queries may stand at another place", () => {
    const places = constant(array([4, 9], [2, 1, 1], "int32"));
    const together = valuesOf(rotate(x, { offset: places }));
    const part = (at: number, offset: number) => rotate(x.slice({ axis: 0, start: at, end: at + 1 }), { offset });
    expectClose(together, valuesOf(concat([part(0, 4), part(1, 9)], 0)), "float64");
  });

  test("angles are computed in float32, however coarse the numbers that are turned", () => {
    const halves = x.cast("float16");
    const turned = rotate(halves, { offset: 4001 });
    expect(turned.dtype).toBe("float16");
    const angles = sortNodes([turned]).filter(({ operator }) => operator === "Cos" || operator === "Sin");
    expect(angles.map(({ outputs }) => outputs[0]?.dtype)).toEqual(["float32", "float32"]);
    expect(rotate(input("x", [5, 6], "float64")).dtype).toBe("float64");
  });

  test("the two layouts are one but for the order of numbers", () => {
    const apart = (y: Tensor) => rearrange(y, "... (half pair) -> ... (pair half)", { pair: 2 });
    expectClose(valuesOf(apart(rotate(x))), valuesOf(rotate(apart(x), { interleaved: false })), "float64");
  });
});
