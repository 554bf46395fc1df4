import type { Prediction, RejectedText } from "../tasks/events.ts";
import { predictionLine } from "../views/answer-line.ts";
import { visibleText } from "../views/token-text.ts";

export { doubtsOf, isDoubtful } from "../views/answer-line.ts";

export type AnswerFormat = "human" | "json" | "jsonl";

/** Writes answers one after the other, holding none. */
export interface AnswerWriter {
  readonly start: string;
  answer(answer: Prediction | RejectedText): string;
  end(): string;
}

export function answerWriter(format: AnswerFormat): AnswerWriter {
  if (format === "human") return { start: "", answer: (answer) => `${answerLine(answer)}\n`, end: () => "" };
  if (format === "jsonl") return { start: "", answer: (answer) => `${answerJson(answer)}\n`, end: () => "" };
  let count = 0;
  return {
    start: "[",
    answer: (answer) => `${count++ === 0 ? "\n" : ",\n"}  ${answerJson(answer)}`,
    end: () => (count === 0 ? "]\n" : "\n]\n"),
  };
}

/** An answer for people, always one line; a text that could not be read is led by `!`. */
export function answerLine(answer: Prediction | RejectedText): string {
  return "error" in answer ? `! ${visibleText(answer.error)}` : predictionLine(answer);
}

/** A record on one line; a text that could not be read has the output `null` and an `error`. */
export function answerJson(answer: Prediction | RejectedText): string {
  const record =
    "error" in answer
      ? { text: answer.text, output: null, error: answer.error }
      : {
          text: answer.text,
          output: answer.output,
          confidence: answer.confidence,
          certain: answer.certain,
          valid: answer.valid,
        };
  return plainJson(record);
}

/** JSON in which no character can command a terminal, reorder its text or hide in it. */
export function plainJson(value: unknown): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\p{Cf}]/gu, (character) =>
    character.split("").map(escaped).join(""),
  );
}
