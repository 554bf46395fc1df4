import { expect, test } from "vitest";
import { changedTitle, changeText, isChange } from "./change-text.ts";

const COLUMNS = [..."3 May"];
const CHANGE = {
  masked: [1, 2],
  forced: [
    { step: 0, weights: [0, 0, 0.25, 0, 0.75] },
    { step: 6, weights: [0.2, 0.2, 0.2, 0.2, 0.2] },
  ],
  written: [{ step: 9, token: " " }],
};

test("all changes stand in one line, counted from 1, the strongest readings first", () => {
  expect(changeText(CHANGE, COLUMNS)).toBe(
    "changed: “␣” (2), “M” (3) masked; step 1 made to read “y” (5), “M” (3); " +
      "step 7 made to read “3” (1), “␣” (2), “M” (3), …; step 10 made to write “␣”",
  );
  expect(changeText({ masked: [2], written: [{ step: 0, token: "5" }] }, COLUMNS, "zh-CN")).toBe(
    "改动：屏蔽“M”（第 3 个）；令第 1 步写“5”",
  );
});

test("a title says it too, and nothing changed is no change", () => {
  expect([changedTitle("a → b"), changedTitle("a → b", "zh-CN")]).toEqual(["a → b (changed)", "a → b（改动后）"]);
  expect([undefined, {}, { masked: [] }, { masked: [0] }, CHANGE].map(isChange)).toEqual([
    ...[false, false, false, true, true],
  ]);
});
