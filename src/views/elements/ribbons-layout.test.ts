import fc from "fast-check";
import { expect, test } from "vitest";
import { DATE_MAP } from "../date-map.fixture.ts";
import { chooseEdges, MOST_EDGES, placeRibbons, ribbonAt, ribbonOpacity } from "./ribbons-layout.ts";

const MAP = { rows: ["A", "B"], columns: ["x", "y", "z"], weights: [0.6, 0.3, 0.1, 0, 0, 1] };

test("each row keeps the fewest edges that carry the mass asked for", () => {
  const pairs = (mass: number) => chooseEdges([MAP], { mass }).edges.map(({ row, column }) => `${row}${column}`);
  expect(pairs(0)).toEqual([]);
  expect(pairs(0.5)).toEqual(["00", "12"]);
  expect(pairs(0.9)).toEqual(["00", "01", "12"]);
  expect(pairs(1)).toEqual(["00", "01", "02", "12"]);
  expect(chooseEdges([MAP], { mass: 0.9 })).toMatchObject({ all: 4, carried: expect.closeTo(0.95, 12) });
  expect(chooseEdges([], { mass: 0.9 })).toEqual({ edges: [], all: 0, carried: 0, isCut: false });
});

test("no more than 600 edges are kept, the heaviest", () => {
  const size = 40;
  const weights = Array.from({ length: size * size }, (_, i) => (1 + (i % 7)) / (4 * size));
  const tokens = Array.from({ length: size }, (_, i) => String(i));
  const { edges, all, carried, isCut } = chooseEdges([{ rows: tokens, columns: tokens, weights }], { mass: 1 });
  expect([all, isCut]).toEqual([1600, true]);
  expect(edges).toHaveLength(MOST_EDGES);
  const left = weights.toSorted((a, b) => b - a)[MOST_EDGES] as number;
  expect(Math.min(...edges.map(({ weight }) => weight))).toBeGreaterThanOrEqual(left);
  expect(carried).toBeGreaterThan(0.5);
  expect(carried).toBeLessThan(0.7);
});

test("edges fill their slots side by side, as wide as their weights, and never leave them", () => {
  const maps = fc
    .record({ rows: fc.integer({ min: 1, max: 5 }), columns: fc.integer({ min: 1, max: 7 }) })
    .chain((size) =>
      fc
        .array(fc.double({ min: 0, max: 1, noNaN: true }), {
          minLength: size.rows * size.columns,
          maxLength: size.rows * size.columns,
        })
        .map((raw) => ({ ...size, weights: normalised(raw, size.columns) })),
    );
  fc.assert(
    fc.property(maps, ({ rows, columns, weights }) => {
      const map = { rows: new Array(rows).fill("o"), columns: new Array(columns).fill("i"), weights };
      const ribbons = placeRibbons(chooseEdges([map], { mass: 1 }).edges, 1, { width: 700, rows, columns });
      for (const ribbon of ribbons) {
        expect(ribbon.topWidth).toBeCloseTo((0.86 * 700 * ribbon.weight) / rows, 6);
        expect(ribbon.top).toBeGreaterThanOrEqual((ribbon.row * 700) / rows);
        expect(ribbon.top + ribbon.topWidth).toBeLessThanOrEqual(((ribbon.row + 1) * 700) / rows);
        expect(ribbon.bottom).toBeGreaterThanOrEqual((ribbon.column * 700) / columns - 1e-6);
        expect(ribbon.bottom + ribbon.bottomWidth).toBeLessThanOrEqual(((ribbon.column + 1) * 700) / columns + 1e-6);
        expect(ribbon.bottomWidth).toBeLessThanOrEqual(ribbon.topWidth + 1e-9);
      }
      for (let row = 0; row < rows; row++) {
        const own = ribbons.filter((ribbon) => ribbon.row === row).sort((a, b) => a.column - b.column);
        for (const [i, ribbon] of own.slice(1).entries()) {
          const before = own[i] as (typeof own)[number];
          expect(ribbon.top).toBeCloseTo(before.top + before.topWidth, 6);
        }
      }
    }),
    { numRuns: 60 },
  );
});

function normalised(raw: readonly number[], columns: number): number[] {
  return raw.map((weight, i) => {
    const first = Math.floor(i / columns) * columns;
    const sum = raw.slice(first, first + columns).reduce((a, b) => a + b, 0);
    return sum > 0 ? weight / sum : 0;
  });
}

test("several heads share a row's slot and keep their own colours apart", () => {
  const { edges } = chooseEdges([MAP, MAP], { mass: 1 });
  const ribbons = placeRibbons(edges, 2, { width: 100, rows: 2, columns: 3 });
  expect(edges.map(({ head }) => head)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  const widest = ribbons.filter(({ row }) => row === 0).reduce((sum, { topWidth }) => sum + topWidth, 0);
  expect(widest).toBeCloseTo(0.86 * 50, 9);
  const shown = chooseEdges([MAP, MAP], { mass: 1, hidden: new Set([0]) });
  expect(shown).toMatchObject({ all: 4, carried: 1 });
  expect(shown.edges.every(({ head }) => head === 1)).toBe(true);
});

test("opacity is the weight, whatever the number of heads, and no edge vanishes", () => {
  expect([0.001, 0.15, 0.5, 1].map(ribbonOpacity)).toEqual([0.15, 0.15, 0.5, 1]);
});

test("the date map has its strong edges at its peaks", () => {
  const { edges } = chooseEdges([DATE_MAP], { mass: 0.9 });
  const strongest = edges.reduce((best, edge) => (edge.weight > best.weight ? edge : best));
  expect([strongest.row, strongest.column]).toEqual([3, 22]);
});

test("the ribbon at a point is the one that covers it, or the nearest within reach", () => {
  const ribbons = placeRibbons(chooseEdges([MAP], { mass: 1 }).edges, 1, { width: 120, rows: 2, columns: 3 });
  const at = (x: number, down: number) => {
    const ribbon = ribbonAt(ribbons, x, down);
    return ribbon && `${ribbon.row}${ribbon.column}`;
  };
  expect(at(10, 0)).toBe("00");
  expect(at(50, 0)).toBe("01");
  expect(at(55, 0)).toBe("02");
  expect(at(90, 0)).toBe("12");
  expect(at(100, 1)).toBe("12");
  expect(at(20, 1)).toBe("00");
  expect(at(119.9, 0)).toBeUndefined();
});
