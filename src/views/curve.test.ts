import { expect, test } from "vitest";
import { ShapeError } from "../tensor/errors.ts";
import { checkLineChart, panelsOf, smooth, thin } from "./curve.ts";

const steps = (count: number) => Array.from({ length: count }, (_, i) => i);

test("a curve whose x and y differ in length is refused", () => {
  expect(() => checkLineChart({ curves: [{ name: "loss", x: [1, 2], y: [1] }] })).toThrow(
    new ShapeError('lineChart: expected as many y as x in curve "loss" but found 1 and 2'),
  );
});

test("a chart without a finite point is refused", () => {
  expect(() => checkLineChart({ curves: [{ name: "loss", x: [1], y: [Number.NaN] }] })).toThrow(
    new RangeError("lineChart: expected at least one finite point but found none"),
  );
});

test("curves share a panel by name, by unit, or not at all", () => {
  const curve = (name: string, more: { unit?: string; panel?: string } = {}) => ({ name, x: [], y: [], ...more });
  const panels = panelsOf([
    curve("a", { unit: "nats" }),
    curve("b"),
    curve("c", { unit: "nats" }),
    curve("d", { panel: "b" }),
  ]);
  expect(panels.map((panel) => panel.map(({ name }) => name))).toEqual([
    ["a", "c"],
    ["b", "d"],
  ]);
});

test("smoothing leaves a straight line as it is, up to both ends", () => {
  const x = steps(200);
  const line = smooth({ x, y: x.map((value) => 3 - 0.5 * value) });
  for (const [i, value] of line.y.entries()) expect(value).toBeCloseTo(3 - 0.5 * i, 9);
});

test("smoothing takes noise away and lets short curves be", () => {
  const x = steps(400);
  const noisy = smooth({ x, y: x.map((value) => 1 + (value % 2 === 0 ? 0.5 : -0.5)) });
  expect(Math.max(...noisy.y.map((value) => Math.abs(value - 1)))).toBeLessThan(0.15);
  const short = { x: [1, 2], y: [5, 6] };
  expect(smooth(short).y).toBe(short.y);
  const exact = { x, y: x.map((step) => Math.min(1, step / 20)), noisy: false };
  expect(smooth(exact).y).toBe(exact.y);
});

test("smoothing steps over gaps and averages very long curves", () => {
  const x = steps(10_000);
  const { x: places, y } = smooth({ x, y: x.map((value) => (value % 7 === 0 ? Number.NaN : 2)) });
  expect(places.length).toBeLessThanOrEqual(800);
  expect(new Set(y.map((value) => value.toFixed(9)))).toEqual(new Set(["2.000000000"]));
});

test("thinning keeps both ends, order and spikes", () => {
  const x = steps(1000);
  const y = x.map((value) => (value === 517 ? 9 : value === 702 ? -9 : value === 300 ? Number.NaN : 0));
  const thinned = thin({ x, y }, 60);
  expect(thinned.x.length).toBeLessThanOrEqual(62);
  expect(thinned.x).toEqual([...new Set(thinned.x)].sort((a, b) => a - b));
  expect([thinned.x[0], thinned.x.at(-1)]).toEqual([0, 999]);
  expect(thinned.y).toEqual(expect.arrayContaining([9, -9]));
});
