import { expect, test } from "vitest";
import { explanationJson } from "./explanation-json.ts";

const EXPLANATION = {
  prediction: { text: "ab", output: "A", confidence: 0.5 },
  map: { title: "ab → A", rows: ["A"], columns: ["a", "b"], weights: [0.25, 0.75] },
  candidates: [[{ token: "A", probability: 0.5 }]],
};

test("what a model does not judge is left out, so that all of it is JSON", () => {
  expect(JSON.parse(explanationJson(EXPLANATION))).toEqual({
    text: "ab",
    output: "A",
    confidence: 0.5,
    map: { title: "ab → A", rows: ["A"], columns: ["a", "b"], weights: [[0.25, 0.75]] },
    candidates: EXPLANATION.candidates,
  });
});

test("what it judges, and what a reader has changed, stands beside the answer", () => {
  const judged = { ...EXPLANATION, prediction: { ...EXPLANATION.prediction, certain: false, valid: true } };
  const text = explanationJson(judged, { masked: [1] });
  expect(JSON.parse(text)).toMatchObject({ change: { masked: [1] }, certain: false, valid: true });
  expect(Object.keys(JSON.parse(text))).toEqual([
    "text",
    "change",
    "output",
    "confidence",
    "certain",
    "valid",
    "map",
    "candidates",
  ]);
});
