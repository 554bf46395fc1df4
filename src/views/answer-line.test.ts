import { expect, test } from "vitest";
import { predictionLine } from "./answer-line.ts";

const ANSWER = { text: "x", output: "1998-02-31", confidence: 0.9999, certain: true, valid: true };

test.each([
  [{}, "en", "1998-02-31"],
  [{ certain: false }, "en", "1998-02-31  ? doubtful (confidence 0.99)"],
  [{ valid: false }, "en", "1998-02-31  ? doubtful (confidence 0.99, not a real date)"],
  [{}, "zh-CN", "1998-02-31"],
  [{ valid: false }, "zh-CN", "1998-02-31  ? 存疑（置信度 0.99，并非真实日期）"],
] as const)("an answer that is %j reads, in %s: %s", (change, language, line) => {
  expect(predictionLine({ ...ANSWER, ...change }, language)).toBe(line);
});
