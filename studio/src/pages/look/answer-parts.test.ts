import { expect, test } from "vitest";
import { answerParts } from "./answer-parts.ts";

const whole = (output: string, tokens: readonly string[]) => {
  const parts = answerParts(output, tokens);
  expect(parts.map(({ text }) => text).join("")).toBe(output);
  return parts.map(({ place }) => place);
};

test("words have the spaces of the text between them, and the end is none of it", () => {
  expect(answerParts("Yes, I am.", ["Yes", ",", "I", "am", ".", "</s>"])).toEqual([
    { text: "Yes", place: 0 },
    { text: ",", place: 1 },
    { text: " " },
    { text: "I", place: 2 },
    { text: " " },
    { text: "am", place: 3 },
    { text: ".", place: 4 },
  ]);
});

test("characters, spaces among them, are parts of their own", () => {
  expect(whole("3 km", ["3", " ", "k", "m", "</s>"])).toEqual([0, 1, 2, 3]);
  expect(whole("1998-05-03", [..."1998-05-03"])).toEqual([...Array(10).keys()]);
});

test("what the text has not is passed over, and no text is lost", () => {
  expect(whole("a b", ["a", "<unk>", "b"])).toEqual([0, undefined, 2]);
  expect(whole("我很好", ["我", "很", "好"])).toEqual([0, 1, 2]);
  expect(whole("abc", ["x"])).toEqual([undefined]);
  expect(whole("", ["</s>"])).toEqual([]);
});
