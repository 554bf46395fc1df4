import { expect, test } from "vitest";
import { NO_CHANGES } from "./look-state.ts";
import {
  changeOf,
  changesOf,
  differenceCount,
  differences,
  fitting,
  force,
  together,
  toggleMask,
  without,
  write,
} from "./what-if.ts";

test("a mask goes on and off, in order", () => {
  expect(toggleMask([4], 2)).toEqual([2, 4]);
  expect(toggleMask([2, 4], 2)).toEqual([4]);
});

test("forcing a step replaces what was forced there, and no weight gives it back", () => {
  const once = force([], 3, [0, 0.5, 1]);
  expect(once).toEqual([
    {
      step: 3,
      shares: [
        { place: 1, share: 0.5 },
        { place: 2, share: 1 },
      ],
    },
  ]);
  const twice = force(force(once, 1, [2, 0, 0]), 3, [1, 0, 0]);
  expect(twice).toEqual([
    { step: 1, shares: [{ place: 0, share: 1 }] },
    { step: 3, shares: [{ place: 0, share: 1 }] },
  ]);
  expect(force(twice, 1, [0, 0, 0])).toEqual([{ step: 3, shares: [{ place: 0, share: 1 }] }]);
});

test("writing the model's own token takes the change back", () => {
  const changed = write([], { step: 9, token: "5" }, "3");
  expect(changed).toEqual([{ step: 9, token: "5" }]);
  expect(write(changed, { step: 9, token: "3" }, "3")).toEqual([]);
});

test("answers of unlike length differ where one ends", () => {
  expect(differences([..."1979"], [..."19805"])).toEqual([2, 3, 4]);
});

test("each change can be taken back by itself", () => {
  const all = { masked: [1, 2], forced: force([], 1, [1]), written: [{ step: 0, token: "2" }] };
  expect(changesOf(all).map((change) => without(all, change))).toEqual([
    { masked: [2] },
    { masked: [1] },
    { forced: [] },
    { written: [] },
  ]);
  expect(together(changesOf(all))).toEqual(all);
});

test("what the text or the answer has no place for is left out, and what is said twice", () => {
  const whatIf = {
    masked: [1, 30, 1],
    forced: [
      {
        step: 2,
        shares: [
          { place: 0, share: 0.5 },
          { place: 9, share: 1 },
        ],
      },
      { step: 2, shares: [{ place: 1, share: 1 }] },
      { step: 99, shares: [{ place: 0, share: 1 }] },
    ],
    written: [
      { step: 9, token: "5" },
      { step: 10, token: "6" },
    ],
  };
  const { fit, left } = fitting(whatIf, 3, 10);
  expect(fit).toEqual({
    masked: [1],
    forced: [{ step: 2, shares: [{ place: 0, share: 0.5 }] }],
    written: [{ step: 9, token: "5" }],
  });
  expect(left).toEqual([
    { kind: "masked", place: 30 },
    { kind: "forced", forced: { step: 2, shares: [{ place: 9, share: 1 }] } },
    { kind: "forced", forced: { step: 2, shares: [{ place: 1, share: 1 }] } },
    { kind: "forced", forced: { step: 99, shares: [{ place: 0, share: 1 }] } },
    { kind: "written", written: { step: 10, token: "6" } },
  ]);
  expect(changeOf(fit, 3)).toEqual({
    masked: [1],
    forced: [{ step: 2, weights: [0.5, 0, 0] }],
    written: [{ step: 9, token: "5" }],
  });
});

test("no change is undefined", () => {
  expect(changeOf(NO_CHANGES, 10)).toBe(undefined);
});

test("a word that is put in makes only itself unlike", () => {
  const a = ["yes", ",", "I", "am", "."];
  const b = ["yes", ",", "I", "really", "am", "."];
  expect(differences(a, b)).toEqual([3]);
  expect(differences(b, a)).toEqual([]);
  expect([differenceCount(a, b), differenceCount(b, a), differenceCount(a, a)]).toEqual([1, 1, 0]);
  expect(differenceCount([], ["x", "y"])).toBe(2);
});
