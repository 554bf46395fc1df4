import { expect, test } from "vitest";
import { confidenceText } from "./confidence.ts";

test.each([
  [0, "0.00"],
  [1.7e-7, "0.00"],
  [0.3, "0.30"],
  [0.418, "0.41"],
  [0.57, "0.57"],
  [0.9687, "0.96"],
  [0.993, "0.993"],
  [0.99995, "0.99995"],
  [0.9999999990333148, "0.9999999990"],
  [0.9999999999999336, "0.99999999999993"],
  [1 - 2 ** -53, "0.9999999999999999"],
  [1, "1"],
])("%d is written %s", (confidence, text) => {
  expect(confidenceText(confidence)).toBe(text);
});

test("of two numbers near one the smaller never reads as the larger", () => {
  const [threshold, doubtful] = [0.9999999990333148, 0.99995];
  expect(Number(confidenceText(doubtful))).toBeLessThan(Number(confidenceText(threshold)));
  expect(Number(confidenceText(threshold))).toBeLessThanOrEqual(threshold);
});
