import { expect, test } from "vitest";
import { layoutLineChartPanels } from "../line-chart-layout.ts";
import { pageSurface } from "../surface.ts";
import { nearestIndex, neighbour, placeAcross, placeOfReading, readChart, valueAcross } from "./line-chart-reading.ts";

const CHART = {
  curves: [
    { name: "loss", unit: "nats", x: [0, 10, 20, 30], y: [4, 2, 1, 0.5] },
    { name: "exact match", unit: "%", x: [15, 30], y: [40, Number.NaN] },
  ],
};

test("the nearest point is found, the earlier one of two equally near", () => {
  const xs = [0, 10, 20];
  expect([-5, 0, 4, 5, 6, 14, 99].map((value) => nearestIndex(xs, value))).toEqual([0, 0, 0, 0, 1, 1, 2]);
  expect(nearestIndex([], 3)).toBe(-1);
});

test("a reading gives each curve's own nearest value, as it was given", () => {
  expect(readChart(CHART, 11)).toEqual({
    x: 10,
    readings: [
      { index: 0, name: "loss", x: 10, y: 2, text: "2 nats" },
      { index: 1, name: "exact match", x: 15, y: 40, text: "40 %" },
    ],
  });
  expect(readChart(CHART, 100)?.readings[1]).toEqual({
    index: 1,
    name: "exact match",
    x: 30,
    y: Number.NaN,
    text: "– %",
  });
  expect(readChart({ curves: [] }, 3)).toBeUndefined();
});

test("the arrow keys go from point to point over all curves", () => {
  const forward = [0];
  while (neighbour(CHART, forward.at(-1) as number, 1) !== forward.at(-1)) {
    forward.push(neighbour(CHART, forward.at(-1) as number, 1));
  }
  expect(forward).toEqual([0, 10, 15, 20, 30]);
  expect(neighbour(CHART, 20, -1)).toBe(15);
  expect(neighbour(CHART, 0, -1)).toBe(0);
});

test("pixels and values of the chart's own frame go there and back", () => {
  const layout = layoutLineChartPanels(CHART, pageSurface({ width: 600 }));
  const frame = layout.panels[0]?.frame;
  if (!frame) throw new RangeError("expected a panel");
  expect(valueAcross(frame, placeAcross(frame, 20))).toBeCloseTo(20, 9);
  expect(valueAcross(frame, -50)).toBe(0);
  const reading = readChart(CHART, 30)?.readings[0];
  const line = layout.scene.marks.find((mark) => mark.kind === "line" && mark.role === 0 && mark.xs.length === 4);
  if (!reading || line?.kind !== "line") throw new RangeError("expected a curve");
  const point = placeOfReading(layout, reading);
  expect(point?.x).toBeCloseTo(line.xs[3] as number, 1);
  expect(point?.y).toBeCloseTo(line.ys[3] as number, 6);
});
