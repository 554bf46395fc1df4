import { expect, test } from "vitest";
import { rowEntropy, rowWeights } from "../attention-map.ts";
import { DATE_MAP } from "../date-map.fixture.ts";
import {
  changeOf,
  changesOf,
  clampStep,
  coverage,
  paint,
  paintedWeights,
  paintingOf,
  paintRange,
  stepAfterKey,
  stepFacts,
} from "./step-scrubber-model.ts";

const MAP = { rows: ["A", "B", "C"], columns: ["x", "y"], weights: [1, 0, 0.25, 0.75, 0.5, 0.5] };

test("coverage is the sum of what was read up to a step", () => {
  expect(coverage(MAP, 0)).toEqual([1, 0]);
  expect(coverage(MAP, 1)).toEqual([1.25, 0.75]);
  expect(coverage(MAP, 99)).toEqual([1.75, 1.25]);
});

test("a step's facts are those of the map's row", () => {
  const facts = stepFacts(DATE_MAP, 3);
  expect(facts).toMatchObject({ step: 3, token: "8", strongest: 22, entropy: rowEntropy(rowWeights(DATE_MAP, 3)) });
  expect(facts.weights).toEqual(rowWeights(DATE_MAP, 3));
  expect(stepFacts(MAP, 7)).toMatchObject({ step: 2, token: "C", strongest: 0, entropy: 1 });
});

test("a map without rows has a step without weight", () => {
  expect(stepFacts({ rows: [], columns: ["x"], weights: [] }, 2)).toEqual({
    step: 0,
    token: "",
    weights: [0],
    coverage: [0],
    entropy: 0,
    strongest: undefined,
  });
});

test("steps stay between the first and the last", () => {
  expect([-1, 0, 1.6, 9, Number.NaN].map((step) => clampStep(step, 4))).toEqual([0, 0, 2, 3, 0]);
  expect(clampStep(3, 0)).toBe(0);
});

test("arrows, page keys, Home and End move, other keys do not", () => {
  const after = (key: string) => stepAfterKey(key, 4, 10);
  expect(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map(after)).toEqual([3, 5, 5, 3]);
  expect(["PageUp", "PageDown", "Home", "End", "a"].map(after)).toEqual([9, 0, 0, 9, undefined]);
});

test("a click paints one token, adding shares evenly, clicking again lets go", () => {
  expect(paint([], 3, false)).toEqual([3]);
  expect(paint([3, 5], 4, false)).toEqual([4]);
  expect(paint([4], 4, false)).toEqual([]);
  expect(paint([4], 2, true)).toEqual([2, 4]);
  expect(paint([2, 4], 4, true)).toEqual([2]);
  expect(paintRange([], [5, 3], false)).toEqual([3, 4, 5]);
  expect(paintRange([4, 9], [3, 5], true)).toEqual([3, 4, 5, 9]);
});

test("painted weights sum to one over the painted places", () => {
  expect(paintedWeights([1, 3], 4)).toEqual([0, 0.5, 0, 0.5]);
  expect(paintedWeights([], 4)).toBeUndefined();
  expect(paintingOf([0, 0.5, 0, 0.5])).toEqual([1, 3]);
});

test("a reader's changes go to the form that a model takes and back", () => {
  const change = {
    masked: [2],
    forced: [{ step: 1, weights: [0, 0.5, 0.5] }],
    written: [
      { step: 0, token: "x" },
      { step: 4, token: "" },
    ],
  };
  expect(changeOf(changesOf(change), { columns: 3, masked: [2] })).toEqual(change);
  expect(changeOf(changesOf(undefined), { columns: 3, masked: [] })).toBeUndefined();
  const painted = new Map([
    [3, [0]],
    [1, [1]],
    [2, []],
  ]);
  expect(changeOf({ painted, written: new Map() }, { columns: 2, masked: [] })).toEqual({
    forced: [
      { step: 1, weights: [0, 1] },
      { step: 3, weights: [1, 0] },
    ],
  });
});
