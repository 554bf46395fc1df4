import { RECIPES, type TestEvent } from "fovea/tasks";
import { expect, test } from "vitest";
import { headlineOf, measureOf, measureWord, otherMeasures } from "./measures.ts";

const tested = (metrics: TestEvent["metrics"], intervals: TestEvent["intervals"] = {}): TestEvent => {
  const overall = { name: "all", count: 200, right: 50, share: 0.25, low: 0.2, high: 0.31 };
  return { type: "test", overall, groups: [], metrics, intervals };
};

test("every recipe is judged by its own measure", () => {
  expect(RECIPES.map(({ name }) => [name, measureOf(name)])).toEqual(
    RECIPES.map(({ name, measure }) => [name, measure]),
  );
  expect(measureOf("toString")).toBe("exactMatch");
});

test("a result begins with the measure that the task is judged by", () => {
  const translated = tested({ bleu: 28.314, chrf: 50.2, loss: 2.5 }, { bleu: [27.1, 29.5] });
  const headline = headlineOf(translated, "bleu");
  expect(headline).toEqual({ measure: "bleu", value: "28.31", interval: ["27.1", "29.5"] });
  expect(otherMeasures(translated, headline, "en")).toEqual([
    ["exact match", "25.0 %"],
    ["chrF", "50.2"],
    ["loss", "2.5"],
  ]);
  const summed = tested({ rougeL: 0.3, rouge1: 0.4 });
  expect(headlineOf(summed, "rougeL")).toEqual({ measure: "rougeL", value: "30.0 %" });
});

test("shares of right answers have the interval that they were counted with", () => {
  expect(headlineOf(tested({ exactMatch: 0.25 }), "exactMatch")).toEqual({
    measure: "exactMatch",
    value: "25.0 %",
    interval: ["20.0", "31.0 %"],
  });
  const labels = headlineOf(tested({ accuracy: 0.25, macroF1: 0.2, loss: 1 }), "accuracy");
  expect(labels.measure).toBe("accuracy");
  expect(otherMeasures(tested({ accuracy: 0.25, macroF1: 0.2 }), labels, "zh-CN")).toEqual([["宏平均 F1", "20.0 %"]]);
});

test("names of measures in both languages", () => {
  expect(["exactMatch", "bleu", "perplexity"].map((name) => measureWord(name, "en"))).toEqual([
    "exact match",
    "BLEU",
    "perplexity",
  ]);
  expect(["exactMatch", "bleu", "perplexity"].map((name) => measureWord(name, "zh-CN"))).toEqual([
    "完全正确",
    "BLEU",
    "困惑度",
  ]);
});
