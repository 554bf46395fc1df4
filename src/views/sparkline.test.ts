import { expect, test } from "vitest";
import { curveLine, sparkline } from "./sparkline.ts";

test("values become blocks from lowest to highest", () => {
  expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([0, 7], { unicode: false })).toBe("_#");
});

test("more values than room are averaged, fewer take less room", () => {
  expect(sparkline([0, 0, 4, 4, 8, 8], { width: 3 })).toBe("▁▅█");
  expect(sparkline([3, 4], { width: 10 })).toHaveLength(2);
});

test("a flat curve is a middle line, a gap is blank, nothing is nothing", () => {
  expect(sparkline([2, 2])).toBe("▄▄");
  expect(sparkline([1, Number.NaN, 2])).toBe("▁ █");
  expect(sparkline([])).toBe("");
});

test("a line for a curve fits its width", () => {
  const curve = { name: "training loss", unit: "nats", x: [], y: Array.from({ length: 100 }, (_, i) => 100 - i) };
  expect(curveLine(curve, { width: 40 })).toBe("training loss ███▇▇▆▆▅▅▅▄▄▃▃▂▂▁▁▁ 1 nats");
  expect(curveLine(curve, { width: 40 })).toHaveLength(40);
});
