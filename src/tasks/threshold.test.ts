import fc from "fast-check";
import { expect, it } from "vitest";
import { chooseThreshold, type JudgedAnswer } from "./threshold.ts";

const right = (confidence: number): JudgedAnswer => ({ right: true, confidence });
const wrong = (confidence: number): JudgedAnswer => ({ right: false, confidence });

/** Right answers of confidence 1/count, 2/count … 1. */
const rising = (count: number) => Array.from({ length: count }, (_, i) => right((i + 1) / count));

it("one in a hundred of the right answers lies below, where none is wrong", () => {
  expect(chooseThreshold(rising(1000))).toBe(0.011);
  expect(chooseThreshold(rising(1000).toReversed())).toBe(0.011);
  expect(chooseThreshold(rising(10))).toBe(0.1);
});

it("wrong answers are shut out by the next greater confidence", () => {
  expect(chooseThreshold([...rising(1000), wrong(0.3), wrong(0.0055)])).toBe(0.301);
  expect(chooseThreshold([...rising(1000), wrong(0.3001), wrong(0.3002)])).toBe(0.301);
});

it("wrong answers below the threshold move nothing", () => {
  expect(chooseThreshold([...rising(1000), wrong(0.001), wrong(0.0105)])).toBe(0.011);
});

it("one wrong answer in two thousand is borne", () => {
  // 1,981 right ones and the wrong one are at or above the threshold: too few; from 2,000 on they are enough.
  expect(chooseThreshold([...rising(2000), wrong(0.5)])).toBe(0.5005);
  expect(chooseThreshold([...rising(2100), wrong(0.5)])).toBe(22 / 2100);
});

it("a wrong answer shuts out right ones of the same confidence", () => {
  expect(chooseThreshold([right(0.2), right(0.6), wrong(0.6), right(0.9)])).toBe(0.9);
});

it("nothing is certain where a wrong answer is the most certain, or none is right", () => {
  expect(chooseThreshold([right(0.2), wrong(0.9)])).toBe(1);
  expect(chooseThreshold([wrong(0.2), wrong(0.9)])).toBe(1);
  expect(chooseThreshold([])).toBe(1);
});

it("is found among as many answers as a validation may have", () => {
  const count = 100_000;
  const answers = rising(count).map(({ confidence }, i) =>
    i % 3 === 0 && i < 90_000 ? wrong(confidence) : right(confidence),
  );
  // Of the 10,017 from it on five are wrong.
  expect(chooseThreshold(answers)).toBe(89_984 / count);
});

it("is the least that lets so few wrong answers through", () => {
  const answer = fc.record({
    right: fc.boolean(),
    confidence: fc.integer({ min: 0, max: 50 }).map((value) => value / 64),
  });
  const property = fc.property(fc.array(answer, { maxLength: 60 }), (answers) => {
    const threshold = chooseThreshold(answers);
    const above = (limit: number) => answers.filter(({ confidence }) => confidence >= limit);
    const bears = (limit: number) => above(limit).filter((each) => !each.right).length <= above(limit).length / 2000;
    expect(bears(threshold)).toBe(true);
    const confidences = answers
      .filter((each) => each.right)
      .map(({ confidence }) => confidence)
      .sort((a, b) => a - b);
    const low = confidences[Math.floor(confidences.length * 0.01)] ?? 1;
    const lesser = answers
      .map(({ confidence }) => confidence)
      .filter((confidence) => confidence >= low && confidence < threshold);
    expect(lesser.filter(bears)).toEqual([]);
  });
  expect(() => fc.assert(property, { numRuns: 300 })).not.toThrow();
});
