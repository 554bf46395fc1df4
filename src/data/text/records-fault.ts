import { DataError } from "../../tensor/errors.ts";

/** Where something stands in a file; lines and columns are counted from 1, columns in characters (Unicode code points). */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a record, and where: *expected X at … but found Y; mend*. */
export class RecordFault {
  readonly expected: string;
  readonly found: string;
  readonly line: number;
  readonly column: number;

  constructor(expected: string, found: string, { line, column }: { line: number; column: number }) {
    this.expected = expected;
    this.found = found;
    this.line = line;
    this.column = column;
  }

  error({ owner, file }: { owner: string; file: string }): DataError {
    const { expected, found, line, column } = this;
    const message = `${owner}: expected ${expected} at ${file}:${line}:${column} but found ${found}`;
    return new DataError(message, { file, line, column });
  }
}

/** The column of the character that begins at a place of a line's text. */
export function columnAt(text: string, index: number): number {
  const before = text.slice(0, index);
  return /[\ud800-\udbff]/.test(before) ? [...before].length + 1 : index + 1;
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A piece of the data for a message, shortened. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${[...text].slice(0, 40).join("")}…` : text);
}
