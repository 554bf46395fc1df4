import { expect, test } from "vitest";
import { shownPlaces } from "./attention-map-labels.ts";
import { cellAt, cellsBetween, labelAt, layoutMatrix, type MatrixRequest } from "./attention-map-layout.ts";
import { cellAfterKey } from "./attention-map-rover.ts";

function request(rows: number, columns: number, more: Partial<MatrixRequest> = {}): MatrixRequest {
  const tokens = (count: number) => Array.from({ length: count }, (_, place) => `tok${place}`);
  const room = { width: 760, tall: 460, zoom: 1, density: 1, bars: true };
  return { rowTokens: tokens(rows), columnTokens: tokens(columns), ...room, ...more };
}

const letters = (text: string) => [...text];

test("a map of characters has square cells of whole pixels, and every label upright", () => {
  const date = { rowTokens: letters("1958-08-29"), columnTokens: letters("the 29th of August 1958") };
  const { rows, columns, turn } = layoutMatrix(request(10, 23, date));
  expect([columns.size, rows.size]).toEqual([24, 24]);
  expect([columns.every, rows.every, turn]).toEqual([1, 1, 0]);
});

test.each([1, 1.25, 1.5, 2, 3])(
  "everything fits into the room at density %s and no cell is cut between pixels",
  (density) => {
    const { rows, columns, sideRoom } = layoutMatrix(request(20, 60, { density, width: 600 }));
    expect(rows.labelRoom + columns.extent + sideRoom).toBeLessThanOrEqual(600);
    expect((columns.size * density) % 1).toBeCloseTo(0, 9);
  },
);

test.each([
  { rows: 10, columns: 200 },
  { rows: 200, columns: 10 },
  { rows: 512, columns: 512 },
  { rows: 3, columns: 1000 },
])("labels of $rows × $columns are thinned so that none touches the next", ({ rows, columns }) => {
  const layout = layoutMatrix(request(rows, columns));
  const line = 12;
  expect(layout.rows.size * layout.rows.every).toBeGreaterThanOrEqual(line);
  const pitch = layout.columns.size * layout.columns.every;
  expect(pitch).toBeGreaterThanOrEqual(layout.turn === 0 ? 4 * 7 : layout.turn === 45 ? line / Math.SQRT1_2 : line);
});

test("zoom makes cells larger and brings all labels back", () => {
  const far = layoutMatrix(request(30, 200));
  const near = layoutMatrix(request(30, 200, { zoom: far.largestZoom }));
  expect(far.columns.every).toBeGreaterThan(1);
  expect([near.columns.every, near.rows.every]).toEqual([1, 1]);
  expect(near.columns.extent).toBeGreaterThan(far.columns.extent * 4);
});

test("a label's room is the column below it, along its slant, or the row beside it", () => {
  const upright = layoutMatrix(request(10, 23, { columnTokens: letters("the 29th of August 1958") }));
  expect(labelAt(upright, "column", { x: 24 * 5 + 1, y: -30 })).toEqual({ row: -1, column: 5 });
  expect(labelAt(upright, "row", { x: -9, y: 24 * 2 })).toEqual({ row: 2, column: -1 });
  expect(labelAt(upright, "row", { x: -9, y: 24 * 10 })).toBeUndefined();
  const slanting = layoutMatrix(request(4, 20, { columnTokens: Array.from({ length: 20 }, (_, i) => `token ${i}`) }));
  expect(slanting.turn).toBe(45);
  const { size } = slanting.columns;
  expect(labelAt(slanting, "column", { x: 3.5 * size + 20, y: -20 })).toEqual({ row: -1, column: 3 });
  expect(labelAt(slanting, "column", { x: 5, y: -20 })).toBeUndefined();
});

test("a map of one cell and one of a phone's width have room", () => {
  const one = layoutMatrix(request(1, 1));
  expect([one.rows.count, one.columns.count]).toEqual([1, 1]);
  const phone = layoutMatrix(request(10, 30, { width: 336, rowTokens: letters("1958-08-29") }));
  expect(phone.rows.labelRoom + phone.columns.extent + phone.sideRoom).toBeLessThanOrEqual(336);
  expect(phone.numbers).toBe(false);
});

test("labels of a window: in the middle of their groups, none cut off at the end", () => {
  const axis = { count: 20, size: 2, extent: 40, every: 6, labels: [], labelRoom: 0 };
  expect(shownPlaces(axis, [0, 20])).toEqual([3, 9, 15]);
  expect(shownPlaces(axis, [4, 12])).toEqual([9]);
  expect(shownPlaces({ ...axis, every: 1 }, [4, 8])).toEqual([4, 5, 6, 7]);
  expect(shownPlaces({ ...axis, count: 2, every: 9 }, [0, 2])).toEqual([0]);
});

test("cells of a stretch and of a place", () => {
  const { columns } = layoutMatrix(request(10, 20));
  expect(cellsBetween(columns, -50, columns.size * 2.5)).toEqual([0, 3]);
  expect(cellsBetween(columns, columns.extent - 1, columns.extent + 100)).toEqual([19, 20]);
  expect([-1, 0, columns.extent - 1, columns.extent].map((x) => cellAt(columns, x))).toEqual([-1, 0, 19, -1]);
});

test.each([
  ["ArrowRight", { row: 2, column: 4 }],
  ["ArrowLeft", { row: 2, column: 2 }],
  ["ArrowUp", { row: 1, column: 3 }],
  ["ArrowDown", { row: 3, column: 3 }],
  ["Home", { row: 2, column: 0 }],
  ["End", { row: 2, column: 6 }],
  ["PageUp", { row: 0, column: 3 }],
  ["PageDown", { row: 4, column: 3 }],
  ["a", undefined],
])("%s leads from row 2, column 3 of 5 × 7 to %o", (key, expected) => {
  expect(cellAfterKey({ row: 2, column: 3 }, { key, ctrlKey: false }, { rows: 5, columns: 7 })).toEqual(expected);
});

test("keys end at the edges, reach the labels, and never the corner between them", () => {
  const size = { rows: 5, columns: 7 };
  const step = (row: number, column: number, key: string, ctrlKey = false) =>
    cellAfterKey({ row, column }, { key, ctrlKey }, size);
  expect(step(4, 6, "ArrowDown")).toEqual({ row: 4, column: 6 });
  expect(step(0, 3, "ArrowUp")).toEqual({ row: -1, column: 3 });
  expect(step(-1, 0, "ArrowLeft")).toEqual({ row: -1, column: 0 });
  expect(step(3, 3, "End", true)).toEqual({ row: 4, column: 6 });
  expect(step(3, 3, "Home", true)).toEqual({ row: 0, column: 0 });
});
