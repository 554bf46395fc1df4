import { createHash } from "node:crypto";
import { constants, type FileHandle, lstat, open } from "node:fs/promises";
import { type LogLine, parseLogLine } from "../tasks/event-log.ts";

/** A place in a log: behind so many bytes of the one that begins so. */
export interface LogPlace {
  /** Told from the first line, which says when and by whom a log was begun: another log of the same name has another. */
  readonly generation: string;
  readonly bytes: number;
}

/** Where there is no log, or none yet. */
export const NO_LOG: LogPlace = { generation: "none", bytes: 0 };

export function isSamePlace(a: LogPlace, b: LogPlace): boolean {
  return a.generation === b.generation && a.bytes === b.bytes;
}

/** A line of a log with how many bytes there are up to its end, which is where a reader goes on. */
export interface PlacedLine {
  readonly line: LogLine;
  readonly end: number;
}

/** The whole lines of a part of a log, damaged ones left out. */
export interface LogPiece {
  readonly lines: readonly PlacedLine[];
  readonly begin: LogPlace;
  /** Behind the last whole line: where to go on from. */
  readonly end: LogPlace;
}

const PIECE_BYTES = 2 ** 18;
/** Bytes of a line that are kept in memory at most; a longer one is damaged. */
const MOST_LINE_BYTES = 2 ** 23;
/** So much of the first line is looked at; that of Fovea has about a hundred bytes. */
const FIRST_BYTES = 2 ** 10;
const NEWLINE = 10;

/** A link leads elsewhere; and opening a pipe that nobody writes would wait for ever. (Windows knows neither flag.) */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export interface ReadLogOptions {
  /** Where a reader was. In another log, or one that is shorter, reading begins at the start. */
  readonly from?: LogPlace;
  /** Bytes of the log to read up to. @default all that there are at first */
  readonly to?: number;
}

/** A log piece by piece, at least one, which is empty where there is nothing (new) to read. */
export async function* readLog(path: string, options: ReadLogOptions = {}): AsyncGenerator<LogPiece, void> {
  const { from = NO_LOG, to = Number.POSITIVE_INFINITY } = options;
  const file = await openLog(path);
  try {
    const size = file ? await sizeOf(file) : 0;
    const generation = file && (await generationOf(file, size));
    if (!file || generation === undefined) {
      yield { lines: [], begin: NO_LOG, end: NO_LOG };
      return;
    }
    const start = from.generation === generation && from.bytes <= size ? from.bytes : 0;
    yield* piecesOf(file, { generation, start, stop: Math.min(size, to) });
  } finally {
    await file?.close();
  }
}

async function openLog(path: string): Promise<FileHandle | undefined> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() ? open(path, FLAGS).catch(() => undefined) : undefined;
}

/** 0 for what was put in the place of a plain file meanwhile. */
async function sizeOf(file: FileHandle): Promise<number> {
  const found = await file.stat();
  return found.isFile() ? found.size : 0;
}

/** Undefined while the first line is not whole. */
async function generationOf(file: FileHandle, size: number): Promise<string | undefined> {
  const bytes = Buffer.alloc(Math.min(size, FIRST_BYTES));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  const end = bytes.subarray(0, bytesRead).indexOf(NEWLINE);
  if (end < 0 && bytesRead < FIRST_BYTES) return undefined;
  const first = end < 0 ? bytes : bytes.subarray(0, end);
  return createHash("sha256").update(first).digest("hex").slice(0, 16);
}

interface Part {
  readonly generation: string;
  readonly start: number;
  readonly stop: number;
}

async function* piecesOf(file: FileHandle, { generation, start, stop }: Part): AsyncGenerator<LogPiece, void> {
  let [at, begin] = [start, start];
  let rest: Buffer = Buffer.alloc(0);
  do {
    const part = Buffer.allocUnsafe(Math.min(PIECE_BYTES, stop - at));
    const { bytesRead } = await file.read(part, 0, part.length, at);
    at += bytesRead;
    const bytes = Buffer.concat([rest, part.subarray(0, bytesRead)]);
    const lines = linesOf(bytes, begin);
    let end = begin + bytes.lastIndexOf(NEWLINE) + 1;
    // What is left of a line that is too long is read as a line, too: one that is damaged.
    if (at - end > MOST_LINE_BYTES) end += MOST_LINE_BYTES;
    rest = bytes.subarray(end - begin);
    yield { lines, begin: { generation, bytes: begin }, end: { generation, bytes: end } };
    begin = end;
    if (bytesRead === 0) return;
  } while (at < stop);
}

function linesOf(bytes: Buffer, start: number): PlacedLine[] {
  const lines: PlacedLine[] = [];
  let begin = 0;
  for (let i = bytes.indexOf(NEWLINE); i >= 0; i = bytes.indexOf(NEWLINE, begin)) {
    const line = parseLogLine(bytes.toString("utf8", begin, i));
    begin = i + 1;
    if (line) lines.push({ line, end: start + begin });
  }
  return lines;
}
