import { expect, test } from "vitest";
import { fitsBeside, layoutPanel, panelRoom } from "./compare-layout.ts";

const letters = (count: number) => Array.from({ length: count }, () => "x");

test("cells share the room there is, and their labels are thinned where they are narrow", () => {
  const wide = layoutPanel({ room: 240, rows: letters(10), columns: letters(20) });
  expect(wide.cellWidth).toBeCloseTo((240 - wide.side) / 20, 9);
  expect(wide).toMatchObject({ cellHeight: 14, isTurned: false, everyRow: 1, everyColumn: 1 });
  const dense = layoutPanel({ room: 240, rows: letters(100), columns: letters(60) });
  expect(dense).toMatchObject({ cellHeight: 5.6, everyRow: 3, everyColumn: 3 });
});

test("a cell is never narrower than three pixels nor wider than a letter needs", () => {
  expect(layoutPanel({ room: 200, rows: letters(3), columns: letters(500) }).cellWidth).toBe(3);
  expect(layoutPanel({ room: 900, rows: letters(3), columns: letters(5) })).toMatchObject({
    cellWidth: 24,
    cellHeight: 22,
  });
});

test("words stand on end above their columns", () => {
  const layout = layoutPanel({ room: 300, rows: ["chat"], columns: ["black", "cat", "an extraordinarily long token"] });
  expect(layout).toMatchObject({ isTurned: true, head: 92 });
  expect(layout.side).toBeCloseTo(10 + 4 * 7.3, 9);
});

test("three panels stand side by side where their cells can be told apart", () => {
  expect(panelRoom(636, 3)).toBe(200);
  expect(fitsBeside(770, { rows: letters(10), columns: letters(23) }, 3)).toBe(true);
  expect(fitsBeside(330, { rows: letters(10), columns: letters(23) }, 3)).toBe(false);
});
