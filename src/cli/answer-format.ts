import type { Prediction, RejectedText } from "../tasks/events.ts";
import { visibleText } from "../views/token-text.ts";

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

/** An answer for people, always one line: the output first, then what there is to doubt, as `1998-02-31  ? doubtful (…)`. */
export function answerLine(answer: Prediction | RejectedText): string {
  if ("error" in answer) return `! ${visibleText(answer.error)}`;
  const output = visibleText(answer.output);
  return isDoubtful(answer) ? `${output}  ? doubtful (${doubtsOf(answer)})` : output;
}

export function isDoubtful({ certain, valid }: Prediction): boolean {
  return !(certain && valid);
}

/** As `confidence 0.41, not a real date`. */
export function doubtsOf({ confidence, valid }: Prediction): string {
  // Rounded down, so that a doubtful answer never reads as one of confidence 1.
  const share = `confidence ${(Math.floor(confidence * 100) / 100).toFixed(2)}`;
  return valid ? share : `${share}, not a real date`;
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
