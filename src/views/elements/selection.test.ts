import { expect, test } from "vitest";
import { cellAfterArrow, nextSelection, type SelectionAction, type SelectionState, shownPlace } from "./selection.ts";

const A = { query: 1, key: 2 };
const B = { query: 3, key: 5 };

function after(...actions: readonly SelectionAction[]): SelectionState {
  return actions.reduce(nextSelection, {});
}

const point = (place: typeof A | undefined): SelectionAction => ({ kind: "point", place });
const click = (place: typeof A): SelectionAction => ({ kind: "click", place });
const tap = (place: typeof A): SelectionAction => ({ kind: "tap", place });

test("pointing previews over a pin and changes nothing; leaving goes back to it", () => {
  const state = after(click(A), point(B));
  expect(state).toEqual({ pinned: A, pointed: B });
  expect(shownPlace(state)).toEqual(B);
  expect(shownPlace(nextSelection(state, point(undefined)))).toEqual(A);
});

test("pointing at the same cell again gives the same state back", () => {
  const state = after(point(A));
  expect(nextSelection(state, point({ ...A }))).toBe(state);
});

test("a click pins, another moves the pin, the same again lets go", () => {
  expect(after(click(A)).pinned).toEqual(A);
  expect(after(click(A), click(B)).pinned).toEqual(B);
  expect(after(click(A), click({ ...A }))).toEqual({ pointed: A, pinned: undefined });
});

test("Esc lets a pin go first, then what is pointed at", () => {
  const state = after(click(A), { kind: "escape" });
  expect(state).toEqual({ pointed: A, pinned: undefined });
  expect(shownPlace(nextSelection(state, { kind: "escape" }))).toBeUndefined();
  const nothing = after();
  expect(nextSelection(nothing, { kind: "escape" })).toBe(nothing);
});

test("taps: the first points, the second pins, the third lets go", () => {
  expect(after(tap(A))).toEqual({ pointed: A });
  expect(after(tap(A), tap(A))).toEqual({ pointed: A, pinned: A });
  expect(after(tap(A), tap(A), tap(A))).toEqual({ pointed: A, pinned: undefined });
  expect(after(tap(A), tap(B))).toEqual({ pointed: B });
});

test("another view may show a cell, a row or nothing, pinned or not", () => {
  expect(after({ kind: "show", selection: { ...A, pinned: true } })).toEqual({ pinned: A });
  expect(after(click(B), { kind: "show", selection: { query: 4 } })).toEqual({ pointed: { query: 4 } });
  expect(after(click(B), { kind: "show", selection: undefined })).toEqual({});
  expect(after(click(B), { kind: "show", selection: {} })).toEqual({});
});

test.each([
  ["ArrowUp", { query: 0, key: 2 }],
  ["ArrowDown", { query: 2, key: 2 }],
  ["ArrowLeft", { query: 1, key: 1 }],
  ["ArrowRight", { query: 1, key: 3 }],
  ["Home", { query: 1, key: 0 }],
  ["End", { query: 1, key: 4 }],
  ["a", undefined],
] as const)("%s moves the cell", (key, to) => {
  expect(cellAfterArrow(key, { query: 1, key: 2 }, { rows: 3, columns: 5 })).toEqual(to);
});

test("arrows stop at the edges", () => {
  const size = { rows: 3, columns: 5 };
  expect(cellAfterArrow("ArrowDown", { query: 2, key: 4 }, size)).toEqual({ query: 2, key: 4 });
  expect(cellAfterArrow("ArrowLeft", { query: 0, key: 0 }, size)).toEqual({ query: 0, key: 0 });
});
