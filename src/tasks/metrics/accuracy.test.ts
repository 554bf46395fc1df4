import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { accuracy, Confusion, exactMatch } from "./accuracy.ts";
import { GOLDEN } from "./golden.fixture.ts";

const { labels: golden } = GOLDEN;

function confusionOf(predicted: readonly string[], expected: readonly string[], labels?: readonly string[]): Confusion {
  const confusion = new Confusion(labels);
  for (const [i, label] of predicted.entries()) confusion.add(label, expected[i] as string);
  return confusion;
}

describe("exact match", () => {
  it("is the share of texts that equal a reference to the letter", () => {
    const found = exactMatch(["a", "b", "c ", "é"], ["a", ["x", "b"], "c", "e\u0301"]);
    expect(found).toMatchObject({ name: "exact match", count: 4, right: 2, share: 0.5 });
    // Wilson's interval of 2 of 4, as statsmodels' proportion_confint has it.
    expect(found.low).toBeCloseTo(0.150039, 5);
    expect(found.high).toBeCloseTo(0.849961, 5);
  });

  it("says which set it cannot score", () => {
    const none = "exactMatch: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => exactMatch([], [])).toThrow(new DataError(none));
  });
});

describe("accuracy", () => {
  it("is scikit-learn's", () => {
    const { predicted, expected } = golden;
    expect(accuracy(predicted, expected).share).toBeCloseTo(golden.accuracy, 12);
    expect(accuracy([1, 2, 3], [1, 2, 4])).toMatchObject({ name: "accuracy", right: 2, count: 3 });
  });

  it("says which set it cannot score", () => {
    const none = "accuracy: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => accuracy([], [])).toThrow(new DataError(none));
    const unequal =
      "accuracy: expected one entry of references a hypothesis but found 2 for 1 hypotheses; give as many of both";
    expect(() => accuracy(["a"], ["a", "b"])).toThrow(new DataError(unequal));
  });
});

describe("confusion", () => {
  it("equals scikit-learn's, label by label", () => {
    const confusion = confusionOf(golden.predicted, golden.expected, golden.labels);
    expect(confusion.labels).toEqual(golden.labels);
    expect(confusion.matrix()).toEqual(golden.matrix);
    expect(confusion.accuracy()).toEqual(accuracy(golden.predicted, golden.expected));
    expect(confusion.macroF1()).toBeCloseTo(golden.macroF1, 12);
    const scores = confusion.scores();
    expect(scores.map(({ precision }) => precision)).toEqual(
      golden.precision.map((value) => expect.closeTo(value, 12)),
    );
    expect(scores.map(({ recall }) => recall)).toEqual(golden.recall.map((value) => expect.closeTo(value, 12)));
    expect(scores.map(({ f }) => f)).toEqual(golden.f.map((value) => expect.closeTo(value, 12)));
  });

  it("takes labels as they come, and leaves those that never come out of the mean", () => {
    const confusion = confusionOf(["x", "y"], ["x", "z"], ["never"]);
    expect(confusion.labels).toEqual(["never", "x", "y", "z"]);
    expect(confusion.scores()[0]).toEqual({ label: "never", precision: 0, recall: 0, f: 0, expected: 0, predicted: 0 });
    expect(confusion.macroF1()).toBeCloseTo(1 / 3, 12);
  });

  it("counts every pair once", () => {
    const label = fc.constantFrom("a", "b", "c", "d");
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 1 }), (pairs) => {
        const predicted = pairs.map(([first]) => first);
        const expected = pairs.map(([, second]) => second);
        const confusion = confusionOf(predicted, expected);
        expect(
          confusion
            .matrix()
            .flat()
            .reduce((sum, count) => sum + count, 0),
        ).toBe(pairs.length);
        // One's predictions are the other's expectations.
        const turned = confusionOf(expected, predicted);
        expect(turned.macroF1()).toBeCloseTo(confusion.macroF1(), 12);
        expect(turned.accuracy()).toEqual(confusion.accuracy());
      }),
    );
  });

  it("of nothing has no scores", () => {
    const none = "confusion: expected at least one pair but found none; a score of nothing has no meaning";
    expect(() => new Confusion(["a"]).macroF1()).toThrow(new DataError(none));
    expect(() => new Confusion().accuracy()).toThrow(new DataError(none));
  });
});
