import { expect, test } from "vitest";
import { changeOf, NO_CHANGES } from "./look-state.ts";

test("no change is undefined", () => {
  expect(changeOf(NO_CHANGES, 10)).toBe(undefined);
  expect(changeOf({ ...NO_CHANGES, masked: [12] }, 10)).toBe(undefined);
});

test("shares become one weight a place, and what is not there is left out", () => {
  const change = changeOf(
    {
      masked: [1, 30],
      forced: [
        {
          step: 2,
          shares: [
            { place: 0, share: 0.5 },
            { place: 9, share: 1 },
          ],
        },
        { step: 99, shares: [{ place: 0, share: 1 }] },
      ],
      written: [
        { step: 9, token: "5" },
        { step: 10, token: "6" },
      ],
    },
    3,
    10,
  );
  expect(change).toEqual({
    masked: [1],
    forced: [{ step: 2, weights: [0.5, 0, 0] }],
    written: [{ step: 9, token: "5" }],
  });
});
