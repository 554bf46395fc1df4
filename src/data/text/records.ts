import { DataError } from "../../tensor/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { LINE_LIMIT, type Line, readLines, splitLines } from "./lines.ts";
import { alternatives, type Place, RecordFault, shown } from "./records-fault.ts";
import { layoutOf } from "./records-layout.ts";
import type { Found, Layout, LayoutOptions, RecordFormat, Role } from "./records-roles.ts";
import { CommaRows, lineRows, type Row, type RowSplitter, tabCells, wholeLine } from "./records-rows.ts";

/** One record of a file, by the roles of its fields. */
export interface TextRecord {
  /** By role: normalised text (`normalizeText`), never empty; an optional role that has none is not there. */
  readonly fields: Readonly<Record<string, string>>;
  /** Where the record begins. */
  readonly place: Place;
  /** Where each field begins, by role; in JSON, where the record does. */
  readonly places: Readonly<Record<string, Place>>;
  /** Where the record stands in the source, in bytes, for reading it again. */
  readonly start: number;
  readonly end: number;
}

export interface RecordOptions {
  /** Stands in front of messages. */
  readonly owner: string;
  readonly roles: readonly Role[];
  /** @default by the ending of the source's name, a `.gz` at the end ignored */
  readonly format?: RecordFormat;
  /** Columns by role, where the header has other names; or their numbers, counted from 1, where there is no header. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Called for each bad record, which is then left out. Without it the first one is thrown. */
  readonly onBad?: (error: DataError) => void;
  /** The longest record in bytes. @default 65536 */
  readonly maxBytes?: number;
}

/** The fields of a record from its bytes. */
export type RecordParser = (bytes: Uint8Array) => Readonly<Record<string, string>>;

/** The format that a name ends in, or undefined. */
export function recordFormat(name: string): RecordFormat | undefined {
  const [, ending] = /\.(tsv|csv|jsonl)(?:\.gz)?$/i.exec(name) ?? [];
  return ending?.toLowerCase() as RecordFormat | undefined;
}

/**
 * Reads records of named fields, in constant memory, from
 * - `tsv`: fields between tabs, one record a line; quotes mean nothing;
 * - `csv`: RFC 4180: fields between commas, in quotes where they hold commas, line breaks or quotes, which are written twice;
 * - `jsonl`: one JSON object a line; a number stands for its text.
 *
 * A table's first line is a header if its cells name every role that is required. Without a header there must be as many columns as
 * such roles, or as all roles, in their order. Empty lines are skipped. Text is brought into Unicode's normal form C, and trimmed.
 * @throws DataError for the first bad record, with file, line and column, unless `onBad` takes it; for a source without any
 * good record; and for columns that are not in the header
 */
export async function* readRecords(source: ByteSource, options: RecordOptions): AsyncGenerator<TextRecord, void> {
  const { owner, onBad } = options;
  const file = source.name;
  const reader = new RecordReader(file, options);
  let count = 0;
  let bad: { readonly first: DataError; count: number } | undefined;
  for await (const results of resultsOf(source, reader, options)) {
    for (const result of results) {
      if (!(result instanceof RecordFault)) {
        count++;
        yield result;
        continue;
      }
      const error = result.error({ owner, file });
      if (!onBad) throw error;
      bad = { first: bad?.first ?? error, count: (bad?.count ?? 0) + 1 };
      onBad(error);
    }
  }
  if (count === 0) throw noRecords({ owner, file }, bad);
}

function noRecords(
  { owner, file }: { owner: string; file: string },
  bad: { readonly first: DataError; readonly count: number } | undefined,
): DataError {
  const found = bad ? `${bad.count} bad ones; the first: ${bad.first.message.slice(owner.length + 2)}` : "none";
  return new DataError(`${owner}: expected records in ${file} but found ${found}`, { file });
}

/**
 * A reader of single records of a source, from their bytes `start`–`end`, by the header that stands at its beginning; so a corpus
 * larger than memory keeps two numbers a record. What it gives throws a `DataError` for bytes that are no record.
 * @throws DataError for the first bad record before any good one, unless `onBad` is there to take it; for a source without any good
 * record
 */
