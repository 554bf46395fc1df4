import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

const WORDS = ["train", "predict", "evaluate", "learningRate"];

test.each([
  ["trian", "; did you mean train?"],
  ["trai", "; did you mean train?"],
  ["TRAIN", "; did you mean train?"],
  ["evalaute", "; did you mean evaluate?"],
  ["learnrate", "; did you mean learningRate?"],
  ["xyz", ""],
  ["", ""],
  ["train".repeat(1000), ""],
])("%s", (found, hint) => {
  expect(didYouMean(found, WORDS)).toBe(hint);
});
