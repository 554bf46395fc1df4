import { expect, test } from "vitest";
import { changesOf, differences, force, toggleMask, write } from "./what-if.ts";

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
  const forced = force([], 1, [1]);
  const all = changesOf({ masked: [1, 2], forced, written: [{ step: 0, token: "2" }] });
  expect(all.map(({ without }) => without)).toEqual([
    { masked: [2] },
    { masked: [1] },
    { forced: [] },
    { written: [] },
  ]);
});
