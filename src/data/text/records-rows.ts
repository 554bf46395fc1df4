import type { Line } from "./lines.ts";
import { columnAt, RecordFault } from "./records-fault.ts";

/** One field of a row, unchanged. */
export interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** One record as it stands in the file, in bytes from `start` to `end`. */
export interface Row {
  readonly cells: readonly Cell[];
  /** The line where it begins, and the text of that where it ends. */
  readonly line: number;
  readonly last: Line;
  readonly start: number;
  readonly end: number;
}

/** Takes lines one after the other and gives the rows that they complete, or what is wrong with them. */
export interface RowSplitter {
  push(line: Line): readonly (Row | RecordFault)[];
  /** What is left when there are no more lines. */
  finish(): readonly (Row | RecordFault)[];
}

const NONE: readonly never[] = [];

/** A line is a row; empty lines are none. */
export function lineRows(cellsOf: (line: Line) => readonly Cell[]): RowSplitter {
  return {
    push(line) {
      if (line.fault) return [faultOf(line)];
      if (line.text.trim() === "") return NONE;
      return [{ cells: cellsOf(line), line: line.number, last: line, start: line.start, end: line.end }];
    },
    finish: () => NONE,
  };
}

/** Fields between tabs. Quotes are characters like others, and there is no way to write a tab or a line break in a field. */
export function tabCells({ text, number }: Line): readonly Cell[] {
  let column = 1;
  return text.split("\t").map((field) => {
    const cell = { text: field, line: number, column };
    column += columnAt(field, field.length);
    return cell;
  });
}

/** The line as its only field. */
export function wholeLine({ text, number }: Line): readonly Cell[] {
  return [{ text, line: number, column: 1 }];
}

/**
 * Comma-separated values as RFC 4180 has them: a field may stand in quotes, and may then hold commas, line breaks, and quotes written
 * twice. After a record whose quotes are wrong it goes on with the line after the one where the record began: the quote
 * that was forgotten is as a rule there, and what follows is whole.
 */
export class CommaRows implements RowSplitter {
  readonly #limit: number;
  /** The lines of the record that is being read. */
  #lines: Line[] = [];
  #cells: Cell[] = [];
  /** Text of the field whose quote is open, and where that quote stands. */
  #open: { text: string; line: number; column: number } | undefined;
  #fault: RecordFault | undefined;

  constructor({ limit }: { limit: number }) {
    this.#limit = limit;
  }

  push(line: Line): readonly (Row | RecordFault)[] {
    const done: (Row | RecordFault)[] = [];
    this.#readAll([line], done);
    return done;
  }

  finish(): readonly (Row | RecordFault)[] {
    const done: (Row | RecordFault)[] = [];
    while (this.#open) {
      const fault = new RecordFault("an end of this quote", "the end of the file", this.#open);
      this.#readAll(this.#giveUp(fault, done), done);
    }
    return done;
  }

  #readAll(lines: readonly Line[], done: (Row | RecordFault)[]): void {
    const pending = [...lines].reverse();
    for (let line = pending.pop(); line; line = pending.pop()) {
      if (!this.#open && !line.fault && line.text.trim() === "") continue;
      const fault = this.#read(line);
      if (fault) for (const again of this.#giveUp(fault, done).reverse()) pending.push(again);
      else if (!this.#open) done.push(this.#take());
    }
  }

  /** Leaves the record out; gives the lines that have to be read again. */
  #giveUp(fault: RecordFault, done: (Row | RecordFault)[]): Line[] {
    done.push(fault);
    const [, ...again] = this.#lines;
    this.#reset();
    return again;
  }

  #reset(): void {
    this.#lines = [];
    this.#cells = [];
    this.#open = undefined;
    this.#fault = undefined;
  }

  #take(): Row | RecordFault {
    const [first, last] = [this.#lines[0] as Line, this.#lines.at(-1) as Line];
    const row = { cells: this.#cells, line: first.number, last, start: first.start, end: last.end };
    const fault = this.#fault;
    this.#reset();
    return fault ?? row;
  }

  #read(line: Line): RecordFault | undefined {
    const before = this.#lines.at(-1);
    this.#lines.push(line);
    if (line.fault) this.#fault ??= faultOf(line);
    const start = (this.#lines[0] as Line).start;
    if (line.end - start > this.#limit) {
      if (!this.#open) return faultOf(line);
      const mend = `${line.end - start}; end the quote or break the record up`;
      return new RecordFault(`at most ${this.#limit} bytes in the record of this quote`, mend, this.#open);
    }
    if (this.#open) this.#open.text += before && line.start - before.end === 2 ? "\r\n" : "\n";
    return this.#readCells(line);
  }

  #readCells(line: Line): RecordFault | undefined {
    const { text, number } = line;
    for (let at = 0; ; at++) {
      if (!this.#open && text[at] === '"') {
        this.#open = { text: "", line: number, column: columnAt(text, at) };
        at++;
      }
      const end: number | RecordFault | undefined = this.#open ? this.#readQuoted(line, at) : this.#readPlain(line, at);
      if (end instanceof RecordFault) return end;
      if (end === undefined || end === text.length) return undefined;
      at = end;
    }
  }

  /** The place after the field, or undefined where its quote stays open. */
  #readQuoted({ text, number }: Line, start: number): number | RecordFault | undefined {
    const open = this.#open as { text: string; line: number; column: number };
    for (let at = start; ; at += 2) {
      const quote = text.indexOf('"', at);
      open.text += text.slice(at, quote < 0 ? undefined : quote);
      if (quote < 0) return undefined;
      at = quote;
      if (text[at + 1] === '"') {
        open.text += '"';
        continue;
      }
      const next = text[at + 1];
      if (next === "," || next === undefined) {
        this.#cells.push(open);
        this.#open = undefined;
        return at + 1;
      }
      const place = { line: number, column: columnAt(text, at + 1) };
      const found = `${shownCharacter(text, at + 1)}; a quote in a field is written twice`;
      return new RecordFault("a comma or the end of the line after a quoted field", found, place);
    }
  }

  #readPlain({ text, number }: Line, start: number): number | RecordFault {
    const comma = text.indexOf(",", start);
    const end = comma < 0 ? text.length : comma;
    const field = text.slice(start, end);
    const quote = field.indexOf('"');
    if (quote >= 0) {
      const place = { line: number, column: columnAt(text, start + quote) };
      return new RecordFault("a field with a quote to be in quotes", "a quote inside; write it twice", place);
    }
    this.#cells.push({ text: field, line: number, column: columnAt(text, start) });
    return end;
  }
}

function shownCharacter(text: string, index: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(index) as number));
}

function faultOf({ number, fault }: Line): RecordFault {
  const { expected, found, column } = fault as NonNullable<Line["fault"]>;
  return new RecordFault(expected, found, { line: number, column });
}