export async function recordParser(source: ByteSource, options: RecordOptions): Promise<RecordParser> {
  const { owner } = options;
  const file = source.name;
  const reader = new RecordReader(file, options);
  let bad: { readonly first: DataError; count: number } | undefined;
  for await (const results of resultsOf(source, reader, options)) {
    for (const result of results) {
      if (reader.isKnown) break;
      const error = (result as RecordFault).error({ owner, file });
      if (!options.onBad) throw error;
      bad = { first: bad?.first ?? error, count: (bad?.count ?? 0) + 1 };
    }
    if (reader.isKnown) break;
  }
  if (!reader.isKnown) throw noRecords({ owner, file }, bad);
  return (bytes) => {
    const fields = reader.parse(bytes);
    if (fields) return fields;
    throw new DataError(`${owner}: expected ${file} as it was but found it changed; start again`, { file });
  };
}

type Result = TextRecord | RecordFault;

async function* resultsOf(
  source: ByteSource,
  reader: RecordReader,
  { maxBytes = LINE_LIMIT }: RecordOptions,
): AsyncGenerator<Iterable<Result>, void> {
  for await (const lines of readLines(source.stream(), { limit: maxBytes })) yield reader.read(lines);
  yield reader.finish();
}

/** Makes records of lines, once the first of them has told where the fields are. */
class RecordReader {
  readonly #options: LayoutOptions;
  readonly #limit: number;
  readonly #rows: RowSplitter;
  #layout: Layout | undefined;

  constructor(file: string, { maxBytes = LINE_LIMIT, ...options }: RecordOptions) {
    const { owner, roles, columns = {} } = options;
    const format = options.format ?? recordFormat(file);
    if (!format) {
      const expected = `${owner}: expected a file that ends in .tsv, .csv or .jsonl`;
      throw new DataError(`${expected} but found ${shown(file)}; name its format`, { file });
    }
    const stranger = Object.keys(columns).find((name) => roles.every((role) => role.name !== name));
    if (stranger !== undefined) {
      const names = alternatives(roles.map(({ name }) => name));
      throw new RangeError(`${owner}: expected columns for ${names} but found one for ${stranger}`);
    }
    this.#options = { owner, file, format, roles, columns };
    this.#limit = maxBytes;
    this.#rows = rowsOf(format, maxBytes);
  }

  /** Whether a record has told where the fields are. */
  get isKnown(): boolean {
    return this.#layout !== undefined;
  }

  *read(lines: readonly Line[]): Generator<Result, void> {
    for (const line of lines) yield* this.#results(this.#rows.push(line));
  }

  *finish(): Generator<Result, void> {
    yield* this.#results(this.#rows.finish());
  }

  /** The fields of one record, or undefined where the bytes are none. */
  parse(bytes: Uint8Array): Readonly<Record<string, string>> | undefined {
    const rows = rowsOf(this.#options.format, this.#limit);
    const found = splitLines(bytes, { limit: this.#limit }).flatMap((line) => rows.push(line));
    const [row, ...rest] = [...found, ...rows.finish()];
    if (!row || row instanceof RecordFault || rest.length > 0) return undefined;
    const fields = this.#layout?.find(row);
    return fields instanceof RecordFault ? undefined : fields?.fields;
  }

  *#results(rows: readonly (Row | RecordFault)[]): Generator<Result, void> {
    for (const row of rows) {
      const found = row instanceof RecordFault ? row : this.#find(row);
      if (found instanceof RecordFault) yield found;
      else if (found) yield this.#record(row as Row, found);
    }
  }

  /** Undefined: the row is the header. */
  #find(row: Row): Found | RecordFault | undefined {
    if (this.#layout) return this.#layout.find(row);
    const layout = layoutOf(row, this.#options);
    if (layout instanceof RecordFault) return layout;
    this.#layout = layout;
    return layout.hasHeader ? undefined : layout.find(row);
  }

  #record({ line, start, end }: Row, { fields, places }: Found): TextRecord {
    return { fields, places, place: { file: this.#options.file, line, column: 1 }, start, end };
  }
}

function rowsOf(format: RecordFormat, limit: number): RowSplitter {
  if (format === "csv") return new CommaRows({ limit });
  return lineRows(format === "tsv" ? tabCells : wholeLine);
}
