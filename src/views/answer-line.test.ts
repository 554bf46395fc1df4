import { expect, test } from "vitest";
import { isDoubtful, predictionLine } from "./answer-line.ts";

const ANSWER = { text: "x", output: "1998-02-31", confidence: 0.99995, certain: true, valid: true };

test.each([
  [{}, "en", "1998-02-31"],
  [{ certain: false }, "en", "1998-02-31  ? doubtful (confidence 0.99995)"],
  [{ valid: false }, "en", "1998-02-31  ? doubtful (confidence 0.99995, not a real date)"],
  [{}, "zh-CN", "1998-02-31"],
  [{ valid: false }, "zh-CN", "1998-02-31  ? 存疑（置信度 0.99995，并非真实日期）"],
] as const)("an answer that is %j reads, in %s: %s", (change, language, line) => {
  expect(predictionLine({ ...ANSWER, ...change }, language)).toBe(line);
});

test("what a model does not judge casts no doubt", () => {
  const { text, output, confidence } = ANSWER;
  expect(isDoubtful({ text, output, confidence })).toBe(false);
  expect(predictionLine({ text, output, confidence: 0.418, certain: false })).toBe(
    "1998-02-31  ? doubtful (confidence 0.41)",
  );
});
