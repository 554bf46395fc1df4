import { expect, test } from "vitest";
import { TRAIN } from "./messages.ts";
import { certaintyText } from "./result-text.ts";

test("how often certain answers are right is told where there are any", () => {
  const metrics = { certainShare: 0.5, certainRight: 0.9912, doubtfulNonsense: 1 };
  expect(certaintyText({ metrics }, TRAIN.en)).toBe(
    "50.0 % of the answers are marked certain; 99.12 % of these are right. 100 % of inputs without an answer are marked doubtful.",
  );
  expect(certaintyText({ metrics }, TRAIN["zh-CN"])).toBe(
    "50.0 % 的回答标为“确定”，其中 99.12 % 正确。没有答案的输入中，100 % 被标为“存疑”。",
  );
  expect(certaintyText({ metrics: { certainShare: 0, doubtfulNonsense: 0.25 } }, TRAIN.en)).toBe(
    "25.0 % of inputs without an answer are marked doubtful.",
  );
  expect(certaintyText({ metrics: {} }, TRAIN.en)).toBe("");
});
