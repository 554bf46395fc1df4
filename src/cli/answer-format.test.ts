import { expect, test } from "vitest";
import { answerLine, answerWriter } from "./answer-format.ts";

const CERTAIN = { text: "9 may 1998", output: "1998-05-09", confidence: 0.9931, certain: true, valid: true };
const DOUBTFUL = { text: "31 feb 1998", output: "1998-02-31", confidence: 0.419, certain: false, valid: false };
const REJECTED = { text: "\u009b2J", error: "text: expected a date but found \u001b[2J" };

test.each([
  [CERTAIN, "1998-05-09"],
  [DOUBTFUL, "1998-02-31  ? doubtful (confidence 0.41, not a real date)"],
  [{ ...CERTAIN, certain: false }, "1998-05-09  ? doubtful (confidence 0.993)"],
  [{ ...CERTAIN, certain: false, confidence: 0.99999 }, "1998-05-09  ? doubtful (confidence 0.99999)"],
  [{ ...CERTAIN, valid: false }, "1998-05-09  ? doubtful (confidence 0.993, not a real date)"],
  [REJECTED, "! text: expected a date but found ␛[2J"],
])("%j reads as one line", (answer, expected) => {
  expect(answerLine(answer)).toBe(expected);
});

test("an array of records is JSON, from none to some", () => {
  for (const answers of [[], [CERTAIN], [CERTAIN, REJECTED, DOUBTFUL]]) {
    const writer = answerWriter("json");
    const text = writer.start + answers.map((answer) => writer.answer(answer)).join("") + writer.end();
    const records = answers.map((answer) => ("error" in answer ? { output: null, ...answer } : answer));
    expect(JSON.parse(text)).toEqual(records);
    expect(text.endsWith("\n")).toBe(true);
    expect(text).not.toContain("\u009b");
  }
});

test("a record a line holds exactly what it should", () => {
  const writer = answerWriter("jsonl");
  expect(writer.answer({ ...CERTAIN, further: 1 } as typeof CERTAIN)).toBe(
    '{"text":"9 may 1998","output":"1998-05-09","confidence":0.9931,"certain":true,"valid":true}\n',
  );
  expect(writer.answer({ text: "", error: "none" })).toBe('{"text":"","output":null,"error":"none"}\n');
});

test("characters that turn text around or hide are shown, not obeyed", () => {
  const answer = { text: "\u202e1998\u2066\u{e0041}", error: "found \u202e\u200f" };
  expect(answerLine(answer)).toBe("! found \ufffd\ufffd");
  const line = answerWriter("jsonl").answer(answer);
  expect(line).toBe('{"text":"\\u202e1998\\u2066\\udb40\\udc41","output":null,"error":"found \\u202e\\u200f"}\n');
  expect(JSON.parse(line)).toEqual({ ...answer, output: null });
});
