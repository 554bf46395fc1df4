import { createReadStream } from "node:fs";
import { extname, resolve } from "node:path";
import { type Line, readLines } from "../data/node-lines.ts";
import type { LabelledText } from "../tasks/events.ts";
import { DataError } from "../tensor/errors.ts";
import { alternatives, quoted } from "./option-values.ts";
import { UsageError } from "./usage-error.ts";

/** A line read: the two fields, and the column where the second begins. */
interface Fields {
  readonly text: string;
  readonly expected: string;
  readonly column: number;
}

/** What is wrong with a line, and where. */
class LineFault {
  readonly expected: string;
  readonly found: string;
  readonly column: number;

  constructor(expected: string, found: string, column: number) {
    this.expected = expected;
    this.found = found;
    this.column = column;
  }
}

const READERS: Readonly<Record<string, (line: string) => Fields | LineFault>> = {
  ".tsv": readTsv,
  ".csv": readCsv,
  ".jsonl": readJson,
};

/** A first line of names instead of data. */
const HEADER = /^"?(text|input|source)"?[\t,]"?(iso|expected|output|answer|target|date)"?$/i;

/** Texts with their right answers, from a file in one of the formats of `READERS`, line by line. Empty lines are left out. */
export async function* readLabelled(
  file: string,
  { cwd, command }: { cwd: string; command: string },
): AsyncGenerator<LabelledText, void> {
  const read = READERS[extname(file).toLowerCase()];
  if (!read) {
    const names = alternatives(Object.keys(READERS));
    throw new UsageError(`${command}: expected a file that ends in ${names} but found ${quoted(file)}`);
  }
  let count = 0;
  for await (const lines of readLines(bytesOf(resolve(cwd, file), { file, command }))) {
    for (const line of lines) {
      if (line.text.trim() === "" || (line.number === 1 && HEADER.test(line.text))) continue;
      const fields = line.error === undefined ? read(line.text) : faultOfLine(line);
      if (fields instanceof LineFault) throw faultError(fields, { file, line: line.number, command });
      count++;
      const { text, expected, column } = fields;
      yield { text, expected, place: { file, line: line.number, column } };
    }
  }
  if (count === 0) throw new DataError(`${command}: expected lines of data in ${file} but found none`, { file });
}

function faultOfLine({ error = "" }: Line): LineFault {
  const [, expected = "UTF-8", found = "other bytes"] = /expected (.*) but found (.*)/.exec(error) ?? [];
  return new LineFault(expected, found, 1);
}

function faultError(
  fault: LineFault,
  { file, line, command }: { file: string; line: number; command: string },
): DataError {
  const place = { file, line, column: fault.column };
  return new DataError(
    `${command}: expected ${fault.expected} at ${file}:${line}:${fault.column} but found ${fault.found}`,
    place,
  );
}

async function* bytesOf(
  path: string,
  { file, command }: { file: string; command: string },
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const faults: Readonly<Record<string, string>> = {
      ENOENT: "no such file",
      EISDIR: "a folder",
      EACCES: "no permission to read it",
    };
    if (code === undefined) throw error;
    throw new DataError(`${command}: expected data in ${file} but found ${faults[code] ?? message}`, { file });
  }
}

function readTsv(line: string): Fields | LineFault {
  const [text = "", expected, ...rest] = line.split("\t");
  if (expected === undefined) return new LineFault("a text, a tab and the right answer", "no tab", line.length + 1);
  if (rest.length > 0) {
    return new LineFault("a text, a tab and the right answer", "another tab", text.length + expected.length + 2);
  }
  return { text, expected: expected.trim(), column: text.length + 2 };
}

/** Two fields as RFC 4180 has them, both on one line. */
function readCsv(line: string): Fields | LineFault {
  const wanted = "a text, a comma and the right answer";
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const first = field.exec(line);
  if (!first) return new LineFault(wanted, "a quote that is out of place", 1);
  if (first[3] === "") return new LineFault(wanted, "no comma", line.length + 1);
  const column = field.lastIndex + 1;
  const second = field.exec(line);
  if (!second) return new LineFault(wanted, "a quote that is out of place", column);
  if (second[3] === ",") return new LineFault(wanted, "another comma", field.lastIndex);
  const value = ([, quotedField, plain = ""]: RegExpExecArray) => quotedField?.replaceAll('""', '"') ?? plain;
  return { text: value(first), expected: value(second).trim(), column };
}

/** A record with `text` and `expected`; `iso` and `output` are read for it, too. */
function readJson(line: string): Fields | LineFault {
  const wanted = "a record with the texts text and expected";
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return new LineFault(wanted, "no JSON", 1);
  }
  const { text, expected, iso, output } = (record ?? {}) as Record<string, unknown>;
  const answer = expected ?? iso ?? output;
  if (typeof text !== "string" || typeof answer !== "string") return new LineFault(wanted, "another record", 1);
  return { text, expected: answer, column: 1 };
}
