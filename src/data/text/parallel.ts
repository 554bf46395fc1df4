import { DataError } from "../../tensor/errors.ts";
import type { ByteSource } from "./byte-source.ts";
import { LINE_LIMIT, type Line, readLines, splitLines } from "./lines.ts";
import { type Place, RecordFault } from "./records-fault.ts";
import { normalizeText, type Role } from "./records-roles.ts";

/** One record that is spread over several files. */
export interface ParallelRecord {
  /** By role: normalised text (`normalizeText`), never empty. */
  readonly fields: Readonly<Record<string, string>>;
  /** The line in the first file. */
  readonly place: Place;
  /** The line in each file, by role. */
  readonly places: Readonly<Record<string, Place>>;
  /** Where its line stands in each source, in bytes, for reading it again. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

export interface ParallelOptions {
  /** Stands in front of messages. */
  readonly owner: string;
  /** One for each source, in order; none of them optional. */
  readonly roles: readonly Role[];
  /** Called for each bad record, which is then left out. Without it the first one is thrown. */
  readonly onBad?: (error: DataError) => void;
  /** The longest line in bytes. @default 65536 */
  readonly maxBytes?: number;
}

/** The fields of a record from its bytes in each source. */
export type ParallelParser = (parts: readonly Uint8Array[]) => Readonly<Record<string, string>>;

/**
 * Reads plain-text files side by side, in constant memory: line n of each is one record, as corpora of translations are kept
 * (`train.de`, `train.en`). A line that is empty in all files is skipped, and empty lines at the end of a longer file do not count.
 * Text is brought into Unicode's normal form C, and trimmed.
 * @throws DataError for a line that is empty in one file only, or bad, unless `onBad` takes it; for files of different
 * numbers of lines, once the shorter has ended; for files without any record
 */
export async function* readParallel(
  sources: readonly ByteSource[],
  options: ParallelOptions,
): AsyncGenerator<ParallelRecord, void> {
  checkRoles(sources, options);
  const { owner, onBad, maxBytes = LINE_LIMIT } = options;
  const files = sources.map(({ name }) => name);
  const cursors = sources.map((source) => new LineCursor(readLines(source.stream(), { limit: maxBytes })));
  let count = 0;
  try {
    for (let ready = await readyLines(cursors); ready > 0; ready = await readyLines(cursors)) {
      for (let i = 0; i < ready; i++) {
        const lines = cursors.map((cursor) => cursor.take());
        const record = recordOf(lines, files, options);
        if (record instanceof DataError) {
          if (!onBad) throw record;
          onBad(record);
        } else if (record) {
          count++;
          yield record;
        }
      }
    }
    await checkCounts(cursors, files, owner);
  } finally {
    await Promise.all(cursors.map((cursor) => cursor.close()));
  }
  if (count > 0) return;
  throw new DataError(`${owner}: expected records in ${files.join(" and ")} but found none`, { file: files[0] ?? "" });
}

/** A reader of single records, from the bytes of their spans; it throws a `DataError` for what is no record. */
export function parallelParser(sources: readonly ByteSource[], options: ParallelOptions): ParallelParser {
  checkRoles(sources, options);
  const files = sources.map(({ name }) => name);
  return (parts) => {
    const lines = parts.map((bytes) => splitLines(bytes, { limit: options.maxBytes ?? LINE_LIMIT }));
    const isWhole = lines.length === files.length && lines.every(({ length }) => length === 1);
    const record = isWhole
      ? recordOf(
          lines.map(([line]) => line as Line),
          files,
          options,
        )
      : undefined;
    if (record && !(record instanceof DataError)) return record.fields;
    const found = `${options.owner}: expected ${files.join(" and ")} as they were but found them changed; start again`;
    throw new DataError(found, { file: files[0] ?? "" });
  };
}

/** @throws RangeError for a number of roles that is not that of the sources, and for optional ones */
function checkRoles(sources: readonly ByteSource[], { owner, roles }: ParallelOptions): void {
  if (sources.length > 0 && roles.length === sources.length && roles.every(({ optional }) => !optional)) return;
  const needed = roles.filter(({ optional }) => !optional).map(({ name }) => name);
  throw new RangeError(
    `${owner}: expected a file for each of ${needed.join(", ")} but found ${sources.length || "none"}`,
  );
}

/** The record of the lines, what is wrong with it, or undefined where all are empty. */
function recordOf(
  lines: readonly Line[],
  files: readonly string[],
  { owner, roles }: ParallelOptions,
): ParallelRecord | DataError | undefined {
  const fields: Record<string, string> = {};
  const places: Record<string, Place> = {};
  let fault: DataError | undefined;
  for (const [i, line] of lines.entries()) {
    const file = files[i] as string;
    const { name } = roles[i] as Role;
    const text = normalizeText(line.text);
    const problem =
      line.fault ?? (text === "" && { expected: `a text for ${name}`, found: "an empty line", column: 1 });
    if (problem) {
      const place = { line: line.number, column: problem.column };
      fault ??= new RecordFault(problem.expected, problem.found, place).error({ owner, file });
    } else {
      fields[name] = text;
    }
    places[name] = { file, line: line.number, column: 1 };
  }
  if (lines.every(({ text, fault: bad }) => !bad && text.trim() === "")) return undefined;
  const { number } = lines[0] as Line;
  const place = { file: files[0] as string, line: number, column: 1 };
  return fault ?? { fields, place, places, spans: lines.map(({ start, end }) => ({ start, end })) };
}

/** The lines of one source, some of them read ahead. */
class LineCursor {
  readonly #blocks: AsyncGenerator<readonly Line[], void>;
  #block: readonly Line[] = [];
  #at = 0;
  #taken = 0;

  constructor(blocks: AsyncGenerator<readonly Line[], void>) {
    this.#blocks = blocks;
  }

  /** The number of lines that can be taken; none: there are no more. */
  async ready(): Promise<number> {
    if (this.#at < this.#block.length) return this.#block.length - this.#at;
    const { done, value } = await this.#blocks.next();
    this.#block = done ? [] : value;
    this.#at = 0;
    return this.#block.length;
  }

  take(): Line {
    const line = this.#block[this.#at++] as Line;
    this.#taken = line.number;
    return line;
  }

  /** Reads on to the end; gives the number of lines, without empty ones among those that are read now. */
  async count(): Promise<number> {
    let count = this.#taken;
    while ((await this.ready()) > 0) {
      const { number, text, fault } = this.take();
      if (fault || text.trim() !== "") count = number;
    }
    return count;
  }

  async close(): Promise<void> {
    await this.#blocks.return();
  }
}

async function readyLines(cursors: readonly LineCursor[]): Promise<number> {
  return Math.min(...(await Promise.all(cursors.map((cursor) => cursor.ready()))));
}

/** @throws DataError for files of different numbers of lines */
async function checkCounts(cursors: readonly LineCursor[], files: readonly string[], owner: string): Promise<void> {
  const counts: number[] = [];
  for (const cursor of cursors) counts.push(await cursor.count());
  const other = counts.findIndex((count) => count !== counts[0]);
  if (other < 0) return;
  const [first, second] = [files[0], files[other]];
  const message = `${owner}: expected as many lines in ${first} as in ${second} but found ${counts[0]} and ${counts[other]}`;
  throw new DataError(message, { file: first ?? "" });
}
